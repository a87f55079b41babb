"""Evidence is kept as long as the record it belongs to; the rest goes by night, counted, and nothing that is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from jobs import retention
from jobs.schedule import TIMETABLE
from monitor.core.look import Cause, Evidence, Look, ManualCheck, Verdict
from monitor.core.period import Span
from monitor.core.remark import Remark, RemarkKind
from monitor.register import Register, load_register
from monitor.store import EventKind, events, journal, keeping, looks, reading, remarks, watches, writing
from monitor.store.tables import interruptions
from tests.jobs.conftest import MORNING, Office
from tests.jobs.failing import SERVICE, TARGET, Seen, a_look, fill

NIGHT = MORNING


@pytest.fixture(scope="module")
def register() -> Register:
    """The register as it is shipped."""
    return load_register("thanh-hoa")


YEAR = timedelta(days=365)


def ago(days: float, minute: float, verdict: Verdict, cause: Cause = Cause.NONE, **more: Any) -> Look:
    """A look so many days before the night, and some minutes later."""
    at = NIGHT - timedelta(days=days) + timedelta(minutes=minute)
    return replace(a_look(0, verdict, cause), at=at, received_at=at, **more)


def seen(look: Look, page: str) -> Seen:
    return Seen(look=look, evidence=Evidence(body=page.encode(), screenshot=f"png {page}".encode()))


def failure(days: float, page: str, looks: int = 3) -> list[Seen]:
    """An interruption so long ago, with evidence of each failed look and of the first good one after."""
    failed = [seen(ago(days, 1 + n, Verdict.DOWN, Cause.BANNER), page) for n in range(looks)]
    return [
        Seen(look=ago(days, 0, Verdict.UP)),
        *failed,
        seen(ago(days, looks + 1, Verdict.UP), f"{page}: lại được"),
        Seen(look=ago(days, looks + 2, Verdict.UP)),
    ]


def unconfirmed(days: float, page: str) -> list[Seen]:
    """A failed look that the next one did not confirm, and one that could not tell."""
    return [
        Seen(look=ago(days, 0, Verdict.UP)),
        seen(ago(days, 1, Verdict.DOWN, Cause.TIMEOUT), page),
        seen(ago(days, 2, Verdict.UP), f"{page}: lại được"),
        seen(ago(days, 3, Verdict.UNKNOWN, Cause.CHALLENGED), f"{page}: chặn"),
        Seen(look=ago(days, 4, Verdict.UP)),
    ]


def put(office: Office, *stories: list[Seen]) -> None:
    """Write stories down, oldest first, their files as old as the looks."""
    for one in sorted((one for story in stories for one in story), key=lambda one: one.look.at):
        before = set(files(office))
        fill(office.app.engine, office.app.settings.var_dir, [one])
        for path in files(office):
            if path not in before or one.evidence:
                age(path, one.look.at, only_younger=path in before)


def age(path: Path, at: datetime, *, only_younger: bool = False) -> None:
    if not only_younger or path.stat().st_mtime > time.time() - 60:
        os.utime(path, (at.timestamp(), at.timestamp()))


def files(office: Office) -> list[Path]:
    folder = office.app.settings.var_dir / "evidence"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def pages(office: Office) -> set[str]:
    return {path.read_text() for path in files(office) if path.suffix == ".html"}


def night(office: Office, now: datetime = NIGHT) -> None:
    retention.run(office.app, now, now)


def told(office: Office) -> list[str]:
    whole = Span(start=NIGHT - 20 * YEAR, end=NIGHT + 20 * YEAR)
    with reading(office.app.engine) as db:
        return [row.detail for row in events.between(db, whole) if row.kind == EventKind.EVIDENCE_REMOVED]


def test_what_never_became_an_interruption_goes_after_ninety_days(office: Office) -> None:
    put(office, unconfirmed(91, "cũ"), unconfirmed(89, "mới"), failure(400, "gián đoạn"))
    before = len(files(office))
    night(office)
    assert pages(office) == {"mới", "mới: lại được", "mới: chặn", "gián đoạn", "gián đoạn: lại được"}
    (said,) = told(office)
    assert said.startswith(f"{before - len(files(office))} tệp, ")
    with reading(office.app.engine) as db:
        assert all(one.intact for one in journal.verify_all(db))


def test_an_interruptions_evidence_is_kept_five_years_from_its_end(sqlite_office: Office) -> None:
    office = sqlite_office
    put(office, failure(5 * 365 - 5, "còn hạn"), failure(5 * 365 + 5, "hết hạn"))
    night(office)
    assert pages(office) == {"còn hạn", "còn hạn: lại được"}


def test_one_that_is_open_is_kept_however_long_ago_it_began(sqlite_office: Office) -> None:
    office = sqlite_office
    story = failure(7 * 365, "mãi chưa xong")[:-2]
    put(office, [*story, seen(ago(100, 0, Verdict.DOWN, Cause.BANNER), "vẫn chưa xong")])
    night(office)
    assert pages(office) == {"mãi chưa xong", "vẫn chưa xong"}


def test_one_that_the_alerts_knew_is_kept_though_the_looks_tell_another(sqlite_office: Office) -> None:
    office = sqlite_office
    put(office, unconfirmed(200, "một lượt"))
    night_before = set(pages(office))
    first = ago(200, 1, Verdict.DOWN).at
    with writing(office.app.engine) as db:
        db.execute(
            interruptions.insert().values(
                target=TARGET.key, first_bad=first, service=SERVICE.code, last_good=first - timedelta(minutes=1),
                last_bad=first, first_good=first + timedelta(minutes=3), cause=Cause.TIMEOUT, failed_looks=1,
                opened_at=first, opened_seq=1, closed_at=first, closed_seq=1,
            )
        )  # fmt: skip
    night(office)
    assert pages(office) == night_before


def test_one_page_of_two_looks_stays_while_one_of_them_stays(office: Office) -> None:
    put(office, failure(300, "cùng một trang"), unconfirmed(120, "cùng một trang"))
    lists = len([path for path in files(office) if path.suffix == ".json"])
    night(office)
    assert pages(office) == {"cùng một trang", "cùng một trang: lại được"}
    assert len([path for path in files(office) if path.suffix == ".json"]) == lists - 3


def test_files_that_people_gave_stay(office: Office) -> None:
    var = office.app.settings.var_dir
    reply, check, nobody = (keeping.keep(var, text, "pdf") for text in (b"tra loi", b"anh", b"bo roi"))
    said = Remark(service=SERVICE.code, target=TARGET.key, first_bad=NIGHT, at=NIGHT, kind=RemarkKind.REPLY, text="x",
                  by="y", file_name="a.pdf", file_sha256=reply)  # fmt: skip
    with writing(office.app.engine) as db:
        remarks.add(db, said)
        looks.add_manual(db, ManualCheck(service=SERVICE.code, target=TARGET.key, at=NIGHT, received_at=NIGHT,
                                         verdict=Verdict.UP, by="y", evidence_sha256=check))  # fmt: skip
    for path in files(office):
        age(path, NIGHT - 9 * YEAR)
    night(office)
    assert {path.stem for path in files(office)} == {reply, check}
    assert nobody not in {path.stem for path in files(office)}


@pytest.mark.parametrize(("key", "days", "stays"), [("đã bỏ", 91, True), ("đã bỏ", 2000, False)])
def test_what_the_register_no_longer_tells_of_is_kept_as_long_as_a_record(
    sqlite_office: Office, key: str, days: float, stays: bool
) -> None:
    office = sqlite_office
    put(office, [replace(one, look=replace(one.look, target=key)) for one in unconfirmed(days, "trang")])
    night(office)
    assert bool(pages(office)) is stays


def test_a_references_evidence_goes_after_ninety_days(sqlite_office: Office) -> None:
    office = sqlite_office
    key = next(one.key for one in SERVICE.targets if one.control)
    put(office, [replace(one, look=replace(one.look, target=key)) for one in failure(100, "đối chứng")])
    night(office)
    assert pages(office) == set()


def test_a_leftover_goes_after_a_day_and_what_is_not_ours_never(sqlite_office: Office) -> None:
    office = sqlite_office
    put(office, unconfirmed(1, "nay"))
    folder = files(office)[0].parent
    for name, days in ((".x.html.123", 2), (".y.html.123", 0), ("ghi-chu.txt", 900)):
        (folder / name).write_text("")
        age(folder / name, NIGHT - timedelta(days=days, minutes=1))
    night(office)
    assert {path.name for path in folder.iterdir() if path.suffix not in {".json", ".png"}} >= {
        ".y.html.123",
        "ghi-chu.txt",
    }
    assert not (folder / ".x.html.123").exists()


def test_a_file_that_is_wanted_again_is_young_again(sqlite_office: Office) -> None:
    office = sqlite_office
    var = office.app.settings.var_dir
    digest = keeping.keep(var, b"trang", "html")
    path = keeping.place(var, digest, "html")
    age(path, NIGHT - YEAR)
    assert keeping.keep(var, b"trang", "html") == digest
    assert path.stat().st_mtime > time.time() - 3600


def test_a_page_is_spared_while_a_list_that_may_name_it_is_lost(sqlite_office: Office) -> None:
    office = sqlite_office
    put(office, failure(300, "của danh mục mất", looks=2), unconfirmed(120, "cũ"))
    for path in files(office):
        listed = json.loads(path.read_text()) if path.suffix == ".json" else {}
        if listed.get("verdict") == "down" and listed["at"] < (NIGHT - timedelta(days=200)).isoformat():
            path.unlink()
    night(office)
    assert "của danh mục mất" in pages(office)
    assert "cũ" in pages(office)  # as young as the lost list: nobody can tell whether that named it


def test_nothing_goes_where_the_database_is_another_one(sqlite_office: Office) -> None:
    office = sqlite_office
    var = office.app.settings.var_dir
    put(office, unconfirmed(120, "cũ"))
    for number in range(retention.MOST_STRANGERS + 1):
        age(keeping.place(var, keeping.keep(var, f"[{number}]".encode(), "json"), "json"), NIGHT - YEAR)
    before = files(office)
    night(office)
    assert files(office) == before
    next(path for path in files(office) if path.read_bytes().startswith(b"[")).unlink()
    night(office)
    assert files(office) == []


def test_a_night_broken_off_before_it_was_sealed_is_counted_by_the_next(sqlite_office: Office) -> None:
    office = sqlite_office
    put(office, unconfirmed(120, "cũ"))
    count = len(files(office))
    aside = office.app.settings.var_dir / "evidence" / ".going-1"
    aside.mkdir()
    first = files(office)[0]
    first.replace(aside / first.name)
    night(office)
    assert files(office) == []
    assert [one.split()[0] for one in told(office)] == [str(count)]


def test_a_night_broken_off_after_it_was_sealed_is_ended_and_not_counted_again(sqlite_office: Office) -> None:
    office = sqlite_office
    put(office, unconfirmed(1, "nay"))
    kept = files(office)
    aside = office.app.settings.var_dir / "evidence" / ".going-1"
    aside.mkdir()
    (aside / "ab").write_text("")
    with writing(office.app.engine) as db:
        watches.set_mark(db, "retention/sealed", ".going-1")
    night(office)
    assert files(office) == kept
    assert told(office) == []
    assert not aside.exists()


def test_a_second_night_finds_nothing_to_do(sqlite_office: Office) -> None:
    office = sqlite_office
    put(office, unconfirmed(120, "cũ"), failure(200, "gián đoạn"))
    night(office)
    left = files(office)
    night(office, NIGHT + timedelta(days=1))
    assert files(office) == left
    assert len(told(office)) == 1


def test_without_evidence_there_is_nothing_to_do(sqlite_office: Office) -> None:
    night(sqlite_office)
    assert told(sqlite_office) == []


def test_it_runs_every_night() -> None:
    (entry,) = [one for one in TIMETABLE if one.name == "retention"]
    assert entry.lane == "reporting"


KILLED = """
import sys
from pathlib import Path

import pytest
from datetime import datetime
from jobs import retention
from jobs.app import build
from jobs.clock import HandClock
from monitor.config import Settings
now = datetime.fromisoformat(sys.argv[3])
app = build(Settings(var_dir=Path(sys.argv[1]), database_url=sys.argv[2]), HandClock(now))
print("bắt đầu", flush=True)
retention.run(app, now, now)
"""


def test_thousands_go_though_it_is_killed_in_the_middle_and_each_is_counted_once(
    sqlite_office: Office, tmp_path: Path
) -> None:
    office = sqlite_office
    var = office.app.settings.var_dir
    put(office, failure(300, "gián đoạn"))
    staying = files(office)
    for number in range(4000):
        age(keeping.place(var, keeping.keep(var, str(number).encode(), "html"), "html"), NIGHT - timedelta(days=9))
    url = str(office.app.engine.url)
    program = [sys.executable, "-c", KILLED, str(var), url, NIGHT.isoformat()]
    for delay in (0.0, 0.05, 0.1):
        with subprocess.Popen(program, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(delay)
            process.kill()
        assert set(staying) <= set(files(office))
    night(office)
    assert files(office) == staying
    assert sum(int(one.split()[0]) for one in told(office)) == 4000
    with reading(office.app.engine) as db:
        assert all(one.intact for one in journal.verify_all(db))
