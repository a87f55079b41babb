"""The calendar watched: days that a library counts otherwise, years nobody confirmed, and what a person settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from monitor.core.calendar_change import CalendarChange
from monitor.law import in_force, load_law
from monitor.reports.calendar_watch import (
    Difference,
    YearState,
    calendar_now,
    differences,
    doubtful,
    library_days,
    written,
    years_watched,
)
from monitor.store import EventKind, events, reading, writing

LAW = load_law()
CALENDAR = LAW.calendars["default"]
AT = datetime(2026, 11, 25, 3, tzinfo=UTC)
TODAY = date(2026, 11, 25)
CONFIRMED = CalendarChange(
    number=1, year=2026, day=date(2026, 1, 2), title="Hoán đổi", document="12729/VPCP", at=AT, by="Nguyễn Văn Thử"
)


def told(year: int) -> list[tuple[date, bool]]:
    return [(one.day, one.ours) for one in differences(CALENDAR, year, library_days(year))]


def test_the_swap_that_the_library_does_not_have_is_seen_and_no_other_day() -> None:
    assert told(2024) == told(2025) == told(2027) == told(2030) == []
    assert told(2026) == [(date(2026, 1, 2), False), (date(2026, 1, 10), True)]


def test_a_day_the_library_would_change_tomorrow_is_seen() -> None:
    theirs = library_days(2026) - {date(2026, 12, 1)}
    (extra,) = (one for one in differences(CALENDAR, 2026, theirs) if one.day.month == 12)
    assert extra == Difference(day=date(2026, 12, 1), ours=True)


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        (TODAY, [(2026, YearState.UNCONFIRMED), (2027, YearState.PROJECTED)]),
        (date(2027, 3, 1), [(2027, YearState.PROJECTED)]),
        (date(2027, 9, 1), [(2027, YearState.PROJECTED), (2028, YearState.MISSING)]),
        (date(2028, 3, 1), [(2028, YearState.MISSING)]),
    ],
)
def test_a_year_that_nobody_confirmed_is_named(today: date, wanted: list[tuple[int, YearState]]) -> None:
    assert [(one.year, one.state) for one in doubtful(LAW, today)] == wanted
    assert years_watched(today) == (today.year, today.year + 1)


def test_one_confirmed_day_makes_a_year_somebodys_word() -> None:
    after = in_force(LAW, [CONFIRMED, replace(CONFIRMED, number=2, year=2027, day=None)])
    assert list(doubtful(after, TODAY)) == [next(iter(doubtful(after, TODAY)))]
    assert next(iter(doubtful(after, TODAY))).state is YearState.UNCONFIRMED


def test_what_was_remembered_is_shown_until_it_is_settled_or_no_longer_so(sqlite_engine: Engine) -> None:
    found = [Difference(day=date(2026, 1, 2), ours=False), Difference(day=date(2026, 1, 10), ours=True)]
    with writing(sqlite_engine) as db:
        assert calendar_now(db, LAW, TODAY).differences == ()
        events.add(db, AT, EventKind.CALENDAR_DIFFERS, written(found))
    with reading(sqlite_engine) as db:
        shown = calendar_now(db, LAW, TODAY).differences
        assert [(one.day, one.ours, one.settled) for one in shown] == [
            (date(2026, 1, 2), False, False),
            (date(2026, 1, 10), True, False),
        ]
        assert shown[0].note is not None
        assert "12729/VPCP-KGVX" in shown[0].note.document
        (left,) = calendar_now(db, in_force(LAW, [CONFIRMED]), TODAY).differences
        assert left.day == date(2026, 1, 10)
        undone = replace(CONFIRMED, day=date(2026, 1, 10), working=False)
        assert [one.day for one in calendar_now(db, in_force(LAW, [undone]), TODAY).differences] == [date(2026, 1, 2)]
        assert calendar_now(db, LAW, TODAY + timedelta(days=400)).differences == ()
    with writing(sqlite_engine) as db:
        events.add(db, AT, EventKind.CALENDAR_DIFFERS, written([]))
        assert calendar_now(db, LAW, TODAY).differences == ()
