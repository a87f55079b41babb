"""One dossier's clocks counted anew, each kept with what it was counted by: rule, start, days passed over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.deadline import APOLOGY_RULE, RECEPTION_RULE, Counting, Deadline, deadlines_of, uncounted
from monitor.core.dossier import Dossier, Status
from monitor.core.finding import Finding, FindingKind, Standing, apology_for
from monitor.core.law import Law, Rule, RuleUnknown
from monitor.core.pauses import Pause, PauseKind
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
from monitor.core.reappointment import granted
from monitor.core.workdays import CalendarUnknown, DayNote, WorkCalendar
from monitor.register import Register

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock of a dossier as it was counted.

    `standing` is None where there is nothing left to say: done in time, or ended otherwise. `rule` is None where the
    source itself sets the due, or none is in force. `beside` is the other figure where an approved pause or a
    supplement makes two. `unit` is the name printed, `agency` the key it was matched to (empty: none). `missing` says
    why nothing could be counted; `due` is None then.
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
    beside: Stamp | None = None
    missing: str = ""


_RULES = {FindingKind.RECEPTION: (RECEPTION_RULE,), FindingKind.APOLOGY: (APOLOGY_RULE,)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """One dossier with all that its clocks are counted by."""

    dossier: Dossier
    law: Law
    register: Register
    told: Mapping[FindingKind, Finding]
    known: Circumstances = NOTHING_KNOWN

    def reception(self) -> Clock | None:
        """The reception clock of an online dossier."""
        filed = self.dossier.filed
        if filed is None or not is_online(self.dossier):
            return None
        agency, dossier = receiving_agency(self.dossier), self.dossier
        pauses = tuple(Pause(PauseKind.APPROVED, one.span.start, one.span.end) for one in self.known.pauses)
        return self._clock(
            FindingKind.RECEPTION,
            agency,
            lambda: deadlines_of(self.law, agency).reception(filed, pauses),
            start=filed,
            done=dossier.refused if dossier.status == Status.NOT_RECEIVED else dossier.received,
            on=day_of(filed),
        )

    def result(self) -> Clock | None:
        """The appointment, once there is one and the dossier was taken in; or the limit, where its clock runs by that.

        The one that an apology gave counts while the source still prints the old one.
        """
        phase, told = phase_of(self.dossier), self.told.get(FindingKind.RESULT)
        due, counted = self.dossier.appointment, Counting.APPOINTMENT
        if due is not None and (apology := granted(self.dossier, self.known)) is not None:
            due, counted = apology.new, Counting.REAPPOINTED
        elif due is None and told is not None and told.due is not None:
            due, counted = told.due, Counting.LIMIT
        if due is None or phase is Phase.WAITING:
            return None
        deadline = uncounted(day_of(due) if self.law.by_date else due)._replace(counted=counted)
        if told is not None:
            deadline = deadline._replace(rules=told.rules, projected=told.projected)
        agency, start = handling_agency(self.dossier), begun(self.dossier)
        return self._clock(
            FindingKind.RESULT,
            agency,
            lambda: deadline,
            start=start,
            done=ended(self.dossier) if phase is Phase.ENDED else None,
            on=day_of(due if start is None else start),
        )

    def apology(self) -> Clock | None:
        """The cut-off while the result runs or is late; afterwards nothing is left to apologise for."""
        appointment, agency = self.dossier.appointment, handling_agency(self.dossier)
        if appointment is None or phase_of(self.dossier) not in (Phase.HANDLING, Phase.UNKNOWN):
            return None
        if granted(self.dossier, self.known) is not None:
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
            days = passed_over(calendar, *_stretch(on, start, deadline))
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
            beside=finding.beside if finding else None,
            rule=self._rule(deadline.rules if deadline else _RULES.get(kind, ()), on),
            days=days,
            unit=self._unit(kind),
            agency=agency,
            agency_name=self.register.agency_name(agency) if agency else "",
            calendar_version=calendar.version,
            missing=missing,
        )

    def _rule(self, keys: Sequence[str], on: date) -> Rule | None:
        try:
            return self.law.rule(keys[0], on) if keys else None
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


def passed_over(calendar: WorkCalendar, first: date, last: date) -> tuple[DayNote, ...]:
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
