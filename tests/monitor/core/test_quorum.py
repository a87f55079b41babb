"""Looks from several places: a target is down where a quorum of them says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.interruption import Policy, fold
from monitor.core.look import Look
from monitor.core.period import Span
from monitor.core.uptime import measure
from tests.monitor.core.test_uptime import EVERY, MINUTE, gaps, look, looks, minutes, span, truths

PLACES = ("một", "hai", "ba")


def seen(*stories: str, every_ms: int = 5 * MINUTE) -> list[Look]:
    """One story a place, each a little after the one before."""
    return [
        replace(one, vantage=PLACES[place], at=one.at + timedelta(milliseconds=place))
        for place, story in enumerate(stories)
        for one in looks(story, every_ms=every_ms)
    ]


def policy(places: int, quorum: int) -> Policy:
    return Policy(vantages=PLACES[:places], quorum=quorum)


@pytest.mark.parametrize("story", ["", "u", "uuddduu", "ud?uu", "u??ddu", "dddd", "udududduu"])
def test_one_place_alone_is_what_it_was_without_a_quorum(story: str) -> None:
    alone = [replace(one, vantage="một") for one in looks(story)]
    window = minutes(0, 60)
    joined = measure(window, alone, policy(1, 1), required=frozenset({"portal"}))
    assert joined == measure(window, alone, Policy(), required=frozenset({"portal"}))


@pytest.mark.parametrize(
    ("stories", "quorum", "down", "up"),
    [
        (("uuuuuu", "uddduu"), 1, 15, 15),
        (("uuuuuu", "uddduu"), 2, 0, 30),
        (("udddduu", "uudddduu"), 2, 15, 20),
        (("uddddu", "uddddu", "uuuuuu"), 2, 20, 10),
        (("uddddu", "uuuuuu", "uuuuuu"), 2, 0, 30),
    ],
)
def test_down_is_what_a_quorum_says(stories: tuple[str, ...], quorum: int, down: int, up: int) -> None:
    found = measure(minutes(0, len(stories[0]) * 5), seen(*stories), policy(len(stories), quorum))
    assert round(found.down_ms / MINUTE) == down
    assert round(found.up_ms / MINUTE) == up


def test_where_a_silent_place_could_decide_nothing_is_known() -> None:
    both = measure(minutes(0, 25), seen("uuddd"), policy(2, 2))
    assert (both.down_ms, round(both.up_ms / MINUTE)) == (0, 10)
    assert gaps(both) == {"not_looked": 15}
    either = measure(minutes(0, 25), seen("uuddd"), policy(2, 1))
    assert (either.up_ms, gaps(either)) == (0, {"not_looked": 10})
    assert round(either.down_ms / MINUTE) == 15


def test_looks_from_a_place_the_policy_does_not_name_do_not_count() -> None:
    found = measure(minutes(0, 30), seen("uuuuuu", "dddddd"), policy(1, 1))
    assert found.down_ms == 0
    assert fold(seen("uuuuuu", "dddddd"), policy(1, 1)) == ()


def test_an_interruption_begins_with_the_place_cut_off_last_and_ends_with_the_first_that_is_back() -> None:
    (one,) = fold(seen("uuddddu", "uuudduu"), policy(2, 2))
    first, second = looks("uuddddu"), looks("uuudduu")
    later = timedelta(milliseconds=1)
    assert one.last_good == second[2].at + later  # the first place was seen good earlier
    assert one.first_bad == second[3].at + later
    assert one.last_bad == second[4].at + later
    assert one.first_good == second[5].at + later
    assert one.failed_looks == 4
    assert first[6].at > one.first_good


def test_it_is_proved_no_longer_than_a_quorum_is() -> None:
    (one,) = fold(seen("udd???u", "uuuddduu"), policy(2, 2))
    assert one.last_bad == one.first_bad  # the first place was not seen to fail when the second was
    (still,) = fold(seen("udddd", "udd??"), policy(2, 2))
    assert still.open
    assert still.last_bad == looks("udd")[2].at + timedelta(milliseconds=1)


@pytest.mark.parametrize("quorum", [0, 3, -1])
def test_no_quorum_is_larger_than_the_places_or_smaller_than_one(quorum: int) -> None:
    with pytest.raises(ValueError, match="is no quorum"):
        policy(2, quorum)


@pytest.mark.parametrize("quorum", [1, 2, 3])
@pytest.mark.parametrize("story", ["uuddduu", "ud?ddu", "uuudddd", "dduuddu"])
def test_before_places_were_named_all_looks_are_one_row(story: str, quorum: int) -> None:
    mixed = [replace(one, vantage=PLACES[place % 2]) for place, one in enumerate(looks(story))]
    window = minutes(0, 5 * len(story))
    dated = replace(policy(3, quorum), since=window.end)
    assert measure(window, mixed, dated) == measure(window, mixed, Policy())
    assert fold(mixed, dated) == fold(mixed, Policy())


def test_an_outage_goes_on_over_the_day_on_which_places_are_named() -> None:
    dated = replace(policy(2, 2), since=looks("uddd")[3].at)
    before = [replace(one, vantage="một") for one in looks("udd")]
    after = [one for one in seen("...dddu", "...dduu") if one.at >= looks("uddd")[3].at]
    (one,) = fold([*before, *after], dated)
    assert (one.first_bad, one.first_good) == (before[1].at, looks("udddduu")[5].at + timedelta(milliseconds=1))


@given(st.lists(truths(), min_size=3, max_size=3), st.integers(1, 3), st.data())
def test_the_bounds_contain_the_truth_of_a_quorum(
    outages: list[list[tuple[int, int]]], quorum: int, data: st.DataObject
) -> None:
    end = max(max((stop for _, stop in mine), default=0) for mine in outages) + 1000
    story: list[Look] = []
    for place, mine in zip(PLACES, outages, strict=True):
        ms = data.draw(st.integers(-EVERY, 0))
        while ms < end + 2 * EVERY:
            bad = any(start <= ms < stop for start, stop in mine)
            story.append(replace(look("d" if bad else "u", ms, valid_for_ms=2 * EVERY), vantage=place))
            ms += data.draw(st.integers(EVERY // 2, EVERY))
    down = sum(sum(any(start <= ms < stop for start, stop in mine) for mine in outages) >= quorum for ms in range(end))
    found = measure(span(0, end), story, policy(3, quorum))
    if found.measured is not None:
        assert found.lower is not None
        assert found.upper is not None
        assert found.lower <= 1 - Fraction(down, end) <= found.upper
    assert found.up_ms + found.down_ms + found.unknown_ms == end
    if not found.unknown_ms:
        window = found.window
        told = (Span(start=one.first_bad, end=one.first_good or window.end) for one in found.interruptions)
        assert found.down_ms == sum(one.shared_ms(window) for one in told)
