"""Every command the README names exists, with the options it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from jobs.cli import tthc

ROOT = Path(__file__).parents[2]
GUIDES = ("README.md", "README.vi.md", "docs/operating.md")


def commands() -> Iterator[tuple[str, str]]:
    """Every `tthc …` in code, with the guide it stands in; alternatives "a|b" one by one."""
    for guide in GUIDES:
        text = (ROOT / guide).read_text("utf-8")
        pieces = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^(tthc .*?)(?: {2,}.*)?$", text, re.MULTILINE)
        for piece in pieces:
            if match := re.match(r"(?:\.venv/bin/)?tthc (.+)", piece.strip()):
                yield guide, match[1]


def find(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command so many words lead to, and the words left over."""
    command: click.Command = tthc
    while isinstance(command, click.Group) and words:
        names = words[0].split("|")
        missing = [name for name in names if name not in command.commands]
        assert not missing, f"there is no command {missing}"
        command, words = command.commands[names[0]], words[1:]
    return command, words


@pytest.mark.parametrize(("guide", "line"), sorted(set(commands())))
def test_every_command_of_the_guides_exists(guide: str, line: str) -> None:
    command, rest = find([word for word in line.replace("[", " ").replace("]", " ").split() if word != "…"])
    known = {option for parameter in command.params for option in parameter.opts}
    for word in rest:
        if word.startswith("--"):
            assert word in known, f"{guide}: `tthc {line}`: there is no option {word}"


def test_every_command_is_in_the_readme() -> None:
    told = {re.split(r"[ |]", line)[0] for guide, line in commands() if guide == "README.md"}
    assert set(tthc.commands) - told == set()
