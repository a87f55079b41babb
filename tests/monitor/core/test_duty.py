"""How each agency's part in a duty stands, and the occasions of one that comes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.duty import DONE, OVER, WORST_FIRST, Part, occasions, parts, worst
from monitor.core.obligation import DueKind, DutyState, Obligation, Recurrence, last_day
from monitor.core.period import ICT
from monitor.core.progress import Progress, ProgressKind
from monitor.law import official_calendar

CALENDAR = official_calendar()
DUTY = Obligation(key="n", letter="CV", title="t", agencies=("a", "b"), due=date(2024, 3, 11))
KNOWN = date(2024, 3, 1)
MONTHLY = replace(DUTY, agencies=("a",), due=None, every=Recurrence(months=1, closing_day=14, due_day=20))


def fact(number: int, kind: str, day: date, agency: str = "a", **facts: object) -> Progress:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=ICT)
    return Progress(number=number, duty="n", agency=agency, kind=ProgressKind(kind), at=at, by="Thử", **facts)  # type: ignore[arg-type]


def first(today: date, *facts: Progress, duty: Obligation = DUTY) -> Part:
    return parts(duty, facts, KNOWN, today)[0]


def day(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


@pytest.mark.parametrize(
    ("steps", "today", "stands"),
    [
        ((), "03-04", "open"),
        ((), "03-06", "near"),
        ((), "03-11", "late"),
        ((("assigned", "03-04", {}), ("acknowledged", "03-04", {})), "03-05", "open"),
        ((("reported", "03-08", {}),), "03-20", "reported"),
        ((("reported", "03-08", {}), ("returned", "03-09", {})), "03-09", "returned"),
        ((("reported", "03-08", {}), ("returned", "03-09", {})), "03-11", "late"),
        ((("reported", "03-08", {}), ("accepted", "03-25", {})), "03-26", "closed"),
        ((("reported", "03-12", {}), ("accepted", "03-12", {})), "03-26", "closed_late"),
        ((("reported", "03-12", {"dated": date(2024, 3, 8)}), ("accepted", "03-13", {})), "03-26", "closed"),
        ((("accepted", "03-08", {}),), "03-26", "closed"),
        ((("reported", "03-08", {}), ("accepted", "03-08", {}), ("returned", "03-09", {})), "03-11", "late"),
        ((("extended", "03-08", {"due": date(2024, 3, 20)}),), "03-12", "open"),
        ((("extended", "03-08", {"due": date(2024, 3, 20)}),), "03-20", "near"),
        ((("extended", "03-08", {"due": date(2024, 3, 20)}),), "03-21", "late"),
        ((("withdrawn", "03-08", {}),), "03-21", "withdrawn"),
    ],
)
def test_a_part_stands_as_its_last_fact_and_its_day_say(
    steps: tuple[tuple[str, str, dict[str, object]], ...], today: str, stands: str
) -> None:
    facts = [fact(number, kind, day(at), **more) for number, (kind, at, more) in enumerate(steps, 1)]
    part = first(day(today), *facts)
    assert part.standing(day(today), CALENDAR) is DutyState(stands)


def test_each_agency_stands_by_itself_and_the_worst_speaks_for_the_duty() -> None:
    some = parts(DUTY, [fact(1, "reported", day("03-08"))], KNOWN, day("03-12"))
    states = [one.standing(day("03-12"), CALENDAR) for one in some]
    assert [one.key for one in some] == [("n", "", "a"), ("n", "", "b")]
    assert states == [DutyState.REPORTED, DutyState.LATE]
    assert worst(states) is DutyState.LATE
    assert set(WORST_FIRST) == set(DutyState)
    assert DONE < OVER


def test_an_episode_changes_with_the_day_that_counts_and_with_each_return_and_nothing_else() -> None:
    reported, returned = fact(1, "reported", day("03-08")), fact(2, "returned", day("03-09"))
    extended = fact(3, "extended", day("03-10"), due=day("03-20"))
    today = day("03-12")
    assert first(today).episode == first(today, reported).episode == "2024-03-11"
    assert first(today, reported, returned).episode == "2024-03-11/1"
    assert first(today, reported, returned, extended).episode == "2024-03-20/1"


def test_an_obstacle_stands_until_it_is_resolved() -> None:
    some = [fact(1, "obstacle", day("03-04"), text="một"), fact(2, "obstacle", day("03-05"), text="hai")]
    assert [one.text for one in first(day("03-06"), *some).obstacles] == ["một", "hai"]
    again = [*some, fact(3, "resolved", day("03-06")), fact(4, "obstacle", day("03-07"), text="ba")]
    assert [one.text for one in first(day("03-08"), *again).obstacles] == ["ba"]


@pytest.mark.parametrize(
    ("every", "known", "until", "ends", "dues"),
    [
        ((1, 14, 20), "2026-01-01", "2026-02-21", "01-14 02-14 03-14", "01-20 02-20 03-20"),
        ((3, 14, 20), "2026-01-01", "2026-06-01", "03-14 06-14", "03-20 06-20"),
        ((6, 14, 17), "2026-07-01", "2026-07-01", "12-14", "12-17"),
        ((12, 14, 20), "2026-01-01", "2026-01-01", "12-14", "12-20"),
        ((1, 31, 5), "2026-02-10", "2026-03-01", "02-28", "03-05"),
    ],
)
def test_the_occasions_of_a_recurring_duty(
    every: tuple[int, int, int], known: str, until: str, ends: str, dues: str
) -> None:
    months, closing, due_day = every
    duty = replace(MONTHLY, every=Recurrence(months=months, closing_day=closing, due_day=due_day))
    found = occasions(duty, date.fromisoformat(known), date.fromisoformat(until))
    assert [f"{one.end:%m-%d}" for one in found] == ends.split()
    assert [f"{one.due:%m-%d}" for one in found] == dues.split()


@given(
    st.builds(
        Recurrence, months=st.sampled_from((1, 3, 6, 12)), closing_day=st.integers(1, 31), due_day=st.integers(1, 31)
    ),
    st.dates(date(2022, 1, 1), date(2026, 1, 1)),
    st.integers(0, 900),
    st.sampled_from(DueKind),
)
def test_periods_follow_each_other_without_a_gap_and_none_is_lost_or_owed_too_early(
    every: Recurrence, known: date, days: int, kind: DueKind
) -> None:
    duty, until = replace(MONTHLY, every=every, due_kind=kind), known + timedelta(days=days)
    found = occasions(duty, known, until)
    for one, after in pairwise(found):
        assert one.end is not None
        assert after.start == one.end + timedelta(days=1)
    lasts = [last for one in found if (last := last_day(replace(duty, due=one.due)))]
    assert len(lasts) == len(found)
    assert lasts[0] >= known
    assert lasts[-1] >= until
    assert all(last < until for last in lasts[:-1])
    assert set(occasions(duty, known, until + timedelta(days=40))) >= set(found)


def test_what_is_told_of_one_period_says_nothing_of_another_and_a_withdrawal_ends_all() -> None:
    done = fact(1, "accepted", day("03-18"), occasion=day("03-14"))
    some = parts(MONTHLY, [done], KNOWN, day("05-02"))
    assert [one.standing(day("05-02"), CALENDAR) for one in some] == [
        DutyState.CLOSED,
        DutyState.LATE,
        DutyState.OPEN,
    ]
    ended = parts(MONTHLY, [done, fact(2, "withdrawn", day("05-02"))], KNOWN, day("12-02"))
    assert [one.standing(day("12-02"), CALENDAR) for one in ended] == [
        DutyState.CLOSED,
        DutyState.WITHDRAWN,
        DutyState.WITHDRAWN,
    ]
