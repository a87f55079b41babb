"""Whether a dossier was resolved on time by the formula of the national index (QĐ 766/QĐ-TTg, 2.1), and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.deadline import after
from monitor.core.dossier import Dossier, Status
from monitor.core.law import Law
from monitor.core.limit import limit_of
from monitor.core.pauses import Pause, PauseKind, ended_within, pauses_of, subtracted
from monitor.core.period import Stamp, at, day_of, end_of
from monitor.core.phase import Phase, handling_agency, phase_of
from monitor.core.workdays import CalendarUnknown


class OnTime(StrEnum):
    """What the formula says."""

    ON_TIME = "on_time"
    OVERDUE = "overdue"
    UNJUDGED = "unjudged"  # it stands in neither count


class Ending(StrEnum):
    """What is taken for the end, the first of these that there is."""

    DONE = "done"  # status 9
    RETURNED = "returned"  # status 10
    REFUSED = "refused"  # status 8 or 3
    WITHDRAWN = "withdrawn"  # status 7, of what had been received
    SUPPLEMENT = "supplement"  # one request for papers is all that happened
    PERIOD = "period"  # no end: that of the period


class Ground(StrEnum):
    """What decided."""

    APPOINTMENT = "appointment"
    LIMIT = "limit"  # no appointment: the most time that the procedure may take
    SUPPLEMENTS = "supplements"  # more than one request for papers
    NOT_RECEIVED = "not_received"
    NO_LIMIT = "no_limit"  # neither an appointment nor a rule of the procedure
    NO_CALENDAR = "no_calendar"
    NO_END = "no_end"  # it has ended, and nobody says when: perhaps in time


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict766:
    """The result with its arithmetic: `end` less `supplement` is compared with `due`.

    `compared` is that difference (where the limit decides, `end` itself: `due` then has the supplement in it). `rule`
    is the key of the limit used.
    """

    result: OnTime
    ground: Ground
    start: Stamp | None = None
    end: Stamp | None = None
    ending: Ending | None = None
    supplement: timedelta = timedelta()
    compared: Stamp | None = None
    due: Stamp | None = None
    rule: str = ""


def judged(dossier: Dossier, period_end: datetime, law: Law, known: Circumstances = NOTHING_KNOWN) -> Verdict766:
    """Whether it was on time at the end of a period; what happened after that is not known yet.

    On time is the end, less the time of the supplement, no later than the appointment, by the moment or by the day as
    the office chose (`law.by_date`). The appointment is the one printed: what apologies and approved pauses move counts
    here no more than the index knows of it.
    """
    start = dossier.received
    if start is None or after(start, period_end):
        return Verdict766(result=OnTime.UNJUDGED, ground=Ground.NOT_RECEIVED)
    asked = [one for one in pauses_of(dossier, known) if one.kind is PauseKind.SUPPLEMENT and _known(one, period_end)]
    end, ending = _end(dossier, period_end, asked, known)
    so_far = Verdict766(
        result=OnTime.OVERDUE,
        ground=Ground.SUPPLEMENTS,
        start=start,
        end=end,
        ending=ending,
        supplement=_waited(asked, start, end),
    )
    if len(asked) > 1:
        return so_far
    if dossier.appointment is not None:
        found = _by_appointment(so_far, end, dossier.appointment, law)
    else:
        found = _by_limit(so_far, dossier, asked, law)
    if found.result is OnTime.OVERDUE and ending is Ending.PERIOD and _ended_some_time(dossier, known):
        nothing = replace(so_far, end=None, ending=None, supplement=timedelta())
        return replace(nothing, result=OnTime.UNJUDGED, ground=Ground.NO_END)
    return found


def _ended_some_time(dossier: Dossier, known: Circumstances) -> bool:
    """Whether it has ended at a moment that neither its stamps nor its steps tell."""
    return phase_of(dossier) is Phase.ENDED and all(stamp is None for stamp, _ in _ends(dossier, known))


def _known(pause: Pause, period_end: datetime) -> bool:
    return (pause.start if isinstance(pause.start, datetime) else at(pause.start)) <= period_end


def _end(dossier: Dossier, period_end: datetime, asked: list[Pause], known: Circumstances) -> tuple[Stamp, Ending]:
    for stamp, ending in _ends(dossier, known):
        if stamp is not None and not after(stamp, period_end):
            return stamp, ending
    if len(asked) == 1 and asked[0].end is None:
        return asked[0].start, Ending.SUPPLEMENT
    return period_end, Ending.PERIOD


def _ends(dossier: Dossier, known: Circumstances) -> Iterator[tuple[Stamp | None, Ending]]:
    """Moments of the end in the order of their priority: 9, 10, 8 or 3, and 7; none of what is still handled.

    Where the dossier prints no stamp of its end, the step that brought it does.
    """
    status = dossier.status
    if status in (Status.NOT_RECEIVED, Status.STOPPED):
        yield from ((stamp, Ending.REFUSED) for stamp in (dossier.refused, dossier.finished, _step(known, status)))
    elif status == Status.WITHDRAWN:
        yield from ((stamp, Ending.WITHDRAWN) for stamp in (dossier.finished, _step(known, status)))
    elif phase_of(dossier) is Phase.ENDED:
        yield from ((stamp, Ending.DONE) for stamp in (dossier.finished, _step(known, Status.DONE)))
        yield from ((stamp, Ending.RETURNED) for stamp in (dossier.returned, _step(known, Status.RETURNED)))


def _step(known: Circumstances, status: str) -> datetime | None:
    return next((step.at for step in reversed(known.steps) if step.status == status), None)


def _waited(asked: list[Pause], start: Stamp, end: Stamp) -> timedelta:
    """The time of the supplements before the end, by the clock on the wall."""
    begun = start if isinstance(start, datetime) else at(start)
    apart = ended_within(asked, begun, max(end_of(end), begun))
    return sum((end - begin for begin, end in apart), timedelta())


def _by_appointment(so_far: Verdict766, end: Stamp, due: Stamp, law: Law) -> Verdict766:
    waited = so_far.supplement
    compared = end - waited if isinstance(end, datetime) else day_of(at(end) - waited)
    late = after(compared, day_of(due) if law.by_date else due)
    return replace(
        so_far,
        result=OnTime.OVERDUE if late else OnTime.ON_TIME,
        ground=Ground.APPOINTMENT,
        compared=compared,
        due=due,
    )


def _by_limit(so_far: Verdict766, dossier: Dossier, asked: list[Pause], law: Law) -> Verdict766:
    """Working time is compared with working time: the limit, its supplement left out, against the end."""
    start, end = so_far.start, so_far.end
    limit = limit_of(law, dossier.procedure, day_of(start)) if start is not None else None
    if limit is None or start is None or end is None:
        return replace(so_far, result=OnTime.UNJUDGED, ground=Ground.NO_LIMIT)
    try:
        due = subtracted(limit, start, asked, law.calendar_of(handling_agency(dossier)), end)
    except CalendarUnknown:
        return replace(so_far, result=OnTime.UNJUDGED, ground=Ground.NO_CALENDAR)
    late = after(end, day_of(due) if law.by_date else due)
    return replace(
        so_far,
        result=OnTime.OVERDUE if late else OnTime.ON_TIME,
        ground=Ground.LIMIT,
        compared=end,
        due=due,
        rule=limit.rule.key,
    )
