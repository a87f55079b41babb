"""click's own words in a command's help, in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

_WORDS = {
    "Options": "Tùy chọn",
    "Commands": "Lệnh",
    "Show this message and exit.": "In hướng dẫn này rồi kết thúc.",
    "Show the version and exit.": "In phiên bản rồi kết thúc.",
}


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "Cách dùng: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_WORDS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(name, _WORDS.get(words, words)) for name, words in rows], col_max, col_spacing)


class _Context(click.Context):
    formatter_class = _Formatter


def in_vietnamese(command: click.Command) -> None:
    """Have a command, and all that it holds, explain itself in Vietnamese."""
    for one in _all(command):
        one.context_class = _Context
        one.options_metavar = "[TÙY CHỌN]"
        if isinstance(one, click.Group):
            one.subcommand_metavar = "LỆNH …"


def _all(command: click.Command) -> Iterator[click.Command]:
    yield command
    for held in command.commands.values() if isinstance(command, click.Group) else ():
        yield from _all(held)
