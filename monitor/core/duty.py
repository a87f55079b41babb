"""How each agency's part in a duty stands: its occasions, what was done about it, and until when it is in time."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from monitor.core.obligation import DueKind, DutyState, Obligation, Recurrence, last_day, last_working_day, state
from monitor.core.period import day_of
from monitor.core.progress import Progress, ProgressKind
from monitor.core.workdays import CalendarUnknown, WorkCalendar

_MOVES = frozenset(
    {ProgressKind.REPORTED, ProgressKind.ACCEPTED, ProgressKind.RETURNED, ProgressKind.WITHDRAWN}
)  # fmt: skip
OVER = frozenset({DutyState.REPORTED, DutyState.CLOSED, DutyState.CLOSED_LATE, DutyState.WITHDRAWN})
"""States in which nothing is left for the agency to do, and nobody is reminded."""
DONE = OVER - {DutyState.REPORTED}
"""States in which nothing is left for anybody to do."""
WORST_FIRST = (
    DutyState.LATE,
    DutyState.RETURNED,
    DutyState.NEAR,
    DutyState.OPEN,
    DutyState.REPORTED,
    DutyState.STANDING,
    DutyState.CLOSED_LATE,
    DutyState.CLOSED,
    DutyState.WITHDRAWN,
)


SEPARATOR = "\x1f"
"""Between the parts of the key of what is told: duty, end of the period, agency, and the number of an obstacle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One time that a duty comes: the period it is about, both days within it; nothing of a duty that comes once."""

    start: date | None = None
    end: date | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one agency owes of a duty, on one occasion; `facts` are of this part alone, in the order they were entered.

    `due` is the day as printed, or the day that was allowed instead, until whose end it is in time then.
    """

    duty: Obligation
    agency: str
    occasion: Occasion = Occasion()
    facts: tuple[Progress, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """Duty, the end of its period (empty for one that comes once), agency."""
        return self.duty.key, self.occasion.end.isoformat() if self.occasion.end else "", self.agency

    @property
    def subject(self) -> str:
        """The same as one text, under which people are told of it."""
        return SEPARATOR.join(self.key)

    @property
    def allowed(self) -> date | None:
        """The day that was allowed last instead of the printed one."""
        return next((one.due for one in reversed(self.facts) if one.kind is ProgressKind.EXTENDED and one.due), None)

    @property
    def due(self) -> date | None:
        """The day that counts: as printed, or as it was allowed."""
        return self.allowed or self.occasion.due

    @property
    def as_owed(self) -> Obligation:
        """The duty with the day and the way of counting that hold for this part."""
        how = DueKind.BY if self.allowed else self.duty.due_kind
        return replace(self.duty, due=self.due, due_kind=how, closed=None)

    @property
    def moved(self) -> Progress | None:
        """The fact that says where it stands: the last report, acceptance, return or withdrawal."""
        return next((one for one in reversed(self.facts) if one.kind in _MOVES), None)

    @property
    def reported(self) -> Progress | None:
        """The last report."""
        return next((one for one in reversed(self.facts) if one.kind is ProgressKind.REPORTED), None)

    @property
    def returns(self) -> int:
        """How often a report was sent back: each time it is to be told anew."""
        return sum(one.kind is ProgressKind.RETURNED for one in self.facts)

    @property
    def obstacles(self) -> tuple[Progress, ...]:
        """What stands in the way still: what was dealt with is left out."""
        solved = max((at for at, one in enumerate(self.facts) if one.kind is ProgressKind.RESOLVED), default=-1)
        return tuple(one for one in self.facts[solved + 1 :] if one.kind is ProgressKind.OBSTACLE)

    @property
    def done(self) -> date | None:
        """When it was done, once it is accepted: the day of its last report, or of the acceptance where none is known.

        A report's day is that of its document, or on which it was entered.
        """
        if self.duty.closed and (self.moved is None or self.moved.kind is ProgressKind.WITHDRAWN):
            return self.duty.closed
        if self.moved is None or self.moved.kind is not ProgressKind.ACCEPTED:
            return None
        done = self.reported or self.moved
        return done.dated or day_of(done.at)

    @property
    def episode(self) -> str:
        """What is told anew when it changes: the day as printed or allowed, and how often a report came back."""
        due = self.due.isoformat() if self.due else ""
        return f"{due}/{self.returns}" if self.returns else due

    def standing(self, today: date, calendar: WorkCalendar) -> DutyState:
        """How it stands on a day in Vietnam; raise CalendarUnknown outside the calendar."""
        owed = self.as_owed
        if done := self.done:
            return state(replace(owed, closed=done), today, calendar)
        match self.moved.kind if self.moved else None:
            case ProgressKind.WITHDRAWN:
                return DutyState.WITHDRAWN
            case ProgressKind.REPORTED:
                return DutyState.REPORTED
            case ProgressKind.RETURNED:
                found = state(owed, today, calendar)
                return found if found is DutyState.LATE else DutyState.RETURNED
            case _:
                return state(owed, today, calendar)

    def was_late(self) -> bool:
        """Whether it was reported after its last day."""
        last, told = last_day(self.as_owed), self.reported
        return bool(last and told and (told.dated or day_of(told.at)) > last)

    def last(self, calendar: WorkCalendar) -> date | None:
        """The last working day in time; None without a day, or outside the calendar."""
        try:
            return last_working_day(self.as_owed, calendar)
        except CalendarUnknown:
            return None


def parts(duty: Obligation, facts: Iterable[Progress], known: date, today: date) -> tuple[Part, ...]:
    """Every agency's part in a duty, on every occasion that is owed up to the next one that is not past.

    What was past before the duty was `known` is not owed where it comes again: nobody could be told of it.
    """
    told = sorted(facts, key=lambda one: one.number)
    return tuple(
        Part(duty=duty, agency=agency, occasion=occasion, facts=tuple(_of(told, agency, occasion)))
        for occasion in occasions(duty, known, _until(duty, told, today))
        for agency in duty.agencies
    )


def _of(told: Sequence[Progress], agency: str, occasion: Occasion) -> Iterator[Progress]:
    """Of a duty that comes again, a withdrawal without an occasion ends whatever is not accepted."""
    accepted = False
    for one in told:
        if one.agency != agency:
            continue
        if one.occasion == occasion.end:
            accepted = one.kind is ProgressKind.ACCEPTED or (accepted and one.kind not in _MOVES)
            yield one
        elif one.occasion is None and one.kind is ProgressKind.WITHDRAWN and not accepted:
            yield one


def _until(duty: Obligation, told: Iterable[Progress], today: date) -> date:
    """Up to when a duty comes again: today, or the day on which it ended for everybody."""
    ended = {one.agency: one.dated or day_of(one.at) for one in told if _ends(one)}
    ends = [duty.closed] if duty.closed else []
    if set(duty.agencies) <= set(ended):
        ends.append(max(ended.values()))
    return min([today, *ends])


def _ends(one: Progress) -> bool:
    return one.kind is ProgressKind.WITHDRAWN and one.occasion is None


def occasions(duty: Obligation, known: date, until: date) -> tuple[Occasion, ...]:
    """The times that a duty comes, from the first whose last day is not before it was known, to the next after a day.

    One that comes once has one.
    """
    every = duty.every
    if every is None:
        return (Occasion(due=duty.due),)
    found, month = [], known.year * 12 + known.month - 1 - every.months - 1
    while True:
        month += 1
        if (month % 12 + 1) % every.months:
            continue
        one = _occasion(every, month)
        last = last_day(replace(duty, due=one.due))
        if last is not None and last >= known:
            found.append(one)
        if last is not None and last >= max(until, known):
            return tuple(found)


def _occasion(every: Recurrence, month: int) -> Occasion:
    """The occasion whose period ends in a month, counted from the year 0."""
    end, before = _day(month, every.closing_day), _day(month - every.months, every.closing_day)
    due = _day(month if every.due_day > every.closing_day else month + 1, every.due_day)
    return Occasion(start=before + timedelta(days=1), end=end, due=due)


def _day(month: int, day: int) -> date:
    """A day of a month, or its last one where it has fewer."""
    year, place = divmod(month, 12)
    return date(year, place + 1, min(day, monthrange(year, place + 1)[1]))


def worst(states: Iterable[DutyState]) -> DutyState:
    """How a duty stands as a whole: as the part that is worst off."""
    return min(states, key=WORST_FIRST.index)
