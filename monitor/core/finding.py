"""What the law says of a dossier now: by when what is due, how it stands, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.contradiction import OF_RECEPTION, OF_RESULT, Contradiction, contradictions
from monitor.core.deadline import (
    APOLOGY_RULE,
    FINANCIAL_DUTY_RULE,
    RECEPTION_RULE,
    Counting,
    Deadline,
    Deadlines,
    after,
    deadlines_of,
    uncounted,
)
from monitor.core.dossier import Dossier, Status
from monitor.core.found import Finding, FindingKind, Standing, clock, late, noted, uncountable
from monitor.core.law import Law, RuleUnknown
from monitor.core.noted import beside, notes
from monitor.core.pauses import Pause, PauseKind, extended
from monitor.core.period import NaiveMoment, Stamp, day_of, end_of
from monitor.core.phase import (
    PHASES,
    Phase,
    begun,
    ended,
    handling_agency,
    is_online,
    phase_of,
    receiving_agency,
    refused,
)
from monitor.core.reappointment import granted
from monitor.core.reckoning import Reckoning, reckoned
from monitor.core.stages import passed
from monitor.core.workdays import CalendarUnknown

__all__ = ["Finding", "FindingKind", "Standing", "apology_for", "findings"]

_Appointment = tuple[Stamp, Counting]
"""The appointment that holds, and whether the source prints it or the apology gave it."""


def findings(dossier: Dossier, now: datetime, law: Law, known: Circumstances = NOTHING_KNOWN) -> tuple[Finding, ...]:
    """What the law says of a dossier at a moment; what was done in time is not mentioned.

    A code that is no `Status` stops no clock of a result that has an appointment and no end, and starts none of a
    reception. A calendar or a rule that is missing is itself a finding, and the others go on. So are dates that
    contradict each other, which silence the clocks that hang on them. What is `known` beside its latest word may move a
    clock (the apology's new appointment, an approved pause) and adds what can only be seen there. All of it stays so
    until the earliest `next_change_at` among them. Raise NaiveMoment where `now` has no zone.
    """
    if now.tzinfo is None:
        raise NaiveMoment(now)
    phase, wrong = phase_of(dossier), contradictions(dossier)
    if wrong:
        return _once(tuple(_despite(wrong, dossier, now, law, known)))
    found = (*_reception(dossier, phase, now, law, known), *_of_result(dossier, phase, now, law, known))
    # Most have nothing to note, and to see that here is quicker than to ask.
    if (
        dossier.status not in PHASES
        or dossier.supplements
        or not (dossier.handling_agency and dossier.receiving_agency)
    ):
        found += tuple(notes(dossier, phase, law))
    if known is not NOTHING_KNOWN or dossier.refused is not None:
        found += tuple(beside(dossier, phase, now, law, known))
    return _once(found) if len(found) > 2 else found


def _despite(
    wrong: Sequence[Contradiction], dossier: Dossier, now: datetime, law: Law, known: Circumstances
) -> Iterator[Finding]:
    """What can be said of a dossier whose dates contradict each other: nothing that hangs on them."""
    phase = phase_of(dossier)
    if OF_RECEPTION.isdisjoint(wrong):
        yield from _reception(dossier, phase, now, law, known)
    if phase is Phase.PAUSED or OF_RESULT.isdisjoint(wrong):
        yield from _of_result(dossier, phase, now, law, known)
    yield Finding(
        kind=FindingKind.IMPOSSIBLE_DATES,
        standing=Standing.NOTED,
        agency=handling_agency(dossier) or receiving_agency(dossier),
        counted=wrong[0],
    )
    yield from notes(dossier, phase, law)


def _once(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Each kind once: a calendar missing for two clocks is one thing to look at."""
    first = {finding.kind: finding for finding in reversed(found)}
    return tuple(finding for finding in found if finding is first[finding.kind])


def _reception(dossier: Dossier, phase: Phase, now: datetime, law: Law, known: Circumstances) -> Iterator[Finding]:
    filed, received = dossier.filed, dossier.received
    if filed is None or not is_online(dossier):
        return
    if dossier.status == Status.NOT_RECEIVED:
        received = refused(dossier)  # A refusal is an answer too; one without a stamp accuses nobody.
    if received is None and phase is not Phase.WAITING:
        return
    agency, pauses = receiving_agency(dossier), _approved(known) if known.pauses else ()
    try:
        deadlines = deadlines_of(law, agency)
        if received is None:
            found = clock(FindingKind.RECEPTION, deadlines.reception(filed, pauses), now, agency)
        elif deadlines.received_late(filed, received, pauses):
            found = late(FindingKind.RECEPTION, Standing.LATE_DONE, deadlines.reception(filed, pauses), agency)
        else:
            return
        yield _unpaused(found, filed, deadlines) if pauses else found
    except (CalendarUnknown, RuleUnknown) as missing:
        yield uncountable(missing, agency, RECEPTION_RULE)


def _approved(known: Circumstances) -> tuple[Pause, ...]:
    return tuple(Pause(PauseKind.APPROVED, one.span.start, one.span.end) for one in known.pauses)


def _unpaused(found: Finding, filed: Stamp, deadlines: Deadlines) -> Finding:
    plain = deadlines.reception(filed).due
    return replace(found, beside=plain) if plain != found.due else found


def _of_result(dossier: Dossier, phase: Phase, now: datetime, law: Law, known: Circumstances) -> Iterable[Finding]:
    due, counted = dossier.appointment, Counting.APPOINTMENT
    if known.apologies and (apology := granted(dossier, known)) is not None:
        due, counted = apology.new, Counting.REAPPOINTED
    if due is None:
        return () if phase is Phase.WAITING else _unappointed(dossier, phase, now, law, known)
    found = _appointed(dossier, phase, (day_of(due) if law.by_date else due, counted), now, law)
    return _unmoved(found, dossier, law, known) if known.pauses else found


def _appointed(dossier: Dossier, phase: Phase, appointment: _Appointment, now: datetime, law: Law) -> Iterable[Finding]:
    due, _ = appointment
    if phase is Phase.PAUSED:
        return (_printed(dossier, Standing.PAUSED, appointment),)
    if phase is Phase.WAITING:
        return ()
    if phase is Phase.ENDED:
        end = ended(dossier)
        if end is None or not after(end, due) or _left_unreceived(dossier):
            return ()
        return (_printed(dossier, Standing.LATE_DONE, appointment, since=passed(due)),)
    if after(now, due):
        return (_printed(dossier, Standing.LATE, appointment, since=passed(due)),)
    return _running(dossier, appointment, now, law)


def _left_unreceived(dossier: Dossier) -> bool:
    """Whether the citizen took it back before anybody had received it: no result was owed."""
    return dossier.status == Status.WITHDRAWN and dossier.received is None and is_online(dossier)


def _running(dossier: Dossier, appointment: _Appointment, now: datetime, law: Law) -> Iterator[Finding]:
    """The result before its appointment, and the apology for one that will not be ready.

    Where the one new appointment was given already, no second apology may follow.
    """
    due, counted = appointment
    agency = handling_agency(dossier)
    deadlines = deadlines_of(law, agency)
    try:
        result = deadlines.result(due)
    except CalendarUnknown as missing:
        result = uncounted(due)
        yield uncountable(missing, agency, until=result.late)
    if counted is Counting.REAPPOINTED:
        yield clock(FindingKind.RESULT, result._replace(counted=Counting.REAPPOINTED), now, agency)
        return
    yield clock(FindingKind.RESULT, result, now, agency)
    try:
        apology = apology_for(dossier, due, deadlines)
        if apology is not None:
            yield clock(FindingKind.APOLOGY, apology, now, agency, until=result.late)
    except (CalendarUnknown, RuleUnknown) as missing:
        yield uncountable(missing, agency, APOLOGY_RULE, until=result.late)


def apology_for(dossier: Dossier, appointment: Stamp, deadlines: Deadlines) -> Deadline | None:
    """The cut-off of its apology; None where that lay before the beginning, so that there never was a day for it."""
    day, start = day_of(appointment), begun(dossier)
    if start is None:
        return deadlines.apology(day, day)
    first = day_of(start)
    apology = deadlines.apology(day, first)
    return apology if first <= day_of(apology.due) else None


def _unmoved(found: Iterable[Finding], dossier: Dossier, law: Law, known: Circumstances) -> Iterator[Finding]:
    """An approved pause moves no printed appointment; the finding says beside it by when it would be due without."""
    for one in found:
        if one.kind is not FindingKind.RESULT or one.due is None:
            yield one
            continue
        try:
            moved = extended(one.due, begun(dossier), _approved(known), law.calendar_of(one.agency))
        except CalendarUnknown:
            moved = one.due
        yield replace(one, beside=moved) if moved != one.due else one


def _unappointed(dossier: Dossier, phase: Phase, now: datetime, law: Law, known: Circumstances) -> Iterator[Finding]:
    """No appointment is printed. By a limit that a person confirmed its clock runs; by any other it is only noted."""
    agency = handling_agency(dossier)
    if phase is Phase.PAUSED:
        yield Finding(kind=FindingKind.RESULT, standing=Standing.PAUSED, agency=agency, rules=_duty(dossier))
        return
    said = noted(FindingKind.NO_APPOINTMENT, agency)
    if dossier.received is not None:
        try:
            reckoning = reckoned(dossier, now, law, known)
            if reckoning is not None and reckoning.limit.rule.confirmed_by:
                yield from _by_limit(dossier, phase, reckoning, now, law)
            elif reckoning is not None and reckoning.due is not None:
                said = _reckoned(said, reckoning)
            if reckoning is not None and _unended(dossier, phase, reckoning):
                unended = noted(FindingKind.UNENDED_PAUSE, agency, reckoning.limit.rule.key)
                yield replace(unended, due=reckoning.plain, counted=Counting.LIMIT)
        except CalendarUnknown as missing:
            if phase is Phase.HANDLING:
                yield uncountable(missing, agency)
    if phase is Phase.HANDLING:
        yield said


def _unended(dossier: Dossier, phase: Phase, reckoning: Reckoning) -> bool:
    """Whether no clock of it can run, because of a pause that the source never ended though the dossier went on.

    Of one that is done it matters only where it ended after its limit without any pause.
    """
    if reckoning.due is not None or not any(one.end is None for one in reckoning.pauses):
        return False
    if phase is Phase.HANDLING:
        return True
    end = ended(dossier) if dossier.status in {Status.DONE, Status.RETURNED} else None
    return end is not None and after(end, reckoning.plain)


def _by_limit(dossier: Dossier, phase: Phase, reckoning: Reckoning, now: datetime, law: Law) -> Iterator[Finding]:
    agency, due = handling_agency(dossier), reckoning.due
    if due is None:
        return
    due = day_of(due) if law.by_date else due
    if phase is not Phase.ENDED:
        projected = reckoning.calendar.is_projected(day_of(reckoning.start), day_of(due))
        deadline = deadlines_of(law, agency).result(due)
        found = replace(clock(FindingKind.RESULT, deadline, now, agency), projected=projected)
        yield replace(_reckoned(found, reckoning), due=due)
        return
    end = ended(dossier)
    if end is not None and after(end, due):
        found = late(FindingKind.RESULT, Standing.LATE_DONE, uncounted(due), agency)
        yield replace(_reckoned(found, reckoning), due=due)


def _reckoned(found: Finding, reckoning: Reckoning) -> Finding:
    """The later of both ways to count a supplement, and beside it the earlier."""
    first, second = reckoning.subtracted, reckoning.restarted
    earlier = first if second is None or end_of(first) <= end_of(second) else second
    return replace(
        found,
        due=reckoning.due,
        rules=(reckoning.limit.rule.key,),
        counted=Counting.LIMIT,
        beside=earlier if earlier != reckoning.due else None,
    )


def _printed(dossier: Dossier, standing: Standing, appointment: _Appointment, since: datetime | None = None) -> Finding:
    """A result whose standing needs no calendar: its appointment is the source's own, or the apology's."""
    return Finding(
        kind=FindingKind.RESULT,
        standing=standing,
        due=appointment[0],
        since=since,
        agency=handling_agency(dossier),
        rules=_duty(dossier) if standing is Standing.PAUSED else (),
        counted=appointment[1],
    )


def _duty(dossier: Dossier) -> tuple[str, ...]:
    """What a pause rests on: a financial duty's on a habit that nobody has found the ground of."""
    return (FINANCIAL_DUTY_RULE,) if dossier.status == Status.FINANCIAL_DUTY else ()
