"""Every command explains itself in Vietnamese."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from jobs.cli import tthc


def names(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, held in command.commands.items() if isinstance(command, click.Group) else ():
        yield from names(held, (*path, name))


@pytest.mark.parametrize("words", list(names(tthc)), ids=" ".join)
def test_no_heading_of_a_help_is_english(words: tuple[str, ...]) -> None:
    said = CliRunner().invoke(tthc, [*words, "--help"]).stdout
    assert said.startswith("Cách dùng: ")
    assert "Tùy chọn:" in said
    assert not re.search(r"Usage|Options|Commands|Show |OPTIONS|COMMAND", said)
