"""What a change of the calendar comes to before anybody confirms it: its days, deadlines, appointments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from sqlalchemy import Connection

from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.dossier import Dossier
from monitor.core.duty import OVER
from monitor.core.finding import FindingKind, findings
from monitor.core.ladder import SubjectKind
from monitor.core.law import Law
from monitor.core.period import Stamp, day_of
from monitor.core.phase import handling_agency, handling_unit, receiving_unit
from monitor.core.reckoning import reckoned
from monitor.core.workdays import CalendarUnknown, WorkCalendar
from monitor.register import Register
from monitor.reports.calendar_moves import DayChange, DayOffAppointment, DayState, DutyMoved, Moved, MovedClock, Preview
from monitor.reports.circumstances import circumstances
from monitor.reports.duties import duties_now
from monitor.store import dossier_reach

BATCH = 500
_WEEKEND = 5
_RESULT = SubjectKind.RESULT


Heard = Mapping[tuple[SubjectKind, str, str], tuple[str, ...]]
ToldOf = Callable[[Connection, Collection[tuple[str, str]]], Heard]
"""The stages told of dossiers, asked by source and code; by what they were told for, source and code."""


def preview(
    db: Connection, register: Register, laws: tuple[Law, Law], days: Iterable[date], *, now: datetime, told: ToldOf
) -> Preview:
    """Hold every open dossier and every open duty against the law before and after a change that touches those days."""
    before, after = laws
    both = _Both(register=register, before=before, after=after, now=now)
    looked_at, moved, appointments = 0, list[Moved](), list[DayOffAppointment]()
    every = dossier_reach.open_(db)
    while some := list(islice(every, BATCH)):
        looked_at += len(some)
        known = circumstances(db, some)
        met = [one for dossier in some for one in both.moved(dossier, known.get(dossier.matter, NOTHING_KNOWN))]
        fell = [one for dossier in some for one in both.appointed(dossier)]
        heard = told(db, {(one.source, one.code) for one in met} | {(one.source, one.code) for one in fell})
        moved += [replace(one, told=heard.get((_subject(one.clock), one.source, one.code), ())) for one in met]
        appointments += [replace(one, told=heard.get((_RESULT, one.source, one.code), ())) for one in fell]
    return Preview(
        now=now,
        days=tuple(_days(before, after, days)),
        moved=tuple(sorted(moved, key=lambda one: (one.agency_name, one.code, one.clock))),
        appointments=tuple(sorted(appointments, key=lambda one: (one.agency_name, one.code))),
        duties=tuple(_duties(db, register, before, after, now)),
        looked_at=looked_at,
    )


def _days(before: Law, after: Law, days: Iterable[date]) -> Iterator[DayChange]:
    """Each day that is named, or is otherwise than before, on the calendar of the default hours."""
    old, new = before.calendars["default"], after.calendars["default"]
    for day in days:
        noted = next(iter(new.explain(day, day)), None)
        was, becomes = _state(old, day), _state(new, day)
        if noted is not None or was is not becomes:
            title, document = (noted.title, noted.document) if noted else ("", "")
            yield DayChange(day=day, before=was, after=becomes, title=title, document=document)


def _state(calendar: WorkCalendar, day: date) -> DayState:
    try:
        working, noted = calendar.is_working_day(day), calendar.explain(day, day)
    except CalendarUnknown:
        return DayState.UNKNOWN
    weekend = day.weekday() >= _WEEKEND
    if working:
        return DayState.MADE_UP if weekend and noted else DayState.WORKING
    return DayState.OFF if noted or not weekend else DayState.WEEKEND


@dataclass(frozen=True, slots=True, kw_only=True)
class _Both:
    """One dossier after the other, held against both laws."""

    register: Register
    before: Law
    after: Law
    now: datetime

    def moved(self, dossier: Dossier, known: Circumstances) -> Iterator[Moved]:
        """Its deadlines that are not the same by both."""
        old, new = (_dues(dossier, self.now, law, known) for law in (self.before, self.after))
        for clock, agency in dict.fromkeys((*old, *new)):
            was, becomes = old.get((clock, agency)), new.get((clock, agency))
            if was != becomes:
                unit = receiving_unit(dossier) if clock is MovedClock.RECEPTION else handling_unit(dossier)
                yield Moved(
                    source=dossier.source,
                    code=dossier.code,
                    procedure=dossier.procedure,
                    agency=agency,
                    agency_name=self._named(agency, unit),
                    unit=unit,
                    clock=clock,
                    before=was,
                    after=becomes,
                )

    def appointed(self, dossier: Dossier) -> Iterator[DayOffAppointment]:
        """Its appointment, where the day it is printed for was worked and would be one off."""
        agency = handling_agency(dossier)
        old, new = self.before.calendar_of(agency), self.after.calendar_of(agency)
        if dossier.appointment is None:
            return
        day = day_of(dossier.appointment)
        try:
            if not old.is_working_day(day) or new.is_working_day(day):
                return
        except CalendarUnknown:
            return
        yield DayOffAppointment(
            source=dossier.source,
            code=dossier.code,
            procedure=dossier.procedure,
            agency=agency,
            agency_name=self._named(agency, handling_unit(dossier)),
            unit=handling_unit(dossier),
            appointment=dossier.appointment,
            last_day=new.working_day_before(day),
        )

    def _named(self, agency: str, unit: str) -> str:
        return self.register.agency_name(agency) if agency else unit


_CLOCKS = {
    FindingKind.RECEPTION: MovedClock.RECEPTION,
    FindingKind.APOLOGY: MovedClock.APOLOGY,
    FindingKind.HANDOVER: MovedClock.HANDOVER,
}


def _dues(dossier: Dossier, now: datetime, law: Law, known: Circumstances) -> dict[tuple[MovedClock, str], Stamp]:
    """By when what is due, and whose duty it is; the appointment, which no calendar moves, is not among it."""
    counted: dict[tuple[MovedClock, str], Stamp] = {}
    for finding in findings(dossier, now, law, known):
        if finding.due is not None and finding.kind is not FindingKind.RESULT:
            counted[_CLOCKS.get(finding.kind, MovedClock.OTHER), finding.agency] = finding.due
    try:
        reckoning = reckoned(dossier, now, law, known)
    except CalendarUnknown:
        reckoning = None
    if reckoning is not None and reckoning.due is not None:
        counted[MovedClock.RECKONED, handling_agency(dossier)] = reckoning.due
    return counted


def _subject(clock: MovedClock) -> SubjectKind:
    return SubjectKind.RECEPTION if clock is MovedClock.RECEPTION else _RESULT


def _duties(db: Connection, register: Register, before: Law, after: Law, now: datetime) -> Iterator[DutyMoved]:
    """Each day of a duty that moves, once however many agencies it is the day of; what was reported is left out."""
    found = dict[DutyMoved, None]()
    for duty in duties_now(db, register, before, now):
        for one in (part for part in duty.parts if part.state not in OVER):
            was, becomes = (one.part.last(law.calendar_of(one.part.agency)) for law in (before, after))
            if was is not None and becomes is not None and was != becomes:
                found[DutyMoved(duty=one.part.as_owed, before=was, after=becomes)] = None
    yield from found
