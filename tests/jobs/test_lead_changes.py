"""Two systems print one appointment differently: whichever leads, what was asked, said and sent of it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from jobs import apologise, explain, letters, notify, project
from jobs.apologise import Given
from jobs.clock import HandClock
from monitor.core.answer import Answer
from monitor.core.explanation import Delay, DelayCause, Road
from monitor.core.finding import FindingKind
from monitor.core.official_letter import DispatchKind
from monitor.reports.explaining import asked_now, of_matters, owing
from monitor.reports.lists.overdue import Overdue, overdue
from monitor.store import dispatches, explanations, reading, writing
from tests.jobs.conftest import Office, moment
from tests.jobs.test_matters import MINE, NATIONAL, ONE_STOP, Desk, record

THEN = "20261120170000"


@pytest.fixture
def desk(office: Office) -> Desk:
    """An office in earnest whose one-stop system leads for two days after it was last heard."""
    office.clock = HandClock(moment("16/11/2026 09:30"))
    sources = dict(office.app.register.sources)
    sources[ONE_STOP] = replace(sources[ONE_STOP], fresh_days=2)
    office.app = replace(office.app, clock=office.clock, register=replace(office.app.register, sources=sources))
    office.go_live()
    return Desk(office)


def listed(desk: Desk) -> Overdue:
    app, now = desk.office.app, desk.office.clock.now()
    with reading(desk.engine) as db:
        (row,) = overdue(db, app.register, app.law, now, now).rows
    return row


def slot(desk: Desk, at: str) -> None:
    desk.office.clock.turn_to(moment(at))
    now = desk.office.clock.now()
    project.refresh(desk.office.app, now)
    letters.slot(desk.office.app, now, now)


@pytest.mark.parametrize("printed", ["20261120", "20261120163000"], ids=["day-alone", "another-hour"])
def test_what_was_recorded_while_one_system_led_stands_when_the_other_does(desk: Desk, printed: str) -> None:
    app = desk.office.app
    desk.tell(NATIONAL, record(NgayHenTra=printed), at="19/11/2026 07:00")
    desk.tell(ONE_STOP, record(NgayHenTra=THEN), at="20/11/2026 07:05")
    slot(desk, "23/11/2026 07:30")
    assert desk.found(MINE)[0][0] == ONE_STOP
    with reading(desk.engine) as db:
        (asked,) = owing(db, app.law, desk.office.clock.now())
    assert asked.late.delay == asked.request.delay
    with writing(desk.engine) as db:
        number = dispatches.draft(
            db, DispatchKind.URGE, "so-cong-thuong", [asked.late.delay], at=moment("23/11/2026 08:00")
        )

    desk.tell(NATIONAL, record(NgayHenTra=printed, GhiChu="x"), at="26/11/2026 07:00")
    assert desk.found(MINE)[0][0] == NATIONAL
    row = listed(desk)
    assert row.delay.episode != asked.request.delay.episode
    # Still owed, once, by the asking that stood; the unit is not asked anew.
    now = desk.office.clock.now()
    with reading(desk.engine) as db:
        assert [one.request for one in owing(db, app.law, now)] == [asked.request]
        assert explanations.requests(db, [row.delay]) == {row.delay: asked.request}
        late = of_matters(db, [row.delay.matter], law=app.law, now=now)[row.delay]
    with writing(desk.engine) as db:
        assert explanations.ask(db, asked_now([late], app.law, now)) == 0
    slot(desk, "26/11/2026 07:30")
    assert desk.count("explanation_requests") == 1
    # A letter drafted under the one's print goes out under the other's.
    given = notify.Numbered(document="5/UBND", dated=date(2026, 11, 26), signer="Ô", by="Văn thư")
    assert notify.record(app, number, given, desk.office.clock.now()).dispatch.number == number
    assert [one.number for one in listed(desk).dispatches] == [number]
    # What is said under the print of the one that leads now, the other's list knows too.
    said = Answer(cause=DelayCause.STAFF, text="Nghỉ ốm", road=Road.PAGE, given_by="A", entered_by="A")
    with writing(desk.engine) as db:
        assert len(explanations.record(db, said, [(row.delay, "so-cong-thuong")], now)) == 1
    desk.tell(ONE_STOP, record(NgayHenTra=THEN, TrangThaiHoSo="2"), at="26/11/2026 09:00")
    assert desk.found(MINE)[0][0] == ONE_STOP
    row = listed(desk)
    assert row.delay == asked.request.delay
    assert row.explanation is not None
    assert row.explanation.text == "Nghỉ ốm"
    assert [one.number for one in row.dispatches] == [number]
    slot(desk, "26/11/2026 13:30")
    with reading(desk.engine) as db:
        assert owing(db, app.law, desk.office.clock.now()) == ()
        assert list(explain.subjects(db, app, desk.office.clock.now(), live=True)) == []
        moved = Delay(matter=row.delay.matter, kind=FindingKind.RESULT, episode="2026-12-04")
        assert explanations.latest(db, [moved]) == {}, "another appointment is another delay"


def test_an_apology_sent_while_one_system_led_holds_when_the_other_does(desk: Desk) -> None:
    app = desk.office.app
    desk.tell(NATIONAL, record(NgayHenTra="20261120163000"), at="17/11/2026 07:00")
    desk.tell(ONE_STOP, record(NgayHenTra=THEN), at="18/11/2026 07:05")
    sent = Given(document="12/PXL", dated=date(2026, 11, 18), new=date(2026, 12, 4), by="Nguyễn Thử")
    (done,) = apologise.record(app, [MINE], sent, desk.office.clock.now())
    assert done.apology.old == moment("20/11/2026 17:00")
    desk.tell(NATIONAL, record(NgayHenTra="20261120163000", GhiChu="x"), at="26/11/2026 07:00")
    assert desk.found(MINE)[0][0] == NATIONAL
    with reading(desk.engine) as db:
        assert overdue(db, app.register, app.law, desk.office.clock.now(), desk.office.clock.now()).rows == ()
    desk.tell(NATIONAL, record(NgayHenTra="20261123163000"), at="26/11/2026 08:00")
    assert listed(desk).delay.episode.startswith("2026-11-23"), "another day is another appointment"
