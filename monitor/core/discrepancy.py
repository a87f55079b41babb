"""Where the words on one dossier do not fit together: those of two systems, those of one by and by, dates too exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.deadline import after
from monitor.core.dossier import Dossier, Status
from monitor.core.found import Finding, FindingKind, noted
from monitor.core.law import Law
from monitor.core.period import Stamp, day_of, ict
from monitor.core.phase import Phase, handling_agency, phase_of, receiving_agency
from monitor.core.reappointment import Move, moves


class Difference(StrEnum):
    """What two systems tell differently of one dossier, or why an exact result is no chance; "here" is what counts."""

    DONE_THERE = "done_there"
    DONE_HERE = "done_here"
    PAUSE_AS_DONE = "pause_as_done"  # waiting for the citizen, or stopped, here; "done" there: a connector's habit
    RECEIVED_THERE = "received_there"  # … and "mới đăng ký" here
    RECEIVED_HERE = "received_here"
    APPOINTMENT = "appointment"
    INVENTED_PROGRESS = "invented_progress"  # a step says "done" where there is no appointment and no end
    REWRITTEN = "rewritten"  # the end became equal to the appointment, and was another before


_GIVEN_UP = frozenset({Status.SUPPLEMENT, Status.FINANCIAL_DUTY, Status.STOPPED})
_DONE = frozenset({Status.DONE, Status.RETURNED})
_RECEIVED = frozenset({Phase.HANDLING, Phase.PAUSED})


def discrepancies(dossier: Dossier, law: Law, known: Circumstances = NOTHING_KNOWN) -> tuple[Finding, ...]:
    """What a person must look at because words contradict each other, or dates are too good.

    Several may be DIFFERING; `counted` says by which Difference. None of it moves a clock.
    """
    single = _exact(dossier, known) if dossier.finished is not None else ()
    if known is NOTHING_KNOWN:
        return single
    return (*single, *_by_and_by(dossier, law, known), *_elsewhere(dossier, law, known))


def agree(one: Dossier, other: Dossier, law: Law) -> bool:
    """Whether two systems' words on one dossier tell no difference, from whichever of both it is looked at."""
    return not any(True for here, there in ((one, other), (other, one)) for _ in _between(here, there, law))


def _exact(dossier: Dossier, known: Circumstances) -> tuple[Finding, ...]:
    """A result finished at its appointment to the second, or in the last minute of a day; most are neither."""
    finished, appointment = dossier.finished, dossier.appointment
    if not isinstance(finished, datetime):
        return ()
    found: list[Finding] = []
    if finished == appointment:
        rewritten = any(
            isinstance(one.finished, datetime) and one.finished not in {finished, one.appointment}
            for one in known.history
        )
        said = noted(FindingKind.EXACT_RESULT, handling_agency(dossier))
        found.append(replace(said, due=finished, counted=Difference.REWRITTEN if rewritten else ""))
    local = ict(finished)
    if local.hour == 23 and local.minute == 59:
        found.append(replace(noted(FindingKind.MIDNIGHT_RESULT, handling_agency(dossier)), due=finished))
    return tuple(found)


def _by_and_by(dossier: Dossier, law: Law, known: Circumstances) -> Iterator[Finding]:
    """What only shows in what the same source said before, or in its steps."""
    agency = handling_agency(dossier)
    if known.history:
        moved = tuple(moves(dossier, known, by_date=law.by_date))
        if back := next((one for one in reversed(moved) if not one.later and not one.supplemented), None):
            yield _moved(FindingKind.MOVED_BACK, agency, back)
        if put_off := next((one for one in reversed(moved) if _unapologised(one, known)), None):
            yield _moved(FindingKind.MOVED_UNAPOLOGISED, agency, put_off)
        reopened = (now for before, now in pairwise((*known.history, dossier)) if _reopened(before, now))
        if (again := next(reopened, None)) is not None:
            yield replace(noted(FindingKind.REOPENED, agency), since=again.as_of)
    if dossier.appointment is None and phase_of(dossier) is not Phase.ENDED:
        invented = next((step for step in known.steps if step.status == Status.DONE), None)
        if invented is not None:
            yield _differing(dossier, Difference.INVENTED_PROGRESS, since=invented.at)


def _moved(kind: FindingKind, agency: str, move: Move) -> Finding:
    """`due` is what it was before, `beside` what it is since; `since` when that was told."""
    return replace(noted(kind, agency), due=move.old, beside=move.new, since=move.told)


def _unapologised(move: Move, known: Circumstances) -> bool:
    """Put off, neither by papers asked for nor by an apology that gives this very day."""
    if not move.later or move.supplemented:
        return False
    return all(day_of(one.new) != day_of(move.new) for one in known.apologies)


def _reopened(before: Dossier, now: Dossier) -> bool:
    return phase_of(before) is Phase.ENDED and phase_of(now) in {Phase.WAITING, Phase.HANDLING, Phase.PAUSED}


def _elsewhere(dossier: Dossier, law: Law, known: Circumstances) -> Iterator[Finding]:
    """Each difference from what other systems last said, once."""
    yield from dict.fromkeys(one for other in known.others for one in _between(dossier, other, law))


def _between(here: Dossier, there: Dossier, law: Law) -> Iterator[Finding]:
    now, then = phase_of(here), phase_of(there)
    if here.status in _GIVEN_UP and there.status in _DONE:
        yield _differing(here, Difference.PAUSE_AS_DONE, since=there.as_of)
    elif there.status in _GIVEN_UP and here.status in _DONE:
        yield _differing(here, Difference.PAUSE_AS_DONE, since=here.as_of)
    elif then is Phase.ENDED and now is not Phase.ENDED:
        yield _differing(here, Difference.DONE_THERE, since=there.as_of)
    elif now is Phase.ENDED and then not in {Phase.ENDED, Phase.UNKNOWN}:
        yield _differing(here, Difference.DONE_HERE, since=here.as_of)
    elif now is Phase.WAITING and then in _RECEIVED:
        yield _differing(here, Difference.RECEIVED_THERE, since=there.as_of)
    elif then is Phase.WAITING and now in _RECEIVED:
        yield _differing(here, Difference.RECEIVED_HERE, since=here.as_of)
    if _differ(here.appointment, there.appointment, by_date=law.by_date):
        said = _differing(here, Difference.APPOINTMENT, since=max(here.as_of, there.as_of))
        yield replace(said, due=here.appointment, beside=there.appointment)


def _differ(one: Stamp | None, other: Stamp | None, *, by_date: bool) -> bool:
    """Whether two appointments are two; by day where one names the day alone. One that is missing is no other."""
    if one is None or other is None:
        return False
    return day_of(one) != day_of(other) if by_date else after(one, other) or after(other, one)


def _differing(dossier: Dossier, difference: Difference, since: datetime) -> Finding:
    agency = handling_agency(dossier) or receiving_agency(dossier)
    return replace(noted(FindingKind.DIFFERING, agency), counted=difference, since=since)
