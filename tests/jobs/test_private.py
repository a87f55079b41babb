"""What the program keeps is closed to others, also what an older one left open."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from jobs.private import close


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_was_left_open_is_closed_and_the_shared_inbox_stays(tmp_path: Path) -> None:
    var = tmp_path / "var"
    for folder in (var, var / "evidence", var / "mailbox", var / "inbox"):
        folder.mkdir()
        folder.chmod(0o775)
    for name in ("tthc.db", "tthc.db-wal", "tthc.db.truoc-khoi-phuc-20261124-100005", "ghi-chu.txt"):
        (var / name).write_bytes(b"")
        (var / name).chmod(0o644)
    close(var)
    assert [mode(var), mode(var / "evidence"), mode(var / "mailbox")] == [0o700] * 3
    assert [mode(path) for path in var.glob("tthc.db*")] == [0o600] * 3
    assert (mode(var / "inbox"), mode(var / "ghi-chu.txt")) == (0o775, 0o644)


@pytest.mark.parametrize(("before", "after"), [(0o755, 0o700), (0o711, 0o711), (0o1777, 0o1777)])
def test_passing_through_to_the_inbox_may_be_allowed_and_a_folder_of_everybody_is_left(
    tmp_path: Path, before: int, after: int
) -> None:
    tmp_path.chmod(before)
    close(tmp_path)
    assert mode(tmp_path) == after


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    close(tmp_path / "var")
    assert not (tmp_path / "var").exists()
