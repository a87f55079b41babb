"""Theirs or ours: a look to which nothing answered counts only when a control target did answer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from jobs.crosscheck import Crosscheck, answered
from monitor.core.look import Cause, Verdict
from monitor.core.service import Step, Target
from monitor.probes.http import Finished
from monitor.probes.judge import verdict_of
from monitor.probes.outcome import Egress, Outcome
from monitor.probes.pace import Pace

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def target(key: str, **more: object) -> Target:
    return Target(key=key, name=key, steps=(Step(url=f"http://{key}.example/"),), public=False, **more)  # type: ignore[arg-type]


def over(
    looked_at: Target, cause: Cause, *, doubtful: bool = False, status: int | None = None, proxied: bool = False
) -> Finished:
    outcome = Outcome(verdict=verdict_of(cause), cause=cause, doubtful=doubtful, status=status, proxied=proxied)
    return Finished(target=looked_at, at=AT, outcome=outcome)


SERVICE = target("cong")
CONTROLS = tuple(target(key, control=True, required=False) for key in ("doi-chieu-1", "doi-chieu-2"))
LOST = over(SERVICE, Cause.TIMEOUT, doubtful=True)


class Bench:
    """A cross-check whose looks at controls are counted and answered by hand."""

    def __init__(self, *controls: Target, egress: Egress | None = None) -> None:
        self.asked: list[str] = []
        self.pace = Pace()
        self.check = Crosscheck(controls, egress or Egress(), self.pace, lambda t: self.asked.append(t.key))

    def after(self, seconds: float, *finished: Finished) -> list[tuple[str, Verdict, Cause]]:
        for one in finished:
            self.check.take(one, seconds)
        return [(f.target.key, f.outcome.verdict, f.outcome.cause) for _, f in self.check.settled(seconds)]


OURS = ("cong", Verdict.UNKNOWN, Cause.OWN_NETWORK)
THEIRS = ("cong", Verdict.DOWN, Cause.TIMEOUT)


def test_a_look_that_is_not_doubtful_needs_nobodys_word() -> None:
    bench = Bench(*CONTROLS)
    assert bench.after(0, over(SERVICE, Cause.NONE)) == [("cong", Verdict.UP, Cause.NONE)]
    assert bench.after(1, over(SERVICE, Cause.STATUS)) == [("cong", Verdict.DOWN, Cause.STATUS)]
    assert bench.asked == []


def test_a_doubtful_failure_waits_for_a_control_and_is_theirs_when_it_answers() -> None:
    bench = Bench(*CONTROLS)
    assert bench.after(0, LOST) == []
    assert bench.check.busy
    assert bench.asked == ["doi-chieu-1"]
    assert THEIRS in bench.after(1, over(CONTROLS[0], Cause.NONE))
    assert not bench.check.busy


def test_it_is_ours_when_no_control_answers() -> None:
    bench = Bench(*CONTROLS)
    bench.after(0, LOST)
    assert THEIRS not in bench.after(1, over(CONTROLS[0], Cause.TIMEOUT, doubtful=True))
    assert bench.asked == ["doi-chieu-1", "doi-chieu-2"]
    assert OURS in bench.after(2, over(CONTROLS[1], Cause.CONNECT, doubtful=True))


def test_many_doubtful_failures_ask_one_control_once() -> None:
    bench = Bench(*CONTROLS)
    others = [over(target(f"cong-{n}"), Cause.CONNECT, doubtful=True) for n in range(20)]
    assert bench.after(0, *others) == []
    assert bench.asked == ["doi-chieu-1"]
    assert len(bench.after(1, over(CONTROLS[0], Cause.NONE))) == 21


def test_a_control_that_answered_just_before_is_not_asked_again() -> None:
    bench = Bench(*CONTROLS)
    bench.after(0, over(CONTROLS[0], Cause.NONE))
    assert bench.after(20, LOST) == [THEIRS]
    assert bench.asked == []


@pytest.mark.parametrize(("age", "expected"), [(200, THEIRS), (400, OURS)])
def test_where_no_control_may_be_asked_again_its_last_word_counts_while_fresh(age: float, expected: object) -> None:
    public = Target(key="doi-chieu", name="x", steps=(Step(url="http://x.example/"),), control=True, required=False)
    bench = Bench(public)
    for at in (1000.0 - age - 25, 1000.0 - age):
        bench.pace.looked(public, at)
    bench.after(1000.0 - age, over(public, Cause.NONE))
    bench.pace.silence("x.example", 5000.0)
    assert bench.after(1000.0, LOST) == [expected]
    assert bench.asked == []


def test_without_controls_a_direct_look_is_believed_and_one_through_a_proxy_is_not() -> None:
    assert Bench().after(0, LOST) == [THEIRS]
    assert Bench().after(0, over(SERVICE, Cause.TIMEOUT, doubtful=True, proxied=True)) == [OURS]


def test_a_control_speaks_only_for_targets_reached_the_same_way() -> None:
    direct = target("doi-chieu-truc-tiep", control=True, required=False, proxy="")
    bench = Bench(direct, egress=Egress(proxy="http://proxy.example:3128"))
    bench.after(0, over(direct, Cause.NONE))
    assert bench.after(1, over(SERVICE, Cause.TIMEOUT, doubtful=True, proxied=True)) == [OURS]


@pytest.mark.parametrize(
    ("cause", "status", "expected"),
    [
        (Cause.NONE, 200, True),
        (Cause.CHALLENGED, 200, True),
        (Cause.RATE_LIMITED, 429, True),
        (Cause.STATUS, 404, True),
        (Cause.STATUS, 500, True),
        (Cause.STATUS, 502, False),
        (Cause.STATUS, 504, False),
        (Cause.OWN_NETWORK, 407, False),
        (Cause.TIMEOUT, None, False),
        (Cause.PROBE_FAILED, None, False),
    ],
)
def test_what_counts_as_an_answer_of_a_control(cause: Cause, status: int | None, *, expected: bool) -> None:
    assert answered(over(CONTROLS[0], cause, status=status)) is expected


def test_a_control_itself_is_never_put_down_to_anybody() -> None:
    bench = Bench(*CONTROLS)
    lost = over(CONTROLS[0], Cause.TIMEOUT, doubtful=True)
    assert bench.after(0, lost) == [("doi-chieu-1", Verdict.DOWN, Cause.TIMEOUT)]
