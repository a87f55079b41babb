"""Whether a proposed change of the calendar can be: held against the calendar in force."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from monitor.core.calendar_change import CalendarChange
from monitor.core.law import Law
from monitor.core.workdays import DayNote, WorkCalendar
from monitor.law.in_force import HoursUnknown, in_force, note_of
from monitor.law.proposal import ChangeRefused, Group, Proposal


def checked(law: Law, proposal: Proposal) -> tuple[CalendarChange, ...]:
    """The changes that a proposal comes to, in the order in which they are written; raise ChangeRefused.

    Refused are a year that is not in the calendar and does not follow it, a day named twice, and a day that would stay
    what it is. A day that the calendar has already, and nobody confirmed, may be confirmed.
    """
    if not proposal.years and not proposal.groups:
        raise ChangeRefused("Chưa nói thay đổi nào: thêm TỆP, --swap, --off, --made-up hoặc --text")
    _check_years(law, proposal.years)
    try:
        begun = in_force(law, _numbered(proposal.years))
    except HoursUnknown as error:
        raise ChangeRefused(str(error)) from error
    _check_days(begun, proposal)
    every = _numbered((*proposal.years, *(one for group in proposal.groups for one in group.changes)))
    _check_swaps(in_force(law, every), proposal.groups)
    return every


def _numbered(some: Iterable[CalendarChange]) -> tuple[CalendarChange, ...]:
    """In their order, as `in_force` takes them; what is written gets a number of its own."""
    return tuple(replace(one, number=number) for number, one in enumerate(some, 1))


def _check_years(law: Law, years: Sequence[CalendarChange]) -> None:
    calendar = _any(law)
    first, last = calendar.first.year, calendar.last.year
    if len({one.year for one in years}) < len(years):
        raise ChangeRefused("Một năm được ghi hai lần: bỏ một trong hai [[year]]")
    for one in years:
        if not first <= one.year <= last + 1:
            raise ChangeRefused(f"Năm {one.year} không liền với lịch ({first}–{last}): bổ sung năm {last + 1} trước")
        last = max(last, one.year)


def _check_days(law: Law, proposal: Proposal) -> None:
    calendar, anew = _any(law), {one.year for one in proposal.years}
    seen: set[date] = set()
    for group in proposal.groups:
        days = [one.day for one in group.changes if one.day is not None]
        for day in days:
            if day in seen:
                raise ChangeRefused(f"Ngày {day:%d/%m/%Y} được ghi hai lần: bỏ một trong hai")
            if not calendar.first <= day <= calendar.last:
                known = f"lịch hiện có {calendar.first.year}–{calendar.last.year}"
                raise ChangeRefused(
                    f"Ngày {day:%d/%m/%Y} ngoài lịch ({known}): bổ sung cả năm {day.year} bằng tệp có [[year]]"
                )
            seen.add(day)
        stays = [_stays(law.calendars.values(), one) for one in group.changes]
        if all(stays) and (group.changes[0].working or not anew.intersection(day.year for day in days)):
            raise ChangeRefused(stays[0])


def _stays(calendars: Collection[WorkCalendar], change: CalendarChange) -> str:
    """Why a change would leave its day as it is; empty where it does not."""
    day = change.day
    if day is None or any(calendar.is_working_day(day) != change.working for calendar in calendars):
        return ""
    note = _noted(calendars, day)
    if note is None:
        if change.working:
            return f"Ngày {day:%d/%m/%Y} đã là ngày làm việc bình thường, không thể làm bù: kiểm tra lại ngày"
        return f"Ngày {day:%d/%m/%Y} đã là ngày nghỉ hằng tuần: kiểm tra lại ngày"
    new = note_of(change, day)
    same = (note.working, note.title, note.document, note.projected) == (
        new.working,
        new.title,
        new.document,
        new.projected,
    )
    if not (note.confirmed_by and same):
        return ""
    return f"Ngày {day:%d/%m/%Y} đã như vậy trong lịch, {note.confirmed_by} đã xác nhận: không có gì để ghi"


def _noted(calendars: Collection[WorkCalendar], day: date) -> DayNote | None:
    return next((note for calendar in calendars for note in calendar.explain(day, day)), None)


def _check_swaps(law: Law, groups: Iterable[Group]) -> None:
    """A day that is made up for must be off."""
    for group in groups:
        day = group.instead_of
        if day is not None and not (_any(law).first <= day <= _any(law).last and not _any(law).is_working_day(day)):
            raise ChangeRefused(f"Ngày hoán đổi {day:%d/%m/%Y} không phải ngày nghỉ: thêm [[off]] cho ngày ấy")


def _any(law: Law) -> WorkCalendar:
    """The calendar of the default hours; all of them know the same years."""
    return law.calendars.get("default") or next(iter(law.calendars.values()))


def days_changed(changes: Iterable[CalendarChange], law: Law) -> tuple[date, ...]:
    """Every day that changes may touch: those named, and all of a year that is told anew."""
    found: set[date] = set()
    for one in changes:
        if one.day is not None:
            found.add(one.day)
        else:
            first = date(one.year, 1, 1)
            found.update(first + timedelta(days=n) for n in range((date(one.year, 12, 31) - first).days + 1))
    calendar = _any(law)
    return tuple(sorted(day for day in found if calendar.first <= day <= calendar.last))
