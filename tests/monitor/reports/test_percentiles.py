"""How fast, phase by phase: observed values only, of looks that found the service usable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.look import Cause, Phases
from monitor.core.period import Span
from monitor.reports.percentiles import Phase, ranked, spreads

Watch = Callable[..., Any]


@pytest.mark.parametrize(
    ("count", "rank", "value"),
    [(1, 50, 1), (1, 99, 1), (2, 50, 1), (10, 90, 9), (10, 95, 10), (100, 99, 99), (101, 99, 100)],
)
def test_a_percentile_is_the_least_observed_value_that_so_many_do_not_exceed(count: int, rank: int, value: int) -> None:
    assert ranked(range(1, count + 1), rank) == value


@given(st.lists(st.integers(0, 10**6), min_size=1), st.integers(1, 99))
def test_a_percentile_agrees_with_counting(took: list[int], rank: int) -> None:
    ordered = sorted(took)
    found = ranked(ordered, rank)
    assert sum(one <= found for one in took) * 100 >= rank * len(took)
    assert all(sum(one <= less for one in took) * 100 < rank * len(took) for less in set(took) if less < found)


def test_phases_are_lengths_and_those_not_passed_are_left_out(watch: Watch) -> None:
    seen = watch(minutes=60)
    looks = [
        replace(look, phases=Phases(name=10, connect=30, tls=None, first_byte=90, total=100))
        for look in seen.looks("16/11/2026 00:00", "17/11/2026 00:00")
    ]
    window = Span(start=looks[0].at, end=looks[0].at.replace(hour=23, minute=59))
    (first, *_) = seen.service.targets
    found = {one.phase: one.ms[50] for one in spreads([first], looks, window)}
    assert found == {Phase.NAME: 10, Phase.CONNECT: 20, Phase.FIRST_BYTE: 60, Phase.TOTAL: 100}


def test_looks_that_failed_or_lie_outside_or_at_references_are_not_measured(watch: Watch) -> None:
    seen = watch(minutes=60)
    seen.finds("16/11/2026 12:00", "16/11/2026 18:00", Cause.TIMEOUT)
    looks = seen.looks("15/11/2026 00:00", "18/11/2026 00:00", seen.service.targets)
    day = Span(start=_moment("2026-11-16T00:00+07:00"), end=_moment("2026-11-17T00:00+07:00"))
    found = spreads(seen.service.targets, looks, day)
    assert {one.looks for one in found} == {18}
    assert not {one.target for one in found if one.target.startswith("doi-chieu")}


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
