"""Files taken in: what differs is an event, what is half done is never seen, and the projection follows the facts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from jobs import project, reading
from jobs.report import Report
from monitor.core.agency import Alias
from monitor.core.finding import FindingKind, Standing
from monitor.core.period import ICT
from monitor.register import register_of
from monitor.store import dossier_list, dossiers, imports, writing
from monitor.store import reading as reading_from
from monitor.store.imports import ImportState
from tests.jobs.conftest import Office, moment
from tests.monitor.sources import made
from tests.monitor.sources.made import HEADINGS, ROW

SOURCE = "mot-cua"
APPENDIX = ("STT", "Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Đơn vị giải quyết", "Ghi chú")


def row(code: str, **cells: object) -> tuple[object, ...]:
    changed = {HEADINGS[at]: cell for at, cell in enumerate(ROW)} | {"Mã hồ sơ": code} | cells
    return tuple(changed[heading] for heading in HEADINGS)


def code(number: int) -> str:
    return f"H56.02-261116-{number:04}"


class Desk:
    """Takes files into an office, each as of a moment of its own."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder, self.files = office, folder, 0

    def put(self, *rows: tuple[object, ...], as_of: str = "25/11/2026 07:00", headings: Any = HEADINGS) -> Path:
        self.files += 1
        title = (f"Số liệu tính đến {as_of[11:]} ngày {as_of[:10]}",)
        return made.html(self.folder / f"{self.files}.xls", (title, headings, *rows))

    def take(self, path: Path, source: str = SOURCE, **how: Any) -> Report:
        return reading.take_in(self.office.app, path, source, self.office.clock.now(), **how)

    def tell(self, *rows: tuple[object, ...], **how: Any) -> Report:
        report = self.take(self.put(*rows, **how))
        project.catch_up(self.office.app, self.office.clock.now())
        return report

    def one(self, number: int = 1) -> Any:
        with reading_from(self.office.app.engine) as db:
            return dossiers.load(db, SOURCE, code(number))

    def history(self, number: int = 1) -> list[str]:
        with reading_from(self.office.app.engine) as db:
            return [told.status for told in dossiers.history(db, SOURCE, code(number))]

    def count(self, table: str) -> int:
        with reading_from(self.office.app.engine) as db:
            return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Desk:
    return Desk(office, tmp_path)


@pytest.fixture
def sqlite_desk(sqlite_office: Office, tmp_path: Path) -> Desk:
    sqlite_office.clock.turn_to(moment("25/11/2026 07:30"))
    return Desk(sqlite_office, tmp_path)


def told(report: Report) -> tuple[int, ...]:
    row = report.row
    return row.new, row.changed, row.unchanged, row.older, row.repeated, row.set_aside


def test_what_differs_is_a_new_event_and_the_rest_is_confirmed(desk: Desk) -> None:
    first = desk.tell(row(code(1)), row(code(2)))
    assert told(first) == (2, 0, 0, 0, 0, 0)
    second = desk.tell(row(code(1), **{"Trạng thái": "Đã xử lý xong"}), row(code(2)), as_of="25/11/2026 07:20")
    assert told(second) == (0, 1, 1, 0, 0, 0)
    assert desk.history(1) == ["4", "9"]
    assert desk.history(2) == ["4"]
    assert desk.one(1).as_of == desk.one(2).as_of == moment("25/11/2026 07:20")
    assert desk.one(2).first_seen == desk.office.clock.now()


def test_dates_that_cannot_be_are_reported_noted_and_late_for_nobody(desk: Desk) -> None:
    report = desk.tell(row(code(1), **{"Ngày hẹn trả": "10/11/2026"}), row(code(2), **{"Ngày hẹn trả": "20/11/2026"}))
    assert told(report) == (2, 0, 0, 0, 0, 0)
    assert f"ngày hẹn trả trước ngày nộp (1 dòng): {code(1)}" in report.as_text()
    with reading_from(desk.office.app.engine) as db:
        standings = {one.code: one.standing for one in dossier_list.listed(db)}
        noted = [one.count for one in dossiers.counts(db) if one.kind is FindingKind.IMPOSSIBLE_DATES]
    assert standings == {code(1): Standing.NOTED, code(2): Standing.LATE}
    assert noted == [1]


def test_while_a_file_is_read_it_is_told_how_far(sqlite_desk: Desk) -> None:
    heard: list[int] = []
    report = sqlite_desk.take(sqlite_desk.put(*(row(code(n)) for n in range(3000))), progress=heard.append)
    assert not report.failed
    assert heard
    assert heard == sorted(heard)
    assert heard[-1] <= 3000


def test_the_same_bytes_are_taken_in_once_a_source(desk: Desk) -> None:
    path = desk.put(row(code(1)), row("", **{"Ngày nhận": "16/11/2026"}))
    first = desk.take(path)
    again = desk.take(path)
    assert again.already
    assert again.row.id == first.row.id
    assert again.as_json() | {"new": 1, "unchanged": 0, "already": False} == first.as_json()
    assert not desk.take(path, "cong-dvcqg").already


def test_a_dossier_that_a_file_lacks_stays_as_it_was(desk: Desk) -> None:
    desk.tell(row(code(1)), row(code(2)))
    desk.tell(row(code(1)), as_of="25/11/2026 07:20")
    assert desk.one(2).status == "4"
    assert desk.one(2).as_of == moment("25/11/2026 07:00")


def test_older_figures_never_overwrite_newer_ones(desk: Desk) -> None:
    desk.tell(row(code(1)), row(code(2)), as_of="24/11/2026 08:00")
    desk.tell(row(code(1), **{"Trạng thái": "Đã xử lý xong"}), row(code(2)), as_of="24/11/2026 16:00")
    late = desk.tell(
        row(code(1)), row(code(2), **{"Trạng thái": "Mới đăng ký"}), row(code(3)), as_of="24/11/2026 12:00"
    )
    assert told(late) == (1, 0, 0, 2, 0, 0)
    assert desk.history(1) == ["4", "9"]
    assert desk.history(2) == ["4"]
    assert desk.one(1).as_of == moment("24/11/2026 16:00")


def test_of_a_dossier_told_twice_in_a_file_the_newer_dates_count(desk: Desk) -> None:
    old = row(code(1))
    new = row(code(1), **{"Trạng thái": "Đã xử lý xong", "Ngày kết thúc xử lý": "28/11/2026 08:00"})
    for at, rows in enumerate(((old, new), (new, old), (new, row(code(2)), old), (old, new, old, new))):
        report = desk.tell(*rows, as_of=f"25/11/2026 07:{at:02}")
        assert (report.row.new + report.row.changed + report.row.unchanged) == len({one[4] for one in rows})
        assert report.row.repeated == len(rows) - len({one[4] for one in rows})
    assert desk.history(1) == ["9"]


def test_of_equal_dates_the_last_row_counts_and_telling_it_again_changes_nothing(desk: Desk) -> None:
    rows = (row(code(1)), row(code(1), **{"Trạng thái": "Yêu cầu bổ sung"}))
    assert told(desk.tell(*rows)) == (1, 0, 0, 0, 1, 0)
    assert told(desk.tell(*rows, as_of="25/11/2026 07:20")) == (0, 0, 1, 0, 1, 0)
    assert desk.history(1) == ["5"]


def test_a_list_with_fewer_columns_takes_nothing_away(desk: Desk) -> None:
    desk.tell(row(code(1), **{"Trạng thái": "Được tiếp nhận", "Ngày hẹn trả": "27/11/2026"}))
    short = desk.tell((1, code(1), "16/11/2026 09:00", "26/11/2026", "Sở CT", ""), headings=APPENDIX)
    assert told(short) == (0, 1, 0, 0, 0, 0)
    one = desk.one(1)
    assert (one.procedure, one.channel, one.status) == ("2.000033", "2", "4")
    assert one.filed == moment("16/11/2026 08:05")
    assert one.appointment.isoformat() == "2026-11-26"
    again = desk.tell((9, code(1), "16/11/2026 09:00", "26/11/2026", "Sở CT", "x"), headings=APPENDIX)
    assert told(again) == (0, 0, 1, 0, 0, 0)


def test_units_and_clocks_stand_in_the_projection(desk: Desk) -> None:
    desk.tell(
        row(code(1), **{"Ngày hẹn trả": "24/11/2026 17:00", "Đơn vị xử lý": "Phòng X (Sở Công Thương)"}),
        row(code(2), **{"Đơn vị tiếp nhận": "", "Đơn vị xử lý": "Đội Không Ai Biết"}),
        row(code(3), **{"Trạng thái": "Đã trả kết quả", "Ngày kết thúc xử lý": "20/11/2026"}),
    )
    with reading_from(desk.office.app.engine) as db:
        shown = {line.code: line for line in dossier_list.listed(db)}
        counted = {(row.agency, row.kind, row.standing): row.count for row in dossiers.counts(db)}
        near = [dossier.code for dossier in dossiers.open_before(db, moment("25/11/2026 00:00"))]
        late = dossier_list.listed(db, standing=Standing.LATE, agency="so-cong-thuong")
    assert set(shown) == {code(1), code(2)}
    assert (shown[code(1)].agency, shown[code(1)].standing) == ("so-cong-thuong", Standing.LATE)
    assert shown[code(1)].result_due == moment("24/11/2026 17:00")
    assert counted["so-cong-thuong", FindingKind.RESULT, Standing.LATE] == 1
    assert counted["", FindingKind.UNKNOWN_UNIT, Standing.NOTED] == 1
    assert near == [code(2), code(1)]
    assert [line.code for line in late] == [code(1)]


def test_what_changes_by_itself_is_worked_out_anew_in_time(desk: Desk) -> None:
    desk.tell(row(code(1), **{"Ngày hẹn trả": "25/11/2026 17:00"}))

    def standing() -> Standing:
        with reading_from(desk.office.app.engine) as db:
            return dossier_list.listed(db)[0].standing

    assert standing() is Standing.DUE
    desk.office.clock.turn_to(moment("25/11/2026 17:01"))
    assert standing() is Standing.DUE
    project.refresh(desk.office.app, desk.office.clock.now())
    assert standing() is Standing.LATE


def test_another_law_or_register_works_everything_out_anew(desk: Desk) -> None:
    desk.tell(row(code(1)), row(code(2)))
    law = replace(desk.office.app.law, version="another")
    other = replace(desk.office.app, law=law)
    project.catch_up(other, desk.office.clock.now())
    with reading_from(desk.office.app.engine) as db:
        assert db.execute(text("SELECT count(DISTINCT basis) FROM dossier_now")).scalar_one() == 1
    assert project.differing(other, desk.office.clock.now(), sample=10) == []


@pytest.mark.parametrize(
    ("holds", "before", "after"),
    [({"start": date(2026, 11, 26)}, "", "so-cong-thuong"), ({"end": date(2026, 11, 25)}, "so-cong-thuong", "")],
)
def test_a_name_that_begins_or_ends_to_hold_is_known_from_that_day(
    sqlite_desk: Desk, holds: dict[str, date], before: str, after: str
) -> None:
    known = sqlite_desk.office.app.register
    agencies = [
        replace(one, aliases=(*one.aliases, Alias(name="Ban Thử nghiệm", **holds)))
        if one.key == "so-cong-thuong"
        else one
        for one in known.agencies.values()
    ]
    register = register_of(
        agencies=agencies, posts=known.posts.values(), sources=known.sources.values(),
        ladders=known.ladders.values(), centre=known.centre,
    )  # fmt: skip
    sqlite_desk.office.app = replace(sqlite_desk.office.app, register=register)
    sqlite_desk.tell(row(code(1), **{"Đơn vị xử lý": "Ban Thử nghiệm", "Ngày hẹn trả": "30/12/2026"}))
    assert sqlite_desk.one().handling_agency == before
    sqlite_desk.office.clock.turn_to(moment("26/11/2026 00:01"))
    project.catch_up(sqlite_desk.office.app, sqlite_desk.office.clock.now())
    assert sqlite_desk.one().handling_agency == after


def test_a_projection_that_differs_is_noticed_and_rebuilt(desk: Desk) -> None:
    desk.tell(row(code(1)), row(code(2)), row(code(3)))
    app, now = desk.office.app, desk.office.clock.now()
    assert project.differing(app, now, sample=10) == []
    with writing(app.engine) as db:
        db.execute(text("UPDATE dossier_now SET standing = 'late' WHERE dossier_id = 2"))
        db.execute(text("DELETE FROM dossier_now WHERE dossier_id = 3"))
    assert sorted(project.differing(app, now, sample=10)) == ["?", code(2)]
    project.rebuild(app, now)
    assert project.differing(app, now, sample=10) == []
    assert desk.count("dossier_now") == 3


def test_the_moment_figures_stand_for_moves_on_with_a_confirming_file(desk: Desk) -> None:
    rows = [row(code(number)) for number in range(1, 40)]
    desk.tell(*rows)
    desk.tell(*rows[::2], as_of="25/11/2026 07:20")
    moments = {number: desk.one(number).as_of for number in (1, 2, 39)}
    assert moments == {
        1: moment("25/11/2026 07:20"),
        2: moment("25/11/2026 07:00"),
        39: moment("25/11/2026 07:20"),
    }


def test_a_file_of_nothing_but_bad_rows_is_refused_and_leaves_nothing(desk: Desk) -> None:
    report = desk.tell(row(code(1), **{"Ngày nhận": "hôm qua"}), row(code(2), **{"Ngày nhận": "mai"}))
    assert report.failed
    assert "hôm qua" in report.row.why
    assert [desk.count(table) for table in ("dossiers", "dossier_versions", "bad_rows")] == [0, 0, 0]


def test_a_list_of_nothing_is_taken_in(desk: Desk) -> None:
    assert not desk.tell().failed


def test_a_mixed_column_takes_back_what_was_written_already(desk: Desk) -> None:
    rows = [row(code(number)) for number in range(3_000)]
    rows[2_990] = row(code(2_990), **{"Ngày nhận": datetime(2026, 4, 3, 8)})  # noqa: DTZ001
    report = desk.take(made.xlsx(desk.folder / "t.xlsx", (HEADINGS, *rows)))
    assert report.failed
    assert "Ngày nhận" in report.row.why
    assert [desk.count(table) for table in ("dossiers", "dossier_versions")] == [0, 0]
    assert desk.one() is None


def test_a_report_says_what_was_read_and_why_rows_were_set_aside(desk: Desk) -> None:
    report = desk.tell(row(code(1), **{"Mã TTHC": "1.00331"}), row(code(2), **{"Ngày hẹn trả": "31/02/2026"}))
    words = report.as_text()
    for part in (
        "1 hồ sơ mới",
        "1 dòng để riêng",
        "tính đến 07:00 25/11/2026",
        "1.00331 → 1.003310",
        "Dòng 4",
        "31/02/2026",
    ):
        assert part in words
    assert report.as_json()["reasons"] == report.reasons
    assert not report.failed


def test_a_report_names_the_columns_that_were_left_at_the_door_each_once(sqlite_desk: Desk) -> None:
    headings = (*HEADINGS, "CCCD", "Cán bộ xử lý", "Mức phí", "Mức phí")
    cells = [(*row(code(number)), "038123456789", "Trần Văn B", "0", "0") for number in (1, 2)]
    report = sqlite_desk.tell(cells[0], headings, cells[1], headings=headings)
    assert report.row.notes == (
        "Cột biết mà không lưu: Địa chỉ, Chủ hồ sơ, CCCD, Cán bộ xử lý.",
        "Cột không biết, không đọc: Mức phí.",
    )
    assert report.as_text().endswith("\n".join(report.row.notes))


def begun(desk: Desk, rows: int = 30) -> int:
    """An import that was cut off after its rows were written."""
    from monitor.core.source import DossierRow
    from monitor.store import dossier_loading

    blank = DossierRow("", b"x" * 8, "", "", "", None, "4", 1, None, None, None, None, 0, "", "Sở CT", "")
    with writing(desk.office.app.engine) as db:
        number = imports.begin(
            db, source=SOURCE, name="x", size=1, digest=b"d", manner=b"m", at=desk.office.clock.now()
        )
        first = dossier_loading.next_number(db)
        new = [(first + at, code(100 + at)) for at in range(rows)]
        said = [(at, blank._replace(code=name)) for at, name in new]
        dossier_loading.add(db, number, source=SOURCE, at=desk.office.clock.now(), new=new, said=said)
    return number


def test_what_is_half_done_is_never_seen_and_the_next_start_removes_it(desk: Desk) -> None:
    desk.tell(row(code(1)))
    number = begun(desk)
    with reading_from(desk.office.app.engine) as db:
        assert dossiers.search(db, code(100)) == []
        assert dossiers.history(db, SOURCE, code(100)) == []
        assert number not in {one.id for one in imports.recent(db, 10)}
    assert desk.count("dossiers") == 31
    reading.recover(desk.office.app)
    assert [desk.count(table) for table in ("dossiers", "dossier_versions")] == [1, 1]
    with reading_from(desk.office.app.engine) as db:
        assert imports.get(db, number).state is ImportState.FAILED


def test_a_file_after_a_crash_finds_the_ground_clean(desk: Desk) -> None:
    begun(desk)
    assert told(desk.tell(row(code(100)))) == (1, 0, 0, 0, 0, 0)


def test_somebody_elses_reading_is_left_alone_at_a_start(desk: Desk) -> None:
    begun(desk)
    with reading.alone(desk.office.app):
        reading.recover(desk.office.app)
    assert desk.count("dossiers") == 30


def big(folder: Path, rows: int) -> Path:
    path = folder / "lon.csv"
    lines = [row(f"H56.02-261116-{number:06}") for number in range(rows)]
    path.write_text(made.csv_text((HEADINGS, *lines)), "utf-8")
    return path


def children() -> list[int]:
    listed = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "jobs.read_child"], capture_output=True, check=False
    )
    return [int(pid) for pid in listed.stdout.split()]


def wait_for(what: Any, seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it never came")


def test_a_reader_that_is_killed_leaves_nothing_and_the_next_one_goes_right(desk: Desk) -> None:
    path, reports = big(desk.folder, 40_000), []
    thread = threading.Thread(target=lambda: reports.append(desk.take(path)))
    thread.start()
    wait_for(lambda: desk.count("dossier_versions"))
    os.kill(wait_for(children)[0], signal.SIGKILL)
    thread.join()
    assert reports[0].failed
    assert [desk.count(table) for table in ("dossiers", "dossier_versions", "dossier_now")] == [0, 0, 0]
    assert told(desk.take(path))[0] == 40_000


def test_a_program_killed_amid_an_import_takes_its_reader_along(sqlite_desk: Desk) -> None:
    desk = sqlite_desk
    path = big(desk.folder, 40_000)
    program = (
        "import sys; from pathlib import Path; from datetime import datetime; from types import SimpleNamespace as S\n"
        "from monitor.store.engine import engine_of, url_of\n"
        "from jobs import reading; from monitor.core.source import SourceSpec\n"
        "app = S(settings=S(var_dir=Path(sys.argv[1])), engine=engine_of(url_of(sys.argv[2])),"
        " register=S(sources={'mot-cua': SourceSpec(key='mot-cua', name='x')}))\n"
        "reading.take_in(app, Path(sys.argv[3]), 'mot-cua', datetime.fromisoformat(sys.argv[4]))\n"
    )
    app = desk.office.app
    arguments = [str(app.settings.var_dir), str(app.engine.url), str(path), desk.office.clock.now().isoformat()]
    doomed = subprocess.Popen([sys.executable, "-c", program, *arguments])
    wait_for(lambda: desk.count("dossier_versions"))
    doomed.kill()
    doomed.wait()
    with reading.alone(app):  # the reader is gone too: it held the lock
        assert desk.count("dossier_versions") > 0
    reading.recover(app)
    assert [desk.count(table) for table in ("dossiers", "dossier_versions")] == [0, 0]
    assert told(desk.take(path))[0] == 40_000


def test_no_write_of_an_import_holds_the_database_for_long(sqlite_desk: Desk) -> None:
    desk, longest = sqlite_desk, [0.0]
    path, done = big(desk.folder, 30_000), threading.Event()

    def write() -> None:
        while not done.is_set():
            begin = time.monotonic()
            with writing(desk.office.app.engine) as db:
                db.execute(text("INSERT INTO marks (name, value) VALUES ('a', '1') ON CONFLICT (name) DO NOTHING"))
            longest[0] = max(longest[0], time.monotonic() - begin)
            time.sleep(0.005)

    thread = threading.Thread(target=write)
    thread.start()
    desk.tell()
    assert not desk.take(path).failed
    done.set()
    thread.join()
    assert longest[0] < 1.0


@pytest.mark.parametrize("given", [timedelta(), timedelta(hours=7)])
def test_moments_are_the_same_in_any_zone(sqlite_desk: Desk, given: timedelta) -> None:
    zone = ICT if given else None
    now = sqlite_desk.office.clock.now().astimezone(zone)
    report = reading.take_in(sqlite_desk.office.app, sqlite_desk.put(row(code(1))), SOURCE, now)
    assert report.row.at == sqlite_desk.office.clock.now()


def test_told_to_stop_with_its_daemon_a_reader_ends_when_the_daemon_does() -> None:
    script = (
        "import os, time; from jobs.read_child import Task, confine\n"
        "confine(Task(database='', path='', source='', kind='', layouts=(), own_layouts='', number=1, at='',"
        " modified='', parent=os.getppid()))\n"
        "print('on', flush=True); time.sleep(60)"
    )
    reader = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    try:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "on\n"
        for stop in (signal.SIGTERM, signal.SIGINT):
            reader.send_signal(stop)
        time.sleep(0.3)
        assert reader.poll() is None
    finally:
        reader.kill()
        reader.communicate()


def test_a_reader_gives_way_to_looking_but_does_not_starve_beside_other_programs() -> None:
    script = (
        "import os; from jobs.read_child import Task, confine\n"
        "confine(Task(database='', path='', source='', kind='', layouts=(), own_layouts='', number=1, at='',"
        " modified='', parent=os.getppid()))\n"
        "print(os.getpriority(os.PRIO_PROCESS, 0))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    lower = int(said) - os.getpriority(os.PRIO_PROCESS, 0)
    # Each step of niceness leaves four fifths of the time. At ten, files waited minutes on a busy machine.
    assert 0.3 < 0.8**lower < 1
