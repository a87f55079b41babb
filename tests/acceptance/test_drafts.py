"""`tthc draft`: letters to operators as files, and one line where none can be made."""

from __future__ import annotations

from pathlib import Path

from tests.acceptance.test_commands import tthc


def test_a_draft_is_written_as_word_and_pdf_and_nothing_is_sent(tmp_path: Path) -> None:
    made = tthc(tmp_path, "draft", "allow-list", "--to", "du-thao")
    assert made.code == 0
    assert made.err.startswith("Chưa thấy hệ thống chặn lượt kiểm tra nào")
    files = [tmp_path / line for line in made.out.splitlines()]
    assert [path.suffix for path in files] == [".docx", ".pdf"]
    assert all(path.stat().st_size > 0 for path in files)
    here = tthc(tmp_path, "draft", "allow-list").out.splitlines()
    assert here == [path.name for path in files]
    assert all((tmp_path / name).is_file() for name in here)
    assert tthc(tmp_path, "outbox", "list", "--json").json == []


def test_what_cannot_be_drafted_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "tep").write_text("")
    unknown = tthc(tmp_path, "draft", "request", "2026-11-23T08:30", "--to", "du-thao")
    service = tthc(tmp_path, "draft", "allow-list", "--service", "9.999999", "--to", "du-thao")
    place = tthc(tmp_path, "draft", "allow-list", "--to", "tep/du-thao")
    for refused, mend in ((unknown, "tthc interruption list"), (service, "2.001474"), (place, "--to")):
        assert (refused.code, refused.err.count("\n")) == (2, 1)
        assert mend in refused.err
