"""A duty given by an official letter: who owes what, by when, and how it stands."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum

from monitor.core.workdays import WorkCalendar


class DueKind(StrEnum):
    """How the letter words its day."""

    BEFORE = "before"  # "trước ngày 11/3/2024": until the end of the day before
    BY = "by"  # "chậm nhất ngày …", "đến ngày …": until the end of that day


class DutyState(StrEnum):
    """How a duty stands on a day."""

    STANDING = "standing"  # thường xuyên: no day is set
    OPEN = "open"
    NEAR = "near"  # three working days or fewer are left
    LATE = "late"
    RETURNED = "returned"  # the report was sent back, and there is time still
    REPORTED = "reported"  # waits to be accepted
    CLOSED = "closed"
    CLOSED_LATE = "closed_late"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A duty that comes again: its periods of so many months end on `closing_day`, and it is due on `due_day` after.

    So `months=1, closing_day=14` is a monthly report about the 15th of one month to the 14th of the next.
    """

    months: int
    closing_day: int
    due_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One dossier of the list that a duty carries, with the unit as the list prints it."""

    code: str
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One duty of one letter. `agencies` answer for it, `partners` help, `report_to` is told; all keys of agencies.

    `due` is the day as the letter prints it; what that means is `last_day`. `every` makes it come again, `dossiers` are
    those that it asks to be brought to their end.
    """

    key: str
    letter: str
    title: str
    place: str = ""
    text: str = ""
    agencies: tuple[str, ...]
    partners: tuple[str, ...] = ()
    report_to: str = ""
    due: date | None = None
    due_kind: DueKind = DueKind.BEFORE
    closed: date | None = None
    closed_note: str = ""
    every: Recurrence | None = None
    dossiers: tuple[Listed, ...] = ()

    def as_json(self) -> dict[str, object]:
        """The same as plain values, for programs."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}


def last_day(duty: Obligation) -> date | None:
    """The last calendar day on which it is in time: "trước ngày 11/3" ends with 10/3."""
    if duty.due is None:
        return None
    return duty.due - timedelta(days=1) if duty.due_kind is DueKind.BEFORE else duty.due


def last_working_day(duty: Obligation, calendar: WorkCalendar) -> date | None:
    """The last day on which an office can still do it in time; raise CalendarUnknown outside the calendar."""
    day = last_day(duty)
    return calendar.working_day_before(day + timedelta(days=1)) if day else None


def state(duty: Obligation, today: date, calendar: WorkCalendar) -> DutyState:
    """How it stands on a day in Vietnam; raise CalendarUnknown outside the calendar."""
    last = last_day(duty)
    if duty.closed:
        return DutyState.CLOSED_LATE if last and duty.closed > last else DutyState.CLOSED
    if last is None:
        return DutyState.STANDING
    if today > last:
        return DutyState.LATE
    working = last_working_day(duty, calendar)
    return DutyState.NEAR if (working and today >= working) or calendar.add_days(today, 3) > last else DutyState.OPEN
