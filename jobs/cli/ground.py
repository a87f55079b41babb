"""What every command stands on: the put-together program, tables, JSON."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import click
from click.exceptions import Exit
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from jobs import log, private
from jobs.app import App, build
from jobs.clock import SystemClock
from monitor.config import Settings, load_settings
from monitor.core.period import ict
from monitor.core.service import Service
from monitor.sources.headings import fold

_UNBOUNDED = 100_000
"""How wide a table may be where no terminal shows it."""
_NOTHING = "Chưa đồng ý: không có gì thay đổi."
_YES = ("c", "co", "dongy", "y", "yes")


class Refused(Exception):
    """A command was given something it cannot work with; the text names the mend."""


def settings_of(context: click.Context) -> Settings:
    """The settings; a command says for itself what it did, so that only what is amiss is logged beside it."""
    env_file: Path = context.find_root().obj
    settings = load_settings(env_file)
    private.close(settings.var_dir)
    log.configure(settings.log_level if context.command.name == "run" or settings.log_level == "DEBUG" else "WARNING")
    return settings


def app_of(context: click.Context) -> App:
    """The program put together on the machine's clock; one that is handed to the command already is taken as it is."""
    given = context.find_root().obj
    return given if isinstance(given, App) else build(settings_of(context), SystemClock())


def service_of(app: App, code: str) -> Service:
    """The service of a procedure code; refuse one that is not in the register."""
    found = app.register.service(code)
    if found is None:
        raise Refused(f"Danh mục không có dịch vụ {code}; đang có: {', '.join(sorted(app.register.services))}")
    return found


def as_typed(text: str) -> str:
    """A text whose hints name this program as it was called, so that they work as they stand: `.venv/bin/tthc …`."""
    called = sys.argv[0] if Path(sys.argv[0]).name == "tthc" else "tthc"
    called = "tthc" if shutil.which("tthc") == called else called
    return re.sub(r"(?<![\w./-])tthc (?=[a-z-])", lambda _: f"{called} ", text)


def say(text: str, *, err: bool = False) -> None:
    """Print for people."""
    click.echo(as_typed(text), err=err)


def agreed(question: str) -> None:
    """Ask before what cannot be undone; whoever does not say yes is told that nothing happened, and it ends with 1.

    An interrupt (Ctrl-C, no answer at all) ends as interrupts do.
    """
    try:
        answer = click.prompt(f"{question} [c/K]", default="", show_default=False)
    except click.Abort:
        say(f"\n{_NOTHING}", err=True)
        raise
    if fold(answer) not in _YES:
        say(_NOTHING, err=True)
        raise Exit(1)


def as_json(value: object) -> None:
    """Print for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def as_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str) -> None:
    """Print for people; `empty` is said where there is no row.

    Long texts are folded on a terminal, between words alone: a code, a host, an address can always be copied whole.
    Elsewhere each row is one line.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    listed = [tuple(row) for row in rows]
    if not listed:
        click.echo(empty)
        return
    for heading, *cells in zip(headings, *listed, strict=True):
        table.add_column(heading, min_width=max(map(_longest_word, (heading, *cells))))
    for row in listed:
        table.add_row(*row)
    console = Console(markup=False, highlight=False)
    at_least = sum(column.min_width or 0 for column in table.columns) + 2 * len(table.columns)
    console.width = max(console.width, at_least) if console.is_terminal else _UNBOUNDED
    with console.capture() as printed:
        console.print(table)
    click.echo("\n".join(line.rstrip() for line in printed.get().strip("\n").splitlines()).lstrip("\n"))


def _longest_word(text: str) -> int:
    return max(map(cell_len, text.split()), default=0)


def moment(at: datetime | None) -> str:
    """A moment on a Vietnamese clock, to the minute; a dash for none."""
    return ict(at).strftime("%H:%M %d/%m/%Y") if at else "–"


def number(count: int) -> str:
    """A whole number as Vietnamese write it: 20.000."""
    return f"{count:,}".replace(",", ".")
