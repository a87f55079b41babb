"""When a target may be looked at next."""

from __future__ import annotations

import pytest

from monitor.core.service import Step, Target
from monitor.probes.pace import PUBLIC_GAP_S, Pace, jittered_s, recheck_s


def target(key: str, host: str = "own.invalid", **more: object) -> Target:
    given: dict[str, object] = {"interval_s": 60.0, "jitter": 0.0, "public": False, "recheck_s": 5.0, **more}
    return Target(key=key, name=key, steps=(Step(url=f"http://{host}/"),), **given)  # type: ignore[arg-type]


def pace_of(*targets: Target) -> Pace:
    pace = Pace()
    for one in targets:
        pace.begin(one, 0.0, None)
    return pace


def test_what_was_never_looked_at_is_due_at_once_and_stays_so_until_it_is() -> None:
    pace = pace_of(target("a"), target("b"))
    assert pace.due(0.0) == pace.due(0.0) == ["a", "b"]
    assert pace.earliest() == 0.0


def test_the_longest_due_comes_first() -> None:
    a, b = target("a"), target("b")
    pace = pace_of(a, b)
    pace.looked(b, 1.0)
    pace.looked(a, 4.0)
    assert pace.earliest() == 61.0
    assert pace.due(60.9) == []
    assert pace.due(61.5) == ["b"]
    assert pace.due(99.0) == ["b", "a"]


def test_what_is_ours_and_nearly_due_comes_with_what_is_due_and_never_by_itself() -> None:
    a, b, c = target("a"), target("b"), target("c")
    pace = pace_of(a, b, c)
    for one, moment in ((a, 0.0), (b, 0.9), (c, 1.1)):
        pace.looked(one, moment)
    assert pace.due(59.9) == []
    assert pace.due(60.0) == ["a", "b"]
    pace.looked(a, 60.0)
    pace.looked(b, 60.0)
    assert pace.due(61.0) == []
    assert pace.due(61.1) == ["c"]


@pytest.mark.parametrize(
    "other",
    [
        target("b", public=True, interval_s=300.0),
        target("b", interval_s=30.0),
        target("b", host="quiet.invalid"),
        target("b", interval_s=600.0),
    ],
    ids=["a stranger", "a short interval", "a host that wants silence", "its extra look"],
)
def test_who_may_not_come_early_does_not(other: Target) -> None:
    a = target("a")
    pace = pace_of(a, other)
    pace.looked(a, 0.0)
    began = 60.7 - (0.0 if other.interval_s == 600.0 else other.interval_s)
    pace.looked(other, began)
    if other.interval_s == 600.0:
        pace.recheck(other, began - recheck_s(other))
    if "quiet" in other.steps[0].url:
        pace.silence("quiet.invalid", 60.65)
    assert pace.due(60.0) == ["a"]
    assert "b" in pace.due(60.7)


def test_the_same_moment_named_again_is_due_once() -> None:
    a = target("a")
    pace = pace_of(a)
    pace.looked(a, 0.0)
    pace.recheck(a, 0.0)
    pace.looked(a, 0.0)
    assert pace.due(60.0) == ["a"]


def test_the_extra_look_comes_before_the_regular_one_and_never_after_it() -> None:
    a = target("a")
    pace = pace_of(a)
    pace.looked(a, 0.0)
    pace.recheck(a, 1.0)
    assert pace.earliest() == 1.0 + recheck_s(a)
    pace.recheck(a, 59.0)
    assert pace.earliest() == 1.0 + recheck_s(a)


def test_a_host_that_asked_for_silence_is_left_alone_and_others_are_not() -> None:
    a, b = target("a", "quiet.invalid"), target("b")
    pace = pace_of(a, b)
    pace.silence("quiet.invalid", 100.0)
    assert pace.due(10.0) == ["b"]
    pace.looked(b, 10.0)
    assert pace.due(99.0) == ["b"]
    assert pace.silenced(a, 99.0)
    pace.looked(b, 99.0)
    assert pace.earliest() == 100.0
    assert pace.due(100.0) == ["a"]
    assert not pace.silenced(a, 100.0)


def test_silence_asked_for_while_waiting_holds_too_and_is_never_shortened() -> None:
    a = target("a", "quiet.invalid")
    pace = pace_of(a)
    pace.looked(a, 0.0)
    pace.silence("quiet.invalid", 200.0)
    pace.silence("quiet.invalid", 100.0)
    pace.recheck(a, 0.0)
    assert pace.due(199.0) == []
    assert pace.earliest() == 200.0


def test_nothing_begun_with_is_never_due() -> None:
    assert Pace().earliest() is None
    assert Pace().due(1e9) == []


@pytest.mark.parametrize(
    ("last", "due"), [(None, 50.0), (-250.0, 50.0), (0.0, PUBLIC_GAP_S), (40.0, 40.0 + PUBLIC_GAP_S)]
)
def test_somebody_elses_server_is_owed_five_minutes_over_a_restart_too(last: float | None, due: float) -> None:
    pace = Pace()
    pace.begin(target("a", public=True, interval_s=1.0), 50.0, last)
    assert pace.earliest() == due


def test_jitter_only_draws_the_interval_out() -> None:
    one = target("a", jitter=0.5)
    drawn = [jittered_s(one, turn) for turn in range(50)]
    assert all(60.0 <= interval <= 90.0 for interval in drawn)
    assert len(set(drawn)) == 50
