"""When what is due, from which moment on it is near, last and late, and how that was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

from monitor.core.law import Law, Rule
from monitor.core.pauses import Pause, after_pauses, ended_within
from monitor.core.period import Stamp, at, day_of, end_of
from monitor.core.stages import passed
from monitor.core.workdays import WorkCalendar

RECEPTION_RULE = "reception_hours"
APOLOGY_RULE = "apology_working_days_before"
SUPPLEMENT_RULE = "supplement_requests"
NOTICE_RULE = "supplement_notice_days"
FINANCIAL_DUTY_RULE = "financial_duty_pause"
NEAR_WORKING_DAYS = 3
LAST_HOUR = 3600

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_REMEMBERED_LAWS = 8
_REMEMBERED_DAYS = 50_000


class Counting(StrEnum):
    """How a deadline was come by, or why it was not."""

    WORKING_HOURS = "working_hours"  # from the very moment it was filed
    FROM_NEXT_DAY = "from_next_day"  # filed on a day without an hour: from the next one on, and compared by day
    APPOINTMENT = "appointment"  # as the source prints it
    REAPPOINTED = "reappointed"  # as the one apology gave it, while the source still prints the old one
    LIMIT = "limit"  # no appointment is printed: reception and the procedure's own limit
    WORKING_DAYS = "working_days"  # so many working days after an event, its own day not counted
    WORKING_DAYS_BEFORE = "working_days_before"  # so many working days strictly before the appointment's day
    NO_CALENDAR = "no_calendar"
    NO_RULE = "no_rule"


class Deadline(NamedTuple):
    """What is due by when. `near`, `last` and `late` are the first moments of being so, never out of order.

    A tuple, because one is made for each open dossier, and a tuple costs a third of a frozen object.
    """

    due: Stamp
    near: datetime
    last: datetime
    late: datetime
    counted: Counting
    rules: tuple[str, ...] = ()
    projected: bool = False


class Deadlines:
    """The deadlines that one calendar and one law make; what repeats from dossier to dossier is worked out once.

    Its methods raise CalendarUnknown outside the calendar, and RuleUnknown where no rule is in force.
    """

    def __init__(self, law: Law, calendar: WorkCalendar) -> None:
        self.law, self.calendar = law, calendar
        self._rules: dict[tuple[str, date], Rule] = {}
        self._marks: dict[date, tuple[datetime, datetime]] = {}
        self._apologies: dict[tuple[date, int], Deadline] = {}
        self._projected: dict[tuple[date, date], bool] = {}

    def rule(self, key: str, on: date) -> Rule:
        """The rule in force on a day; raise RuleUnknown."""
        found = self._rules.get((key, on))
        if found is None:
            found = _room(self._rules)[key, on] = self.law.rule(key, on)
        return found

    def reception(self, filed: Stamp, pauses: Sequence[Pause] = ()) -> Deadline:
        """By when an online dossier must be received, refused, or asked to be supplemented (NĐ 45/2020, Điều 11).

        Near from half of the time on, last from its last working hour. Where only the day of filing is known, the hour
        may have been any: the count begins with the next day, and whoever receives it on the day it ends is in time.
        Approved pauses (ended ones) do not count. Where the office compares by day, it is due to the end of a day.
        """
        seconds = self.rule(RECEPTION_RULE, day_of(filed)).value * 3600
        exact = isinstance(filed, datetime)
        start = filed if isinstance(filed, datetime) else at(filed + _DAY)
        ends = self._ahead(start, seconds, pauses)
        due: Stamp = ends if exact and not self.law.by_date else day_of(ends)
        last = self._ahead(start, max(seconds - LAST_HOUR, 0), pauses)
        return Deadline(
            due=due,
            near=min(self._ahead(start, seconds // 2, pauses), last),
            last=last,
            late=passed(due),
            counted=Counting.WORKING_HOURS if exact else Counting.FROM_NEXT_DAY,
            rules=(RECEPTION_RULE,),
            projected=self._is_projected(day_of(start), day_of(ends)),
        )

    def _ahead(self, start: datetime, seconds: int, pauses: Sequence[Pause]) -> datetime:
        if not pauses:
            return self.calendar.add_seconds(start, seconds)
        last = max((end_of(one.end) for one in pauses if one.end is not None), default=start)
        return after_pauses(start, seconds, ended_within(pauses, start, max(last, start)), self.calendar)

    def received_late(self, filed: Stamp, received: Stamp, pauses: Sequence[Pause] = ()) -> bool:
        """Whether it was received after its deadline, compared by day where either is only a day."""
        if isinstance(filed, datetime) and isinstance(received, datetime):
            hours = self.rule(RECEPTION_RULE, day_of(filed)).value
            # Working time never runs faster than the clock, so most need no calendar.
            if received - filed <= _HOUR * hours:
                return False
            if not pauses and not self.law.by_date:
                return received > self.calendar.add_seconds(filed, hours * 3600)
        return after(received, self.reception(filed, pauses).due)

    def result(self, appointment: Stamp) -> Deadline:
        """The appointment as the source prints it; near three working days before, last on its last working day."""
        day = day_of(appointment)
        marks = self._marks.get(day)
        if marks is None:
            near, last = self._before(day, NEAR_WORKING_DAYS), self.calendar.working_day_before(day + _DAY)
            marks = _room(self._marks)[day] = at(near), at(last)
        return Deadline(
            due=appointment, near=marks[0], last=marks[1], late=passed(appointment), counted=Counting.APPOINTMENT
        )

    def apology(self, day: date, on: date) -> Deadline:
        """The last day on which an apology for a result not ready is in time (NĐ 61/2018, Điều 19.9), always a date.

        "Chậm nhất 01 ngày trước" is read as the last working day strictly before the appointment's `day`. `on` is the
        day whose rule holds.
        """
        days = self.rule(APOLOGY_RULE, on).value
        found = self._apologies.get((day, days))
        if found is None:
            due = self._before(day, days)
            found = _room(self._apologies)[day, days] = Deadline(
                due=due,
                near=at(self._before(due, NEAR_WORKING_DAYS)),
                last=at(due),
                late=passed(due),
                counted=Counting.WORKING_DAYS_BEFORE,
                rules=(APOLOGY_RULE,),
                projected=self._is_projected(due, max(due, day - _DAY)),
            )
        return found

    def _before(self, day: date, days: int) -> date:
        for _ in range(days):
            day = self.calendar.working_day_before(day)
        return day

    def _is_projected(self, start: date, end: date) -> bool:
        found = self._projected.get((start, end))
        if found is None:
            found = _room(self._projected)[start, end] = self.calendar.is_projected(start, end)
        return found


def after(moment: Stamp, due: Stamp) -> bool:
    """Whether a moment lies after a deadline; compared by day where either is only a day."""
    if isinstance(moment, datetime) and isinstance(due, datetime):
        return moment > due
    return day_of(moment) > day_of(due)


def uncounted(appointment: Stamp) -> Deadline:
    """The appointment where no calendar reaches: it runs, and then it is late."""
    late = passed(appointment)
    return Deadline(due=appointment, near=late, last=late, late=late, counted=Counting.APPOINTMENT)


_K = TypeVar("_K")
_V = TypeVar("_V")


def _room(memory: dict[_K, _V]) -> dict[_K, _V]:
    """The same memory, emptied where it is full."""
    if len(memory) >= _REMEMBERED_DAYS:
        memory.clear()
    return memory


@dataclass(frozen=True, slots=True)
class _Remembered:
    law: Law
    by_agency: dict[str, Deadlines]


# Keyed by identity, because a law holds mappings and cannot be hashed; each entry holds its law, so that an identity
# cannot come back as another's.
_remembered: dict[int, _Remembered] = {}


def deadlines_of(law: Law, agency: str) -> Deadlines:
    """The deadlines of an agency on the working calendar it keeps."""
    kept = _remembered.get(id(law))
    if kept is None:
        kept = _Remembered(law, {})
        if len(_remembered) >= _REMEMBERED_LAWS:
            _remembered.clear()
        _remembered[id(law)] = kept
    found = kept.by_agency.get(agency)
    if found is None:
        calendar = law.calendar_of(agency)
        same = (known for known in kept.by_agency.values() if known.calendar is calendar)
        found = kept.by_agency[agency] = next(same, None) or Deadlines(law, calendar)
    return found
