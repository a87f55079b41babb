"""What falls due in the coming days, by agency and day, and how much of it may be late; a forecast, told as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from monitor.core.forecast import Falling, Forecast, forecast
from monitor.core.law import Law
from monitor.core.period import Span, at, day_of, from_ms
from monitor.core.repeat import Tallies, Tally
from monitor.register import Register
from monitor.register.naming import grouped_under
from monitor.reports.freshness import stale
from monitor.reports.lists.repeats import past, window
from monitor.store.dossier_tallies import falling

AHEAD = 7
FEW = 10
"""Of fewer that fall due, bounds say no more than "some, or all": none are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasts:
    """The coming days and what falls due in them; `since` is from when on the past was looked at."""

    now: datetime
    days: tuple[date, ...]
    units: tuple[Forecast, ...]
    since: date | None

    @property
    def due(self) -> int:
        """How many fall due in all."""
        return sum(one.due for one in self.units)

    @property
    def enough(self) -> bool:
        """Whether bounds can be told: there is a past, and enough falls due."""
        return self.since is not None and self.due >= FEW

    @property
    def least(self) -> int:
        """How many of them will be late at least, if the past goes on."""
        return sum(one.least for one in self.units)

    @property
    def most(self) -> int:
        """The same at most."""
        return sum(one.most for one in self.units)


def forecasts(
    db: Connection, register: Register, law: Law, now: datetime, *, agency: str = "", days: int = AHEAD
) -> Forecasts:
    """From now on, by the agency that each unit stands under; of one agency where it is named."""
    today = day_of(now)
    ahead = tuple(today + timedelta(days=number) for number in range(days))
    span = Span(start=now, end=at(ahead[-1] + timedelta(days=1)))
    asked = window(law, now)
    known = past(db, register, law, now, asked.span) if asked else {}
    units = forecast(_falling(db, register, law, now, span=span, agency=agency), _grouped(register, known))
    return Forecasts(now=now, days=ahead, units=units, since=day_of(asked.span.start) if asked else None)


def _grouped(register: Register, known: Tallies) -> Tallies:
    """The past of divisions as that of the agency they stand under."""
    found: dict[tuple[str, str], Tally] = {}
    for (unit, procedure), (late, total) in known.items():
        key = (grouped_under(register, unit), procedure)
        before = found.get(key, Tally(0, 0))
        found[key] = Tally(before.late + late, before.total + total)
    return found


def _falling(
    db: Connection, register: Register, law: Law, now: datetime, *, span: Span, agency: str
) -> Iterator[Falling]:
    first = Span(start=at(day_of(span.start)), end=span.end)
    for unit, procedure, due in falling(db, first, frozenset(stale(db, register, law, now))):
        if not agency or agency == unit or agency in register.ancestors(unit):
            yield Falling(agency=grouped_under(register, unit), procedure=procedure, day=day_of(from_ms(due)))
