"""Which sources of dossiers are too old to be told from, and since when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from monitor.core.law import Law
from monitor.core.period import at, day_of
from monitor.core.source import SourceKind, SourceSpec
from monitor.core.workdays import CalendarUnknown, WorkCalendar
from monitor.register import Register
from monitor.store import dossier_list, dossiers, polls

_FRIDAY = 5
ASKED = frozenset({SourceKind.ADAPTER, SourceKind.API, SourceKind.SQL})
"""Kinds whose answer stands for the moment of asking, also where nothing in it is new; files say it themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A source whose newest figures, of `as_of`, are older than it may have: no agency is told anything from it.

    `days` are the working days since, of the Centre's calendar; it counts as stale since `since`.
    """

    source: SourceSpec
    as_of: datetime
    since: datetime
    days: int


def stale(db: Connection, register: Register, law: Law, now: datetime) -> dict[str, Stale]:
    """The stale sources by key; one that never had any figures is not among them: it is `untold`."""
    if not any(source.fresh_days for source in register.sources.values()):
        return {}
    return stale_by(newest(db, register, dossiers.figures(db)), register, law, now)


def stale_by(known: Mapping[str, datetime], register: Register, law: Law, now: datetime) -> dict[str, Stale]:
    """The same by the moments that the figures of each source are known to stand for."""
    watched = [source for source in register.sources.values() if source.fresh_days]
    calendar = law.calendar_of(register.centre)
    judged = (_judged(source, known[source.key], calendar, now) for source in watched if source.key in known)
    return {one.source.key: one for one in judged if one is not None}


def untold(db: Connection, register: Register) -> tuple[str, ...]:
    """Sources that are watched for new figures and never had any ("chưa có số liệu"), by key."""
    watched = [key for key, source in register.sources.items() if source.fresh_days]
    known = newest(db, register, dossiers.figures(db)) if watched else {}
    return tuple(key for key in watched if key not in known)


def newest(
    db: Connection, register: Register, figures: Mapping[str, datetime], by: datetime | None = None
) -> dict[str, datetime]:
    """The moment that each source's newest figures stand for: of its last file, or of an answer without news.

    Of one that is asked, what a poll brought before it broke off makes nothing of the rest any newer; only where it
    never told all are its figures as new as those. `figures` are the moments of files; `by` is up to when answers and
    lists count, where not all do.
    """
    good, lists = polls.last_good(db, by), dossier_list.complete(db, by)
    asked = {
        key: max(whole)
        for key, source in register.sources.items()
        if source.kind in ASKED and (whole := [told[key] for told in (good, lists) if key in told])
    }
    return {**figures, **asked}


def _judged(source: SourceSpec, as_of: datetime, calendar: WorkCalendar, now: datetime) -> Stale | None:
    told = day_of(as_of)
    since = at(working_day_after(calendar, told, source.fresh_days + 1))
    if now < since:
        return None
    return Stale(source=source, as_of=as_of, since=since, days=_working_days(calendar, told, day_of(now)))


def _working_days(calendar: WorkCalendar, first: date, last: date) -> int:
    """Working days after a day up to another, the last counted."""
    reached = range(1, (last - first).days + 1)
    return bisect_right(reached, last, key=lambda number: working_day_after(calendar, first, number))


def working_day_after(calendar: WorkCalendar, day: date, number: int) -> date:
    """The working day that is so many after a day; where the calendar does not reach, Saturdays and Sundays are off.

    Unlike a deadline, this need not be right to the day, and a calendar that ends must not have old figures told from.
    """
    try:
        return calendar.add_days(day, number)
    except CalendarUnknown:
        weeks, left = divmod(number, 5)
        day += timedelta(weeks=weeks) - timedelta(days=max(0, day.isoweekday() - _FRIDAY))
        for _ in range(left):
            day += timedelta(days=3 if day.isoweekday() == _FRIDAY else 1)
        return day
