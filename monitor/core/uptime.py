"""The account of a window of time: up, down, maintenance, excluded and unknown, to the millisecond."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from monitor.core.course import (
    EXCLUDED,
    MAINTENANCE,
    OPEN,
    Course,
    Gap,
    Segment,
    State,
    course,
    covering,
    joined,
    segments,
)
from monitor.core.interruption import Interruption, Policy, by_target, told
from monitor.core.look import Look
from monitor.core.period import Span, iso, to_ms

__all__ = [
    "Account",
    "Gap",
    "Judgement",
    "Notice",
    "Segment",
    "ServiceHours",
    "State",
    "figures",
    "judge",
    "measure",
    "rounded_down",
    "timeline",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A planned stop, as announced; `entered_at` is when its notice came into the journal."""

    service: str
    span: Span
    entered_at: datetime
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHours:
    """The stretches in which a service promises to run; outside them time is EXCLUDED."""

    spans: tuple[Span, ...]


class Judgement(StrEnum):
    """Against an internal target."""

    MET = "met"
    NOT_MET = "not_met"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The window partitioned, in integer milliseconds; the five add up to the window exactly.

    `lower`, `measured` and `upper` are exact fractions, None where nothing was measured; `coverage` is None only where
    there was nothing to cover.
    """

    window: Span
    up_ms: int
    down_ms: int
    maintenance_ms: int
    excluded_ms: int
    unknown_ms: int
    unknown_by: Mapping[Gap, int] = field(default_factory=dict)
    measured: Fraction | None
    lower: Fraction | None
    upper: Fraction | None
    coverage: Fraction | None
    segments: tuple[Segment, ...] = ()
    interruptions: tuple[Interruption, ...] = ()

    @property
    def parts(self) -> dict[State, int]:
        """The five in milliseconds, by state."""
        return {
            State.UP: self.up_ms,
            State.DOWN: self.down_ms,
            State.MAINTENANCE: self.maintenance_ms,
            State.EXCLUDED: self.excluded_ms,
            State.UNKNOWN: self.unknown_ms,
        }


def measure(
    window: Span,
    looks: Iterable[Look],
    policy: Policy,
    notices: Iterable[Notice] = (),
    hours: ServiceHours | None = None,
    *,
    required: frozenset[str] | None = None,
) -> Account:
    """The account of one service: DOWN while a required target is, UP while all are, else UNKNOWN.

    `required` names the targets that count (None: all that were looked at); one nobody looked at leaves time UNKNOWN.
    `notices` are the planned stops that were announced in time. What bears on the window from outside must be among
    the looks: those that still speak at its start, a run of failed ones that reaches into it with the good one before,
    and those after its end that confirm or end such a run. More looks than that change nothing.

    `lower` takes UNKNOWN as down and each interruption at its longest, a failure that nobody confirmed among them;
    `upper` takes UNKNOWN as up and each interruption at its shortest.
    """
    mine = by_target(look for look in looks if required is None or look.target in required)
    targets = [course(mine.get(key, ()), policy, window) for key in sorted(mine if required is None else required)]
    planned = covering(window, (notice.span for notice in notices), MAINTENANCE, OPEN)
    promised = covering(window, (window,) if hours is None else hours.spans, OPEN, EXCLUDED)
    return _account(window, joined(window, targets, promised, planned), _within(mine, policy, window))


def timeline(looks: Iterable[Look], policy: Policy, window: Span) -> tuple[Segment, ...]:
    """One target's states through a window, without gap or overlap; what bears on it from outside as in `measure`."""
    mine = by_target(looks)
    if len(mine) > 1:
        raise ValueError(f"a timeline is of one target, not of {', '.join(mine)}")
    return segments(window, course(next(iter(mine.values()), ()), policy, window))


def judge(account: Account, target: Fraction) -> Judgement:
    """Whether an internal target ("mục tiêu nội bộ") was met for sure, missed for sure, or neither can be said."""
    if account.lower is not None and account.lower >= target:
        return Judgement.MET
    if account.upper is not None and account.upper < target:
        return Judgement.NOT_MET
    return Judgement.INSUFFICIENT


def figures(account: Account) -> dict[str, Any]:
    """The account for programs: integers in milliseconds, ratios as decimals in text, moments in Vietnamese time.

    `measured`, `lower` and `coverage` are rounded down to six decimals, `upper` up; an upper bound below one gets as
    many decimals as it takes not to read as one.
    """
    return {
        "window_ms": account.window.ms,
        "up_ms": account.up_ms,
        "down_ms": account.down_ms,
        "maintenance_ms": account.maintenance_ms,
        "excluded_ms": account.excluded_ms,
        "unknown_ms": account.unknown_ms,
        "measured": rounded_down(account.measured),
        "lower": rounded_down(account.lower),
        "upper": _up(account.upper),
        "coverage": rounded_down(account.coverage),
        "unknown_by": {gap.value: account.unknown_by[gap] for gap in Gap if gap in account.unknown_by},
        "interruptions": [_interruption(one) for one in account.interruptions],
    }


def _account(window: Span, whole: Course, within: tuple[Interruption, ...]) -> Account:
    spent: Counter[State] = Counter()
    unsure: Counter[State] = Counter()
    gaps: Counter[Gap] = Counter()
    start = to_ms(window.start)
    for until, said in whole.stretches:
        spent[said.state] += until - start
        if said.gap is not None:
            gaps[said.gap] += until - start
        if not said.sure:
            unsure[said.state] += until - start
        start = until
    up, down = spent[State.UP], spent[State.DOWN]
    looked, asked = up + down, up + down + spent[State.UNKNOWN]
    return Account(
        window=window,
        up_ms=up,
        down_ms=down,
        maintenance_ms=spent[State.MAINTENANCE],
        excluded_ms=spent[State.EXCLUDED],
        unknown_ms=spent[State.UNKNOWN],
        unknown_by=dict(gaps),
        measured=Fraction(up, looked) if looked else None,
        lower=Fraction(up - unsure[State.UP], asked) if looked else None,
        upper=Fraction(asked - down + unsure[State.DOWN], asked) if looked else None,
        coverage=Fraction(looked, asked) if asked else None,
        segments=segments(window, whole),
        interruptions=within,
    )


def _within(mine: Mapping[str, Sequence[Look]], policy: Policy, window: Span) -> tuple[Interruption, ...]:
    """The interruptions that share time with the window, whole, by time and target."""
    found = (one for looks in mine.values() for one in told(looks, policy))
    return tuple(sorted((one for one in found if one.meets(window)), key=lambda one: (one.first_bad, one.target)))


_PLACES = 6


def rounded_down(ratio: Fraction | None) -> str | None:
    """A ratio for programs: six decimals, never more than it is; None stays None."""
    return None if ratio is None else _decimal(int(ratio * 10**_PLACES // 1), _PLACES)


def _up(ratio: Fraction | None, places: int = _PLACES) -> str | None:
    if ratio is None:
        return None
    units = -int(-ratio * 10**places // 1)
    return _up(ratio, places + 1) if units >= 10**places and ratio < 1 else _decimal(units, places)


def _decimal(units: int, places: int) -> str:
    whole, rest = divmod(units, 10**places)
    return f"{whole}.{rest:0{places}d}"


def _interruption(one: Interruption) -> dict[str, Any]:
    """Its start and end as estimated, and between which looks they lie; `end` and `first_good` are null while open."""
    return {
        "target": one.target,
        "cause": one.cause.value,
        "start": iso(one.first_bad),
        "end": iso(one.first_good),
        "last_good": iso(one.last_good),
        "first_bad": iso(one.first_bad),
        "last_bad": iso(one.last_bad),
        "first_good": iso(one.first_good),
        "failed_looks": one.failed_looks,
    }
