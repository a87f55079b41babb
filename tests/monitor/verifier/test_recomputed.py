"""Two implementations, one number: the verifier's figures equal the program's in thousands of random stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from monitor.core.interruption import Policy
from monitor.core.look import Cause, Kind, Look, Verdict
from monitor.core.period import Span, at, from_ms, to_ms
from monitor.core.uptime import Notice, ServiceHours, figures, measure
from monitor.verifier import tthc_verify as verifier

SERVICE = "2.001474"
MONDAY = to_ms(at(date(2026, 11, 16)))
MINUTE = 60_000
VANTAGES = ("trung-tam", "vien-thong", "di-dong")
TARGETS = ("cong", "cong-cu", "dang-nhap")
SAYINGS = (
    *[(Verdict.UP, Cause.NONE)] * 7,
    (Verdict.DOWN, Cause.TIMEOUT),
    (Verdict.DOWN, Cause.CONTENT),
    (Verdict.UNKNOWN, Cause.CHALLENGED),
    (Verdict.UNKNOWN, Cause.OWN_NETWORK),
    (Verdict.UNKNOWN, Cause.RATE_LIMITED),
    (Verdict.UNKNOWN, Cause.PROBE_FAILED),
)


def story(chance: Random, vantages: tuple[str, ...]) -> list[Look]:
    """Looks in no order, some at one moment, at a few targets from a few places; states last a while, or do not."""
    made: dict[tuple[str, str, int], Look] = {}
    every = chance.choice((1, MINUTE, 5 * MINUTE))
    for target in TARGETS:
        for vantage in vantages:
            moment, said = MONDAY + chance.randrange(-30, 10) * every, chance.choice(SAYINGS)
            for _ in range(chance.randrange(50)):
                moment += chance.choice((0, every, every, every, every + 1, 3 * every))
                said = chance.choice(SAYINGS) if chance.random() < 0.5 else said
                made[target, vantage, moment] = Look(
                    service=SERVICE,
                    target=target,
                    vantage=vantage,
                    kind=Kind.HTTP,
                    at=from_ms(moment),
                    received_at=from_ms(moment),
                    verdict=said[0],
                    cause=said[1],
                    valid_for_ms=chance.choice((0, 1, every, 2 * every, 2 * every, 10 * every)),
                )
    looks = list(made.values())
    chance.shuffle(looks)
    return looks


def spans(chance: Random, most: int) -> list[Span]:
    found = []
    for _ in range(chance.randrange(most)):
        start = MONDAY + chance.randrange(-30, 60) * MINUTE
        found.append(Span(start=from_ms(start), end=from_ms(start + chance.randrange(1, 40) * MINUTE)))
    return found


def facts_of(looks: list[Look], notices: list[Notice]) -> tuple[verifier.Facts, list[str]]:
    """What the verifier reads of the very rows that are sealed, and the chains by number."""
    facts, chains = verifier.Facts(), {name: verifier.Chain(name, n) for n, name in enumerate(("so-chung", *VANTAGES))}
    for seq, look in enumerate(looks, start=1):
        row = {"fact": "look", "target": look.target, "at": to_ms(look.at), "valid_for_ms": look.valid_for_ms,
               "verdict": look.verdict.value, "cause": look.cause.value}  # fmt: skip
        assert list(facts.take(chains[look.vantage], seq, [row])) == []
    for seq, notice in enumerate(notices, start=1):
        row = {"fact": "notice", "service": SERVICE, "starts": to_ms(notice.span.start), "ends": to_ms(notice.span.end),
               "entered_at": to_ms(notice.entered_at), "document": ""}  # fmt: skip
        assert list(facts.take(chains["so-chung"], seq, [row])) == []
    return facts, list(chains)


def both(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The program's figures and the verifier's, of one random story."""
    chance = Random(seed)
    vantages = VANTAGES[: chance.choice((1, 1, 2, 3))]
    quorum = chance.randrange(len(vantages) + 1) if chance.random() < 0.5 else 0
    policy = Policy(
        confirmations=chance.choice((1, 2, 2, 3)),
        vantages=vantages if quorum else (),
        quorum=quorum or 1,
        since=from_ms(MONDAY + chance.randrange(60 * MINUTE)) if chance.random() < 0.5 else None,
    )
    looks = story(chance, vantages)
    notices = [
        Notice(service=SERVICE, span=span, entered_at=span.start - timedelta(days=20)) for span in spans(chance, 3)
    ]
    hours = ServiceHours(spans=tuple(spans(chance, 4))) if chance.random() < 0.3 else None
    start = MONDAY + chance.randrange(-10, 30) * MINUTE
    window = Span(start=from_ms(start), end=from_ms(start + chance.randrange(1, 60 * MINUTE)))
    formerly = {"cong-cu": "cong"} if chance.random() < 0.5 else {}
    required = frozenset(chance.choice((("cong",), ("cong",), ("cong", "dang-nhap"), ("cong", "khong-ai-xem"), ())))
    now_called = [replace(look, target=formerly.get(look.target, look.target)) for look in looks]
    expected = figures(measure(window, now_called, policy, notices, hours, required=required))
    facts, chains = facts_of(looks, notices)
    basis = verifier.Basis(
        required=tuple(sorted(required)),
        formerly=formerly,
        confirmations=policy.confirmations,
        hours=None if hours is None else tuple((to_ms(span.start), to_ms(span.end)) for span in hours.spans),
        notice_days=7,
        working_days=tuple((date(2026, 10, 1) + timedelta(days=n)).isoformat() for n in range(60)),
        quorum=policy.quorum,
        vantages=policy.vantages,
        since=None if policy.since is None else to_ms(policy.since),
    )
    cut = dict.fromkeys(chains, len(looks) + len(notices))
    reckoning = verifier.Reckoning(facts, chains)
    return expected, reckoning.figures(SERVICE, (to_ms(window.start), to_ms(window.end)), basis, cut)


@settings(max_examples=3000, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**40))
@example(seed=7767)  # once told two failed looks where the other counted four
def test_the_verifier_and_the_program_always_agree(seed: int) -> None:
    expected, found = both(seed)
    assert found == expected


def test_the_stories_tell_of_everything_that_can_be_told() -> None:
    told = [both(seed)[0] for seed in range(200)]
    for part in ("up_ms", "down_ms", "maintenance_ms", "excluded_ms", "unknown_ms", "interruptions"):
        assert sum(bool(figures[part]) for figures in told) >= 30, part
    assert {reason for figures in told for reason in figures["unknown_by"]} == set(verifier.REASONS)
    assert sum(figures["lower"] != figures["upper"] for figures in told) >= 30
