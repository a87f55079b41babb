"""What a person must look at in a dossier, beside its clocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from monitor.core.circumstances import Circumstances
from monitor.core.deadline import NOTICE_RULE, SUPPLEMENT_RULE, Counting, after, deadlines_of
from monitor.core.dossier import Dossier
from monitor.core.found import Finding, FindingKind, Standing, noted, uncountable
from monitor.core.handover import HANDOVER_RULE, handover
from monitor.core.law import Law, RuleUnknown
from monitor.core.period import Stamp, day_of
from monitor.core.phase import PHASES, Phase, begun, handling_agency, receiving_agency, refused
from monitor.core.reappointment import REAPPOINTMENT_RULE, put_off
from monitor.core.reckoning import reckoned
from monitor.core.stages import passed
from monitor.core.workdays import CalendarUnknown


def notes(dossier: Dossier, phase: Phase, law: Law) -> Iterator[Finding]:
    """What its latest word alone shows: a status or a unit nobody knows, papers asked for late or too often."""
    if dossier.status not in PHASES:
        yield noted(FindingKind.UNKNOWN_STATUS, handling_agency(dossier))
    if dossier.supplements and dossier.received is not None:
        yield from _noticed(dossier, dossier.received, law)
    if len(dossier.supplements) > 1:
        yield from _supplements(dossier, law)
    if phase is not Phase.ENDED:
        agency = receiving_agency(dossier) if phase is Phase.WAITING else handling_agency(dossier)
        if not agency:
            yield noted(FindingKind.UNKNOWN_UNIT, agency)


def _noticed(dossier: Dossier, began: Stamp, law: Law) -> Iterator[Finding]:
    """The first request for papers, later than so many working days after reception (NĐ 61/2018, Điều 19.4)."""
    received, asked = day_of(began), min([day_of(one.asked) for one in dossier.supplements])
    if asked <= received:
        return
    agency = handling_agency(dossier)
    deadlines = deadlines_of(law, agency)
    try:
        days = deadlines.rule(NOTICE_RULE, received).value
        # Working days never run faster than days, so most need no calendar.
        if (asked - received).days <= days:
            return
        due = deadlines.calendar.add_days(received, days)
    except (CalendarUnknown, RuleUnknown) as missing:
        yield uncountable(missing, agency, NOTICE_RULE)
        return
    if asked > due:
        said = noted(FindingKind.SUPPLEMENT_NOTICE, agency, NOTICE_RULE)
        yield replace(said, due=due, since=passed(due), counted=Counting.WORKING_DAYS)


def _supplements(dossier: Dossier, law: Law) -> Iterator[Finding]:
    """More requests for papers than the law allows on the day handling began; than one where no rule is in force."""
    agency, start = handling_agency(dossier), begun(dossier)
    try:
        rule = law.rule(SUPPLEMENT_RULE, day_of(start if start is not None else dossier.supplements[0].asked))
    except RuleUnknown:
        yield noted(FindingKind.SECOND_SUPPLEMENT, agency)
        return
    if len(dossier.supplements) > rule.value:
        yield noted(FindingKind.SECOND_SUPPLEMENT, agency, SUPPLEMENT_RULE)


def beside(dossier: Dossier, phase: Phase, now: datetime, law: Law, known: Circumstances) -> Iterator[Finding]:
    """What can only be seen in its refusal, its steps, its history, or what people recorded."""
    if known.steps:
        yield from _handed_over(dossier, phase, now, law, known)
    refusal = refused(dossier)
    if refusal is not None and dossier.received is not None and phase is Phase.ENDED:
        yield from _refused(dossier, refusal, now, law, known)
    if known.apologies or known.history:
        yield from _put_off(dossier, law, known)


def _handed_over(dossier: Dossier, phase: Phase, now: datetime, law: Law, known: Circumstances) -> Iterator[Finding]:
    agency = receiving_agency(dossier)
    try:
        one = handover(dossier, known.steps, law)
    except (CalendarUnknown, RuleUnknown) as missing:
        yield uncountable(missing, agency, HANDOVER_RULE)
        return
    if one is None or (one.done is None and phase is not Phase.HANDLING):
        return
    due = day_of(one.due) if law.by_date else one.due
    if after(now if one.done is None else one.done, due):
        standing, since, change = Standing.NOTED, passed(due), None
    elif one.done is None:
        standing, since, change = Standing.RUNNING, None, passed(due)
    else:
        return
    yield Finding(
        kind=FindingKind.HANDOVER,
        standing=standing,
        due=due,
        since=since,
        agency=agency,
        rules=(HANDOVER_RULE,),
        next_change_at=change,
    )


def _refused(dossier: Dossier, told: Stamp, now: datetime, law: Law, known: Circumstances) -> Iterator[Finding]:
    """A refusal is to be told within the time for the result (NĐ 61/2018, Điều 19.8)."""
    agency, rules, due = handling_agency(dossier), tuple[str, ...](), dossier.appointment
    if due is None:
        try:
            reckoning = reckoned(dossier, now, law, known)
        except CalendarUnknown:
            return
        if reckoning is None or reckoning.due is None:
            return
        due, rules = reckoning.due, (reckoning.limit.rule.key,)
    due = day_of(due) if law.by_date else due
    if after(told, due):
        yield Finding(
            kind=FindingKind.REFUSED_LATE,
            standing=Standing.NOTED,
            due=due,
            since=passed(due),
            agency=agency,
            rules=rules,
            counted=Counting.LIMIT if rules else Counting.APPOINTMENT,
        )


def _put_off(dossier: Dossier, law: Law, known: Circumstances) -> Iterator[Finding]:
    """More new appointments than the law allows on the day handling began; than one where no rule is in force."""
    agency, start = handling_agency(dossier), begun(dossier)
    breach, days = any(one.breach for one in known.apologies), put_off(dossier, known, by_date=law.by_date)
    if not breach and len(days) < 2:
        return
    allowed, rules = 1, tuple[str, ...]()
    if start is not None:
        with suppress(RuleUnknown):
            allowed, rules = law.rule(REAPPOINTMENT_RULE, day_of(start)).value, (REAPPOINTMENT_RULE,)
    if breach or len(days) > allowed:
        yield noted(FindingKind.SECOND_REAPPOINTMENT, agency, *rules)
