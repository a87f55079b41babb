"""Notices, events, interruptions and claims on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import NoResultFound

from monitor.core.period import Span
from monitor.store import EventKind, events, interruptions, journal, notices, reading, runs, writing
from tests.monitor.store.given import BEGUN, ENDED, MINUTE, MONDAY, NOTICE, SERVICE, TARGET

SEEN = MONDAY + 7 * MINUTE


def window(first: float, last: float) -> Span:
    return Span(start=MONDAY + first * MINUTE, end=MONDAY + last * MINUTE)


@pytest.mark.parametrize(
    ("asked", "found"), [((0, 61), 1), ((0, 60), 0), ((119, 300), 1), ((120, 300), 0), ((70, 80), 1), ((0, 300), 1)]
)
def test_a_planned_stop_is_found_where_it_shares_time_with_a_window(
    engine: Engine, asked: tuple[int, int], found: int
) -> None:
    with writing(engine) as db:
        notices.add(db, NOTICE)
    with reading(engine) as db:
        assert notices.overlapping(db, SERVICE, window(*asked)) == [NOTICE] * found
        assert notices.overlapping(db, "1.000001", window(*asked)) == []


def test_events_come_back_by_time_within_a_half_open_window(engine: Engine) -> None:
    with writing(engine) as db:
        for minute, kind in ((5, EventKind.STOPPED), (0, EventKind.STARTED), (9, EventKind.STARTED)):
            events.add(db, MONDAY + minute * MINUTE, kind, f"phút {minute}")
    with reading(engine) as db:
        assert [(row.kind, row.detail) for row in events.between(db, window(0, 9))] == [
            ("started", "phút 0"),
            ("stopped", "phút 5"),
        ]


def test_an_interruption_is_opened_once_and_closed_once(engine: Engine) -> None:
    with writing(engine) as db:
        opened = interruptions.open_(db, BEGUN, SEEN)
        assert interruptions.open_(db, BEGUN, SEEN + MINUTE) == opened
        assert interruptions.still_open(db) == [opened]
    assert (opened.opened_at, opened.closed_at, opened.first_good) == (SEEN, None, None)
    with writing(engine) as db:
        closed = interruptions.close(db, TARGET, BEGUN.first_bad, ENDED, SEEN + 20 * MINUTE)
        assert interruptions.close(db, TARGET, BEGUN.first_bad, ENDED, SEEN + 21 * MINUTE) == closed
        assert interruptions.still_open(db) == []
        assert interruptions.get(db, TARGET, BEGUN.first_bad) == closed
        assert interruptions.recent(db, 5) == [closed]
        assert [chain.entries for chain in journal.verify_all(db)] == [2]
    assert (closed.last_bad, closed.first_good) == (ENDED.last_bad, ENDED.first_good)
    assert (closed.failed_looks, closed.closed_at, closed.opened_at) == (5, SEEN + 20 * MINUTE, SEEN)


def test_what_never_began_cannot_end(engine: Engine) -> None:
    with writing(engine) as db:
        assert interruptions.get(db, TARGET, MONDAY) is None
        with pytest.raises(NoResultFound):
            interruptions.close(db, TARGET, MONDAY, ENDED, SEEN)


@pytest.mark.parametrize(
    ("asked", "closed", "found"),
    [
        ((0, 5), True, 0),
        ((0, 6), True, 1),
        ((24, 60), True, 1),
        ((25, 60), True, 0),
        ((25, 60), False, 1),
        ((0, 5), False, 0),
    ],
)
def test_an_interruption_is_found_where_it_shares_time_with_a_window(
    engine: Engine, asked: tuple[int, int], closed: bool, found: int
) -> None:
    with writing(engine) as db:
        interruptions.open_(db, BEGUN, SEEN)
        if closed:
            interruptions.close(db, TARGET, BEGUN.first_bad, ENDED, SEEN)
    with reading(engine) as db:
        assert len(interruptions.between(db, window(*asked))) == found


def test_a_moment_is_claimed_until_it_is_served(engine: Engine) -> None:
    with writing(engine) as db:
        assert runs.claim(db, "slot", MONDAY, MONDAY)
        assert runs.claim(db, "slot", MONDAY, MONDAY + timedelta(minutes=1))
        runs.finish(db, "slot", MONDAY, MONDAY)
        assert not runs.claim(db, "slot", MONDAY, MONDAY + timedelta(minutes=2))
        assert runs.claim(db, "weekly", MONDAY, MONDAY)
        assert runs.claim(db, "slot", MONDAY + timedelta(hours=6), MONDAY)
