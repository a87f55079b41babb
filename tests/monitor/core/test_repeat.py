"""Repeated delay: held against the mix of procedures, with an interval, in an order that ranks nobody."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.repeat import Interval, Repeated, Tally, interval, repeated

EASY, HARD = "1.000001", "1.000002"
TALLIES = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from((EASY, HARD, "3"))),
    st.integers(0, 30).flatmap(lambda late: st.integers(max(late, 1), 60).map(lambda total: Tally(late, total))),
)


def of(agency: str, found: tuple[Repeated, ...]) -> Repeated:
    return next(one for one in found if one.agency == agency)


@pytest.mark.parametrize(
    ("late", "total", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (1, 100, 0.0018, 0.0545), (0, 0, 0.0, 1.0)],
)
def test_the_interval_is_wilsons(late: int, total: int, low: float, high: float) -> None:
    """Reference values as published for the score interval."""
    assert interval(late, total) == pytest.approx(Interval(low, high), abs=5e-5)


def test_hard_procedures_alone_do_not_make_a_unit_late_often() -> None:
    """Half of the hard ones are late everywhere: whoever has them only is late half of the time, and is as others."""
    tallies = {
        ("hard", HARD): Tally(50, 100),
        ("easy", EASY): Tally(2, 100),
        ("others", HARD): Tally(500, 1000),
        ("others", EASY): Tally(20, 1000),
    }
    found = repeated(tallies, least=5)
    assert of("hard", found).expected == pytest.approx(50)
    assert not of("hard", found).often


def test_a_unit_far_above_the_others_with_the_same_procedures_is_late_often() -> None:
    found = repeated({("unit", EASY): Tally(30, 100), ("others", EASY): Tally(20, 1000)}, least=5)
    unit = of("unit", found)
    assert unit.often
    assert unit.expected == pytest.approx(2.0)
    assert unit.expected_share < unit.share.low


@pytest.mark.parametrize(("late", "least", "often"), [(4, 5, False), (5, 5, True), (5, 6, False)])
def test_so_few_that_chance_may_do_it_are_not_worth_a_word(late: int, least: int, *, often: bool) -> None:
    found = repeated({("unit", EASY): Tally(late, 5), ("others", EASY): Tally(0, 1000)}, least=least)
    assert of("unit", found).often is often


def test_what_nobody_else_does_never_speaks_against_a_unit() -> None:
    assert not of("unit", repeated({("unit", EASY): Tally(90, 100)}, least=5)).often


@given(TALLIES)
def test_the_order_is_that_of_keys_whatever_the_order_of_input(
    tallies: dict[tuple[str, str], Tally],
) -> None:
    found = repeated(tallies, least=3)
    assert [one.agency for one in found] == sorted({agency for agency, _ in tallies})
    turned = repeated(dict(reversed(tallies.items())), least=3)
    for one, other in zip(found, turned, strict=True):
        assert other.expected == pytest.approx(one.expected)
        assert replace(other, expected=one.expected) == one


@given(TALLIES)
def test_a_share_lies_in_its_interval_and_often_means_above_what_is_expected(
    tallies: dict[tuple[str, str], Tally],
) -> None:
    for one in repeated(tallies, least=3):
        assert 0.0 <= one.share.low <= one.late / one.total <= one.share.high <= 1.0
        assert not one.often or (one.late >= 3 and one.share.low > one.expected_share)
