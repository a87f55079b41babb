"""A source whose figures are too old: nobody is told anything from it, and the Centre is asked for new ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jobs import letters, project, reading, send, status, tell, urgent
from jobs.demo.dossiers import HEADINGS
from monitor.core.ladder import SubjectKind
from monitor.core.message import Urgency
from monitor.core.period import ict
from monitor.core.source import Scope, SourceKind
from monitor.reports.freshness import stale
from monitor.reports.standing import Concern
from monitor.store import imports, polls, tellings, writing
from monitor.store import reading as reading_from
from monitor.store.polls import PollState
from tests.jobs.conftest import moment
from tests.jobs.dossiers import row, waiting
from tests.monitor.store.test_imports import begin, take

Office = Any


@pytest.fixture
def watched(sqlite_office: Office) -> Office:
    """Live, with two sources of which the first may have figures two working days old."""
    sources = dict(sqlite_office.app.register.sources)
    sources["mot-cua"] = replace(
        sources["mot-cua"], fresh_days=2, scope=Scope(agency="ubnd-tinh", national_portal_only=True)
    )
    register = replace(sqlite_office.app.register, sources=sources)
    sqlite_office.app = replace(sqlite_office.app, register=register)
    sqlite_office.go_live()
    return sqlite_office


def export(office: Office, at: str, rows: Iterable[tuple[str, ...]], source: str = "mot-cua") -> None:
    """An export whose figures stand for a moment, read at that moment."""
    office.clock.turn_to(moment(at))
    now = office.clock.now()
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in one) + "</tr>" for one in (HEADINGS, *rows))
    path = office.app.settings.var_dir / f"{ict(now):%d%H%M}.xls"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f"<tr><td>Số liệu tính đến {ict(now):%H:%M} ngày {ict(now):%d/%m/%Y}</td></tr>"
    path.write_text(f'<html><head><meta charset="utf-8"></head><body><table>{head}{cells}</table></body></html>')
    report = reading.take_in(office.app, path, source, now)
    assert not report.failed, report
    assert report.row.as_of == now
    project.catch_up(office.app, now)


def minute(office: Office, at: str, *, slot: bool = False) -> list[str]:
    """The beat of one minute; to whom something went, and of what."""
    before = len(office.server.kept)
    office.clock.turn_to(moment(at))
    now = office.clock.now()
    tell.tick(office.app, now)
    if slot:
        letters.slot(office.app, now, now)
    urgent.compose(office.app, now)
    send.run(office.app, now)
    return sorted(str(mail["To"].addresses[0].username) for mail in office.server.mails[before:])


def last(office: Office) -> str:
    mail = office.server.mails[-1]
    part = mail.get_body(("plain",))
    assert part is not None
    return f"{mail['Subject']}\n{' '.join(part.get_content().split())}"


CENTRE = "trung-tam-pvhcc.focal_point"
OPEN = [row("H56.01", appointment="27/11/2026 17:00:00"), waiting("H56.02", "24/11/2026 08:00:00")]


def test_from_old_figures_no_agency_is_told_and_the_centre_is_asked_for_new_ones(watched: Office) -> None:
    export(watched, "25/11/2026 07:00", OPEN)
    export(watched, "25/11/2026 07:01", [row("H56.03", unit="Sở Tài chính")], source="cong-dvcqg")
    told = minute(watched, "25/11/2026 07:30", slot=True)
    assert {"so-cong-thuong.deputy", "so-tai-chinh.focal_point"} <= set(told)
    assert "so-cong-thuong.head" in minute(watched, "27/11/2026 07:30", slot=True)  # two working days old: still fresh

    assert minute(watched, "28/11/2026 09:00") == []  # a Saturday makes nothing older
    assert minute(watched, "30/11/2026 00:05") == []  # the Centre is not woken
    assert minute(watched, "30/11/2026 07:00") == [CENTRE]
    asked = last(watched)
    assert "đã 3 ngày làm việc không có số liệu mới; số liệu gần nhất tính đến 07:00 25/11/2026" in asked
    assert "đầy đủ của UBND tỉnh Thanh Hóa và các đơn vị trực thuộc, chỉ hồ sơ nộp từ Cổng" in asked
    assert "thư mục nhận tệp inbox/mot-cua" in asked
    told = minute(watched, "30/11/2026 07:30", slot=True)  # overdue since Friday evening, yet nobody knows
    assert told == ["so-tai-chinh.deputy", "so-tai-chinh.focal_point", "so-tai-chinh.head"]
    assert "H56.03" in last(watched)
    assert minute(watched, "01/12/2026 00:05") == []
    assert minute(watched, "01/12/2026 07:00") == [CENTRE]
    assert "đã 4 ngày làm việc" in last(watched)

    export(watched, "02/12/2026 06:30", OPEN)
    assert minute(watched, "02/12/2026 07:00") == []
    told = minute(watched, "02/12/2026 07:30", slot=True)
    assert [who for who in told if who.startswith("so-cong-thuong")] == [
        "so-cong-thuong.deputy", "so-cong-thuong.focal_point", "so-cong-thuong.head",
    ]  # fmt: skip
    assert [who for who in minute(watched, "02/12/2026 13:30", slot=True) if who.startswith("so-cong-thuong")] == []


def test_what_was_owed_and_not_written_yet_waits_for_new_figures(watched: Office) -> None:
    late = row("H56.02", appointment="26/11/2026 17:00:00")
    export(watched, "25/11/2026 07:00", [row("H56.01"), late])
    watched.clock.turn_to(moment("27/11/2026 18:00"))
    now = watched.clock.now()
    project.refresh(watched.app, now)
    tell.plan(watched.app, now, now + timedelta(hours=1))  # owed, and the machine went down before the letter
    assert minute(watched, "30/11/2026 06:55", slot=True) == []
    done = row("H56.01", status="Đã trả kết quả", finished="27/11/2026 10:00:00")
    export(watched, "30/11/2026 09:00", [done, late])
    told = minute(watched, "30/11/2026 13:30", slot=True)
    assert "so-cong-thuong.head" in told
    letter = last(watched)
    assert "H56.02" in letter
    assert "H56.01" not in letter  # it had been finished in time all along


def test_who_was_to_be_asked_why_is_asked_once_there_are_new_figures(watched: Office) -> None:
    late = row("H56.02", appointment="26/11/2026 17:00:00")
    export(watched, "25/11/2026 07:00", [late])
    watched.clock.turn_to(moment("27/11/2026 18:00"))
    now = watched.clock.now()
    project.refresh(watched.app, now)
    tell.plan(watched.app, now, now + timedelta(hours=1))  # asked, and the machine went down before the letter
    assert minute(watched, "30/11/2026 06:55", slot=True) == []
    with reading_from(watched.app.engine) as db:
        asked = tellings.unlettered(db, True, (Urgency.SLOT,))
    assert [one.telling.stage for one in asked if one.telling.subject is SubjectKind.EXPLANATION] == ["asked"] * 2


def test_a_source_that_never_told_anything_is_not_stale(watched: Office) -> None:
    watched.clock.turn_to(moment("30/11/2026 08:00"))
    found = status.now(watched.app)
    assert Concern.STALE_SOURCE not in found.concerns
    assert found.untold == ("mot-cua",)
    assert f"Chưa có số liệu: {watched.app.register.sources['mot-cua'].name}" in status.as_text(found)
    assert minute(watched, "30/11/2026 08:01", slot=True) == []


def test_a_stale_source_needs_seeing_to(watched: Office) -> None:
    export(watched, "25/11/2026 07:00", [row("H56.01")])
    watched.clock.turn_to(moment("30/11/2026 00:00"))
    found = status.now(watched.app)
    assert Concern.STALE_SOURCE in found.concerns
    name = watched.app.register.sources["mot-cua"].name
    said = status.as_text(found)
    assert f"Số liệu tính đến 07:00 25/11/2026, theo {name} – nguồn dữ liệu không cập nhật, đã 3 ngày làm việc" in said
    assert f"nguồn dữ liệu không cập nhật: {name} (3 ngày làm việc, tính đến 07:00 25/11/2026)" in said
    assert status.as_json(found)["stale_sources"] == ["mot-cua"]


@pytest.mark.parametrize(
    ("told", "fresh_days", "since"),
    [
        ("25/11/2026 07:00", 2, "30/11/2026 00:00"),  # Thursday, Friday; from Monday on
        ("25/11/2026 23:59", 1, "27/11/2026 00:00"),
        ("28/11/2026 10:00", 1, "01/12/2026 00:00"),  # told on a Saturday
        ("31/12/2026 10:00", 1, "05/01/2027 00:00"),  # 1 January is a holiday
    ],
)
def test_figures_are_stale_once_so_many_working_days_have_passed(
    told: str, fresh_days: int, since: str, watched: Office
) -> None:
    sources = {"mot-cua": replace(watched.app.register.sources["mot-cua"], fresh_days=fresh_days)}
    app = replace(watched.app, register=replace(watched.app.register, sources=sources))
    take(app.engine, begin(app.engine, b"x", "mot-cua"), as_of=moment(told))
    first = moment(since)
    with reading_from(app.engine) as db:
        assert stale(db, app.register, app.law, first - timedelta(milliseconds=1)) == {}
        one = stale(db, app.register, app.law, first)["mot-cua"]
    assert (one.since, one.days) == (first, fresh_days + 1)


def test_an_answer_without_news_is_news_and_a_look_into_an_empty_folder_is_none(watched: Office) -> None:
    app = watched.app
    take(app.engine, begin(app.engine, b"x", "mot-cua"), as_of=moment("25/11/2026 07:00"))
    monday = moment("30/11/2026 08:00")
    with writing(app.engine) as db:
        row = polls.begin(db, "mot-cua", monday - timedelta(hours=1))
        polls.end(db, row.id, monday, PollState.DONE, pages=0, records=0, since="", why="")
    for kind, fresh in ((SourceKind.API, True), (SourceKind.SQL, True), (SourceKind.MAILBOX, False)):
        source = replace(app.register.sources["mot-cua"], kind=kind)
        register = replace(app.register, sources={"mot-cua": source})
        with reading_from(app.engine) as db:
            assert (stale(db, register, app.law, monday) == {}) is fresh


def test_pages_before_a_poll_broke_off_make_nothing_of_the_rest_newer(watched: Office) -> None:
    app = watched.app
    source = replace(app.register.sources["mot-cua"], kind=SourceKind.API)
    register = replace(app.register, sources={"mot-cua": source})

    def came(day: int, *, complete: bool) -> bool:
        at = moment(f"{day}/11/2026 07:30")
        with writing(app.engine) as db:
            number = imports.begin(
                db, source="mot-cua", name="a.json", size=9, digest=bytes([day]), manner=b"m", at=at, complete=complete
            )
        take(app.engine, number, as_of=at)
        with reading_from(app.engine) as db:
            return stale(db, register, app.law, moment("27/11/2026 08:00")) == {}

    assert [came(19, complete=False), came(20, complete=True)] == [False, False]
    assert not came(26, complete=False)  # what lies on the pages behind is as old as before
    assert came(27, complete=True)


def test_of_a_source_that_is_asked_the_centre_learns_why_it_does_not_answer(watched: Office) -> None:
    app = watched.app
    source = replace(app.register.sources["mot-cua"], kind=SourceKind.API, scope=Scope())
    watched.app = replace(app, register=replace(app.register, sources={"mot-cua": source}))
    take(app.engine, begin(app.engine, b"x", "mot-cua"), as_of=moment("25/11/2026 07:00"))
    with writing(app.engine) as db:
        row = polls.begin(db, "mot-cua", moment("30/11/2026 06:00"))
        polls.end(
            db, row.id, moment("30/11/2026 06:01"), PollState.FAILED,
            pages=0, records=0, since="", why="máy chủ báo lỗi HTTP 500; hỏi quản trị hệ thống ấy",
        )  # fmt: skip
    assert minute(watched, "30/11/2026 07:00") == [CENTRE]
    asked = last(watched)
    assert "Lần lấy gần nhất lúc 06:00 30/11/2026: máy chủ báo lỗi HTTP 500; hỏi quản trị hệ thống ấy." in asked
    assert "tthc sources poll mot-cua" in asked
    assert "xuất từ hệ thống nguồn danh sách hồ sơ; thả tệp vào thư mục nhận tệp inbox/mot-cua" in asked


def test_its_subject_is_told_to_the_centre_alone(watched: Office) -> None:
    ladder = watched.app.register.ladders[SubjectKind.SOURCE]
    assert [stage.audience for stage in ladder.stages] == [("centre:focal_point",)]
