"""When letters that can wait go out: 07:30 and 13:30 of working days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from monitor.core.law import Law
from monitor.core.period import at, day_of
from monitor.core.workdays import CalendarUnknown

SLOTS = (time(7, 30), time(13, 30))


def next_slot(law: Law, moment: datetime) -> datetime:
    """The next 07:30 or 13:30 of a working day strictly after a moment; beyond the calendar, of a weekday."""
    day = day_of(moment)
    while True:
        for clock in SLOTS:
            if at(day, clock) > moment and _works(law, day):
                return at(day, clock)
        day += timedelta(days=1)


def last_slot(law: Law, moment: datetime) -> datetime:
    """The latest of them up to a moment."""
    day = day_of(moment)
    while True:
        for clock in reversed(SLOTS):
            if at(day, clock) <= moment and _works(law, day):
                return at(day, clock)
        day -= timedelta(days=1)


def _works(law: Law, day: date) -> bool:
    try:
        return law.calendars["default"].is_working_day(day)
    except CalendarUnknown:
        return day.isoweekday() < 6
