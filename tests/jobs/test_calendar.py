"""A change of the calendar: seen beforehand, confirmed by a person, in force at once; nobody is told anything anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from jobs import calendar_watch, laws, project, tell
from jobs.app import App, build
from jobs.cli.ground import Refused
from jobs.cli.main import tthc
from jobs.clock import HandClock
from monitor.config import NAMES, Settings
from monitor.core.calendar_change import CalendarChange
from monitor.core.obligation import Obligation
from monitor.core.period import at
from monitor.law import in_force
from monitor.law.acceptance import checked, days_changed
from monitor.law.proposal import Proposal
from monitor.reports.calendar_moves import DutyMoved, MovedClock
from monitor.reports.calendar_preview import preview
from monitor.reports.standing import standing
from monitor.store import EventKind, calendar_changes, dossier_list, events, reading, writing
from monitor.web import create_app
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, take_in, waiting

Office = Any
Say = Callable[..., Result]
STORM = date(2026, 11, 25)


def proposed(app: App) -> Proposal:
    return Proposal(at=app.clock.now(), by="Nguyễn Văn Thử, Chánh Văn phòng", document="1/CĐ-UBND")


def confirm(app: App, proposal: Proposal) -> None:
    """As the command does beside the daemon, which hears of it with its next minute."""
    with writing(app.engine) as db:
        calendar_changes.add(db, checked(app.law, proposal))


def minute(app: App, **until: Any) -> list[tuple[str, str]]:
    """A minute of the daemon, and its slot; everything told by then."""
    now = app.clock.now()
    laws.tick(app, now)
    project.catch_up(app, now)
    tell.tick(app, now)
    tell.plan(app, now, moment(until.get("until", "25/11/2026 13:30")))
    with reading(app.engine) as db:
        told = db.execute(text("SELECT key, stage FROM tellings ORDER BY id"))
        return [(key.partition("\x1f")[2], stage) for key, stage in told]


def due(app: App, code: str) -> str:
    with reading(app.engine) as db:
        (one,) = (shown for shown in dossier_list.listed(db) if shown.code == code)
        return str(one.as_json()["reception_due"])


def test_a_confirmed_change_holds_at_once_and_what_was_told_stays_told(office: Office) -> None:
    app = office.app
    office.go_live()
    take_in(app, [waiting("A", "23/11/2026 16:00:00"), row("B", appointment="25/11/2026 17:00:00")], app.clock.now())
    shipped, before = app.law, minute(app)
    assert {code for code, _ in before} == {"A", "B"}
    assert due(app, "A") == "2026-11-25T16:00:00+07:00"

    confirm(app, proposed(app).off(STORM))
    assert app.law is shipped
    assert minute(app) == before
    assert due(app, "A") == "2026-11-26T16:00:00+07:00"
    assert not app.law.calendars["default"].is_working_day(STORM)
    stormy = app.law
    assert minute(app) == before
    assert app.law is stormy

    confirm(app, proposed(app).made_up(STORM))
    assert minute(app) == before
    assert due(app, "A") == "2026-11-25T16:00:00+07:00"
    assert shipped.calendars["default"].version != app.law.calendars["default"].version
    with reading(app.engine) as db:
        assert [one.day for one in calendar_changes.every(db)] == [STORM, STORM]
        detail = events.newest(db, EventKind.CALENDAR)
    assert detail is not None
    assert detail.detail == "25/11/2026: làm việc; Làm bù; 1/CĐ-UBND; Nguyễn Văn Thử, Chánh Văn phòng"


def test_what_was_told_to_be_late_is_not_told_again_when_it_moves_later_and_nearer(sqlite_office: Office) -> None:
    office, app = sqlite_office, sqlite_office.app
    office.clock.turn_to(moment("25/11/2026 07:30"))
    office.go_live()
    take_in(app, [waiting("A", "23/11/2026 16:00:00")], app.clock.now())
    minute(app)
    office.clock.turn_to(moment("25/11/2026 16:05"))
    late = minute(app, until="26/11/2026 07:30")
    assert ("A", "late") in late
    confirm(app, proposed(app).off(date(2026, 11, 26)).off(STORM))
    assert minute(app, until="26/11/2026 07:30") == late
    confirm(app, proposed(app).made_up(STORM))
    assert minute(app, until="26/11/2026 07:30") == late
    assert due(app, "A") == "2026-11-25T16:00:00+07:00"


def test_a_program_put_together_anew_and_the_pages_of_one_that_runs_know_the_change(
    sqlite_office: Office, tmp_path: Path
) -> None:
    app = sqlite_office.app
    pages = create_app(app.engine, app.settings, app.register, lambda: app.law, app.clock.now)
    confirm(app, proposed(app).off(STORM))
    laws.refresh(app)
    url = f"sqlite:///{app.engine.url.database}"
    again = build(Settings(database_url=url, var_dir=tmp_path), HandClock(app.clock.now()))
    assert again.law.version == app.law.version
    assert (again.changes, again.shipped) == (app.changes, again.shipped)
    assert pages is not None
    standalone, (change,) = laws.standing(Settings(database_url=url, var_dir=tmp_path))
    assert not standalone.calendars["default"].is_working_day(STORM)
    assert change.by == "Nguyễn Văn Thử, Chánh Văn phòng"
    nowhere = Settings(database_url=f"sqlite:///{tmp_path / 'none.db'}")
    assert laws.standing(nowhere)[1] == ()
    assert not (tmp_path / "none.db").exists()
    again.engine.dispose()


def test_a_preview_names_what_moves_which_appointments_are_off_and_what_was_told(office: Office) -> None:
    app, now = office.app, office.app.clock.now()
    rows = [
        waiting("A", "23/11/2026 16:00:00"),
        row("B", appointment="25/11/2026 17:00:00"),
        row("C", appointment="26/11/2026", filed="23/11/2026", received="23/11/2026"),
        row("D", appointment="25/11/2026 10:00:00", status="Đã trả kết quả", finished="24/11/2026 10:00:00"),
        row("E", appointment="30/11/2026 17:00:00"),
    ]
    take_in(app, rows, now)
    told_before = minute(app)
    duty = Obligation(
        key="bao-cao", letter="1/UBND", title="Báo cáo", agencies=("so-cong-thuong",), due=date(2026, 11, 26)
    )
    register = replace(app.register, duties=(duty,))
    changes = checked(app.law, proposed(app).off(STORM))
    after = in_force(app.law, changes)
    with reading(app.engine) as db:
        found = preview(
            db,
            register,
            (app.law, after),
            days_changed(changes, after),
            now=now,
            told=lambda _db, wanted: {(kind, *one): ("near",) for kind in ("reception", "result") for one in wanted},
        )
    assert found.looked_at == 4
    moved = {(one.code, one.clock): (one.before, one.after) for one in found.moved}
    assert moved["A", MovedClock.RECEPTION] == (moment("25/11/2026 16:00"), moment("26/11/2026 16:00"))
    assert moved["C", MovedClock.APOLOGY] == (date(2026, 11, 25), date(2026, 11, 23))
    assert not any(one.code == "E" and one.clock is MovedClock.APOLOGY for one in found.moved)
    (fell,) = found.appointments
    assert (fell.code, fell.appointment, fell.last_day) == ("B", moment("25/11/2026 17:00"), date(2026, 11, 23))
    assert found.duties == (DutyMoved(duty=duty, before=date(2026, 11, 25), after=date(2026, 11, 23)),)
    assert all(one.told == ("near",) for one in (*found.moved, *found.appointments))
    ((name, counts),) = found.by_agency
    assert name == "Sở Công Thương"
    assert counts["appointment"] == 1
    assert sum(counts.values()) == len(found.moved) + 1
    assert minute(app) == told_before


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, register: Any) -> Say:
    """Commands beside a database with two open dossiers; what they answer."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    env = tmp_path / ".env"
    env.write_text(f"DATABASE_URL=sqlite:///{tmp_path / 'tthc.db'}\nVAR_DIR={tmp_path / 'var'}\n")
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'tthc.db'}", var_dir=tmp_path / "var")
    app = build(settings, HandClock(moment("25/11/2026 09:00")))
    rows = [waiting("A-1", "23/11/2026 16:00:00"), row("B-2", appointment="25/11/2026 17:00:00")]
    take_in(app, rows, app.clock.now())
    app.engine.dispose()

    def command(*words: str, typed: str | None = None) -> Result:
        asked = ["--env", str(env), "calendar", *words]
        return CliRunner().invoke(tthc, asked, input=typed, catch_exceptions=False, standalone_mode=False)

    return command


STORMY = ("--off", "25/11/2026", "--title", "Đóng cửa công sở vì bão", "--document", "1/CĐ-UBND ngày 24/11/2026")


def test_the_commands_preview_without_writing_confirm_by_a_name_and_show_who(say: Say, tmp_path: Path) -> None:
    seen = say("preview", *STORMY)
    assert "25/11/2026 (thứ Tư): ngày làm việc → ngày nghỉ. Đóng cửa công sở vì bão; văn bản: 1/CĐ-UBND" in seen.stdout
    assert "A-1 · Sở Công Thương · hạn tiếp nhận: 16:00 25/11/2026 → 16:00 26/11/2026" in seen.stdout
    assert "B-2 · Sở Công Thương · hẹn trả 17:00 25/11/2026; ngày làm việc cuối trước đó: 23/11/2026" in seen.stdout
    assert "chưa có gì được ghi" in seen.stdout
    listed = json.loads(say("preview", *STORMY, "--json").stdout)
    assert [one["code"] for one in listed["appointments_on_days_off"]] == ["B-2"]
    assert listed["moved"][0]["after"] == "2026-11-26T16:00:00.000+07:00"
    assert "Đã ghi" in say("preview", *STORMY, "--to", str(tmp_path / "ra")).stdout
    (book,) = (tmp_path / "ra").glob("*.xlsx")
    sheets = openpyxl.load_workbook(BytesIO(book.read_bytes()))
    assert [cell.value for cell in sheets["Hạn thay đổi"][4]][1] == "A-1"
    assert [cell.value for cell in sheets["Hẹn trả vào ngày nghỉ"][4]][1] == "B-2"

    assert json.loads(say("show", "2026", "--json").stdout)[-1]["day"] == "2026-11-24"
    for missing, why in ((STORMY[:2], "Thiếu văn bản"), (STORMY, "Thiếu người xác nhận")):
        with pytest.raises(Refused, match=why):
            say("confirm", *missing, "--by", "Trần Thị Thử" if why == "Thiếu văn bản" else " ")
    asked = say("confirm", *STORMY, "--by", "Trần Thị Thử, Phó Chủ tịch", typed="k\n")
    assert "xác nhận điều ngược lại" in asked.stdout
    assert asked.return_value == 1
    assert json.loads(say("show", "2026", "--json").stdout)[-1]["day"] == "2026-11-24"
    done = say("confirm", *STORMY, "--by", "Trần Thị Thử, Phó Chủ tịch", typed="c\n")
    assert "1 ngày hẹn trả rơi vào ngày nghỉ. Không ai bị báo lại điều đã báo." in done.stdout
    last = json.loads(say("show", "2026", "--json").stdout)[-1]
    assert (last["day"], last["working"], last["title"]) == ("2026-11-25", False, "Đóng cửa công sở vì bão")
    assert last["confirmed_by"].startswith("Trần Thị Thử, Phó Chủ tịch, ")
    assert last["changed_at"]
    assert "Trần Thị Thử, Phó Chủ tịch, ghi lúc" in say("show", "2026").stdout
    with pytest.raises(Refused, match="Trần Thị Thử, Phó Chủ tịch"):
        say("preview", *STORMY)


def test_the_swap_of_the_notice_is_confirmed_in_its_words(say: Say) -> None:
    words = ("--text", "hoán đổi ngày làm việc 02/01/2026 sang 10/01/2026", "--document", "12729/VPCP-KGVX")
    assert "giữ nguyên, thêm người xác nhận" in say("preview", *words).stdout
    assert say("compare", "2026").return_value == 1
    say("confirm", *words, "--by", "Trần Thị Thử", "--yes")
    told = say("compare", "2026", "--json")
    assert told.return_value == 0
    found = json.loads(told.stdout)["differences"]
    assert [(one["day"], one["ours_working"]) for one in found] == [("2026-01-02", False), ("2026-01-10", True)]
    assert all(one["document"] == "12729/VPCP-KGVX" and one["confirmed_by"] for one in found)
    assert "2 ngày khác đã có người xác nhận, không phải làm gì" in say("compare", "2026").stdout
    assert say("compare", "2025").return_value == 0


def test_the_printed_days_of_a_year_are_confirmed_at_once(say: Say) -> None:
    before = json.loads(say("show", "2026", "--json").stdout)
    year = ("--year", "2026", "--document", "Các thông báo nghỉ lễ năm 2026", "--by", "Trần Thị Thử")
    say("confirm", *year, "--yes")
    after = json.loads(say("show", "2026", "--json").stdout)
    told = [[(one["day"], one["working"], one["title"]) for one in some] for some in (before, after)]
    assert told[0] == told[1]
    assert all(one["confirmed_by"].startswith("Trần Thị Thử") for one in after)
    with pytest.raises(Refused, match="mọi ngày đã có người xác nhận"):
        say("confirm", *year, "--yes")
    with pytest.raises(Refused, match="còn là dự kiến"):
        say("preview", "--year", "2027")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--swap", "2026-12-02"), "ngày nghỉ:ngày làm bù"),
        (("--off", "mai"), "Không hiểu ngày"),
        (("--made-up", "2026-11-27"), "không thể làm bù"),
        ((), "Chưa nói thay đổi nào"),
    ],
)
def test_what_cannot_be_proposed_is_refused_in_one_line(say: Say, words: tuple[str, ...], why: str) -> None:
    with pytest.raises(Refused, match=why):
        say("preview", *words)


def test_a_year_is_confirmed_from_a_file_and_a_file_with_mistakes_is_refused_with_all_of_them(
    say: Say, tmp_path: Path
) -> None:
    path = tmp_path / "2027.toml"
    path.write_text("[[off]]\nday = 1\n", "utf-8")
    with pytest.raises(Refused) as refused:
        say("preview", str(path))
    assert [line.split(",")[0] for line in str(refused.value).splitlines()] == [
        "2027.toml: dòng 2",
        "2027.toml: dòng 1",
        "2027.toml: dòng 1",
    ]
    path.write_text(
        "[[year]]\nyear = 2027\nprojected = false\n"
        '[[off]]\nstart = 2027-02-05\nend = 2027-02-11\ntitle = "Tết"\ndocument = "Thông báo 1/TB-BNV"\n',
        "utf-8",
    )
    assert "11/02/2027 (thứ Năm): ngày làm việc → ngày nghỉ" in say("preview", str(path)).stdout
    with pytest.raises(Refused, match="Thiếu văn bản"):  # of the day beside the file
        say("confirm", str(path), "--off", "2027-03-01", "--by", "Trần Thị Thử")
    assert "Đã ghi năm 2027" in say("confirm", str(path), "--by", "Trần Thị Thử", "--yes").stdout
    shown = json.loads(say("show", "2027", "--json").stdout)
    assert [one["day"][-5:] for one in shown] == [f"02-{day:02}" for day in range(5, 12)]
    assert not any(one["projected"] for one in shown)


def test_the_weekly_comparison_remembers_what_is_new_and_the_status_says_it(sqlite_office: Office) -> None:
    app, now = sqlite_office.app, sqlite_office.app.clock.now()
    assert calendar_watch.next_due(app, now) == at(date(2026, 11, 30), calendar_watch.CLOCK)
    assert calendar_watch.next_due(app, moment("30/11/2026 05:00")) == at(date(2026, 11, 30), calendar_watch.CLOCK)
    for _ in range(2):
        calendar_watch.run(app, now, now)
    with reading(app.engine) as db:
        count = db.execute(text("SELECT count(*) FROM events WHERE kind = 'calendar_differs'")).scalar_one()
        told = standing(db, app.settings, app.register, app.law, now).calendar
    assert count == 1
    assert [one.day for one in told.differences] == [date(2026, 1, 2), date(2026, 1, 10)]
    assert [one.year for one in told.years] == [2026, 2027]
    change = CalendarChange(year=2026, day=date(2026, 1, 2), title="", document="", at=now, by="Trần Thị Thử")
    with writing(app.engine) as db:
        calendar_changes.add(db, [change, replace(change, day=date(2026, 1, 10), working=True)])
    laws.refresh(app)
    with reading(app.engine) as db:
        told = standing(db, app.settings, app.register, app.law, now).calendar
    assert (told.differences, [one.year for one in told.years]) == ((), [2027])
