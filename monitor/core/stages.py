"""When a stage of a ladder is reached: working days and hours from a deadline, a beginning or an end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from monitor.core.message import Urgency
from monitor.core.period import MILLISECOND, Stamp, at, day_of, end_of, ict
from monitor.core.workdays import CalendarUnknown, WorkCalendar

_SECOND = timedelta(seconds=1)

WAKING_FROM, WAKING_TO = time(7, 0), time(21, 0)
"""The hours, Vietnamese time, in which a stage of urgency WAKING is told."""


class Anchor(StrEnum):
    """The moment a stage is counted from."""

    START = "start"  # filed; first failed look
    DUE = "due"
    CUT_OFF = "cut_off"  # last working day on which an apology is in time
    END = "end"  # recovery; otherwise never reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One rung. It is reached `working_days` (and `working_seconds`) after its anchor, negative is before, or so many
    `calendar_days`; or, where `fraction_percent` is set, at that share of the working time from START to DUE.
    `audience` names side and role, e.g. "handling:head", "receiving:focal_point", "centre:duty", "told:duty".
    `repeat_working_days` > 0 repeats it while true, at most `at_most` times (0: without end).
    """

    name: str
    anchor: Anchor
    working_days: int = 0
    working_seconds: int = 0
    calendar_days: int = 0
    fraction_percent: int = 0
    audience: tuple[str, ...]
    urgency: Urgency = Urgency.SLOT
    repeat_working_days: int = 0
    at_most: int = 0
    late: bool = False  # told as "tồn đọng" when it was already past at first sight


Milestones = Mapping[Anchor, Stamp]
"""What a subject's stages are counted from; one that is a date counts as that whole day."""


class NeverReached(LookupError):
    """A stage's anchor is not there: it is not reached."""


def moments(stage: Stage, milestones: Milestones, calendar: WorkCalendar) -> tuple[datetime, datetime | None]:
    """From when on a stage is told, and the exact moment that a slot looks ahead to.

    A stage counted in whole days is told from the beginning of its day, and so is a deadline's own day; lateness only
    when the deadline has passed.
    """
    anchor = milestones.get(stage.anchor)
    if anchor is None:
        raise NeverReached
    if stage.fraction_percent:
        exact = _share(milestones, calendar, stage.fraction_percent)
        return exact, None if stage.late else exact
    if stage.working_days:
        anchor = _shift_days(calendar, day_of(anchor), stage.working_days)
    if stage.calendar_days:
        anchor = day_of(anchor) + timedelta(days=stage.calendar_days)
    if stage.working_seconds:
        exact = _shift_seconds(calendar, end_of(anchor), stage.working_seconds)
        return exact, None if stage.late else exact
    if not isinstance(anchor, datetime):
        moved = stage.working_days or stage.calendar_days
        return at(anchor) if moved or not stage.late else passed(anchor), None
    if stage.late:
        return passed(anchor), None
    if stage.anchor in (Anchor.START, Anchor.END):
        return anchor, None
    return at(day_of(anchor)), anchor


def passed(stamp: Stamp) -> datetime:
    """The first moment at which a stamp lies behind: a deadline is kept at its very moment still."""
    return stamp + MILLISECOND if isinstance(stamp, datetime) else end_of(stamp)


def _share(milestones: Milestones, calendar: WorkCalendar, percent: int) -> datetime:
    start, due = milestones.get(Anchor.START), milestones.get(Anchor.DUE)
    if start is None or due is None:
        raise NeverReached
    begin, end = end_of(start), end_of(due)
    if end <= begin:
        return begin
    return calendar.add_seconds(begin, calendar.working_seconds(begin, end) * percent // 100)


def _shift_days(calendar: WorkCalendar, day: date, days: int) -> date:
    if days > 0:
        return calendar.add_days(day, days)
    for _ in range(-days):
        day = calendar.working_day_before(day)
    return day


def _shift_seconds(calendar: WorkCalendar, moment: datetime, seconds: int) -> datetime:
    if seconds > 0:
        return calendar.add_seconds(moment, seconds)
    day = day_of(moment)
    while (left := calendar.working_seconds(at(day), moment)) < -seconds:
        day = calendar.working_day_before(day)
    if left == -seconds:  # the whole of the day's time: from its opening on, not from midnight
        return calendar.add_seconds(at(day), 1) - _SECOND
    return calendar.add_seconds(at(day), left + seconds)


def waking(moment: datetime) -> datetime:
    """The same moment within waking hours, or the next at which they begin."""
    clock, day = ict(moment).time(), day_of(moment)
    if clock < WAKING_FROM:
        return at(day, WAKING_FROM)
    return moment if clock < WAKING_TO else at(day + timedelta(days=1), WAKING_FROM)


def repeats(calendar: WorkCalendar, stage: Stage, first: datetime, now: datetime) -> tuple[int, datetime]:
    """How often a stage's moment has come by now, at least once, and when it came last.

    One that comes on a day off is told on the next working day, and repeated so many working days after that one.
    """
    nth, last = 1, first
    if not stage.repeat_working_days:
        return nth, last
    day = day_of(first)
    clock = WAKING_FROM if stage.urgency is Urgency.WAKING else time()
    try:
        day = day if calendar.is_working_day(day) else calendar.add_days(day, 1)
        while not stage.at_most or nth < stage.at_most:
            came = at(calendar.add_days(day, stage.repeat_working_days * nth), clock)
            if came > now:
                break
            nth, last = nth + 1, came
    except CalendarUnknown:
        pass
    return nth, last
