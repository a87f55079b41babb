"""The calendar watched: where an independent library counts a day otherwise, and years that nobody has confirmed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from monitor.core.law import Law
from monitor.core.workdays import DayNote, WorkCalendar
from monitor.store import EventKind, events

_DAY = timedelta(days=1)
_NEXT_WANTED = 9
"""From which month on the next year has to be in the calendar at all."""


class YearState(StrEnum):
    """Why deadlines that reach into a year cannot be relied upon."""

    MISSING = "missing"  # no calendar: nothing is counted there
    PROJECTED = "projected"  # an estimate
    UNCONFIRMED = "unconfirmed"  # announced, and no person has confirmed a day of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A day that our table and the library count otherwise; ours holds. `note` is what our table has on it, if any."""

    day: date
    ours: bool
    note: DayNote | None = None

    @property
    def settled(self) -> bool:
        """Whether a person confirmed our day by its document; the library then has nothing to add."""
        return self.note is not None and bool(self.note.confirmed_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """A year that is not to be relied upon, and why."""

    year: int
    state: YearState


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarNow:
    """What a person has to see to in the calendar."""

    years: tuple[Doubtful, ...] = ()
    differences: tuple[Difference, ...] = ()


def years_watched(today: date) -> tuple[int, int]:
    """This year and the next."""
    return today.year, today.year + 1


def library_days(year: int) -> frozenset[date]:
    """The working days of a year by the library `holidays`, which is only a watcher: it knows no document."""
    from holidays import country_holidays

    known = country_holidays("VN", years=[year])
    return frozenset(day for day in _days(year) if known.is_working_day(day))


def differences(calendar: WorkCalendar, year: int, theirs: Iterable[date]) -> Iterator[Difference]:
    """The days of a year that our calendar counts otherwise than others do; none of a year it does not know."""
    if not calendar.first.year <= year <= calendar.last.year:
        return
    working = frozenset(theirs)
    for day in _days(year):
        ours = calendar.is_working_day(day)
        if ours != (day in working):
            yield Difference(day=day, ours=ours, note=next(iter(calendar.explain(day, day)), None))


def doubtful(law: Law, today: date) -> Iterator[Doubtful]:
    """This year and the next, where nobody has confirmed a day of them; one not there yet only once it is wanted."""
    calendar = law.calendars["default"]
    for year in years_watched(today):
        if not calendar.first.year <= year <= calendar.last.year:
            if year == today.year or today.month >= _NEXT_WANTED:
                yield Doubtful(year=year, state=YearState.MISSING)
        elif year in calendar.projected_years:
            yield Doubtful(year=year, state=YearState.PROJECTED)
        elif not any(note.confirmed_by for note in calendar.notes if note.day.year == year):
            yield Doubtful(year=year, state=YearState.UNCONFIRMED)


def calendar_now(db: Connection, law: Law, today: date) -> CalendarNow:
    """What there is to see to: differences that the last comparison remembered, still are, and nobody has settled."""
    newest = events.newest(db, EventKind.CALENDAR_DIFFERS)
    remembered = _remembered(newest.detail) if newest else ()
    calendar, watched = law.calendars["default"], years_watched(today)
    found = (
        Difference(day=day, ours=ours, note=next(iter(calendar.explain(day, day)), None))
        for day, ours in remembered
        if day.year in watched and calendar.first <= day <= calendar.last and calendar.is_working_day(day) == ours
    )
    return CalendarNow(years=tuple(doubtful(law, today)), differences=tuple(one for one in found if not one.settled))


def written(found: Iterable[Difference]) -> str:
    """Differences as an event remembers them."""
    return json.dumps([[one.day.isoformat(), one.ours] for one in found])


def as_json(found: Sequence[Difference]) -> list[dict[str, Any]]:
    """For programs."""
    return [
        {
            "day": one.day.isoformat(),
            "ours_working": one.ours,
            "library_working": not one.ours,
            "title": one.note.title if one.note else "",
            "document": one.note.document if one.note else "",
            "confirmed_by": one.note.confirmed_by if one.note else "",
        }
        for one in found
    ]


def _remembered(detail: str) -> Iterator[tuple[date, bool]]:
    """Nothing where the detail was erased."""
    for day, ours in json.loads(detail or "[]"):
        yield date.fromisoformat(day), bool(ours)


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += _DAY
