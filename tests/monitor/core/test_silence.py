"""A silence in arrivals is unusual only against how they came before, in working time, up to what is known."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.period import Span, at
from monitor.core.silence import FEWEST, HABIT, UNUSUAL, Arrival, chance, silence
from monitor.core.workdays import CalendarUnknown, DayNote, Hours, WorkCalendar

OPENINGS = ((time(7), time(11, 30)), (time(13, 30), time(17)))
CALENDAR = WorkCalendar(
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
    hours=(Hours(weekdays=OPENINGS),),
    notes=(DayNote(day=date(2026, 9, 2), working=False, title="Quốc khánh", document=""),),
)
MONDAY = at(date(2026, 11, 23), time(7))
HOUR = timedelta(hours=1)


def filed(moment: datetime) -> Arrival:
    return Arrival(earliest=moment, latest=moment)


def daily(times: int = 4, until: datetime = MONDAY, days: int = 120) -> list[Arrival]:
    """So many dossiers a working day, spread over it, the last of them before a moment."""
    found = []
    for back in range(1, days):
        day = (until + timedelta(hours=7)).date() - timedelta(days=back)
        if CALENDAR.is_working_day(day):
            found += [filed(CALENDAR.add_seconds(at(day), 28_800 * place // times)) for place in range(1, times + 1)]
    return found


def test_a_day_and_a_half_without_any_is_unusual_where_four_came_each_day() -> None:
    found = silence(daily(), MONDAY + 28 * HOUR, CALENDAR)
    assert found is not None
    assert found.starts == at(date(2026, 11, 20), time(17))
    assert found.quiet_s == 12 * 3600
    assert (found.longest_s, found.known_to) == (2 * 3600, MONDAY + 28 * HOUR)
    assert found.chance < UNUSUAL


@pytest.mark.parametrize("hours", [1, 4, 10, 24])
def test_what_may_well_happen_by_chance_is_not(hours: int) -> None:
    assert silence(daily(), MONDAY + hours * HOUR, CALENDAR) is None


def test_a_weekend_and_a_night_are_no_silence() -> None:
    assert silence(daily(times=20), MONDAY, CALENDAR) is None


def test_nothing_is_usual_with_too_few() -> None:
    few = daily()[: FEWEST - 1]
    assert silence(few, MONDAY + 28 * HOUR, CALENDAR) is None
    assert silence([], MONDAY, CALENDAR) is None


def test_arrivals_before_the_habit_do_not_count() -> None:
    long_ago = [filed(one.earliest - HABIT) for one in daily()]
    assert silence([*long_ago, filed(MONDAY - 65 * HOUR)], MONDAY + 100 * HOUR, CALENDAR) is None


def test_a_gap_as_long_as_one_that_came_before_is_not_unusual() -> None:
    """Dossiers come in heaps: hundreds, but never on the first two days of a week."""
    heaps = [one for one in daily(times=9) if (one.earliest + timedelta(hours=7)).weekday() >= 2]
    assert silence(heaps, MONDAY + 34 * HOUR, CALENDAR) is None
    assert silence(heaps, MONDAY + 58 * HOUR, CALENDAR) is not None


def test_time_in_which_the_service_is_known_to_be_cut_off_explains_itself() -> None:
    until = MONDAY + 28 * HOUR
    assert silence(daily(), until, CALENDAR, [Span(start=MONDAY, end=until)]) is None
    assert silence(daily(), until, CALENDAR, [Span(start=MONDAY, end=MONDAY + HOUR)]) is not None


def test_a_known_outage_before_does_not_make_a_new_silence_usual() -> None:
    week = Span(start=at(date(2026, 11, 2)), end=at(date(2026, 11, 7)))
    arrivals = [one for one in daily() if one.earliest not in week]
    assert silence(arrivals, MONDAY + 28 * HOUR, CALENDAR) is None
    assert silence(arrivals, MONDAY + 28 * HOUR, CALENDAR, [week]) is not None


def test_cut_off_told_twice_or_in_pieces_counts_once() -> None:
    until = MONDAY + 28 * HOUR
    half = Span(start=MONDAY, end=MONDAY + 2 * HOUR)
    rest = Span(start=MONDAY + HOUR, end=MONDAY + 4 * HOUR)
    together = Span(start=MONDAY, end=MONDAY + 4 * HOUR)
    pieces = silence(daily(), until, CALENDAR, [rest, half, half])
    assert pieces == silence(daily(), until, CALENDAR, [together])


def test_a_dossier_known_by_its_day_alone_may_have_come_at_its_end() -> None:
    day_alone = Arrival(earliest=at(date(2026, 11, 24)), latest=at(date(2026, 11, 25)) - timedelta(milliseconds=1))
    assert silence([*daily(), day_alone], MONDAY + 34 * HOUR, CALENDAR) is None
    later = silence([*daily(), day_alone], MONDAY + 106 * HOUR, CALENDAR)
    assert later is not None
    assert later.starts == day_alone.latest


def test_beyond_the_calendar_nothing_is_said() -> None:
    with pytest.raises(CalendarUnknown):
        silence(daily(), datetime(2027, 1, 5, tzinfo=UTC), CALENDAR)


@given(arrivals=st.integers(2, 5000), habit=st.integers(1, 10**7), quiet=st.integers(0, 10**7))
def test_the_chance_is_never_below_that_of_a_rate_taken_for_certain(arrivals: int, habit: int, quiet: int) -> None:
    odds = chance(arrivals, habit, quiet)
    assert 0 <= odds <= 1
    assert odds >= math.exp(-(arrivals - 1) / habit * quiet) - 1e-12


@given(arrivals=st.integers(20, 500), quiet=st.integers(1, 10**6), more=st.integers(1, 10**6))
def test_a_longer_silence_is_less_likely_and_one_of_no_time_certain(arrivals: int, quiet: int, more: int) -> None:
    habit = 12 * 40 * 3600
    assert chance(arrivals, habit, 0) == 1
    assert chance(arrivals, habit, quiet + more) < chance(arrivals, habit, quiet)


def test_a_chance_without_any_open_time_before_is_certain() -> None:
    assert chance(100, 0, 10**6) == 1


def by_the_minute(arrivals: Sequence[datetime], known_to: datetime) -> bool:
    """The same, every minute of the year's working time counted once beforehand."""
    before = sorted(moment for moment in arrivals if moment <= known_to)
    if not before or before[-1] == known_to:
        return False
    usual = [moment for moment in before if moment >= before[-1] - HABIT]
    if len(usual) < FEWEST:
        return False
    quiet = worked(before[-1], known_to)
    gaps = [worked(one, other) for one, other in pairwise(usual)]
    habit = worked(before[-1] - HABIT, before[-1])
    return quiet > max(gaps) and (1 + quiet / habit) ** -(len(usual) - 1) < UNUSUAL


FIRST = at(date(2026, 5, 1))


def _working(minute: int) -> bool:
    local = FIRST + timedelta(minutes=minute, hours=7)
    working = local.weekday() < 5 and local.date() != date(2026, 9, 2)
    return working and any(opens <= local.time() < closes for opens, closes in OPENINGS)


PASSED = list(accumulate((_working(minute) for minute in range(240 * 24 * 60)), initial=0))


def worked(start: datetime, end: datetime) -> int:
    """Working minutes from one moment to another."""
    first, last = ((moment - FIRST) // timedelta(minutes=1) for moment in (start, end))
    return PASSED[last] - PASSED[first]


@given(
    minutes=st.lists(st.integers(0, 60 * 24 * 60), min_size=15, max_size=60),
    quiet=st.integers(0, 40 * 24 * 60),
    order=st.randoms(),
)
def test_an_oracle_that_counts_minutes_agrees_whatever_the_order(
    minutes: list[int], quiet: int, order: random.Random
) -> None:
    begin = at(date(2026, 9, 14))
    arrivals = [begin + timedelta(minutes=minute) for minute in minutes]
    known_to = max(arrivals) + timedelta(minutes=quiet)
    expected = by_the_minute(arrivals, known_to)
    order.shuffle(arrivals)
    assert (silence(map(filed, arrivals), known_to, CALENDAR) is not None) is expected


@given(hours=st.integers(0, 400), more=st.integers(1, 100))
def test_once_unusual_it_stays_so_until_one_arrives(hours: int, more: int) -> None:
    until = MONDAY + hours * HOUR
    found = silence(daily(), until, CALENDAR)
    if found is not None:
        later = silence(daily(), until + more * HOUR, CALENDAR)
        assert later is not None
        assert later.starts == found.starts
        assert silence([*daily(), filed(until)], until, CALENDAR) is None


def test_a_steady_stream_raises_few_of_its_own_gaps() -> None:
    """Of gaps in a stream that never stopped, no more are told than the chance that was named."""
    told = gaps = 0
    for seed in range(20):
        made = random.Random(seed)
        position, moments = 0.0, [at(date(2026, 3, 2), time(7))]
        while moments[-1] < at(date(2026, 11, 2)):
            position += made.expovariate(1 / 7200)
            moments.append(CALENDAR.add_seconds(moments[0], int(position)))
        for place in range(len(moments) - 60, len(moments)):
            gaps += 1
            known = [filed(moment) for moment in moments[:place]]
            told += silence(known, moments[place] - timedelta(seconds=1), CALENDAR) is not None
    assert gaps == 1200
    assert told <= gaps * UNUSUAL
