"""The printed parts of a week add up to the printed sum, and each figure errs on the honest side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.interruption import Interruption
from monitor.core.look import Cause
from monitor.core.period import Span
from monitor.core.uptime import Account, Segment, State
from monitor.reports.interrupted import Interrupted
from monitor.reports.uptime_log import parts, planned

ZERO = datetime(2026, 11, 16, tzinfo=UTC)


def minute(number: float) -> datetime:
    return ZERO + timedelta(minutes=number)


def account(ms: Sequence[int], segments: Sequence[Segment] = ()) -> Account:
    up, down, maintenance, excluded, unknown = ms
    return Account(
        window=Span(start=ZERO, end=ZERO + timedelta(milliseconds=sum(ms))),
        up_ms=up,
        down_ms=down,
        maintenance_ms=maintenance,
        excluded_ms=excluded,
        unknown_ms=unknown,
        measured=None,
        lower=None,
        upper=None,
        coverage=None,
        segments=tuple(segments),
    )


def interruption(first_bad: float, first_good: float | None, last_good: float | None = None) -> Interruption:
    return Interruption(
        service="2.001474",
        target="portal",
        last_good=None if last_good is None else minute(last_good),
        first_bad=minute(first_bad),
        last_bad=minute((first_good if first_good is not None else first_bad + 6) - 5),
        first_good=None if first_good is None else minute(first_good),
        cause=Cause.STATUS,
        failed_looks=2,
    )


def interrupted(one: Interruption) -> Interrupted:
    within = Span(start=minute(60), end=minute(120))
    return Interrupted(interruption=one, target_name="Cổng", within=within, observed_ms=0, unobserved_ms=0)


@given(st.lists(st.integers(0, 10_000_000), min_size=5, max_size=5))
def test_printed_seconds_add_up_and_downtime_is_never_rounded_down(ms: list[int]) -> None:
    made = parts(account(ms))
    assert [part.state for part in made] == list(State)
    assert sum(part.seconds for part in made) == -(-sum(ms) // 1000)
    for part in made:
        assert abs(part.seconds * 1000 - part.ms) < 1000
        if part.state is State.DOWN:
            assert part.seconds * 1000 >= part.ms


def test_a_millisecond_of_downtime_prints_as_a_second_and_comes_off_the_uptime() -> None:
    seconds = {part.state: part.seconds for part in parts(account([604_799_999, 1, 0, 0, 0]))}
    assert seconds[State.DOWN] == 1
    assert seconds[State.UP] == 604_799


@pytest.mark.parametrize(
    ("one", "minutes"),
    [
        (interruption(70, 90, 65), (20, 15, 25)),
        (interruption(70, 90), (20, 15, None)),
        (interruption(70, None, 65), (None, 1, None)),
    ],
)
def test_how_long_it_lasted_by_estimate_at_least_and_at_most(
    one: Interruption, minutes: tuple[int | None, ...]
) -> None:
    told = interrupted(one)
    lengths = (told.length_ms, told.shortest_ms, told.longest_ms)
    assert tuple(None if ms is None else ms / 60_000 for ms in lengths) == minutes


def test_it_says_where_it_reaches_beyond_the_week() -> None:
    assert interrupted(interruption(50, 70)).began_before
    assert not interrupted(interruption(60, 70)).began_before
    assert interrupted(interruption(110, 121)).ended_after
    assert not interrupted(interruption(110, 120)).ended_after
    assert not interrupted(interruption(110, None)).ended_after


@pytest.mark.parametrize(
    ("first_bad", "first_good", "found"),
    [(20, 30, True), (15, 30, True), (20, 41, False), (9, 20, False), (35, None, False), (45, 50, False)],
)
def test_one_that_lies_within_an_announced_maintenance_is_planned(
    first_bad: int, first_good: int | None, found: bool
) -> None:
    states = [(0, 10, State.UP), (10, 40, State.MAINTENANCE), (40, 60, State.UP)]
    segments = [Segment(span=Span(start=minute(a), end=minute(b)), state=state) for a, b, state in states]
    whole = account([30 * 60_000, 0, 30 * 60_000, 0, 0], segments)
    assert planned(interruption(first_bad, first_good), whole) is found
