"""How long a procedure may take by the rules, and by when that is over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from monitor.core.law import Law, Rule, RuleUnknown
from monitor.core.period import Stamp, at, day_of
from monitor.core.workdays import WorkCalendar

_DAY = timedelta(days=1)


class LimitUnit(StrEnum):
    """What a limit is counted in; the value is the rules' key before the procedure's code."""

    HOURS = "resolution_hours"  # working hours, from the very moment
    DAYS = "resolution_days"  # working days, the event's own day not counted; never N × 8 hours
    CALENDAR_DAYS = (
        "resolution_calendar_days"  # every day counts; one that ends on a day off ends on the next working day
    )


class Limit(NamedTuple):
    """So many of a unit, by a rule."""

    unit: LimitUnit
    value: int
    rule: Rule


def limit_of(law: Law, procedure: str, on: date) -> Limit | None:
    """The limit of a procedure that was received on a day; None where no rule holds one."""
    if not procedure:
        return None
    for unit in LimitUnit:
        key = f"{unit.value}.{procedure}"
        if key in law.rules:
            try:
                rule = law.rule(key, on)
            except RuleUnknown:
                continue
            return Limit(unit, rule.value, rule)
    return None


def due_by(limit: Limit, start: Stamp, calendar: WorkCalendar) -> Stamp:
    """By when a limit that began with a start is over: a moment for hours, otherwise a day, to its end.

    The last day of a term counts to its end (BLDS 2015, Điều 147, 148), so of days no hour is kept. Hours from a start
    of which only the day is known begin with the next day, for the hour may have been any, and end with a day. Raise
    CalendarUnknown.
    """
    if limit.unit is not LimitUnit.HOURS:
        return days_ahead(limit.unit, day_of(start), limit.value, calendar)
    if isinstance(start, datetime):
        return calendar.add_seconds(start, limit.value * 3600)
    return day_of(calendar.add_seconds(at(start + _DAY), limit.value * 3600))


def days_ahead(unit: LimitUnit, day: date, days: int, calendar: WorkCalendar) -> date:
    """The last of so many days after one, pushed off days off; of none, the day itself or the next working day."""
    if unit is LimitUnit.DAYS and days:
        return calendar.add_days(day, days)
    last = day if unit is LimitUnit.DAYS else day + timedelta(days=days)
    return last if calendar.is_working_day(last) else calendar.add_days(last, 1)
