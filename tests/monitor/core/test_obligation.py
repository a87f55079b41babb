"""Duties of official letters: the last day that is in time, and how a duty stands."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.obligation import DueKind, DutyState, Obligation, last_day, last_working_day, state
from monitor.core.workdays import CalendarUnknown
from monitor.law import official_calendar

CALENDAR = official_calendar()
DUTY = Obligation(
    key="2024-1297-trung-tam",
    letter="Công văn số …/UBND-KSTTHCNC",
    title="Rà soát hồ sơ quá hạn",
    agencies=("trung-tam-pvhcc",),
    due=date(2024, 3, 11),
)
BY = replace(DUTY, due_kind=DueKind.BY)


def test_before_a_monday_ends_with_the_sunday_and_for_an_office_with_the_friday() -> None:
    assert last_day(DUTY) == date(2024, 3, 10)
    assert last_working_day(DUTY, CALENDAR) == date(2024, 3, 8)


@pytest.mark.parametrize(
    ("kind", "due", "last", "working"),
    [
        ("by", date(2024, 3, 11), date(2024, 3, 11), date(2024, 3, 11)),
        ("by", date(2024, 3, 10), date(2024, 3, 10), date(2024, 3, 8)),
        ("before", date(2024, 5, 6), date(2024, 5, 5), date(2024, 5, 4)),
        ("before", date(2024, 2, 15), date(2024, 2, 14), date(2024, 2, 7)),
        ("by", date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 23)),
        ("before", date(2026, 11, 25), date(2026, 11, 24), date(2026, 11, 23)),
    ],
)
def test_a_letters_words_set_the_last_day_and_the_calendar_the_last_working_one(
    kind: str, due: date, last: date, working: date
) -> None:
    duty = replace(DUTY, due=due, due_kind=DueKind(kind))
    assert (last_day(duty), last_working_day(duty, CALENDAR)) == (last, working)


@pytest.mark.parametrize(
    ("today", "stands"),
    [
        (date(2024, 3, 4), "open"),
        (date(2024, 3, 5), "open"),
        (date(2024, 3, 6), "near"),
        (date(2024, 3, 8), "near"),
        (date(2024, 3, 10), "near"),
        (date(2024, 3, 11), "late"),
        (date(2024, 3, 12), "late"),
    ],
)
def test_a_duty_nears_its_last_day_and_then_is_late(today: date, stands: str) -> None:
    assert state(DUTY, today, CALENDAR) is DutyState(stands)


@pytest.mark.parametrize(("today", "stands"), [(date(2024, 3, 11), "near"), (date(2024, 3, 12), "late")])
def test_by_a_day_that_day_is_in_time(today: date, stands: str) -> None:
    assert state(BY, today, CALENDAR) is DutyState(stands)


@pytest.mark.parametrize(
    ("closed", "stands"),
    [(date(2024, 3, 8), "closed"), (date(2024, 3, 10), "closed"), (date(2024, 3, 11), "closed_late")],
)
def test_a_closed_duty_was_in_time_or_not_by_its_last_day(closed: date, stands: str) -> None:
    assert state(replace(DUTY, closed=closed), date(2030, 1, 1), CALENDAR) is DutyState(stands)


def test_a_duty_without_a_day_stands_for_ever_and_is_closed_in_time() -> None:
    standing = replace(DUTY, due=None)
    assert state(standing, date(2030, 1, 1), CALENDAR) is DutyState.STANDING
    assert state(replace(standing, closed=date(2025, 1, 1)), date(2030, 1, 1), CALENDAR) is DutyState.CLOSED
    assert last_day(standing) is last_working_day(standing, CALENDAR) is None


def test_outside_the_calendar_lateness_is_still_known_and_nearness_is_not() -> None:
    assert state(DUTY, date(2035, 1, 1), CALENDAR) is DutyState.LATE
    with pytest.raises(CalendarUnknown):
        state(replace(DUTY, due=date(2035, 1, 8)), date(2035, 1, 1), CALENDAR)


@given(st.dates(date(2021, 2, 1), date(2027, 11, 30)), st.sampled_from(DueKind))
def test_a_duty_only_goes_from_open_over_near_to_late(due: date, kind: DueKind) -> None:
    duty = replace(DUTY, due=due, due_kind=kind)
    order = [DutyState.OPEN, DutyState.NEAR, DutyState.LATE]
    walked = [order.index(state(duty, due + timedelta(days=n), CALENDAR)) for n in range(-20, 3)]
    assert walked == sorted(walked)
    assert set(walked) == {0, 1, 2}
    assert walked[20] == (2 if kind is DueKind.BEFORE else 1)


@given(st.dates(date(2021, 2, 1), date(2027, 12, 30)), st.sampled_from(DueKind))
def test_no_working_day_lies_between_the_last_working_day_and_the_last(due: date, kind: DueKind) -> None:
    duty = replace(DUTY, due=due, due_kind=kind)
    last, working = last_day(duty), last_working_day(duty, CALENDAR)
    assert last is not None
    assert working is not None
    assert CALENDAR.is_working_day(working)
    assert not any(CALENDAR.is_working_day(working + timedelta(days=n)) for n in range(1, (last - working).days + 1))


def test_for_programs_it_is_plain_values() -> None:
    told = json.loads(json.dumps(BY.as_json()))
    assert told["due"] == "2024-03-11"
    assert told["due_kind"] == "by"
    assert told["agencies"] == ["trung-tam-pvhcc"]
    assert told["closed"] is None
