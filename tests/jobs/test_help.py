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
    assert not re.search(r"required|default:|<=x|x>=|\b(TEXT|INTEGER|FILE|DIRECTORY|PATH|FLOAT)\b", said)


def test_what_a_command_wants_is_named_in_vietnamese() -> None:
    def arguments(command: click.Command) -> Iterator[click.Argument]:
        yield from (one for one in command.params if isinstance(one, click.Argument))
        for other in command.commands.values() if isinstance(command, click.Group) else ():
            yield from arguments(other)

    known = {
        "MÃ", "MÃ...", "MÃ_KHÁC", "SỐ", "SỐ-DỰ-THẢO", "TỆP", "TÊN", "NĂM", "NGUỒN", "THƯ-MỤC", "KẾT-LUẬN", "KẾT-QUẢ",
        "LOẠI", "MÃ_CHỨC_DANH", "MÃ_CHỨC_DANH…", "MÃ_HOẶC_SỐ_THƯ", "SỐ_THƯ",
    }  # fmt: skip
    assert {one.human_readable_name.strip("[]") for one in arguments(tthc)} <= known


def test_what_click_adds_to_an_option_is_said_in_vietnamese() -> None:
    said = " ".join(CliRunner().invoke(tthc, ["explanations", "list", "--help"]).stdout.split())
    assert "--limit SỐ [mặc định: 50; từ 1 đến 100.000]" in said
    assert re.search(
        r"--by CHỮ .{0,90}\[bắt buộc\]", " ".join(CliRunner().invoke(tthc, ["go-live", "-h"]).stdout.split())
    )
