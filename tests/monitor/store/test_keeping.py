"""Evidence lies under its digest, whole, however often it is kept."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from monitor.store import keeping

CONTENT = "bản chụp công văn".encode()


@pytest.mark.parametrize("keep", [keeping.keep, keeping.keep_for_good])
@pytest.mark.parametrize("before", [None, b"", CONTENT[:5], CONTENT], ids=["nothing", "empty", "cut", "whole"])
def test_what_is_kept_is_whole_whatever_a_power_cut_left(
    tmp_path: Path, keep: Callable[[Path, bytes, str], str], before: bytes | None
) -> None:
    digest = sha256(CONTENT).hexdigest()
    path = keeping.place(tmp_path, digest, "pdf")
    if before is not None:
        path.parent.mkdir(parents=True)
        path.write_bytes(before)
    assert keep(tmp_path, CONTENT, "pdf") == digest
    assert path.read_bytes() == CONTENT
    assert keeping.find(tmp_path, digest) == path
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("anh.PNG", "png"),
        ("công văn", "bin"),
        ("anh.của Nguyễn Văn A", "bin"),
        ("anh.nguyenvana", "bin"),
        (f"anh.{'x' * 240}", "bin"),
    ],
)
def test_the_name_of_what_is_kept_tells_of_nobody(tmp_path: Path, name: str, suffix: str) -> None:
    given = tmp_path / name
    given.write_bytes(CONTENT)
    digest = keeping.keep_given(tmp_path / "var", given)
    assert keeping.place(tmp_path / "var", digest, suffix).read_bytes() == CONTENT
