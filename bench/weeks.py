"""Random weeks whose truth is known: whether the interval contains it, and how far the estimate is off."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from monitor.core.interruption import POLICY
from monitor.core.look import Cause, Kind, Look, Verdict
from monitor.core.period import Span, from_ms, to_ms
from monitor.core.uptime import Account, measure

WEEKS = 10_000
SEED = 20_261_124
MONDAY = to_ms(datetime(2026, 11, 15, 17, tzinfo=UTC))
HOUR_MS = 3_600_000
WEEK_MS = 7 * 24 * HOUR_MS
INTERVALS_MS = (300_000, 600_000, 900_000)
RECHECKS_MS = (5_000, 20_000)
JITTER = 0.1

Times = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What happened and how it was watched, in milliseconds from its beginning; `longest_ms` between two looks."""

    outages: Times
    absences: Times
    blind: Times
    interval_ms: int
    recheck_ms: int

    @property
    def longest_ms(self) -> int:
        """The longest that two looks lie apart while the monitor is on."""
        return round(self.interval_ms * (1 + JITTER))


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """Half of the weeks with the monitor on all the time; in the others it is off, or cut off, for a while."""
    chance, weeks = random.Random(SEED), max(20, round(WEEKS * scale))
    outside, worst, outages = 0, 0.0, 0
    for number in range(weeks):
        week = made(chance, always_on=number % 2 == 0)
        account = watched(week, chance)
        outages += len(week.outages)
        outside += not contains(account, week)
        if number % 2 == 0:
            worst = max(worst, error(account, week))
    yield f"random weeks ({weeks:,}; {outages:,} outages) whose truth the interval misses", outside, 0.0, ""
    yield "on all week: the largest error, in intervals a transition", worst, 1.0, "×"


def made(chance: random.Random, *, always_on: bool) -> Week:
    """A week with up to eight outages, each longer than the time between two looks, as is the time between them."""
    interval_ms = chance.choice(INTERVALS_MS)
    longest_ms = round(interval_ms * (1 + JITTER))
    return Week(
        outages=tuple(_stretches(chance, chance.randrange(9), longest_ms + 1, 6 * HOUR_MS)),
        absences=() if always_on else tuple(_stretches(chance, chance.randrange(1, 4), longest_ms, 12 * HOUR_MS)),
        blind=() if always_on else tuple(_stretches(chance, chance.randrange(3), longest_ms, 3 * HOUR_MS)),
        interval_ms=interval_ms,
        recheck_ms=chance.choice(RECHECKS_MS),
    )


def _stretches(chance: random.Random, count: int, least: int, most: int) -> Iterator[tuple[int, int]]:
    """So many stretches of the week at most, none nearer than `least` to another, some over its edges."""
    at = chance.randrange(-most, WEEK_MS // (count + 1))
    for _ in range(count):
        end = at + round(least * (most / least) ** chance.random())
        if at >= WEEK_MS:
            return
        yield at, end
        at = end + least + chance.randrange(2 * WEEK_MS // (count + 1))


def _during(times: Times, ms: int) -> bool:
    return any(start <= ms < end for start, end in times)


def watched(week: Week, chance: random.Random) -> Account:
    """The account of the looks that a monitor makes of such a week."""
    return measure(Span(start=from_ms(MONDAY), end=from_ms(MONDAY + WEEK_MS)), _looks(week, chance), POLICY)


def _looks(week: Week, chance: random.Random) -> Iterator[Look]:
    ms, failed = -2 * HOUR_MS, 0
    while ms < WEEK_MS + 2 * HOUR_MS:
        wait = round(week.interval_ms * (1 + JITTER * chance.random()))
        if not _during(week.absences, ms):
            down = _during(week.outages, ms)
            if _during(week.blind, ms):
                yield _look(ms, week, Verdict.UNKNOWN, Cause.OWN_NETWORK)
            else:
                yield _look(ms, week, *((Verdict.DOWN, Cause.TIMEOUT) if down else (Verdict.UP, Cause.NONE)))
                failed = failed + 1 if down else 0
                wait = week.recheck_ms if failed == 1 else wait
        ms += wait


def _look(ms: int, week: Week, verdict: Verdict, cause: Cause) -> Look:
    at = from_ms(MONDAY + ms)
    return Look(
        service="2.001474", target="cong", vantage="trung-tam", kind=Kind.HTTP, at=at,
        received_at=at + timedelta(milliseconds=200), verdict=verdict, cause=cause, valid_for_ms=2 * week.interval_ms,
    )  # fmt: skip


def _down_ms(week: Week) -> int:
    return sum(max(0, min(end, WEEK_MS) - max(start, 0)) for start, end in week.outages)


def contains(account: Account, week: Week) -> bool:
    """Whether the true share of the week lies within the bounds."""
    truth = 1 - Fraction(_down_ms(week), WEEK_MS)
    return account.lower is not None and account.upper is not None and account.lower <= truth <= account.upper


def error(account: Account, week: Week) -> float:
    """How far the downtime is from the true one, in the longest times between looks, by transition within the week."""
    edges = sum(0 < edge < WEEK_MS for outage in week.outages for edge in outage)
    off = abs(account.down_ms - _down_ms(week)) / week.longest_ms
    return off / edges if edges else (0.0 if off == 0 else float("inf"))
