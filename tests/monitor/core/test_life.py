"""The monitor's own availability: what is lived and what is missing add up, and each gap says why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.life import Absence, Happening, Life, Stretch, life
from monitor.core.period import Span

T0 = datetime(2026, 11, 23, 1, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def lived(*stretches: tuple[float, float] | tuple[float, float, str]) -> list[Stretch]:
    return [Stretch(began=at(s[0]), last=at(s[1]), ended=s[2] if len(s) > 2 else "") for s in stretches]


def told(*happenings: tuple[float, str]) -> list[Happening]:
    return [Happening(at=at(minute), kind=kind) for minute, kind in happenings]


def of(
    stretches: list[Stretch],
    happenings: Sequence[Happening] = (),
    start: float = 0,
    end: float = 600,
    now: float = 10_000,
) -> Life:
    return life(Span(start=at(start), end=at(end)), stretches, happenings, at(now))


def minutes(found: Life) -> list[tuple[float, float, Absence]]:
    return [
        ((g.span.start - T0) / timedelta(minutes=1), (g.span.end - T0) / timedelta(minutes=1), g.why)
        for g in found.gaps
    ]


def test_a_monitor_on_all_the_time_has_no_gap() -> None:
    found = of(lived((-10, 700)))
    assert found.gaps == ()
    assert found.availability == 1


def test_off_five_hours_shows_a_gap_of_five_hours() -> None:
    found = of(lived((-60, 100, "stopped"), (400, 700)), told((100, "stopped"), (400, "started")))
    assert minutes(found) == [(100, 400, Absence.STOPPED)]
    assert found.availability == Fraction(1, 2)


@pytest.mark.parametrize(
    ("happenings", "ended", "start", "why"),
    [
        ([(100, "stopped"), (101, "started")], "stopped", 101, Absence.RESTARTED),
        ([(100, "stopped"), (103, "started")], "stopped", 103, Absence.STOPPED),
        ([(103, "started")], "", 103, Absence.CRASHED),
        ([], "", 103, Absence.CRASHED),
        ([(102, "hung"), (103, "started")], "", 103, Absence.HUNG),
        ([(103, "asleep")], "asleep", 103, Absence.ASLEEP),
        ([(103.01, "clock_step")], "clock_set", 103, Absence.CLOCK_SET),
        ([(102, "restored"), (103, "started")], "", 103, Absence.RESTORED),
    ],
    ids=["restarted", "stopped", "crashed", "silent", "hung", "asleep", "clock set", "restored"],
)
def test_a_gap_says_why(happenings: list[tuple[float, str]], ended: str, start: float, why: Absence) -> None:
    found = of(lived((-60, 100, ended), (start, 700)), told(*happenings))
    assert minutes(found) == [(100, start, why)]


def test_what_came_before_the_first_beat_counts_neither_way() -> None:
    found = of(lived((300, 700)))
    assert minutes(found) == [(0, 300, Absence.BEFORE)]
    assert found.availability == 1
    assert found.absences == ()


def test_no_beat_at_all_is_no_availability() -> None:
    assert of([]).availability is None


def test_the_last_seconds_of_a_monitor_that_lives_are_not_known_yet_and_no_gap() -> None:
    found = of(lived((-60, 100)), now=101)
    assert found.gaps == ()
    assert found.window.end == at(100)


def test_a_monitor_silent_for_longer_is_gone_until_now() -> None:
    found = of(lived((-60, 100)), now=200)
    assert minutes(found) == [(100, 200, Absence.CRASHED)]
    assert found.gaps[0].unsure


def test_time_lived_twice_after_a_clock_set_back_counts_once() -> None:
    found = of(lived((-60, 300, "clock_set"), (200, 400), (500, 700)), told((400, "stopped"), (500, "started")))
    assert found.alive_ms == 500 * 60_000
    assert minutes(found) == [(400, 500, Absence.STOPPED)]


@given(
    st.lists(st.tuples(st.integers(-200, 900), st.integers(0, 300)), max_size=8),
    st.lists(st.tuples(st.integers(-200, 900), st.sampled_from(["started", "stopped", "hung", "clock_step"]))),
    st.integers(0, 1000),
)
def test_life_and_gaps_add_up_to_the_window(
    stretches: list[tuple[int, int]], happenings: list[tuple[int, str]], now: int
) -> None:
    found = of(lived(*((began, began + length) for began, length in stretches)), told(*happenings), now=now)
    assert found.alive_ms + sum(gap.span.ms for gap in found.gaps) == found.window.ms
    assert all(gap.span.ms > 0 for gap in found.gaps)
    minute = timedelta(minutes=1)
    covered = {m for began, length in stretches for m in range(began, began + length)}
    owed = range((found.window.end - found.window.start) // minute)
    assert found.alive_ms == sum(m in covered for m in owed) * 60_000
