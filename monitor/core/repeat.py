"""Repeated delay per unit, held against what its mix of procedures lets expect: figures with an interval, no rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import NamedTuple

Z = 1.959964
"""The normal quantile of an interval of 95 %."""


class Tally(NamedTuple):
    """How many of so many were late."""

    late: int
    total: int


class Interval(NamedTuple):
    """Between which shares the true one lies, as far as so few cases tell."""

    low: float
    high: float


Tallies = Mapping[tuple[str, str], Tally]
"""By agency and procedure, how many results that fell due in a window were late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """One unit's figures. `expected` is how many would be late if each procedure were late as often as elsewhere.

    `often`: the count reaches the least that is worth a word, and the lower bound of its share lies above what its mix
    lets expect; so chance alone, or hard procedures alone, do not make it.
    """

    agency: str
    late: int
    total: int
    expected: float
    share: Interval
    often: bool

    @property
    def expected_share(self) -> float:
        """The share that the mix of procedures lets expect."""
        return self.expected / self.total


def interval(late: int, total: int, z: float = Z) -> Interval:
    """The Wilson interval of a share; everything is possible where there is no case."""
    if not total:
        return Interval(0.0, 1.0)
    share, square = late / total, z * z
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = z / (1 + square / total) * sqrt(share * (1 - share) / total + square / (4 * total * total))
    # Where none or all were late, a bound is exact; reckoning would leave it a hair off.
    return Interval(middle - half if late else 0.0, middle + half if late < total else 1.0)


def repeated(tallies: Tallies, *, least: int) -> tuple[Repeated, ...]:
    """Every unit's figures, by its key: an order that says nothing of who is worse.

    What is expected of a procedure is how often the others are late with it; where nobody else has it, its own share
    stands for it, so that it never speaks against the unit.
    """
    every: defaultdict[str, Tally] = defaultdict(lambda: Tally(0, 0))
    units: defaultdict[str, dict[str, Tally]] = defaultdict(dict)
    for (agency, procedure), tally in tallies.items():
        every[procedure] = _sum(every[procedure], tally)
        units[agency][procedure] = tally
    return tuple(_figures(agency, mix, every, least) for agency, mix in sorted(units.items()))


def _figures(agency: str, mix: Mapping[str, Tally], every: Mapping[str, Tally], least: int) -> Repeated:
    late, total = sum(one.late for one in mix.values()), sum(one.total for one in mix.values())
    expected = sum(mine.total * _elsewhere(mine, every[procedure]) for procedure, mine in mix.items())
    share = interval(late, total)
    return Repeated(
        agency=agency,
        late=late,
        total=total,
        expected=expected,
        share=share,
        often=late >= least and bool(total) and share.low > expected / total,
    )


def _elsewhere(mine: Tally, every: Tally) -> float:
    others = Tally(every.late - mine.late, every.total - mine.total)
    shown = others if others.total else mine
    return shown.late / shown.total if shown.total else 0.0


def _sum(one: Tally, other: Tally) -> Tally:
    return Tally(one.late + other.late, one.total + other.total)
