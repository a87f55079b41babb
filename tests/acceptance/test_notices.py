"""`tthc notice`: a wrong one is taken back, by a named person, and stays in the list."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from monitor.core.period import ICT
from tests.acceptance.test_commands import tthc


def test_a_wrong_notice_is_taken_back_and_stays_in_the_list(tmp_path: Path) -> None:
    start = datetime.now(ICT) + timedelta(days=30)
    said = (f"{start:%d/%m/%Y %H:%M}", "--to", f"{start + timedelta(hours=2):%d/%m/%Y %H:%M}")
    added = tthc(tmp_path, "notice", "add", "--from", *said, "--document", "TB 12", "--by", "Nguyễn Văn Thử")
    assert added.code == 0
    assert "số 1" in added.out
    gone = tthc(tmp_path, "notice", "withdraw", "1", "--reason", "nhầm ngày", "--by", "Trần Thị Thử")
    assert (gone.code, gone.err) == (0, "")
    (listed,) = tthc(tmp_path, "notice", "list", "--json").json
    assert (listed["class"], listed["counts_as_maintenance"], listed["by"]) == ("withdrawn", False, "Nguyễn Văn Thử")
    assert listed["withdrawn_at"].endswith("+07:00")
    assert "thông báo đã rút lại" in tthc(tmp_path, "notice", "list").out
    again = tthc(tmp_path, "notice", "withdraw", "1", "--reason", "nhầm ngày", "--by", "Trần Thị Thử")
    unknown = tthc(tmp_path, "notice", "withdraw", "9", "--reason", "nhầm ngày", "--by", "Trần Thị Thử")
    empty = tthc(tmp_path, "notice", "withdraw", "1", "--reason", " ", "--by", "Trần Thị Thử")
    nobody = tthc(tmp_path, "notice", "add", "--from", *said, "--document", "TB 13", "--by", " ")
    for refused, named in (
        (nobody, "--by"),
        (again, "đã được rút lại"),
        (unknown, "tthc notice list"),
        (empty, "--reason"),
    ):
        assert (refused.code, refused.err.count("\n")) == (2, 1)
        assert named in refused.err
    assert tthc(tmp_path, "journal", "verify").code == 0


def test_a_stop_may_be_named_by_its_days(tmp_path: Path) -> None:
    start = datetime.now(ICT) + timedelta(days=30)
    day = f"{start:%d/%m/%Y}"
    added = tthc(tmp_path, "notice", "add", "--from", day, "--to", day, "--document", "TB 14", "--by", "Trần Thị Thử")
    assert (added.code, added.err) == (0, "")
    (listed,) = tthc(tmp_path, "notice", "list", "--json").json
    assert listed["from"].startswith(f"{start:%Y-%m-%d}T00:00")
    assert listed["to"].startswith(f"{start + timedelta(days=1):%Y-%m-%d}T00:00")
