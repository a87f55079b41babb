"""The scorecard's arithmetic: ages in classes, halves in medians, no share of nothing."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from monitor.reports.lists.scorecard import Durations, OnTimeShare, ageing, durations
from monitor.reports.render import NO_DATA, phantram


def test_each_bound_of_an_age_belongs_to_the_younger_class() -> None:
    found = ageing([0, 5, 6, 10, 11, 30, 31, 400, None])
    assert (found.counts, found.unknown) == ((2, 2, 2, 2), 1)


@pytest.mark.parametrize(
    ("days", "median", "high"),
    [
        ([7], Fraction(7), 7),
        ([4, 1], Fraction(5, 2), 4),
        ([3, 1, 2], Fraction(2), 3),
        (list(range(1, 11)), Fraction(11, 2), 9),
        (list(range(1, 101)), Fraction(101, 2), 90),
    ],
    ids=["one", "two", "three", "ten", "hundred"],
)
def test_nine_in_ten_took_no_longer_than_the_high_figure(days: Sequence[int], median: Fraction, high: int) -> None:
    found = durations(days)
    assert found == Durations(count=len(days), median=median, high=high)
    assert sum(day <= high for day in days) * 10 >= 9 * len(days)


def test_nothing_ended_and_nothing_judged_is_no_data() -> None:
    assert durations([]) == Durations(count=0, median=None, high=None)
    assert phantram(OnTimeShare(unjudged=3).share) == NO_DATA


def test_a_share_has_two_decimals_and_is_never_rounded_up_to_all() -> None:
    assert phantram(OnTimeShare(on_time=2, overdue=1).share) == "66,66 %"
    assert phantram(OnTimeShare(on_time=99_999, overdue=1).share) == "99,99 %"
