"""A forecast of delay: what falls due, and how much of it may be late if units go on as in the past; never a fact."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil, floor

from monitor.core.repeat import Interval, Tallies, Tally, interval

ENOUGH = 10
"""So many past results of a unit's procedure speak for themselves; of fewer, all of the unit's do, then everybody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Falling:
    """One dossier whose result falls due on a day."""

    agency: str
    procedure: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """One unit's coming days: how many fall due on each, and how many of them may be late, with bounds."""

    agency: str
    days: Mapping[date, int]
    expected: float
    least: int
    most: int

    @property
    def due(self) -> int:
        """How many fall due in all."""
        return sum(self.days.values())


def forecast(falling: Iterable[Falling], past: Tallies) -> tuple[Forecast, ...]:
    """The units with something falling due, by key.

    Of each procedure the share late in the past, and the interval of that share, are taken as they were; the bounds of
    procedures are added up, which makes them wide rather than narrow.
    """
    units: defaultdict[str, list[Falling]] = defaultdict(list)
    for one in falling:
        units[one.agency].append(one)
    shares = _Shares(past)
    return tuple(_of(agency, some, shares) for agency, some in sorted(units.items()))


def _of(agency: str, some: list[Falling], shares: _Shares) -> Forecast:
    expected = low = high = 0.0
    for procedure, count in sorted(Counter(one.procedure for one in some).items()):
        tally = shares.of(agency, procedure)
        bounds = interval(*tally) if tally.total else Interval(0.0, 1.0)
        expected += count * (tally.late / tally.total if tally.total else 0.0)
        low, high = low + count * bounds.low, high + count * bounds.high
    days = Counter(one.day for one in some)
    return Forecast(
        agency=agency, days=dict(sorted(days.items())), expected=expected, least=floor(low), most=ceil(high - 1e-9)
    )


class _Shares:
    """What speaks for a unit's procedure: its own past with it, all of its past, or the past of all."""

    def __init__(self, past: Tallies) -> None:
        self._past = past
        self._units: defaultdict[str, Tally] = defaultdict(lambda: Tally(0, 0))
        self._all = Tally(0, 0)
        for (agency, _), (late, total) in past.items():
            mine = self._units[agency]
            self._units[agency] = Tally(mine.late + late, mine.total + total)
            self._all = Tally(self._all.late + late, self._all.total + total)

    def of(self, agency: str, procedure: str) -> Tally:
        """The nearest past with enough cases."""
        own, unit = self._past.get((agency, procedure), Tally(0, 0)), self._units.get(agency, Tally(0, 0))
        return next((one for one in (own, unit) if one.total >= ENOUGH), self._all)
