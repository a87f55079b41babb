"""The drop folder: complete files are read once, stand in done or failed with a report, and the others wait."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jobs import inbox, reading
from jobs.inbox import Stillness
from monitor.core.source import SourceKind
from monitor.reports.strays import NOTE, strays
from monitor.store import dossier_list, dossiers, imports
from monitor.store import reading as reading_from
from tests.jobs.conftest import Office
from tests.monitor.sources import made
from tests.monitor.sources.made import HEADINGS, ROW


def listed(code: str, **cells: object) -> tuple[object, ...]:
    changed = {HEADINGS[at]: cell for at, cell in enumerate(ROW)} | {"Mã hồ sơ": code} | cells
    return tuple(changed[heading] for heading in HEADINGS)


class Drop:
    """The drop folder of an office, looked into whenever time is let pass."""

    def __init__(self, office: Office) -> None:
        self.office, self.stillness = office, Stillness()
        self.folder = office.app.settings.var_dir / "inbox"
        self.folder.mkdir(parents=True)

    def put(self, name: str, *codes: str, folder: str = "") -> Path:
        place = self.folder / folder
        place.mkdir(exist_ok=True)
        return made.html(place / name, (HEADINGS, *(listed(code) for code in codes or ("H56.02-261116-0001",))))

    def beat(self, seconds: float = 10) -> None:
        inbox.scan(self.office.app, self.office.turn(seconds=seconds), self.stillness)

    def names(self, folder: str = "") -> set[str]:
        place = self.folder / folder
        return {path.name for path in place.iterdir() if path.is_file()} if place.is_dir() else set()

    def codes(self) -> list[tuple[str, str]]:
        with reading_from(self.office.app.engine) as db:
            return sorted((row.source, row.code) for row in dossier_list.listed(db))


@pytest.fixture
def drop(sqlite_office: Office) -> Drop:
    return Drop(sqlite_office)


def test_every_source_of_files_finds_its_folder_made(drop: Drop) -> None:
    files = {one.key for one in drop.office.app.register.sources.values() if one.kind is SourceKind.FILES}
    taken = next(iter(sorted(files)))
    (drop.folder / taken).write_text("", "utf-8")  # a file of that name stops nothing
    drop.beat()
    assert files
    assert {path.name for path in drop.folder.iterdir() if path.is_dir()} == files - {taken}
    (drop.folder / taken).unlink()
    drop.beat()
    assert (drop.folder / taken).is_dir()


def test_a_complete_file_is_read_and_put_away_with_its_report(drop: Drop) -> None:
    drop.put("ho-so.xls")
    drop.beat()
    assert drop.names() == {"ho-so.xls"}
    drop.beat()
    assert drop.names() == set()
    assert drop.names("done") == {"ho-so.xls", "ho-so.xls.txt"}
    assert "1 hồ sơ mới" in (drop.folder / "done" / "ho-so.xls.txt").read_text("utf-8")
    assert drop.codes() == [("mot-cua", "H56.02-261116-0001")]


def test_a_file_that_cannot_be_read_is_put_apart_with_the_reason(drop: Drop) -> None:
    (drop.folder / "anh.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n")
    drop.beat()
    drop.beat()
    assert drop.names("failed") == {"anh.xlsx", "anh.xlsx.txt"}
    assert "không phải bảng" in (drop.folder / "failed" / "anh.xlsx.txt").read_text("utf-8")
    assert drop.names() == set()


def test_a_growing_file_waits_until_it_has_kept_still(drop: Drop) -> None:
    path = drop.put("ho-so.xls")
    whole = path.read_bytes()
    for part in (whole[:200], whole[:500], whole):
        path.write_bytes(part)
        drop.beat()
        assert drop.names() == {"ho-so.xls"}
    drop.beat(2)
    assert drop.names() == {"ho-so.xls"}
    drop.beat()
    assert drop.names("done") == {"ho-so.xls", "ho-so.xls.txt"}


def test_a_file_rewritten_at_the_same_size_has_not_kept_still(drop: Drop) -> None:
    path = drop.put("ho-so.xls")
    drop.beat()
    os.utime(path, (1, 1))
    drop.beat()
    assert drop.names() == {"ho-so.xls"}


@pytest.mark.parametrize(
    "name", ["~$ho-so.xlsx", ".ho-so.xls", "ho-so.xlsx.part", "ho-so.crdownload", "Thumbs.db", "desktop.ini"]
)
def test_what_is_no_list_yet_is_let_lie(name: str, drop: Drop) -> None:
    drop.put(name)
    for _ in range(3):
        drop.beat()
    assert drop.names() == {name}


def test_links_and_pipes_are_let_lie(drop: Drop, tmp_path: Path) -> None:
    (drop.folder / "lien-ket.xls").symlink_to(made.html(tmp_path / "ngoai.xls"))
    os.mkfifo(drop.folder / "ong.xls")
    for _ in range(3):
        drop.beat()
    assert drop.codes() == []
    assert (tmp_path / "ngoai.xls").exists()


def test_a_folder_named_like_a_source_is_that_sources(drop: Drop) -> None:
    drop.put("a.xls", folder="cong-dvcqg")
    drop.put("b.xls", "H56.02-261116-0002", folder="khong-phai-nguon")
    drop.beat()
    drop.beat()
    assert drop.codes() == [("cong-dvcqg", "H56.02-261116-0001")]
    assert drop.names("cong-dvcqg/done") == {"a.xls", "a.xls.txt"}
    assert drop.names("khong-phai-nguon") == {"b.xls", NOTE}
    assert "inbox/cong-dvcqg/" in (drop.folder / "khong-phai-nguon" / NOTE).read_text("utf-8")


def test_files_that_nobody_reads_are_named_wherever_they_lie(drop: Drop) -> None:
    sources = drop.office.app.register.sources
    drop.put("a.xls", folder="cong-dvcqg")
    drop.put("cu.xls", folder="cong-dvcqg/2026")
    drop.put("b.xls", folder="la")
    (drop.folder / "trong").mkdir()
    drop.beat()
    drop.beat()
    assert [str(found.relative_to(drop.folder)) for found in strays(drop.folder, sources)] == ["cong-dvcqg/2026", "la"]
    (drop.folder / "la" / "b.xls").rename(drop.folder / "b.xls")
    assert [found.name for found in strays(drop.folder, sources)] == ["2026"]
    assert strays(drop.folder / "khong-co", sources) == ()


def test_the_note_is_never_read_as_a_list(drop: Drop) -> None:
    (drop.folder / "cong-dvcqg").mkdir()
    (drop.folder / "cong-dvcqg" / NOTE).write_text("x", "utf-8")
    drop.beat()
    drop.beat()
    assert drop.names("cong-dvcqg") == {NOTE}


def test_a_name_that_was_there_before_hides_nothing(drop: Drop) -> None:
    for number in range(3):
        drop.put("ho-so.xls", f"H56.02-261116-000{number}")
        drop.beat()
        drop.beat()
    assert drop.names("done") == {
        name for stem in ("ho-so", "ho-so-2", "ho-so-3") for name in (f"{stem}.xls", f"{stem}.xls.txt")
    }
    assert len(drop.codes()) == 3


@pytest.mark.parametrize(
    "name",
    ["dòng\nmới.xls", "dài" * 60 + ".xls", "'; DROP TABLE dossiers; --.xls", os.fsdecode(b"\xff\xfe.xls"), "-rf.xls"],
)
def test_a_strange_name_does_no_harm(name: str, drop: Drop) -> None:
    drop.put(name)
    drop.beat()
    drop.beat()
    assert drop.names() == set()
    assert len(drop.names("done")) == 2
    assert all("\n" not in put and len(os.fsencode(put)) <= 255 for put in drop.names("done"))
    assert len(drop.codes()) == 1


def test_a_file_read_but_not_moved_before_a_crash_is_only_moved(drop: Drop) -> None:
    path = drop.put("ho-so.xls")
    reading.take_in(drop.office.app, path, "mot-cua", drop.office.clock.now())
    drop.beat()
    drop.beat()
    assert drop.names("done") == {"ho-so.xls", "ho-so.xls.txt"}
    assert "đã nhập lúc" in (drop.folder / "done" / "ho-so.xls.txt").read_text("utf-8")
    with reading_from(drop.office.app.engine) as db:
        assert len(imports.recent(db, 5)) == 1


def test_the_older_file_is_read_first(drop: Drop) -> None:
    for name, age, status in (("a.xls", 1_000, "Đã xử lý xong"), ("b.xls", 2_000, "Đang xử lý")):
        path = made.html(drop.folder / name, (HEADINGS, listed("H56.02-261116-0001", **{"Trạng thái": status})))
        os.utime(path, (1_700_000_000 - age, 1_700_000_000 - age))
    drop.beat()
    drop.beat()
    with reading_from(drop.office.app.engine) as db:
        assert [told.status for told in dossiers.history(db, "mot-cua", "H56.02-261116-0001")] == ["4", "9"]


def test_a_file_that_vanishes_meanwhile_is_no_failure(drop: Drop) -> None:
    path = drop.put("ho-so.xls")
    drop.beat()
    path.unlink()
    drop.beat()
    assert drop.names("done") == drop.names("failed") == set()
