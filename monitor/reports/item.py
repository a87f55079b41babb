"""One dossier as a letter tells it: how late, at which unit, and until when what can still be done."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.core.apology import REAPPOINTMENTS, Raised
from monitor.core.deadline import APOLOGY_RULE
from monitor.core.dossier import Dossier
from monitor.core.finding import Finding, FindingKind, Standing
from monitor.core.ladder import BACKLOG, SubjectKind, Telling
from monitor.core.law import Law
from monitor.core.period import Stamp, day_of, end_of
from monitor.core.phase import handling_agency, handling_unit, receiving_unit
from monitor.core.workdays import CalendarUnknown, WorkCalendar
from monitor.register import Register

OPEN = frozenset({Standing.RUNNING, Standing.NEAR, Standing.DUE, Standing.LATE, Standing.NOTED})


class Section(StrEnum):
    """The parts of a digest, in the order they are read."""

    LATE = "late"
    REAPPOINTMENT = "reappointment"  # put off more often than the law allows
    TODAY = "today"
    TOMORROW = "tomorrow"  # the next working day
    SOON = "soon"
    UNKNOWN_UNIT = "unknown_unit"
    BACKLOG = "backlog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One dossier in a digest; nothing in it is of the applicant.

    `days` are working days: since its due day where it is late, until it otherwise; None where the calendar does not
    reach. `hours` are the working hours it is late, counted only for a clock of hours. `unit` is the division as the
    source prints it. `cut_off` is the last day on which an apology is in time, `last_call` that it is today. `counted`
    is how the due was come by, as the finding has it.
    """

    section: Section
    kind: SubjectKind
    stage: str
    nth: int
    skipped: tuple[str, ...]
    source: str
    code: str
    procedure: str
    procedure_name: str
    agency: str
    unit: str
    due: Stamp | None
    days: int | None
    hours: int | None
    cut_off: date | None
    last_call: bool
    projected: bool
    rules: tuple[tuple[str, date], ...]
    as_of: datetime
    counted: str = ""
    raised: Raised | None = None

    @property
    def late(self) -> bool:
        """Whether its time has run out."""
        return self.section in (Section.LATE, Section.BACKLOG)

    @property
    def ending(self) -> FindingKind:
        """Which of its clocks runs out next: an apology may have to leave days before the result is due."""
        if self.kind is SubjectKind.RECEPTION:
            return FindingKind.RECEPTION
        return FindingKind.APOLOGY if self.last_call and self.days != 0 else FindingKind.RESULT

    @property
    def place(self) -> str:
        """The unit it lies at, or the agency where no unit is printed."""
        return self.unit or self.agency

    @property
    def end(self) -> float:
        """When its time runs out, for sorting; last where nobody knows."""
        return end_of(self.due).timestamp() if self.due is not None else float("inf")


_CLOCKS = {
    SubjectKind.RECEPTION: (FindingKind.RECEPTION,),
    SubjectKind.RESULT: (FindingKind.RESULT,),
    SubjectKind.UNKNOWN_UNIT: (FindingKind.RESULT, FindingKind.RECEPTION),
    SubjectKind.REAPPOINTMENT: (FindingKind.RESULT,),
}


def clock(kind: SubjectKind, found: Collection[Finding]) -> Finding | None:
    """The finding that a subject of that kind hangs on, while its time still runs or has run out; otherwise None."""
    return next((f for wanted in _CLOCKS[kind] for f in found if f.kind is wanted and f.standing in OPEN), None)


def unassigned(found: Collection[Finding]) -> bool:
    """Whether an open dossier belongs to nobody the register knows: "chưa xác định đơn vị"."""
    running = clock(SubjectKind.UNKNOWN_UNIT, found)
    named = any(f.kind is FindingKind.UNKNOWN_UNIT and f.standing in OPEN for f in found)
    return named or (running is not None and not running.agency)


def item(
    dossier: Dossier,
    found: Collection[Finding],
    telling: Telling,
    *,
    now: datetime,
    until: datetime,
    law: Law,
    register: Register,
) -> Item | None:
    """What a telling comes to now; None where there is nothing left to say: it was done or paused since."""
    finding = clock(telling.subject, found)
    raised = Raised(telling.episode) if telling.subject is SubjectKind.REAPPOINTMENT else None
    if not unassigned(found) if telling.subject is SubjectKind.UNKNOWN_UNIT else finding is None and not raised:
        return None
    agency = finding.agency if finding else handling_agency(dossier) if raised else ""
    calendar = law.calendar_of(agency)
    late = finding is not None and finding.standing is Standing.LATE
    due = finding.due if finding else None
    days = None if raised else _days(calendar, due, now, late=late)
    apology = next((f for f in found if f.kind is FindingKind.APOLOGY and telling.subject is SubjectKind.RESULT), None)
    cut_off = day_of(apology.due) if apology and apology.due and day_of(apology.due) >= day_of(now) else None
    on = day_of(dossier.received or dossier.filed or now)
    return Item(
        section=_section(telling, late=late, ends=(due, cut_off), days=days, now=now, until=until),
        kind=telling.subject,
        stage=telling.stage,
        nth=telling.nth,
        skipped=telling.skipped,
        source=dossier.source,
        code=dossier.code,
        procedure=dossier.procedure,
        procedure_name=dossier.procedure_name,
        agency=register.agency_name(agency) if agency else "",
        unit=_unit(dossier, telling.subject),
        due=due,
        days=days,
        hours=_hours(calendar, due, now) if late else None,
        cut_off=cut_off,
        last_call=cut_off == day_of(now),
        projected=finding.projected if finding else False,
        rules=tuple((rule, on) for rule in _rules(telling.subject, finding)),
        as_of=dossier.as_of,
        counted=finding.counted if finding else "",
        raised=raised,
    )


def _rules(kind: SubjectKind, finding: Finding | None) -> Iterator[str]:
    """What its clock rests on, and what the letter asks for: an apology in time, and one new appointment only."""
    if finding is not None:
        yield from finding.rules
    if kind is SubjectKind.RESULT:
        yield APOLOGY_RULE
    if kind in (SubjectKind.RESULT, SubjectKind.REAPPOINTMENT):
        yield REAPPOINTMENTS


def _unit(dossier: Dossier, kind: SubjectKind) -> str:
    return receiving_unit(dossier) if kind is SubjectKind.RECEPTION else handling_unit(dossier)


def _section(
    telling: Telling, *, late: bool, ends: Iterable[Stamp | None], days: int | None, now: datetime, until: datetime
) -> Section:
    if telling.subject is SubjectKind.UNKNOWN_UNIT:
        return Section.UNKNOWN_UNIT
    if telling.subject is SubjectKind.REAPPOINTMENT:
        return Section.REAPPOINTMENT
    if telling.stage == BACKLOG:
        return Section.BACKLOG
    if late:
        return Section.LATE
    if any(_falls(end, now, until) for end in ends if end is not None):
        return Section.TODAY
    return Section.TOMORROW if days == 1 else Section.SOON


def _falls(due: Stamp, now: datetime, until: datetime) -> bool:
    """Whether it falls due today, or before the next slot."""
    return day_of(due) == day_of(now) or now <= end_of(due) < until


def _days(calendar: WorkCalendar, due: Stamp | None, now: datetime, *, late: bool) -> int | None:
    """Working days between the due day and today, the first not counted, the last counted."""
    if due is None:
        return None
    first, last = (day_of(due), day_of(now)) if late else (day_of(now), day_of(due))

    def reached(number: int) -> date:
        try:
            return calendar.add_days(first, number)
        except CalendarUnknown:
            return date.max

    try:
        calendar.is_working_day(first)
        calendar.is_working_day(last)
    except CalendarUnknown:
        return None
    return bisect_right(range(1, (last - first).days + 1), last, key=reached)


def _hours(calendar: WorkCalendar, due: Stamp | None, now: datetime) -> int | None:
    """Whole working hours it is late; None where its due is a day, or the calendar does not reach."""
    try:
        return calendar.working_seconds(due, now) // 3600 if isinstance(due, datetime) else None
    except CalendarUnknown:
        return None
