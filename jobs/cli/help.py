"""click's own words in a command's help, in Vietnamese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click

from monitor.reports.render import so

_WORDS = {
    "Options": "Tùy chọn",
    "Commands": "Lệnh",
    "Show this message and exit.": "In hướng dẫn này rồi kết thúc.",
    "Show the version and exit.": "In phiên bản rồi kết thúc.",
}

_KINDS = {
    "INTEGER RANGE": "SỐ",
    "INTEGER": "SỐ",
    "FLOAT": "SỐ",
    "TEXT": "CHỮ",
    "FILE": "TỆP",
    "DIRECTORY": "THƯ-MỤC",
    "PATH": "ĐƯỜNG-DẪN",
}
_KIND = re.compile(rf"\b(?:{'|'.join(_KINDS)})\b")
_EXTRA = re.compile(r"\[(?:default: |required|\d+<=x|x[<>]=)[^\[\]]*\]$")
_RANGE = re.compile(r"(?:(\d+)<=)?x(?:<=(\d+)|>=(\d+))?")


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "Cách dùng: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_WORDS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        told = [(_KIND.sub(lambda kind: _KINDS[kind[0]], name), _explained(words)) for name, words in rows]
        super().write_dl(told, col_max, col_spacing)


def _explained(words: str) -> str:
    """A line of help; what click adds at its end in brackets is said in Vietnamese."""
    return _EXTRA.sub(lambda extra: f"[{'; '.join(map(_extra, extra[0][1:-1].split('; ')))}]", _WORDS.get(words, words))


def _extra(said: str) -> str:
    if said == "required":
        return "bắt buộc"
    if said.startswith("default: "):
        return f"mặc định: {said.removeprefix('default: ')}"
    bounds = _RANGE.fullmatch(said)
    if bounds is None:
        return said
    least, most = bounds[1] or bounds[3], bounds[2]
    ends = [f"từ {so(int(least))}" if least else "", f"đến {so(int(most))}" if most else "trở lên"]
    return " ".join(filter(None, ends))


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
