"""Calendar changes and approved pauses: written once, read back as they were said, the change sealed as an event."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

from sqlalchemy import Engine, text

from monitor.core.calendar_change import CalendarChange
from monitor.core.pause import ApprovedPause
from monitor.core.period import Span
from monitor.store import EventKind, calendar_changes, events, journal, pauses, reading, writing
from tests.monitor.store.given import MINUTE, MONDAY, SERVICE, TARGET
from tests.monitor.store.test_imports import begin

OFF = CalendarChange(
    year=2026, day=date(2026, 12, 1), title="Bão", document="1/CĐ", at=MONDAY, by="Nguyễn Văn Thử, Chánh Văn phòng"
)
YEAR = replace(OFF, year=2028, day=None, projected=True, title="Lịch 2028")


def test_changes_come_back_in_their_order_and_their_event_names_who_by_a_digest(engine: Engine) -> None:
    with writing(engine) as db:
        assert calendar_changes.last(db) == 0
        numbers = calendar_changes.add(db, [OFF, YEAR])
        assert calendar_changes.add(db, []) == []
    with reading(engine) as db:
        assert calendar_changes.every(db) == (replace(OFF, number=numbers[0]), replace(YEAR, number=numbers[1]))
        assert calendar_changes.last(db) == numbers[1]
        row = events.newest(db, EventKind.CALENDAR)
        assert row is not None
        assert row.detail.splitlines() == [
            "01/12/2026: nghỉ; Bão; 1/CĐ; Nguyễn Văn Thử, Chánh Văn phòng",
            "năm 2028; Lịch 2028; 1/CĐ; Nguyễn Văn Thử, Chánh Văn phòng",
        ]
        assert events.newest(db, EventKind.HUNG) is None
        (sealed,) = (fact for _, fact in events.sealed(db, "so-chung"))
        assert "Thử" not in str(sealed)
        assert all(one.intact for one in journal.verify_all(db))
    with writing(engine) as db:
        db.execute(text("UPDATE events SET detail = 'khác'"))
    with reading(engine) as db:
        assert not all(one.intact for one in journal.verify_all(db))


def test_of_two_who_confirm_at_once_the_second_is_told_and_one_fact_stands(engine: Engine) -> None:
    both = Barrier(2)

    def confirm(by: str) -> bool:
        both.wait()
        try:
            with writing(engine) as db:
                calendar_changes.add(db, [replace(OFF, by=by)], after=0)
        except calendar_changes.Overtaken:
            return False
        return True

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(confirm, ("Trần Thị Thử", "Lê Văn Thử"))) == [False, True]
    with reading(engine) as db:
        assert len(calendar_changes.every(db)) == 1


def test_a_dossier_has_one_pause_for_an_interruption_under_any_of_its_numbers(engine: Engine) -> None:
    pause = ApprovedPause(
        matter=1,
        span=Span(start=MONDAY, end=MONDAY + 30 * MINUTE),
        service=SERVICE,
        target=TARGET,
        first_bad=MONDAY,
        document="12/SCT-VP",
        reason="mất mạng",
        at=MONDAY + timedelta(hours=3),
        by="Trần Thị Thử",
    )
    dossier = (
        "INSERT INTO dossiers (id, import_id, source, code, first_seen, matter)"
        " VALUES (:id, :import, 'mot-cua', :code, 0, :matter)"
    )
    taken = begin(engine, b"d")
    with writing(engine) as db:
        for number, matter in ((1, 1), (2, 1), (3, 3)):
            db.execute(text(dossier), {"id": number, "import": taken, "code": f"H-{number}", "matter": matter})
        first = pauses.add_once(db, pause)
        assert pauses.add_once(db, replace(pause, document="99/SCT")) is None
        under = pauses.add_once(db, replace(pause, matter=2))
        assert first
        assert under
        pauses.add_once(db, replace(pause, matter=3, first_bad=MONDAY - MINUTE))
    with reading(engine) as db:
        assert set(pauses.of(db, [1])) == {1}
        assert [one.number for one in pauses.of(db, [1])[1]] == [first, under]
        assert pauses.of(db, [1])[1][0] == replace(pause, number=first)
        assert pauses.of(db, [7]) == {}
