"""A printed appointment against the rule: how much earlier or later it is than the procedure's own limit makes it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.deadline import after
from monitor.core.dossier import Dossier
from monitor.core.limit import LimitUnit
from monitor.core.period import Stamp, day_of, end_of
from monitor.core.reckoning import Reckoning
from monitor.core.workdays import WorkCalendar

ROUNDING = timedelta(minutes=1)
"""What is printed to the minute differs by less than this from what is reckoned to the second."""


class Agreement(StrEnum):
    """What a printed appointment is to the rule."""

    EQUAL = "equal"
    EARLY = "early"
    LATE = "late"
    PUT_OFF = "put_off"  # later, by a recorded apology


class Deviation(NamedTuple):
    """How a printed appointment stands to the rule, and by how much: working seconds of a limit in hours, else days.

    `nearest` is the figure of the rule that it was measured from.
    """

    agreement: Agreement
    printed: Stamp
    nearest: Stamp
    amount: int


def deviation(dossier: Dossier, reckoning: Reckoning, known: Circumstances = NOTHING_KNOWN) -> Deviation | None:
    """None where no appointment is printed.

    It breaks the rule only if it is earlier than each way of counting, or later than each: pauses not counted, left
    out, or begun anew. A limit in days is compared by day. Raise CalendarUnknown.
    """
    printed, unit = dossier.appointment, reckoning.limit.unit
    if printed is None:
        return None
    ways = (reckoning.plain, reckoning.subtracted, reckoning.restarted)
    figures = sorted((one for one in ways if one is not None), key=end_of)
    first, last = figures[0], figures[-1]
    if _beyond(first, printed, unit):
        return Deviation(Agreement.EARLY, printed, first, _between(printed, first, unit, reckoning.calendar))
    if not _beyond(printed, last, unit):
        return Deviation(Agreement.EQUAL, printed, last, 0)
    granted = any(not (after(one.new, printed) or after(printed, one.new)) for one in known.apologies)
    agreement = Agreement.PUT_OFF if granted else Agreement.LATE
    return Deviation(agreement, printed, last, _between(last, printed, unit, reckoning.calendar))


def _beyond(one: Stamp, other: Stamp, unit: LimitUnit) -> bool:
    if unit is LimitUnit.HOURS and isinstance(one, datetime) and isinstance(other, datetime):
        return one - other >= ROUNDING
    return day_of(one) > day_of(other)


def _between(first: Stamp, last: Stamp, unit: LimitUnit, calendar: WorkCalendar) -> int:
    if unit is LimitUnit.HOURS:
        return calendar.working_seconds(end_of(first), end_of(last))
    if unit is LimitUnit.DAYS:
        return calendar.working_days(day_of(first), day_of(last))
    return (day_of(last) - day_of(first)).days
