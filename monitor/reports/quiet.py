"""Whether a procedure's dossiers have stopped arriving, as far as the files that were taken in can tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.law import Law
from monitor.core.period import MILLISECOND, Span, Stamp, at, day_of, end_of
from monitor.core.service import Service
from monitor.core.silence import HABIT, Arrival, Silence, silence
from monitor.core.source import SourceSpec
from monitor.core.suspicion import Finding
from monitor.core.workdays import CalendarUnknown, WorkCalendar
from monitor.register import Register
from monitor.store import arrivals, dossiers, interruptions, suspicions
from monitor.store.arrivals import ArrivalRow

FRESH_DAYS = 3
"""A source whose register names no freshness is taken at its word for so many working days after its newest file."""
REACH = 2 * HABIT
"""How far back arrivals are read: the habit before a silence that has lasted as long as that again."""


def quiet(db: Connection, register: Register, law: Law, service: Service, now: datetime) -> Silence | None:
    """The unusual silence in a procedure's arrivals that lasts as far as files tell; None where there is none.

    It is read from the source that told of most arrivals, up to the moment its newest file stands for and never
    further, and not at all where that file is older than it should be: no file is no silence. A dossier that any other
    source tells of ends it too. Time in which the service was seen DOWN, or a person confirmed that it was cut off, is
    left out. None also where the calendar does not reach that far.
    """
    told = list(arrivals.since(db, service.code, now - REACH))
    by_source = Counter(row.source for row in told if row.source in register.sources)
    leading = max(sorted(by_source), key=lambda key: by_source[key], default="")
    known_to = dossiers.figures(db).get(leading)
    calendar = law.calendar_of(service.owner)
    try:
        if known_to is None or not fresh(register.sources[leading], known_to, now, calendar):
            return None
        return silence(_heard(told, leading), min(known_to, now), calendar, _cut_off(db, service, now))
    except CalendarUnknown:
        return None


def fresh(source: SourceSpec, as_of: datetime, now: datetime, calendar: WorkCalendar) -> bool:
    """Whether a source's newest file is no older than it should be; raise CalendarUnknown beyond the calendar."""
    return calendar.add_days(day_of(as_of), source.fresh_days or FRESH_DAYS) >= day_of(now)


def next_arrival(db: Connection, procedure: str, after: datetime) -> datetime | None:
    """When the first dossier was filed after a moment, whichever source tells of it; None before there is one."""
    found = (arrival(row.filed).earliest for row in arrivals.since(db, procedure, after - timedelta(days=1)))
    return min((moment for moment in found if moment > after), default=None)


def arrival(filed: Stamp) -> Arrival:
    """What a filing's stamp tells of its moment."""
    if isinstance(filed, datetime):
        return Arrival(earliest=filed, latest=filed)
    return Arrival(earliest=at(filed), latest=end_of(filed) - MILLISECOND)


def _heard(told: Iterable[ArrivalRow], leading: str) -> Iterator[Arrival]:
    """The arrivals of the leading source, and those after its last that another source tells of."""
    once: dict[str, Arrival] = {}
    others: dict[str, Arrival] = {}
    for row in told:
        (once if row.source == leading else others).setdefault(row.code, arrival(row.filed))
    last = max(one.latest for one in once.values())
    yield from once.values()
    yield from (one for code, one in others.items() if code not in once and one.latest > last)


def _cut_off(db: Connection, service: Service, now: datetime) -> Iterator[Span]:
    """When the service is known to have been unusable: interruptions, and suspicions that a person confirmed."""
    window = Span(start=now - REACH, end=now)
    required = {key for target in service.required_targets() for key in (target.key, *target.formerly)}
    for row in interruptions.between(db, window):
        if row.target in required:
            yield Span(start=row.first_bad, end=max(row.first_good or now, row.first_bad))
    for one in suspicions.between(db, service.code, window):
        if one.found is Finding.CONFIRMED:
            ends = one.ends or next_arrival(db, service.code, one.starts) or now
            yield Span(start=one.starts, end=max(ends, one.starts))
