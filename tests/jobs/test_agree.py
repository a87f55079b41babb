"""Several vantages: an interruption is told where a quorum of them agrees, and a silent one is noticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from jobs import agree, tell, urgent
from jobs.record import record
from monitor.core.look import Look, Verdict
from monitor.core.period import Span
from monitor.store import InterruptionRow, interruptions, looks, reading, replica, writing
from tests.jobs.conftest import moment
from tests.jobs.test_tell import look

Office = Any
HERE, AWAY = "trung-tam", "so-cong-thuong"
MINUTE = timedelta(minutes=1)
START = moment("25/11/2026 10:00")


@pytest.fixture
def shared(sqlite_office: Office) -> Office:
    """A service that two places watch, cut off where both say so."""
    office = sqlite_office
    office.go_live()
    known = office.app.register
    services = {code: replace(one, vantages=(HERE, AWAY), quorum=2) for code, one in known.services.items()}
    office.app = replace(office.app, register=replace(known, services=services))
    office.clock.turn_to(START)
    return office


def seen(office: Office, vantage: str, verdict: Verdict, minute: float) -> Look:
    at = START + minute * MINUTE
    made = look("25/11/2026 10:00", verdict)
    return replace(made, vantage=vantage, at=at, received_at=at)


def here(office: Office, verdict: Verdict, minute: float) -> None:
    """This machine looks."""
    office.clock.turn_to(START + minute * MINUTE)
    record(office.app, [seen(office, HERE, verdict, minute)], office.clock.now())
    agree.run(office.app, office.clock.now())


def away(office: Office, *told: tuple[Verdict, float], now: float | None = None) -> None:
    """The other machine's looks come in, now or later."""
    office.clock.turn_to(START + (told[-1][1] if now is None else now) * MINUTE)
    for verdict, minute in told:
        with writing(office.app.engine) as db:
            looks.add(db, [seen(office, AWAY, verdict, minute)])
    agree.run(office.app, office.clock.now())


def rows(office: Office) -> list[InterruptionRow]:
    with reading(office.app.engine) as db:
        return interruptions.between(db, Span(start=START - 60 * MINUTE, end=START + 600 * MINUTE))


UP, DOWN = Verdict.UP, Verdict.DOWN


def test_one_place_cut_off_alone_alarms_nobody(shared: Office) -> None:
    for minute in range(0, 30, 5):
        here(shared, DOWN if minute >= 10 else UP, minute)
        away(shared, (UP, minute + 1))
    assert rows(shared) == []


def test_both_cut_off_is_an_interruption_from_the_one_cut_off_last_told_once_and_closed_by_the_first_back(
    shared: Office,
) -> None:
    story = [(0, UP, UP), (5, DOWN, UP), (10, DOWN, DOWN), (15, DOWN, DOWN), (20, DOWN, DOWN)]
    for minute, mine, theirs in story:
        here(shared, mine, minute)
        away(shared, (theirs, minute + 1))
    (row,) = rows(shared)
    assert (row.first_bad, row.last_good) == (START + 11 * MINUTE, START + 6 * MINUTE)
    assert row.closed_at is None
    away(shared, (UP, 26))
    (row,) = rows(shared)
    assert (row.first_good, row.last_bad) == (START + 26 * MINUTE, START + 20 * MINUTE)
    shared.turn(minutes=1)
    urgent.compose(shared.app, shared.clock.now())
    kinds = [one.subject for one in shared.letters()]
    assert kinds
    assert len(kinds) == len({(one.subject, one.message.to_address) for one in shared.letters()})


def test_looks_that_come_in_late_open_and_close_what_they_tell_of(shared: Office) -> None:
    for minute in range(0, 60, 5):
        here(shared, DOWN if 10 <= minute < 40 else UP, minute)
    assert rows(shared) == []
    away(shared, *((DOWN if 10 <= m < 40 else UP, m + 1) for m in range(0, 60, 5)), now=60)
    (row,) = rows(shared)
    assert (row.first_bad, row.first_good) == (START + 11 * MINUTE, START + 40 * MINUTE)


def test_what_late_looks_take_back_is_over(shared: Office) -> None:
    for minute in (0, 5, 10, 15):
        here(shared, UP if minute == 0 else DOWN, minute)
        away(shared, (UP if minute == 0 else DOWN, minute + 1))
    assert rows(shared)[0].closed_at is None
    # Between its two failed looks the other place had seen it work, and that arrives only now.
    with writing(shared.app.engine) as db:
        looks.add(db, [seen(shared, AWAY, UP, 8), seen(shared, AWAY, UP, 13)])
    agree.run(shared.app, shared.clock.now())
    (row,) = rows(shared)
    assert row.closed_at == shared.clock.now()


def test_looks_are_read_while_others_may_write_however_long_a_failure_lasts(shared: Office) -> None:
    read_in: list[bool] = []

    def told(db: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if "FROM looks" in statement:
            read_in.append(bool(db.get_execution_options().get("store_writes")))

    event.listen(shared.app.engine, "before_cursor_execute", told)
    for minute, verdict in ((0, UP), (5, DOWN), (10, DOWN), (15, DOWN), (20, UP)):
        here(shared, verdict, minute)
        away(shared, (verdict, minute + 1))
    assert [row.closed_at is None for row in rows(shared)] == [False]
    assert read_in
    assert not any(read_in)


def test_looks_that_come_in_while_it_is_judged_are_judged_too(shared: Office) -> None:
    for minute, verdict in ((0, UP), (5, DOWN), (10, DOWN)):
        here(shared, verdict, minute)
        away(shared, (verdict, minute + 1), now=minute + 1)
    (before,) = rows(shared)
    late = [seen(shared, HERE, UP, 20)]
    with writing(shared.app.engine) as db:
        looks.add(db, [seen(shared, AWAY, UP, 25)])

    def told(db: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if "FROM looks" in statement and late and not db.get_execution_options().get("store_writes"):
            with writing(shared.app.engine) as other:
                looks.add(other, [late.pop()])

    event.listen(shared.app.engine, "before_cursor_execute", told)
    shared.turn(minutes=30)
    agree.run(shared.app, shared.clock.now())
    (row,) = rows(shared)
    assert not late
    assert (before.first_good, row.first_good) == (None, START + 20 * MINUTE)


def test_nothing_is_judged_twice(shared: Office) -> None:
    for minute in (0, 5, 10, 15):
        here(shared, UP if minute == 0 else DOWN, minute)
        away(shared, (UP if minute == 0 else DOWN, minute + 1))
    before = rows(shared)
    for _ in range(3):
        agree.run(shared.app, shared.turn(seconds=5))
    assert rows(shared) == before


def test_a_vantage_that_reports_no_more_is_told_of_once_for_each_silence(sqlite_office: Office) -> None:
    office = sqlite_office
    office.go_live()
    office.configured(vantage_keys=f"{AWAY}={'a' * 64}")
    tell.tick(office.app, office.turn(hours=1))
    urgent.compose(office.app, office.clock.now())
    assert office.letters() == []  # it has a key and was never heard: it is not set up yet
    for _ in range(2):
        with writing(office.app.engine) as db:
            replica.note_heard(db, AWAY, office.clock.now())
        before = len(office.letters())
        for minutes in (29, 2, 60):
            tell.tick(office.app, office.turn(minutes=minutes))
            urgent.compose(office.app, office.clock.now())
        told = office.letters()[before:]
        assert told
        assert {one.message.subject.partition(" từ ")[0].split("] ")[-1] for one in told} == {
            f"Điểm đo {AWAY} không gửi kết quả về"
        }
        assert len({one.message.to_address for one in told}) == len(told)
