"""Time that does not count against a dossier, and what is left of a limit when it is taken out, or begun anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier, Status, Supplement
from monitor.core.limit import Limit, LimitUnit, days_ahead, due_by
from monitor.core.period import MILLISECOND, Stamp, at, day_of, end_of
from monitor.core.workdays import WorkCalendar

_DAY = timedelta(days=1)


class PauseKind(StrEnum):
    """Who is waited for."""

    SUPPLEMENT = "supplement"  # the citizen: papers
    FINANCIAL_DUTY = "financial_duty"  # the citizen: a fee or tax; the basis of this pause is not confirmed
    APPROVED = "approved"  # nobody: the service was interrupted, and a person approved it by a document


class Pause(NamedTuple):
    """One stretch; `end` is None while it lasts. A stamp that is a day stands for all of that day."""

    kind: PauseKind
    start: Stamp
    end: Stamp | None = None


def pauses_of(dossier: Dossier, known: Circumstances) -> tuple[Pause, ...]:
    """Every pause that is known, in the order in which they began; they may overlap.

    A financial duty has no stamp of its own: it lasts from the step or the source's word that first told of it to the
    next that told otherwise. A request for papers whose answer has no stamp was answered by the word that told of its
    going on; where no word told of its waiting either, its end is not known.
    """
    told = tuple(_told(dossier, known, Status.SUPPLEMENT, PauseKind.SUPPLEMENT))
    found = [Pause(PauseKind.SUPPLEMENT, one.asked, _answered(one, told)) for one in dossier.supplements]
    if not found:
        found += told
    found += _told(dossier, known, Status.FINANCIAL_DUTY, PauseKind.FINANCIAL_DUTY)
    found += [Pause(PauseKind.APPROVED, one.span.start, one.span.end) for one in known.pauses]
    return tuple(sorted(found, key=lambda pause: _begin(pause.start)))


def _answered(request: Supplement, told: Iterable[Pause]) -> Stamp | None:
    """When the papers came, or else when the source told no longer that it waits for them: they had come by then."""
    if request.answered is not None:
        return request.answered
    asked = _begin(request.asked)
    return next((one.end for one in told if one.end is not None and end_of(one.end) > asked), None)


def _told(dossier: Dossier, known: Circumstances, status: Status, kind: PauseKind) -> Iterator[Pause]:
    """The stretches in which the steps, or else the source's words one after another, gave a status."""
    words = [(step.at, step.status) for step in known.steps if step.status]
    if not any(said == status for _, said in words):
        words = [(one.as_of, one.status) for one in (*known.history, dossier)]
    began: datetime | None = None
    for moment, said in words:
        if said == status and began is None:
            began = moment
        elif said != status and began is not None:
            yield Pause(kind, began, moment)
            began = None
    if began is not None:
        yield Pause(kind, began)


def subtracted(limit: Limit, start: Stamp, pauses: Iterable[Pause], calendar: WorkCalendar, until: Stamp) -> Stamp:
    """By when a limit is over if pauses do not count, one that lasts taken to end at `until`.

    What a pause moves is what was left of the limit when it began, in the limit's own unit: working hours, working days
    (from the day it began to the day it ended), or days. A pause that begins after the limit was over moves nothing.
    Overlapping pauses count once. Raise CalendarUnknown.
    """
    ended = [(one.start, until if one.end is None else one.end) for one in pauses]
    if not ended:
        return due_by(limit, start, calendar)
    if limit.unit is not LimitUnit.HOURS:
        days = merged((max(day_of(begin), day_of(start)), day_of(end)) for begin, end in ended)
        return _days(limit, day_of(start), days, calendar)
    begun = start if isinstance(start, datetime) else at(start + _DAY)
    moments = merged((max(_begin(begin), begun), end_of(end)) for begin, end in ended)
    due = after_pauses(begun, limit.value * 3600, moments, calendar)
    exact = isinstance(start, datetime) and all(isinstance(stamp, datetime) for pair in ended for stamp in pair)
    return due if exact else day_of(due)


def restarted(
    limit: Limit, start: Stamp, pauses: Sequence[Pause], calendar: WorkCalendar, until: Stamp
) -> Stamp | None:
    """By when it is over if it begins anew with the last papers (NĐ 61/2018, Điều 19.4); None while they are awaited.

    Pauses of other kinds do not count after that either. Without a supplement it is the same as subtracted.
    """
    asked = [one for one in pauses if one.kind is PauseKind.SUPPLEMENT]
    ends = [one.end for one in asked if one.end is not None]
    if len(ends) < len(asked):
        return None
    others = [one for one in pauses if one.kind is not PauseKind.SUPPLEMENT]
    return subtracted(limit, max((start, *ends), key=end_of), others, calendar, until)


def after_pauses(
    start: datetime, seconds: int, pauses: Iterable[tuple[datetime, datetime]], calendar: WorkCalendar
) -> datetime:
    """The moment by which so many working seconds have passed outside of pauses, which are in order and apart."""
    cursor, left = start, seconds
    for begin, end in pauses:
        due = calendar.add_seconds(cursor, left)
        if due <= begin:
            return due
        left -= calendar.working_seconds(cursor, begin)
        cursor = end
    return calendar.add_seconds(cursor, left)


def _days(limit: Limit, start: date, pauses: Iterable[tuple[date, date]], calendar: WorkCalendar) -> date:
    cursor, left = start, limit.value
    for first, last in pauses:
        due = days_ahead(limit.unit, cursor, left, calendar)
        if due < first:
            return due
        used = calendar.working_days(cursor, first) if limit.unit is LimitUnit.DAYS else (first - cursor).days
        left = max(left - used, 0)
        cursor = last
    return days_ahead(limit.unit, cursor, left, calendar)


_T = TypeVar("_T", date, datetime)


def merged(pairs: Iterable[tuple[_T, _T]]) -> list[tuple[_T, _T]]:
    """Stretches in order and apart; of those that overlap or touch, one; one that ends before it begins is none."""
    found: list[tuple[_T, _T]] = []
    for begin, end in sorted(pairs):
        if end < begin:
            continue
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((begin, end))
    return found


def extended(due: Stamp, start: Stamp | None, pauses: Iterable[Pause], calendar: WorkCalendar) -> Stamp:
    """A printed appointment moved by the working time of the pauses before it; by whole working days where it is a day.

    Raise CalendarUnknown.
    """
    ended = [(one.start, one.end) for one in pauses if one.end is not None]
    first = start if start is not None else min((begin for begin, _ in ended), key=_begin, default=due)
    if isinstance(due, datetime):
        apart = merged((max(_begin(begin), _begin(first)), min(end_of(end), due)) for begin, end in ended)
        return calendar.add_seconds(due, sum(calendar.working_seconds(*pair) for pair in apart))
    days = merged((max(day_of(begin), day_of(first)), min(day_of(end), due)) for begin, end in ended)
    return calendar.add_days(due, sum(calendar.working_days(*pair) for pair in days))


def _begin(stamp: Stamp) -> datetime:
    return stamp if isinstance(stamp, datetime) else at(stamp)


def ended_within(pauses: Iterable[Pause], start: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The stretches of pauses within two moments, in order and apart; one that lasts goes on to the second."""
    cut = ((max(_begin(one.start), start), min(until if one.end is None else end_of(one.end), until)) for one in pauses)
    return merged(pair for pair in cut if pair[1] - pair[0] >= MILLISECOND)
