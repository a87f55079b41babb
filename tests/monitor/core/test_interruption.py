"""When an interruption opens, from when to when it lasted, and that looks late, doubled or shuffled change nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.interruption import Interruption, Policy, Step, Watch, advance, fold
from monitor.core.look import Cause, Kind, Look, Verdict

START = datetime(2026, 11, 16, tzinfo=UTC)
VERDICTS = {"u": Verdict.UP, "d": Verdict.DOWN, "?": Verdict.UNKNOWN}


def minute(number: float) -> datetime:
    return START + timedelta(minutes=number)


def look(sign: str, at: datetime, target: str = "portal", vantage: str = "office") -> Look:
    causes = {"u": Cause.NONE, "d": Cause.CONNECT, "?": Cause.CHALLENGED}
    return Look(
        service="2.001474",
        target=target,
        vantage=vantage,
        kind=Kind.HTTP,
        at=at,
        received_at=at,
        verdict=VERDICTS[sign],
        cause=causes[sign],
        valid_for_ms=600_000,
    )


def looks(story: str, target: str = "portal") -> list[Look]:
    """One look every five minutes; a dot is none."""
    return [look(sign, minute(5 * place), target) for place, sign in enumerate(story) if sign != "."]


@dataclass(slots=True)
class Played:
    steps: list[Step] = field(default_factory=list)

    @property
    def opened(self) -> list[Interruption]:
        return [step.opened for step in self.steps if step.opened]

    @property
    def closed(self) -> list[Interruption]:
        return [step.closed for step in self.steps if step.closed]

    @property
    def rechecks(self) -> list[int]:
        return [place for place, step in enumerate(self.steps) if step.recheck]


def play(story: str | Iterable[Look], policy: Policy = Policy()) -> Played:  # noqa: B008 - frozen
    played, watch = Played(), Watch(target="portal")
    for one in looks(story) if isinstance(story, str) else story:
        step = advance(watch, one, policy)
        watch = step.watch
        played.steps.append(step)
    return played


@pytest.mark.parametrize("story", ["", "u", "uuu", "d", "du", "udu", "???", "d?u", "ud?", "dududu"])
def test_nothing_opens_without_confirmation(story: str) -> None:
    assert play(story).opened == []
    assert fold(looks(story), Policy()) == ()


@pytest.mark.parametrize(
    ("story", "first_bad", "confirmed_at"),
    [("dd", 0, 1), ("udd", 1, 2), ("ud?d", 1, 3), ("ududd", 3, 4), ("ud..d", 1, 2), ("uddddd", 1, 2)],
)
def test_an_interruption_starts_at_its_first_failed_look_not_at_the_one_that_confirms(
    story: str, first_bad: int, confirmed_at: int
) -> None:
    played = play(story)
    (opened,) = played.opened
    assert opened.first_bad == minute(5 * first_bad)
    assert [place for place, step in enumerate(played.steps) if step.opened] == [confirmed_at]
    assert opened.open


def test_it_ends_at_the_first_good_look_and_says_between_which_looks_it_lies() -> None:
    (closed,) = play("uudd?du").closed
    assert closed.last_good == minute(5)
    assert closed.first_bad == minute(10)
    assert closed.last_bad == minute(25)
    assert closed.first_good == minute(30)
    assert closed.failed_looks == 3
    assert not closed.open


def test_where_nothing_good_was_seen_before_its_beginning_is_open() -> None:
    (opened,) = play("dd").opened
    assert opened.last_good is None


def test_it_keeps_the_cause_it_began_with() -> None:
    story = looks("udddu")
    story[2] = replace(story[2], cause=Cause.TIMEOUT)
    story[3] = replace(story[3], cause=Cause.BANNER)
    (closed,) = play(story).closed
    assert closed.cause is Cause.CONNECT


def test_what_could_not_be_told_neither_opens_nor_ends_one() -> None:
    played = play("udd????????")
    assert len(played.opened) == 1
    assert played.closed == []


def test_only_the_first_failure_asks_for_a_look_soon() -> None:
    assert play("uddd").rechecks == [1]
    assert play("udu?d").rechecks == [1, 4]


def test_one_failed_look_is_enough_where_the_policy_says_so_and_three_where_it_says_three() -> None:
    assert len(play("udu", Policy(confirmations=1)).opened) == 1
    assert play("uddu", Policy(confirmations=3)).opened == []
    assert len(play("udddu", Policy(confirmations=3)).opened) == 1


@pytest.mark.parametrize("sign", ["u", "d", "?"])
def test_a_look_from_before_what_is_known_changes_nothing(sign: str) -> None:
    watch = play("udd").steps[-1].watch
    assert advance(watch, look(sign, minute(7)), Policy()) == Step(watch=watch)


def test_a_failed_look_that_comes_twice_does_not_confirm_itself() -> None:
    once = look("d", minute(5))
    assert play([look("u", minute(0)), once, once]).opened == []
    assert fold([once, once], Policy()) == ()


def test_two_looks_of_one_moment_from_two_places_do_not_confirm_each_other() -> None:
    assert fold([look("d", minute(5)), look("d", minute(5), vantage="home")], Policy()) == ()


def test_an_interruption_open_for_months_is_one() -> None:
    story = "u" + "d" * (90 * 288)
    (found,) = fold(looks(story), Policy())
    assert found.open
    assert found.first_bad == minute(5)
    assert found.failed_looks == 90 * 288


def test_the_hundred_and_first_interruption_is_there_too() -> None:
    found = fold(looks("uddu" * 120), Policy())
    assert len(found) == 120
    assert [one.first_bad for one in found] == sorted(one.first_bad for one in found)


def test_each_target_has_its_own() -> None:
    found = fold([*looks("uddu"), *looks("udu", "ministry"), *looks("uuddu", "mirror")], Policy())
    assert [(one.target, one.first_bad) for one in found] == [("portal", minute(5)), ("mirror", minute(10))]


stories = st.text("ud?.", max_size=40)
policies = st.builds(Policy, confirmations=st.integers(1, 3))


@given(stories, policies)
def test_looking_look_by_look_and_folding_all_at_once_agree(story: str, policy: Policy) -> None:
    played = play(story, policy)
    closed = [*played.closed]
    still_open = [one for one in played.opened if one.first_bad not in {two.first_bad for two in closed}]
    folded = fold(looks(story), policy)
    assert [one for one in folded if not one.open] == closed
    assert [one.first_bad for one in folded if one.open] == [one.first_bad for one in still_open]


@given(stories, st.randoms(use_true_random=False))
def test_shuffled_and_doubled_looks_fold_to_the_same(story: str, chance: Random) -> None:
    shuffled = [one for one in looks(story) for _ in range(chance.randint(1, 2))]
    chance.shuffle(shuffled)
    assert fold(shuffled, Policy()) == fold(looks(story), Policy())


@given(stories)
def test_interruptions_of_one_target_never_overlap_and_hold_two_failed_looks(story: str) -> None:
    found = fold(looks(story), Policy())
    for one, following in pairwise(found):
        assert one.first_good is not None
        assert one.first_good <= following.first_bad
    for one in found:
        assert one.first_bad < one.last_bad
        assert one.last_good is None or one.last_good < one.first_bad
        assert one.first_good is None or one.last_bad < one.first_good
