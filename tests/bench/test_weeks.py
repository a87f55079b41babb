"""Hundreds of random weeks whose outages exceed one interval; the bench plays ten thousand of them."""

from __future__ import annotations

import random

from bench.weeks import contains, error, made, watched


def test_the_interval_contains_the_truth_of_every_week() -> None:
    chance = random.Random(47)
    missed = 0
    for number in range(150):
        week = made(chance, always_on=number % 3 == 0)
        missed += not contains(watched(week, chance), week)
    assert missed == 0


def test_a_monitor_on_all_week_errs_by_at_most_one_interval_a_transition() -> None:
    chance = random.Random(48)
    weeks = [made(chance, always_on=True) for _ in range(100)]
    assert sum(bool(week.outages) for week in weeks) > 50
    assert max(error(watched(week, chance), week) for week in weeks) <= 1.0
