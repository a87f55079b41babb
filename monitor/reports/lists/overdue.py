"""The list of late dossiers: one row a delay, as of a moment or for a stretch of time, by what was known when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import Connection

from monitor.core.apology import Apology
from monitor.core.circumstances import Circumstances
from monitor.core.contradiction import contradictions
from monitor.core.deadline import after, deadlines_of
from monitor.core.dossier import Dossier, Status
from monitor.core.doubt import Doubt
from monitor.core.explanation import Delay, Explanation, delay_of
from monitor.core.finding import Finding, FindingKind, Standing, findings
from monitor.core.law import Law, RuleUnknown
from monitor.core.official_letter import Dispatch, Incoming
from monitor.core.period import Span, Stamp, at, day_of, end_of
from monitor.core.phase import Phase, ended, handling_unit, is_online, phase_of, receiving_agency, receiving_unit
from monitor.core.reappointment import ApologyEffect, effect
from monitor.core.workdays import CalendarUnknown, WorkCalendar
from monitor.register import Register
from monitor.register.naming import grouped_under, with_agencies
from monitor.reports.doubts import Doubts
from monitor.reports.freshness import Stale, newest, stale_by
from monitor.reports.lists.seen_then import Ask, SeenThen, seen_then
from monitor.store import dispatches, explanations
from monitor.store.dossiers_known import Sought, figures_by

CLOCKS = (FindingKind.RECEPTION, FindingKind.RESULT)
_LATE = (Standing.LATE, Standing.LATE_DONE)


class Why(StrEnum):
    """Why a dossier is named apart: nobody is told anything from it, and it stands in no count."""

    IMPOSSIBLE_DATES = "impossible_dates"
    UNKNOWN_UNIT = "unknown_unit"
    NO_CALENDAR = "no_calendar"
    UNENDED_PAUSE = "unended_pause"
    NO_APPOINTMENT = "no_appointment"
    UNKNOWN_STATUS = "unknown_status"
    STALE_SOURCE = "stale_source"


_REASONS: Mapping[FindingKind, Why] = {
    FindingKind.IMPOSSIBLE_DATES: Why.IMPOSSIBLE_DATES,
    FindingKind.UNKNOWN_UNIT: Why.UNKNOWN_UNIT,
    FindingKind.NO_CALENDAR: Why.NO_CALENDAR,
    FindingKind.UNENDED_PAUSE: Why.UNENDED_PAUSE,
    FindingKind.NO_APPOINTMENT: Why.NO_APPOINTMENT,
    FindingKind.UNKNOWN_STATUS: Why.UNKNOWN_STATUS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """One delay. `agency` is whose duty it was, `group` the agency that it stands under in a list.

    `finding.standing` is LATE while it lasts, LATE_DONE once it was done; `ended` is when that was, or when another
    appointment took its place (`moved`). `days` are working days late, None where no calendar says. `effects` are what
    each apology makes of the clock, `noted` the other findings of its dossier, `doubts` what speaks against the
    explanation.
    """

    delay: Delay
    agency: str
    group: str
    unit: str
    dossier: Dossier
    finding: Finding
    days: int | None
    reception_due: Stamp | None = None
    ended: Stamp | None = None
    moved: bool = False
    explanation: Explanation | None = None
    incoming: Incoming | None = None
    apologies: tuple[Apology, ...] = ()
    effects: tuple[ApologyEffect, ...] = ()
    dispatches: tuple[Dispatch, ...] = ()
    noted: tuple[FindingKind, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def lasts(self) -> bool:
        """Whether it is late still."""
        return self.finding.standing is Standing.LATE and not self.moved

    @property
    def due(self) -> Stamp | None:
        """By when it was to be done."""
        return self.finding.due


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """A dossier that stands in no count, and why; `late` where its own figures would make it late."""

    dossier: Dossier
    why: Why
    agency: str
    unit: str
    late: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueList:
    """The rows by group, agency and age, and what stands beside them.

    `span` is None for a list as of one moment, `at`. `known_at` is up to when what was told, explained and apologised
    for counts. `figures` are by source the moment its figures stood for.
    """

    at: datetime
    known_at: datetime
    made_at: datetime
    span: Span | None
    agency: str
    portal: bool
    rows: tuple[Overdue, ...]
    unjudged: tuple[Unjudged, ...]
    figures: Mapping[str, datetime] = field(default_factory=dict)
    stale: Mapping[str, Stale] = field(default_factory=dict)

    def groups(self) -> Iterator[tuple[str, tuple[Overdue, ...]]]:
        """The rows under each agency, in the order of the list."""
        found: dict[str, list[Overdue]] = {}
        for row in self.rows:
            found.setdefault(row.group, []).append(row)
        for key, some in found.items():
            yield key, tuple(some)

    def numbered(self) -> Iterator[tuple[str, tuple[tuple[int, Overdue], ...]]]:
        """The same, each row with its number in the whole list."""
        count = 0
        for key, some in self.groups():
            yield key, tuple(enumerate(some, count + 1))
            count += len(some)


def overdue(
    db: Connection,
    register: Register,
    law: Law,
    asked: datetime | Span,
    now: datetime,
    *,
    known_at: datetime | None = None,
    agency: str = "",
    portal: bool = False,
) -> OverdueList:
    """What is late at a moment, or was at any time of a span; of one agency and all below it where it is named.

    At a moment counts what was known then; of a span all that is known now, unless `known_at` says up to when.
    `portal`: only what was filed on the national portal.
    """
    span = asked if isinstance(asked, Span) else None
    moment = min(asked.end if isinstance(asked, Span) else asked, now)
    known = min(known_at or (now if span else moment), now)
    begin = span.start if span else moment
    ask = Ask(at=moment, known_at=known, now=now)
    sought = Sought(begun_before=moment, not_ended_before=begin, national_portal_only=portal)
    figures = figures_by(db, known)
    old = stale_by(newest(db, register, figures, known), register, law, moment)
    maker = _Maker(db, register, law, ask, span, old)
    rows: list[Overdue] = []
    unjudged: list[Unjudged] = []
    worth = _may_be_listed if span is None and known == moment else None
    for some in seen_then(db, register, law, ask, sought=sought, worth=worth):
        made, apart = maker.of(some)
        rows += made
        unjudged += apart
    concerned = _Concerned(register, agency)
    return OverdueList(
        at=moment,
        known_at=known,
        made_at=now,
        span=span,
        agency=agency,
        portal=portal,
        rows=tuple(sorted((one for one in rows if concerned(one.agency)), key=lambda row: _order(register, row))),
        unjudged=tuple(sorted((one for one in unjudged if concerned(one.agency)), key=_apart)),
        figures=figures,
        stale=old,
    )


def _may_be_listed(found: Collection[Finding]) -> bool:
    return any(
        one.standing is Standing.LATE or (one.standing is Standing.NOTED and one.kind in _REASONS) for one in found
    )


@dataclass(frozen=True, slots=True)
class _Concerned:
    register: Register
    agency: str

    def __call__(self, agency: str) -> bool:
        return not self.agency or agency == self.agency or self.agency in self.register.ancestors(agency)


@dataclass(frozen=True, slots=True)
class _Raw:
    """A delay before what people recorded of it is joined to it."""

    seen: SeenThen
    delay: Delay
    finding: Finding
    ended: Stamp | None
    moved: bool = False


class _Maker:
    """Rows of some dossiers at a time, and what cannot be judged."""

    def __init__(  # noqa: PLR0917 - all that a row is made of
        self, db: Connection, register: Register, law: Law, ask: Ask, span: Span | None, old: Mapping[str, Stale]
    ) -> None:
        self.db, self.register, self.law, self.ask, self.span, self.old = db, register, law, ask, span, old
        self._doubts = Doubts(db, register, law, ask.at)

    def of(self, some: Iterable[SeenThen]) -> tuple[list[Overdue], list[Unjudged]]:
        raw: list[_Raw] = []
        apart: list[Unjudged] = []
        for seen in some:
            mine = [*self._delays(seen), *self._moved(seen)]
            why = self._unjudged(seen, mine)
            listed = [one for one in mine if one.finding.agency and why is not Why.STALE_SOURCE]
            # What is late beyond doubt stands in the list, its doubts beside it, and not in both.
            if why and (not listed or any(not one.finding.agency for one in mine)):
                apart.append(self._named(seen, why, mine))
            raw += listed
        return self._joined(raw), apart

    def _delays(self, seen: SeenThen) -> Iterator[_Raw]:
        for told in seen.found:
            if told.kind not in CLOCKS or told.standing not in _LATE:
                continue
            finding, end = told, _end(seen.dossier, told)
            if self.span is None and self._done_since(finding, end):
                finding, end = replace(finding, standing=Standing.LATE), None
            if self._within(finding, end):
                yield _Raw(seen, delay_of(seen.dossier, finding.kind), finding, end)

    def _done_since(self, finding: Finding, end: Stamp | None) -> bool:
        """Whether it was late at the moment asked for and, by what is known of later, was done after it."""
        late_by_then = finding.since is None or finding.since <= self.ask.at
        return end is not None and end_of(end) > self.ask.at and late_by_then

    def _within(self, finding: Finding, end: Stamp | None) -> bool:
        if self.span is None:
            return finding.standing is Standing.LATE
        began = finding.since is None or finding.since < self.span.end
        return began and (end is None or end_of(end) > self.span.start)

    def _moved(self, seen: SeenThen) -> Iterator[_Raw]:
        """Of a span: how it was late by an appointment that another one took the place of since."""
        if self.span is None or not seen.known.history:
            return
        told = (*seen.known.history, seen.dossier)
        # What an apology put off in time was not late by the old appointment while the source still printed it.
        recorded = Circumstances(apologies=seen.known.apologies, pauses=seen.known.pauses)
        named = [seen.dossier.appointment]
        for before, next_ in reversed(list(pairwise(told))):
            if any(_same(before.appointment, one) for one in named) or next_.told is None:
                continue
            named.append(before.appointment)
            if next_.told <= self.span.start:
                continue
            moment = min(next_.told, self.ask.at)
            was = with_agencies(before, self.register, moment)
            for finding in findings(was, moment, self.law, recorded):
                late = finding.kind is FindingKind.RESULT and finding.standing is Standing.LATE
                if late and finding.since is not None and finding.since < min(moment, self.span.end):
                    yield _Raw(seen, delay_of(was, finding.kind), finding, next_.told, moved=True)

    def _unjudged(self, seen: SeenThen, mine: list[_Raw]) -> Why | None:
        dossier = seen.dossier
        if dossier.source in self.old and mine:
            return Why.STALE_SOURCE
        if any(not one.finding.agency for one in mine):
            return Why.UNKNOWN_UNIT
        if self.span is None and phase_of(dossier) is Phase.ENDED:
            return None  # it is done, and waits for nobody to mend its figures
        kinds = [one.kind for one in seen.found if one.standing is Standing.NOTED]
        return next((why for kind, why in _REASONS.items() if kind in kinds), None) if kinds else None

    def _named(self, seen: SeenThen, why: Why, mine: list[_Raw]) -> Unjudged:
        dossier = seen.dossier
        wrong = contradictions(dossier) if why is Why.IMPOSSIBLE_DATES else ()
        return Unjudged(
            dossier=dossier,
            why=why,
            agency=dossier.handling_agency or dossier.receiving_agency,
            unit=handling_unit(dossier),
            late=bool(mine),
            detail=wrong[0].value if wrong else dossier.status if why is Why.UNKNOWN_STATUS else "",
        )

    def _joined(self, raw: list[_Raw]) -> list[Overdue]:
        delays = [one.delay for one in raw]
        if not delays:
            return []
        said = self._said(delays)
        letters = explanations.incoming(self.db, {one.incoming for one in said.values() if one.incoming is not None})
        sent = dispatches.recorded(self.db, delays)
        return [self._row(one, said.get(one.delay), letters, sent.get(one.delay, ())) for one in raw]

    def _said(self, delays: list[Delay]) -> dict[Delay, Explanation]:
        if self.ask.latest:
            return explanations.latest(self.db, delays)
        every = explanations.every(self.db, delays)
        then = {delay: [one for one in said if one.at <= self.ask.known_at] for delay, said in every.items()}
        return {delay: some[-1] for delay, some in then.items() if some}

    def _row(
        self, one: _Raw, said: Explanation | None, letters: Mapping[int, Incoming], sent: tuple[Dispatch, ...]
    ) -> Overdue:
        dossier, finding = one.seen.dossier, one.finding
        result = finding.kind is FindingKind.RESULT
        reception = next((f.due for f in one.seen.found if f.kind is FindingKind.RECEPTION), None)
        reception = reception if reception is not None else _reception_due(dossier, self.law)
        known_at, sent_for = self.ask.known_at, one.seen.known.apologies if result else ()
        return Overdue(
            delay=one.delay,
            agency=finding.agency,
            group=grouped_under(self.register, finding.agency),
            unit=handling_unit(dossier) if result else receiving_unit(dossier),
            dossier=dossier,
            finding=finding,
            days=_days(self.law.calendar_of(finding.agency), finding.due, one.ended, self.ask.at),
            reception_due=reception,
            ended=one.ended,
            moved=one.moved,
            explanation=said,
            incoming=letters.get(said.incoming) if said and said.incoming is not None else None,
            apologies=sent_for,
            effects=tuple(effect(sorry, dossier, one.seen.known) for sorry in sent_for),
            dispatches=tuple(d for d in sent if d.recorded_at is not None and d.recorded_at <= known_at),
            noted=tuple(f.kind for f in one.seen.found if f.standing is Standing.NOTED),
            doubts=self._doubts.of(said, dossier, one.seen.known) if said else (),
        )


def _reception_due(dossier: Dossier, law: Law) -> Stamp | None:
    """By when one that was received in time was to be; None where that is no duty, or cannot be counted."""
    if dossier.filed is None or not is_online(dossier):
        return None
    try:
        return deadlines_of(law, receiving_agency(dossier)).reception(dossier.filed).due
    except (CalendarUnknown, RuleUnknown):
        return None


def _end(dossier: Dossier, finding: Finding) -> Stamp | None:
    """When what was late was done; None while it lasts."""
    if finding.standing is Standing.LATE:
        return None
    if finding.kind is FindingKind.RECEPTION:
        answered = dossier.refused if dossier.status == Status.NOT_RECEIVED else dossier.received
        return answered if answered is not None else dossier.refused
    return ended(dossier)


def _same(one: Stamp | None, other: Stamp | None) -> bool:
    """Whether two appointments are one, of which a source may have printed the day alone at first."""
    if one is None or other is None:
        return one is other
    return not after(one, other) and not after(other, one)


def _days(calendar: WorkCalendar, due: Stamp | None, end: Stamp | None, moment: datetime) -> int | None:
    """Working days after the day it was due, up to that of its end or of now."""
    if due is None:
        return None
    last = day_of(end) if end is not None and end_of(end) < moment else day_of(moment)
    try:
        return calendar.working_days(day_of(due), max(last, day_of(due)))
    except CalendarUnknown:
        return None


def _order(register: Register, row: Overdue) -> tuple[str, str, str, str, datetime, str]:
    since = row.finding.since or at(day_of(row.dossier.as_of))
    group, agency = register.agency_name(row.group), register.agency_name(row.agency)
    return group, row.group, agency, row.agency, since, row.dossier.code


def _apart(one: Unjudged) -> tuple[int, str, str]:
    return list(Why).index(one.why), one.unit, one.dossier.code
