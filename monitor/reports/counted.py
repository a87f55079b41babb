"""One dossier's clocks counted anew, each kept with what it was counted by: rule, start, days passed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.core.deadline import APOLOGY_RULE, RECEPTION_RULE, Counting, Deadline, deadlines_of, uncounted
from monitor.core.dossier import Dossier
from monitor.core.finding import Finding, FindingKind, Standing, apology_for
from monitor.core.law import Law, Rule, RuleUnknown
from monitor.core.period import Stamp, day_of
from monitor.core.phase import (
    Phase,
    begun,
    ended,
    handling_agency,
    handling_unit,
    is_online,
    phase_of,
    receiving_agency,
    receiving_unit,
)
from monitor.core.workdays import CalendarUnknown, DayNote, WorkCalendar
from monitor.register import Register

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock of a dossier as it was counted.

    `standing` is None where there is nothing left to say: done in time, or ended otherwise. `rule` is None where the
    source itself sets the due, or none is in force. `unit` is the name printed, `agency` the key it was matched to
    (empty: none). `missing` says why nothing could be counted; `due` is None then.
    """

    kind: FindingKind
    standing: Standing | None
    start: Stamp | None
    done: Stamp | None
    counted: str
    due: Stamp | None
    since: datetime | None
    next_change_at: datetime | None
    projected: bool
    rule: Rule | None
    days: tuple[DayNote, ...]
    unit: str
    agency: str
    agency_name: str
    calendar_version: str
    missing: str = ""


_RULES = {FindingKind.RECEPTION: RECEPTION_RULE, FindingKind.APOLOGY: APOLOGY_RULE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """One dossier with all that its clocks are counted by."""

    dossier: Dossier
    law: Law
    register: Register
    told: Mapping[FindingKind, Finding]

    def reception(self) -> Clock | None:
        """The reception clock of an online dossier."""
        filed = self.dossier.filed
        if filed is None or not is_online(self.dossier):
            return None
        agency = receiving_agency(self.dossier)
        return self._clock(
            FindingKind.RECEPTION,
            agency,
            lambda: deadlines_of(self.law, agency).reception(filed),
            start=filed,
            done=self.dossier.received,
            on=day_of(filed),
        )

    def result(self) -> Clock | None:
        """The appointment, once there is one and the dossier was taken in."""
        appointment, phase = self.dossier.appointment, phase_of(self.dossier)
        if appointment is None or phase is Phase.WAITING:
            return None
        agency, start = handling_agency(self.dossier), begun(self.dossier)
        return self._clock(
            FindingKind.RESULT,
            agency,
            lambda: uncounted(appointment),
            start=start,
            done=ended(self.dossier) if phase is Phase.ENDED else None,
            on=day_of(appointment if start is None else start),
        )

    def apology(self) -> Clock | None:
        """The cut-off while the result runs or is late; afterwards nothing is left to apologise for."""
        appointment, agency = self.dossier.appointment, handling_agency(self.dossier)
        if appointment is None or phase_of(self.dossier) not in (Phase.HANDLING, Phase.UNKNOWN):
            return None
        start = begun(self.dossier)
        return self._clock(
            FindingKind.APOLOGY,
            agency,
            lambda: apology_for(self.dossier, appointment, deadlines_of(self.law, agency)),
            start=appointment,
            done=None,
            on=day_of(appointment if start is None else start),
        )

    def _clock(
        self,
        kind: FindingKind,
        agency: str,
        count: Callable[[], Deadline | None],
        *,
        start: Stamp | None,
        done: Stamp | None,
        on: date,
    ) -> Clock | None:
        missing, deadline, calendar = "", None, self.law.calendar_of(agency)
        try:
            deadline = count()
            if deadline is None:
                return None
            days = _passed(calendar, *_stretch(on, start, deadline))
        except (CalendarUnknown, RuleUnknown) as error:
            missing, days = _why(error, on), ()
        finding = self.told.get(kind)
        return Clock(
            kind=kind,
            standing=finding.standing if finding else None,
            start=start,
            done=done,
            counted=deadline.counted if deadline else "",
            due=deadline.due if deadline else None,
            since=finding.since if finding else None,
            next_change_at=finding.next_change_at if finding else None,
            projected=deadline.projected if deadline else False,
            rule=self._rule(kind, on),
            days=days,
            unit=self._unit(kind),
            agency=agency,
            agency_name=self.register.agency_name(agency) if agency else "",
            calendar_version=calendar.version,
            missing=missing,
        )

    def _rule(self, kind: FindingKind, on: date) -> Rule | None:
        try:
            return self.law.rule(_RULES[kind], on) if kind in _RULES else None
        except RuleUnknown:
            return None

    def _unit(self, kind: FindingKind) -> str:
        return receiving_unit(self.dossier) if kind is FindingKind.RECEPTION else handling_unit(self.dossier)


def _stretch(on: date, start: Stamp | None, deadline: Deadline) -> tuple[date, date]:
    """The days a count runs over, both included: forward to its due, or back from the day before an appointment."""
    due = day_of(deadline.due)
    if start is not None and deadline.counted is Counting.WORKING_DAYS_BEFORE:
        return due, day_of(start) - _DAY
    return on, due


def _passed(calendar: WorkCalendar, first: date, last: date) -> tuple[DayNote, ...]:
    """Each day the count passed over, and each made-up one it did not; a weekend day has neither title nor document."""
    if last < first:
        return ()
    noted = {note.day: note for note in calendar.explain(first, last)}
    days = (first + n * _DAY for n in range((last - first).days + 1))
    notes = (
        noted.get(day) or DayNote(day=day, working=calendar.is_working_day(day), title="", document="") for day in days
    )
    return tuple(note for note in notes if note.title or not note.working)


def _why(error: LookupError, on: date) -> str:
    if isinstance(error, CalendarUnknown):
        return str(error)
    return f"không có quy định nào có hiệu lực ngày {on:%d/%m/%Y}: bổ sung vào monitor/law/rules.toml"
