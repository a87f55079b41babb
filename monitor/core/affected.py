"""Where an interruption met a dossier's deadlines: what happened to it meanwhile, how much of whose time was lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.deadline import Deadline, deadlines_of
from monitor.core.dossier import Dossier
from monitor.core.finding import FindingKind
from monitor.core.interruption import Interruption
from monitor.core.law import Law, RuleUnknown
from monitor.core.period import Span, Stamp, at, end_of
from monitor.core.phase import ended, handling_agency, is_online, receiving_agency
from monitor.core.workdays import CalendarUnknown, WorkCalendar

_DAY = timedelta(days=1)


class Met(StrEnum):
    """What fell into an interruption."""

    FILED = "filed"
    RECEIVED = "received"
    RECEPTION_DUE = "reception_due"
    RESULT_DUE = "result_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """An interruption as a stretch: as estimated, the least that the looks prove, the most that they leave possible."""

    estimate: Span
    shortest: Span
    longest: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Working time that one clock lost, in seconds: as estimated, at least, at most; within `span`, as estimated.

    `last`: the last lawful working hour of a reception, or working day of a result, fell into it.
    """

    kind: FindingKind
    agency: str
    due: Stamp
    span: Span
    seconds: int
    least: int
    most: int
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """One dossier that an interruption met: surely, as estimated (`met`), or only perhaps (`possible`)."""

    dossier: Dossier
    met: tuple[Met, ...]
    possible: tuple[Met, ...]
    lost: tuple[Lost, ...]

    @property
    def pause(self) -> Span | None:
        """The stretch that a person may approve to be left out; None where no working time was lost."""
        spans = [one.span for one in self.lost if one.seconds]
        if not spans:
            return None
        return Span(start=min(span.start for span in spans), end=max(span.end for span in spans))

    @property
    def last(self) -> bool:
        """Whether the last lawful hour or day of one of its clocks fell into it."""
        return any(one.last for one in self.lost)


def outage_of(one: Interruption, now: datetime) -> Outage:
    """The stretch of an interruption; one that is open lasts until now, or its last failed look."""
    until = max(one.first_good or now, one.last_bad)
    return Outage(
        estimate=Span(start=one.first_bad, end=until),
        shortest=Span(start=one.first_bad, end=one.last_bad),
        longest=Span(start=one.last_good or one.first_bad, end=until),
    )


def affected(dossier: Dossier, outage: Outage, law: Law) -> Affected | None:
    """How an interruption met a dossier; None where nothing of it was filed, received or due meanwhile.

    A stamp that is only a day may have been at any hour of it. A clock that no calendar or rule counts is left out.
    """
    clocks = tuple(_clocks(dossier, law))
    stamps: list[tuple[Met, Stamp | None]] = [(Met.FILED, dossier.filed), (Met.RECEIVED, dossier.received)]
    stamps += [(_DUE[clock.kind], clock.deadline.due) for clock in clocks]
    met = tuple(kind for kind, stamp in stamps if isinstance(stamp, datetime) and stamp in outage.estimate)
    possible = tuple(kind for kind, stamp in stamps if kind not in met and _may_lie(stamp, outage.longest))
    if not met and not possible:
        return None
    lost = (clock.lost(outage) for clock in clocks)
    return Affected(dossier=dossier, met=met, possible=possible, lost=tuple(one for one in lost if one is not None))


_DUE = {FindingKind.RECEPTION: Met.RECEPTION_DUE, FindingKind.RESULT: Met.RESULT_DUE}


def _may_lie(stamp: Stamp | None, span: Span) -> bool:
    if stamp is None:
        return False
    if isinstance(stamp, datetime):
        return stamp in span
    return at(stamp) < span.end and span.start < end_of(stamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """One clock of a dossier: from when it ran, until what was done, and by when it was due."""

    kind: FindingKind
    agency: str
    calendar: WorkCalendar
    start: datetime
    done: datetime | None
    deadline: Deadline

    def lost(self, outage: Outage) -> Lost | None:
        """What of it an interruption took; None where it did not run meanwhile."""
        span = self._shared(outage.estimate)
        if span is None:
            return None
        return Lost(
            kind=self.kind,
            agency=self.agency,
            due=self.deadline.due,
            span=span,
            seconds=self._worked(span),
            least=self._worked(self._shared(outage.shortest)),
            most=self._worked(self._shared(outage.longest)),
            last=bool(self._worked(_common(span, self.deadline.last, self.deadline.late))),
        )

    def _shared(self, outage: Span) -> Span | None:
        """The part of an interruption in which the clock ran; one that begins once it was over took nothing from it.

        One that began before and lasts beyond its end took what was left, and the time beyond it too.
        """
        if outage.start >= self.deadline.late:
            return None
        return _common(outage, self.start, outage.end if self.done is None else self.done)

    def _worked(self, span: Span | None) -> int:
        return 0 if span is None else self.calendar.working_seconds(span.start, span.end)


def _common(span: Span, start: datetime, end: datetime) -> Span | None:
    begin, finish = max(span.start, start), min(span.end, end)
    return Span(start=begin, end=finish) if begin < finish else None


def _clocks(dossier: Dossier, law: Law) -> Iterator[_Clock]:
    for clock in (_reception, _result):
        try:
            found = clock(dossier, law)
        except (CalendarUnknown, RuleUnknown):
            continue
        if found is not None:
            yield found


def _reception(dossier: Dossier, law: Law) -> _Clock | None:
    filed, agency = dossier.filed, receiving_agency(dossier)
    if filed is None or not is_online(dossier):
        return None
    deadlines = deadlines_of(law, agency)
    done = dossier.received if dossier.received is not None else dossier.refused
    return _Clock(
        kind=FindingKind.RECEPTION,
        agency=agency,
        calendar=deadlines.calendar,
        start=_begin(filed),
        done=None if done is None else end_of(done),
        deadline=deadlines.reception(filed),
    )


def _result(dossier: Dossier, law: Law) -> _Clock | None:
    received, appointment, agency = dossier.received, dossier.appointment, handling_agency(dossier)
    if received is None or appointment is None:
        return None
    deadlines, done = deadlines_of(law, agency), ended(dossier)
    return _Clock(
        kind=FindingKind.RESULT,
        agency=agency,
        calendar=deadlines.calendar,
        start=_begin(received),
        done=None if done is None else end_of(done),
        deadline=deadlines.result(appointment),
    )


def _begin(stamp: Stamp) -> datetime:
    """From when a clock runs: the moment itself, or the next day where only the day is known."""
    return stamp if isinstance(stamp, datetime) else at(stamp + _DAY)
