"""What one reader is told of dossiers at one slot: items in sections, with what the law asks next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.core.dossier import Dossier
from monitor.core.finding import Finding, FindingKind, Standing
from monitor.core.ladder import BACKLOG, SubjectKind, Telling
from monitor.core.law import Law, RuleUnknown
from monitor.core.period import Stamp, at, day_of
from monitor.core.workdays import CalendarUnknown, WorkCalendar
from monitor.register import Register

OPEN = frozenset({Standing.RUNNING, Standing.NEAR, Standing.DUE, Standing.LATE, Standing.NOTED})


class Section(StrEnum):
    """The parts of a digest, in the order they are read."""

    LATE = "late"
    TODAY = "today"
    SOON = "soon"
    UNKNOWN_UNIT = "unknown_unit"
    BACKLOG = "backlog"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One dossier in a digest; nothing in it is of the applicant.

    `days` are working days: since its due day where it is late, until it otherwise; None where the calendar does not
    reach. `hours` are the working hours it is late, counted only for a clock of hours. `unit` is the division as the
    source prints it. `cut_off` is the last day on which an apology is in time.
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
    projected: bool
    rules: tuple[tuple[str, date], ...]
    as_of: datetime

    @property
    def late(self) -> bool:
        """Whether its time has run out."""
        return self.section in (Section.LATE, Section.BACKLOG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One section with its items, the worst first; `units` counts them by agency and division."""

    section: Section
    dossiers: tuple[Item, ...]
    units: tuple[tuple[str, int], ...]
    citations: tuple[str, ...]

    @property
    def kinds(self) -> frozenset[SubjectKind]:
        """Which clocks are in it."""
        return frozenset(item.kind for item in self.dossiers)

    @property
    def worst(self) -> int:
        """The most working days any of it is late, or left."""
        return max((item.days or 0 for item in self.dossiers), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Everything one reader is told at one slot; `figures` say up to when each source's data go."""

    agencies: tuple[str, ...]
    slot: datetime
    until: datetime
    parts: tuple[Part, ...]
    figures: tuple[tuple[str, datetime], ...]

    def part(self, section: Section) -> Part | None:
        """One section; None where nothing is in it."""
        return next((part for part in self.parts if part.section is section), None)

    @property
    def count(self) -> int:
        """How many dossiers there are in all."""
        return sum(len(part.dossiers) for part in self.parts)


_CLOCKS = {
    SubjectKind.RECEPTION: (FindingKind.RECEPTION,),
    SubjectKind.RESULT: (FindingKind.RESULT,),
    SubjectKind.UNKNOWN_UNIT: (FindingKind.RESULT, FindingKind.RECEPTION),
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
    if not unassigned(found) if telling.subject is SubjectKind.UNKNOWN_UNIT else finding is None:
        return None
    agency = finding.agency if finding else ""
    calendar = law.calendar_of(agency)
    late = finding is not None and finding.standing is Standing.LATE
    due = finding.due if finding else None
    apology = next((f for f in found if f.kind is FindingKind.APOLOGY and telling.subject is SubjectKind.RESULT), None)
    on = day_of(dossier.received or dossier.filed or now)
    return Item(
        section=_section(telling, late=late, ends=(due, apology.due if apology else None), now=now, until=until),
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
        days=_days(calendar, due, now, late=late),
        hours=_hours(calendar, due, now) if late else None,
        cut_off=day_of(apology.due) if apology and apology.due and not late else None,
        projected=finding.projected if finding else False,
        rules=tuple((rule, on) for f in (finding, apology) if f for rule in f.rules),
        as_of=dossier.as_of,
    )


def _unit(dossier: Dossier, kind: SubjectKind) -> str:
    first, second = dossier.handling_unit, dossier.receiving_unit
    return (second or first) if kind is SubjectKind.RECEPTION else (first or second)


def _section(telling: Telling, *, late: bool, ends: Iterable[Stamp | None], now: datetime, until: datetime) -> Section:
    if telling.subject is SubjectKind.UNKNOWN_UNIT:
        return Section.UNKNOWN_UNIT
    if telling.stage == BACKLOG:
        return Section.BACKLOG
    if late:
        return Section.LATE
    return Section.TODAY if any(_falls(end, now, until) for end in ends if end is not None) else Section.SOON


def _falls(due: Stamp, now: datetime, until: datetime) -> bool:
    """Whether it falls due today, or before the next slot."""
    if day_of(due) == day_of(now):
        return True
    return now <= (due if isinstance(due, datetime) else at(due + timedelta(days=1))) < until


def _days(calendar: WorkCalendar, due: Stamp | None, now: datetime, *, late: bool) -> int | None:
    """Working days between the due day and today, the first not counted, the last counted."""
    if due is None:
        return None
    first, last = (day_of(due), day_of(now)) if late else (day_of(now), day_of(due))
    try:
        return sum(calendar.is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))
    except CalendarUnknown:
        return None


def _hours(calendar: WorkCalendar, due: Stamp | None, now: datetime) -> int | None:
    """Whole working hours it is late; None where its due is a day, or the calendar does not reach."""
    try:
        return calendar.working_seconds(due, now) // 3600 if isinstance(due, datetime) else None
    except CalendarUnknown:
        return None


def digest(items: Iterable[Item], slot: datetime, until: datetime, law: Law, sources: Mapping[str, str]) -> Digest:
    """The items of one reader in order; `sources` names each source, `figures` keep the oldest moment of each."""
    once = {(item.kind, item.source, item.code): item for item in items}.values()
    figures: dict[str, datetime] = {}
    for one in once:
        name = sources.get(one.source, one.source)
        figures[name] = max(figures.get(name, one.as_of), one.as_of)
    parts = [_part(section, [one for one in once if one.section is section], law) for section in Section]
    return Digest(
        agencies=tuple(dict.fromkeys(one.agency for one in once if one.agency)),
        slot=slot,
        until=until,
        parts=tuple(part for part in parts if part.dossiers),
        figures=tuple(sorted(figures.items())),
    )


def _part(section: Section, items: Sequence[Item], law: Law) -> Part:
    ordered = sorted(items, key=lambda one: (_end(one), one.agency, one.unit, one.code))
    counted = Counter(one.unit or one.agency for one in ordered)
    return Part(
        section=section,
        dossiers=tuple(ordered),
        units=tuple(counted.most_common()),
        citations=tuple(dict.fromkeys(_citations(ordered, law))),
    )


def _end(one: Item) -> float:
    if one.due is None:
        return float("inf")
    end = one.due if isinstance(one.due, datetime) else at(one.due + timedelta(days=1))
    return end.timestamp()


def _citations(items: Sequence[Item], law: Law) -> Iterable[str]:
    for rule, on in dict.fromkeys(rule for one in items for rule in one.rules):
        try:
            yield law.rule(rule, on).citation
        except RuleUnknown:
            continue
