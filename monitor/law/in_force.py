"""The law with the calendar changes that people confirmed laid over the calendar that ships."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from monitor.core.calendar_change import CalendarChange
from monitor.core.law import Law
from monitor.core.workdays import CalendarUnknown, DayNote, WorkCalendar


class HoursUnknown(CalendarUnknown):
    """No working hours hold on a day of a year that people added; the text is one line for a person, with the mend."""


def in_force(shipped: Law, changes: Sequence[CalendarChange]) -> Law:
    """The law as it is once each change, in the order of its number, was laid over; the same law where there is none.

    A day outside the calendar's years, or a year that follows none of them, changes nothing. Raise HoursUnknown.
    """
    if not changes:
        return shipped
    ordered = sorted(changes, key=lambda one: one.number)
    calendars = {name: _changed(name, calendar, ordered) for name, calendar in shipped.calendars.items()}
    written = (shipped.version, *(f"{name} {calendars[name].version}" for name in sorted(calendars)))
    return replace(shipped, calendars=calendars, version=hashlib.sha256("\n".join(written).encode()).hexdigest())


def _changed(name: str, calendar: WorkCalendar, changes: Sequence[CalendarChange]) -> WorkCalendar:
    notes = {note.day: note for note in calendar.notes}
    projected, last = set(calendar.projected_years), calendar.last
    for one in changes:
        if one.day is not None:
            notes[one.day] = note_of(one, one.day)
        elif calendar.first.year <= one.year <= last.year + 1:
            last = max(last, date(one.year, 12, 31))
            notes = {day: note for day, note in notes.items() if day.year != one.year}
            (projected.add if one.projected else projected.discard)(one.year)
    try:
        return WorkCalendar(
            first=calendar.first,
            last=last,
            hours=calendar.hours,
            notes=tuple(note for day, note in notes.items() if calendar.first <= day <= last),
            projected_years=frozenset(projected),
        )
    except ValueError as error:
        what = f"giờ làm việc “{name}” không đến hết lịch ({last:%d/%m/%Y})"
        raise HoursUnknown(f"{what}: thêm khoảng mới, hoặc bỏ end, trong monitor/law/hours.toml") from error


def note_of(change: CalendarChange, day: date) -> DayNote:
    """A changed day as a calendar keeps it."""
    return DayNote(
        day=day,
        working=change.working,
        title=change.title,
        document=change.document,
        confirmed_by=change.confirmed_by,
        projected=change.projected,
    )
