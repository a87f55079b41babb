"""What strangers are owed at any setting, and how a look leaves this machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.look import Cause, Verdict
from monitor.core.service import Step, Target
from monitor.probes.browser import failed
from monitor.probes.outcome import Egress
from monitor.probes.pace import CONTROL_GAP_S, Pace, interval_s, jittered_s, recheck_s, valid_for_ms

SECONDS = st.floats(0.1, 100_000, allow_nan=False)


def target(key: str = "t", url: str = "https://cong.example/", **more: object) -> Target:
    return Target(key=key, name=key, steps=(Step(url=url),), **more)  # type: ignore[arg-type]


@given(SECONDS, st.floats(0, 0.5), st.integers(0, 10_000))
def test_a_strangers_server_is_never_looked_at_more_often_than_every_five_minutes(
    interval: float, jitter: float, turn: int
) -> None:
    stranger = target(interval_s=interval, jitter=jitter)
    assert jittered_s(stranger, turn) >= 300
    assert interval_s(stranger) <= jittered_s(stranger, turn) <= interval_s(stranger) * (1 + jitter)


@given(st.integers(0, 10_000))
def test_jitter_never_lets_a_look_outlive_what_it_speaks_for(turn: int) -> None:
    wide = target(jitter=0.5)
    assert jittered_s(wide, turn) * 1000 < valid_for_ms(wide)


def test_jitter_differs_from_turn_to_turn_and_from_target_to_target_and_is_repeatable() -> None:
    drawn = [jittered_s(target(key), turn) for key in "ab" for turn in range(50)]
    assert len(set(drawn)) == 100
    assert drawn == [jittered_s(target(key), turn) for key in "ab" for turn in range(50)]


def test_a_control_is_left_alone_until_something_fails() -> None:
    assert interval_s(target(control=True, interval_s=300)) == CONTROL_GAP_S
    assert recheck_s(target(recheck_s=1)) == 20
    assert recheck_s(target(recheck_s=5, public=False)) == 5


def test_no_more_than_one_extra_look_falls_into_an_interval() -> None:
    pace, stranger = Pace(), target("a", control=True)
    pace.looked(stranger, 1000.0)
    assert not pace.allows_extra(stranger, 1010.0)
    assert pace.allows_extra(stranger, 1020.0)
    pace.looked(stranger, 1020.0)
    assert not pace.allows_extra(stranger, 1200.0)
    assert pace.allows_extra(stranger, 1320.0)


@pytest.mark.parametrize(
    ("no_proxy", "rules"),
    [
        ("", ()),
        ("localhost, .thanhhoa.gov.vn", ("localhost", ".localhost", "thanhhoa.gov.vn", ".thanhhoa.gov.vn")),
        ("10.0.0.0/8", ("10.0.0.0/8",)),
        ("*", ("*",)),
    ],
)
def test_no_proxy_is_told_to_a_browser_in_its_own_words(no_proxy: str, rules: tuple[str, ...]) -> None:
    egress = Egress(proxy="http://proxy.example:3128", no_proxy=no_proxy)
    assert egress.bypass_for(target()) == rules
    assert egress.bypass_for(target(proxy="http://khac.example:3128")) == ()


def test_we_say_who_we_are_even_before_somebody_answers_for_it() -> None:
    assert Egress().user_agent == "tthc-monitor/0.1"
    assert Egress(contact="it@example.vn").user_agent == "tthc-monitor/0.1 (+it@example.vn)"


@pytest.mark.parametrize(
    ("why", "proxied", "verdict", "cause", "doubtful"),
    [
        ("net::ERR_NAME_NOT_RESOLVED at https://x/", False, Verdict.DOWN, Cause.DNS, True),
        ("net::ERR_NAME_NOT_RESOLVED at https://x/", True, Verdict.UNKNOWN, Cause.OWN_NETWORK, False),
        ("net::ERR_PROXY_CONNECTION_FAILED", True, Verdict.UNKNOWN, Cause.OWN_NETWORK, False),
        ("net::ERR_TUNNEL_CONNECTION_FAILED", True, Verdict.UNKNOWN, Cause.OWN_NETWORK, False),
        ("net::ERR_INVALID_AUTH_CREDENTIALS", True, Verdict.UNKNOWN, Cause.OWN_NETWORK, False),
        ("net::ERR_INTERNET_DISCONNECTED", False, Verdict.UNKNOWN, Cause.OWN_NETWORK, False),
        ("net::ERR_CERT_DATE_INVALID", False, Verdict.DOWN, Cause.TLS, True),
        ("net::ERR_CONNECTION_RESET", False, Verdict.DOWN, Cause.BROKEN, True),
        ("net::ERR_TOO_MANY_REDIRECTS", False, Verdict.DOWN, Cause.LOGIN_LOOP, False),
        ("TIMEOUT", False, Verdict.DOWN, Cause.TIMEOUT, True),
        ("trình duyệt không dùng được: chưa cài playwright", False, Verdict.UNKNOWN, Cause.PROBE_FAILED, False),
    ],
)
def test_each_failure_of_a_browser_has_its_cause(
    why: str, verdict: Verdict, cause: Cause, *, proxied: bool, doubtful: bool
) -> None:
    judged = failed(why, proxied=proxied)
    assert (judged.verdict, judged.cause, judged.doubtful) == (verdict, cause, doubtful)
