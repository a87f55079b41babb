"""What every command stands on: the put-together program, tables, JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from jobs import log
from jobs.app import App, build
from jobs.clock import SystemClock
from monitor.config import Settings, load_settings
from monitor.core.period import ict
from monitor.core.service import Service


class Refused(Exception):
    """A command was given something it cannot work with; the text names the mend."""


def settings_of(context: click.Context) -> Settings:
    """The settings; a command says for itself what it did, so that only what is amiss is logged beside it."""
    env_file: Path = context.find_root().obj
    settings = load_settings(env_file)
    log.configure(settings.log_level if context.command.name == "run" or settings.log_level == "DEBUG" else "WARNING")
    return settings


def app_of(context: click.Context) -> App:
    """The program put together on the machine's clock."""
    return build(settings_of(context), SystemClock())


def service_of(app: App, code: str) -> Service:
    """The service of a procedure code; refuse one that is not in the register."""
    found = app.register.service(code)
    if found is None:
        raise Refused(f"Danh mục không có dịch vụ {code}; đang có: {', '.join(sorted(app.register.services))}")
    return found


def as_json(value: object) -> None:
    """Print for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def as_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """Print for people; `empty` is said where there is no row."""
    table = Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    if table.row_count == 0:
        click.echo(empty)
        return
    Console(markup=False, highlight=False).print(table)


def moment(at: datetime | None) -> str:
    """A moment on a Vietnamese clock, to the minute; a dash for none."""
    return ict(at).strftime("%H:%M %d/%m/%Y") if at else "–"
