"""The commands' common ground: settings, the put-together program, errors in one line, exit codes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from sqlalchemy.exc import DBAPIError

from jobs import circles, private
from jobs.cli import (
    apologies,
    auditing,
    calendar,
    dossiers,
    drafts,
    duties,
    explanations,
    interruptions,
    journal,
    keeping,
    letters,
    measures,
    orders,
    people,
    polling,
    privacy,
    reports,
    running,
    service,
    suspicions,
    urging,
    vantages,
)
from jobs.cli.ground import Refused, say
from jobs.cli.help import in_vietnamese
from jobs.cli.usage import in_one_line
from monitor.config import ConfigError
from monitor.core.workdays import CalendarUnknown
from monitor.law import LawError
from monitor.register import RegisterError
from monitor.sources.layout import LayoutError
from monitor.store import StoreError


class NobodyReads(Exception):
    """Who asked stopped reading (`tthc … | head`): that is no fault, and done is done."""


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        """A broken pipe would be said by click to be a failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise NobodyReads from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--env", "env_file", default=".env", type=click.Path(path_type=Path), help="Tệp cấu hình (mặc định: .env)."
)
@click.version_option(package_name="tthc-monitor", prog_name="tthc")
@click.pass_context
def tthc(context: click.Context, env_file: Path) -> None:
    """Giám sát tuân thủ giải quyết thủ tục hành chính: dịch vụ công trực tuyến, thời hạn hồ sơ, nhiệm vụ được giao."""
    named = context.get_parameter_source("env_file") is not ParameterSource.DEFAULT
    if named and not env_file.exists():
        raise Refused(f"Không có tệp cấu hình {env_file}: kiểm tra tên và thư mục ghi sau --env.")
    context.obj = env_file


for command in (
    *running.COMMANDS,
    *auditing.COMMANDS,
    *service.COMMANDS,
    *interruptions.COMMANDS,
    *suspicions.COMMANDS,
    *dossiers.COMMANDS,
    *polling.COMMANDS,
    *apologies.COMMANDS,
    *drafts.COMMANDS,
    *urging.COMMANDS,
    *measures.COMMANDS,
    *duties.COMMANDS,
    *orders.COMMANDS,
    *explanations.COMMANDS,
    *reports.COMMANDS,
    *calendar.COMMANDS,
    *letters.COMMANDS,
    *people.COMMANDS,
    *keeping.COMMANDS,
    *privacy.COMMANDS,
    *vantages.COMMANDS,
    *journal.COMMANDS,
):
    tthc.add_command(command)
in_vietnamese(tthc)


def main() -> None:
    """Run a command; what a person can mend is said in one line each on stderr.

    It ends with 0: done; 1: what was asked about is not as it should be, or a question was answered with no; 2: what
    was typed or set is wrong, or a database does not answer; 130: interrupted.
    """
    circles.seldom()
    os.umask(private.UMASK)
    try:
        code = tthc.main(prog_name="tthc", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        say(in_one_line(error), err=True)
        sys.exit(2)
    except (ConfigError, RegisterError, LawError, LayoutError, StoreError, CalendarUnknown, Refused) as error:
        say(str(error), err=True)
        sys.exit(2)
    except NobodyReads:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left must not fail at the end
        sys.exit(0)
    except DBAPIError as error:
        why = " ".join(str(error.orig).split())[:200]
        mend = "thử lại sau ít giây; nếu vẫn vậy, kiểm tra đĩa, quyền ghi, máy chủ cơ sở dữ liệu"
        click.echo(f"Cơ sở dữ liệu không trả lời ({why}): {mend}", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)
