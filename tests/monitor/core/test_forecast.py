"""A forecast: what falls due is counted, what may be late has bounds that grow with how little is known."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.core.forecast import ENOUGH, Falling, forecast
from monitor.core.repeat import Tally

MONDAY, TUESDAY = date(2026, 11, 30), date(2026, 12, 1)


def falling(agency: str, procedure: str, day: date, count: int) -> list[Falling]:
    return [Falling(agency=agency, procedure=procedure, day=day)] * count


def test_each_day_is_counted_and_the_units_own_past_speaks() -> None:
    past = {("a", "p"): Tally(50, 100), ("b", "p"): Tally(0, 100)}
    coming = [*falling("a", "p", MONDAY, 6), *falling("a", "p", TUESDAY, 4), *falling("b", "p", MONDAY, 10)]
    a, b = forecast(coming, past)
    assert (a.days, a.due) == ({MONDAY: 6, TUESDAY: 4}, 10)
    assert a.expected == pytest.approx(5.0)
    assert a.least < 5 < a.most
    assert (b.expected, b.least) == (0.0, 0)
    assert b.most == 1  # 3.7 % of ten, rounded up: never "none at all" as a promise


@pytest.mark.parametrize(
    ("own", "expected"),
    [(ENOUGH, 10.0), (ENOUGH - 1, 0.9)],
    ids=["enough-of-its-own", "then-all-that-the-unit-did"],
)
def test_few_cases_of_a_procedure_give_way_to_all_of_the_units(own: int, expected: float) -> None:
    past = {("a", "rare"): Tally(own, own), ("a", "often"): Tally(0, 100 - own)}
    (a,) = forecast(falling("a", "rare", MONDAY, 10), past)
    assert a.expected == pytest.approx(expected)


def test_a_unit_without_a_past_is_judged_by_everybodys_and_nobodys_past_says_nothing() -> None:
    (new,) = forecast(falling("new", "p", MONDAY, 10), {("a", "p"): Tally(5, 50)})
    assert new.expected == pytest.approx(1.0)
    (unknown,) = forecast(falling("new", "p", MONDAY, 10), {})
    assert (unknown.expected, unknown.least, unknown.most) == (0.0, 0, 10)
