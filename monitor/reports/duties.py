"""How the duties of official letters stand: those of the register and those confirmed from letters, as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from monitor.core.agency import Role
from monitor.core.duty import DONE, WORST_FIRST, Part, parts, worst
from monitor.core.law import Law
from monitor.core.obligation import DutyState, Obligation
from monitor.core.period import day_of
from monitor.core.progress import Progress, ProgressKind
from monitor.core.workdays import CalendarUnknown
from monitor.register import Register
from monitor.store import duties as stored


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNow:
    """One agency's part and how it stands.

    `last` is the last working day in time; `days` are working days, left until then, or gone since where it is late.
    Both are None without a day, or where the calendar does not reach.
    """

    part: Part
    state: DutyState
    last: date | None
    days: int | None

    @property
    def acknowledged(self) -> Progress | None:
        """That the agency said it has the duty."""
        return self._latest(ProgressKind.ACKNOWLEDGED)

    @property
    def assigned(self) -> Progress | None:
        """To whom the agency gave it."""
        return self._latest(ProgressKind.ASSIGNED)

    def _latest(self, kind: ProgressKind) -> Progress | None:
        return next((one for one in reversed(self.part.facts) if one.kind is kind), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyNow:
    """One duty with every part of it, the earliest occasion first; `known` is since when it is followed."""

    duty: Obligation
    known: datetime
    parts: tuple[PartNow, ...]

    @property
    def state(self) -> DutyState:
        """How it stands as a whole: as the part that is worst off."""
        return worst(one.state for one in self.parts) if self.parts else DutyState.WITHDRAWN

    @property
    def counts(self) -> Counter[DutyState]:
        """How many parts stand how."""
        return Counter(one.state for one in self.parts)

    @property
    def done(self) -> bool:
        """Whether nothing is left for anybody to do; one that comes again is done when it has ended."""
        return all(one.state in DONE for one in self.parts)

    @property
    def next(self) -> PartNow | None:
        """The part whose last day comes first, of those that are not done."""
        left = [one for one in self.parts if one.state not in DONE]
        return min(left, key=lambda one: one.part.due or date.max, default=None)

    def of(self, agency: str) -> tuple[PartNow, ...]:
        """The parts of one agency."""
        return tuple(one for one in self.parts if one.part.agency == agency)


def every_duty(db: Connection, register: Register) -> tuple[Obligation, ...]:
    """All duties; one that stands in the register under the key of a confirmed one was edited there, and counts."""
    own = {duty.key for duty in register.duties}
    return (*register.duties, *(duty for duty in stored.confirmed(db) if duty.key not in own))


def duties_now(
    db: Connection, register: Register, law: Law, now: datetime, keys: Sequence[str] = ()
) -> tuple[DutyNow, ...]:
    """How all duties stand, or some, by what was known at that moment; the one whose day comes first in front.

    One of the register that was never met before is known from then on; one that came to be known later is left out.
    """
    some = [duty for duty in every_duty(db, register) if not keys or duty.key in keys]
    if not some:
        return ()
    known, facts = stored.known_since(db), stored.progress(db, [duty.key for duty in some])
    found = [
        _now(duty, [one for one in facts.get(duty.key, ()) if one.at <= now], since, law, now)
        for duty in some
        if (since := known.get(duty.key, now)) <= now
    ]
    return tuple(sorted(found, key=_order))


def _order(one: DutyNow) -> tuple[date, str]:
    first = one.next or (one.parts[-1] if one.parts else None)
    return (first.part.due if first else None) or date.max, one.duty.key


def _now(duty: Obligation, facts: Iterable[Progress], known: datetime, law: Law, now: datetime) -> DutyNow:
    today = day_of(now)
    some = parts(duty, facts, day_of(known), today)
    return DutyNow(duty=duty, known=known, parts=tuple(part_now(one, law, today) for one in some))


def part_now(part: Part, law: Law, today: date) -> PartNow:
    """How a part stands on a day."""
    calendar = law.calendar_of(part.agency)
    last = part.last(calendar)
    try:
        state = part.standing(today, calendar)
    except CalendarUnknown:
        state = DutyState.OPEN  # beyond the calendar only how near it is cannot be told
    days = None
    if last is not None:
        try:
            days = calendar.working_days(min(last, today), max(last, today))
        except CalendarUnknown:
            days = None
    return PartNow(part=part, state=state, last=last, days=days)


def reporting_to(register: Register, duty: Obligation, role: Role) -> tuple[str, ...]:
    """The posts with a role at the agency that is reported to; where it has none, at the office that serves it."""
    above = duty.report_to or next(reversed(register.ancestors(register.centre)), "")
    for agency in (above, *_offices(register, above)):
        if posts := register.posts_of(agency, {role}):
            return tuple(post.key for post in posts)
    return ()


def _offices(register: Register, agency: str) -> tuple[str, ...]:
    """The office right under an agency through which its chairman is reached: the one above the Centre."""
    return tuple(key for key in register.ancestors(register.centre) if agency in register.ancestors(key))


def counted(some: Iterable[DutyNow]) -> dict[DutyState, int]:
    """How many duties that are not done stand how, each as its worst part; the worst first."""
    found = Counter(one.state for one in some if not one.done)
    return {state: found[state] for state in WORST_FIRST if found[state]}


__all__ = [
    "DutyNow",
    "PartNow",
    "counted",
    "duties_now",
    "every_duty",
    "part_now",
    "reporting_to",
]
