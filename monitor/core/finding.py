"""What the law says of a dossier now: by when what is due, how it stands, and whose it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.contradiction import OF_RECEPTION, OF_RESULT, Contradiction, contradictions
from monitor.core.deadline import (
    APOLOGY_RULE,
    RECEPTION_RULE,
    SUPPLEMENT_RULE,
    Counting,
    Deadline,
    Deadlines,
    after,
    deadlines_of,
    uncounted,
)
from monitor.core.dossier import Dossier, Status
from monitor.core.law import Law, RuleUnknown
from monitor.core.period import NaiveMoment, Stamp, day_of
from monitor.core.phase import PHASES, Phase, begun, ended, handling_agency, is_online, phase_of, receiving_agency
from monitor.core.stages import passed
from monitor.core.workdays import CalendarUnknown


class FindingKind(StrEnum):
    """Which rule speaks. The first three are clocks; the others are things a person must look at."""

    RECEPTION = "reception"  # tiếp nhận: 8 working hours, online dossiers
    RESULT = "result"  # trả kết quả: the appointment
    APOLOGY = "apology"  # the cut-off for the apology before the appointment
    NO_APPOINTMENT = "no_appointment"
    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_UNIT = "unknown_unit"  # "chưa xác định đơn vị"
    NO_CALENDAR = "no_calendar"  # "chưa có lịch"
    SECOND_SUPPLEMENT = "second_supplement"
    SUPPLEMENT_NOTICE = "supplement_notice"  # papers asked for later than the law allows after reception
    HANDOVER = "handover"  # handed over to its handling unit late
    REFUSED_LATE = "refused_late"
    SECOND_REAPPOINTMENT = "second_reappointment"
    MOVED_UNAPOLOGISED = "moved_unapologised"  # "đổi ngày hẹn không có phiếu xin lỗi"
    MOVED_BACK = "moved_back"  # the appointment moved to an earlier moment
    REOPENED = "reopened"
    EXACT_RESULT = "exact_result"  # finished at its appointment, to the second
    MIDNIGHT_RESULT = "midnight_result"  # finished at 23:59
    PAUSED_WHEN_DUE = "paused_when_due"  # one of many that their unit paused on the day they were due
    DIFFERING = "differing"  # two systems tell it differently
    IMPOSSIBLE_DATES = "impossible_dates"  # dates that contradict each other: the clocks that hang on them are silent


class Standing(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    NEAR = "near"  # sắp đến hạn
    DUE = "due"  # đến hạn: its last working day or hour
    LATE = "late"  # chậm tiếp nhận; đang giải quyết quá hạn
    LATE_DONE = "late_done"  # đã tiếp nhận chậm; đã giải quyết quá hạn
    PAUSED = "paused"  # waiting for the citizen
    NOTED = "noted"  # of the kinds that are no clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One conclusion, never stored as a fact.

    `due` is compared by day where it is a date. `since` is when it became late. `agency` is the key of the unit whose
    duty it is (empty: unknown). `rules` are the keys of the rules used, `counted` names how the time was counted, or
    which dates are impossible together. `projected`: a day not yet announced lies in the count ("dự kiến").
    `next_change_at`: when its standing changes by itself (None: never).
    """

    kind: FindingKind
    standing: Standing
    due: Stamp | None = None
    since: datetime | None = None
    agency: str = ""
    rules: tuple[str, ...] = ()
    counted: str = ""
    projected: bool = False
    next_change_at: datetime | None = None


def findings(dossier: Dossier, now: datetime, law: Law) -> tuple[Finding, ...]:
    """What the law says of a dossier at a moment; what was done in time is not mentioned.

    A code that is no `Status` stops no clock of a result that has an appointment and no end, and starts none of a
    reception. A calendar or a rule that is missing is itself a finding, and the others go on. So are dates that
    contradict each other, which silence the clocks that hang on them. All of it stays so until the earliest
    `next_change_at` among them. Raise NaiveMoment where `now` has no zone.
    """
    if now.tzinfo is None:
        raise NaiveMoment(now)
    phase, wrong = phase_of(dossier), contradictions(dossier)
    if wrong:
        return _once(tuple(_despite(wrong, dossier, phase, now, law)))
    found = (*_reception(dossier, phase, now, law), *_of_result(dossier, phase, now, law))
    # Most have nothing to note, and to see that here is quicker than to ask.
    if (
        dossier.status not in PHASES
        or dossier.supplements
        or not (dossier.handling_agency and dossier.receiving_agency)
    ):
        found += tuple(_notes(dossier, phase, law))
    return _once(found) if len(found) > 2 else found


def _despite(
    wrong: Sequence[Contradiction], dossier: Dossier, phase: Phase, now: datetime, law: Law
) -> Iterator[Finding]:
    """What can be said of a dossier whose dates contradict each other: nothing that hangs on them."""
    if OF_RECEPTION.isdisjoint(wrong):
        yield from _reception(dossier, phase, now, law)
    if phase is Phase.PAUSED or OF_RESULT.isdisjoint(wrong):
        yield from _of_result(dossier, phase, now, law)
    yield Finding(
        kind=FindingKind.IMPOSSIBLE_DATES,
        standing=Standing.NOTED,
        agency=handling_agency(dossier) or receiving_agency(dossier),
        counted=wrong[0],
    )
    yield from _notes(dossier, phase, law)


def _once(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Each kind once: a calendar missing for two clocks is one thing to look at."""
    first = {finding.kind: finding for finding in reversed(found)}
    return tuple(finding for finding in found if finding is first[finding.kind])


def _reception(dossier: Dossier, phase: Phase, now: datetime, law: Law) -> Iterator[Finding]:
    filed, received = dossier.filed, dossier.received
    if filed is None or not is_online(dossier) or dossier.status == Status.NOT_RECEIVED:
        return
    agency = receiving_agency(dossier)
    try:
        if received is not None:
            deadlines = deadlines_of(law, agency)
            if deadlines.received_late(filed, received):
                yield _late(FindingKind.RECEPTION, Standing.LATE_DONE, deadlines.reception(filed), agency)
        elif phase is Phase.WAITING:
            yield _clock(FindingKind.RECEPTION, deadlines_of(law, agency).reception(filed), now, agency)
    except (CalendarUnknown, RuleUnknown) as missing:
        yield _uncounted(missing, agency, RECEPTION_RULE)


def _of_result(dossier: Dossier, phase: Phase, now: datetime, law: Law) -> Iterator[Finding]:
    appointment = dossier.appointment
    if phase is Phase.PAUSED:
        yield _appointed(dossier, Standing.PAUSED)
    elif phase is Phase.HANDLING and appointment is None:
        yield _noted(FindingKind.NO_APPOINTMENT, handling_agency(dossier))
    elif phase is Phase.WAITING or appointment is None:
        return
    elif phase is Phase.ENDED:
        end = ended(dossier)
        if end is not None and after(end, appointment):
            yield _appointed(dossier, Standing.LATE_DONE, since=passed(appointment))
    elif after(now, appointment):
        yield _appointed(dossier, Standing.LATE, since=passed(appointment))
    else:
        yield from _running(dossier, appointment, now, law)


def _running(dossier: Dossier, appointment: Stamp, now: datetime, law: Law) -> Iterator[Finding]:
    """The result before its appointment, and the apology for one that will not be ready."""
    agency = handling_agency(dossier)
    deadlines = deadlines_of(law, agency)
    try:
        result = deadlines.result(appointment)
    except CalendarUnknown as missing:
        result = uncounted(appointment)
        yield _uncounted(missing, agency, until=result.late)
    yield _clock(FindingKind.RESULT, result, now, agency)
    try:
        apology = apology_for(dossier, appointment, deadlines)
        if apology is not None:
            yield _clock(FindingKind.APOLOGY, apology, now, agency, until=result.late)
    except (CalendarUnknown, RuleUnknown) as missing:
        yield _uncounted(missing, agency, APOLOGY_RULE, until=result.late)


def apology_for(dossier: Dossier, appointment: Stamp, deadlines: Deadlines) -> Deadline | None:
    """The cut-off of its apology; None where that lay before the beginning, so that there never was a day for it."""
    day, start = day_of(appointment), begun(dossier)
    if start is None:
        return deadlines.apology(day, day)
    first = day_of(start)
    apology = deadlines.apology(day, first)
    return apology if first <= day_of(apology.due) else None


def _notes(dossier: Dossier, phase: Phase, law: Law) -> Iterator[Finding]:
    if dossier.status not in PHASES:
        yield _noted(FindingKind.UNKNOWN_STATUS, handling_agency(dossier))
    if len(dossier.supplements) > 1:
        yield from _supplements(dossier, law)
    if phase is not Phase.ENDED:
        agency = receiving_agency(dossier) if phase is Phase.WAITING else handling_agency(dossier)
        if not agency:
            yield _noted(FindingKind.UNKNOWN_UNIT, agency)


def _supplements(dossier: Dossier, law: Law) -> Iterator[Finding]:
    """More requests for papers than the law allows on the day handling began; than one where no rule is in force."""
    agency, start = handling_agency(dossier), begun(dossier)
    try:
        rule = law.rule(SUPPLEMENT_RULE, day_of(start if start is not None else dossier.supplements[0].asked))
    except RuleUnknown:
        yield _noted(FindingKind.SECOND_SUPPLEMENT, agency)
        return
    if len(dossier.supplements) > rule.value:
        yield _noted(FindingKind.SECOND_SUPPLEMENT, agency, SUPPLEMENT_RULE)


def _clock(kind: FindingKind, deadline: Deadline, now: datetime, agency: str, until: datetime | None = None) -> Finding:
    """A clock as it stands; `until`: when it falls silent, late or not."""
    if now < deadline.near:
        standing, change = Standing.RUNNING, deadline.near
    elif now < deadline.last:
        standing, change = Standing.NEAR, deadline.last
    elif now < deadline.late:
        standing, change = Standing.DUE, deadline.late
    else:
        return _late(kind, Standing.LATE, deadline, agency, until)
    return Finding(
        kind=kind,
        standing=standing,
        due=deadline.due,
        agency=agency,
        rules=deadline.rules,
        counted=deadline.counted,
        projected=deadline.projected,
        next_change_at=change if until is None else min(change, until),
    )


def _late(
    kind: FindingKind, standing: Standing, deadline: Deadline, agency: str, until: datetime | None = None
) -> Finding:
    return Finding(
        kind=kind,
        standing=standing,
        due=deadline.due,
        since=deadline.late,
        agency=agency,
        rules=deadline.rules,
        counted=deadline.counted,
        projected=deadline.projected,
        next_change_at=until,
    )


def _appointed(dossier: Dossier, standing: Standing, since: datetime | None = None) -> Finding:
    """A result whose standing needs no calendar: its appointment is the source's own."""
    return Finding(
        kind=FindingKind.RESULT,
        standing=standing,
        due=dossier.appointment,
        since=since,
        agency=handling_agency(dossier),
        counted=Counting.APPOINTMENT if dossier.appointment is not None else "",
    )


def _noted(kind: FindingKind, agency: str, *rules: str) -> Finding:
    return Finding(kind=kind, standing=Standing.NOTED, agency=agency, rules=rules)


def _uncounted(missing: LookupError, agency: str, *rules: str, until: datetime | None = None) -> Finding:
    """A deadline that could not be counted, and whether a calendar or a rule is missing."""
    return Finding(
        kind=FindingKind.NO_CALENDAR,
        standing=Standing.NOTED,
        agency=agency,
        rules=rules,
        counted=Counting.NO_RULE if isinstance(missing, RuleUnknown) else Counting.NO_CALENDAR,
        next_change_at=until,
    )
