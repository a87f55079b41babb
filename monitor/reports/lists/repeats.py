"""Units that are late again and again: their figures over the window, and whether their heads were told in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.core.agency import Role
from monitor.core.ladder import SubjectKind
from monitor.core.law import Law, RuleUnknown
from monitor.core.period import Span, at, day_of
from monitor.core.repeat import Repeated, Tallies, Tally, repeated
from monitor.core.workdays import CalendarUnknown
from monitor.register import Register
from monitor.reports.freshness import stale
from monitor.store import dispatches, tellings
from monitor.store.dossier_tallies import tallied

WINDOW_DAYS = "repeat_window_days"
LEAST = "repeat_least_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Over which days delay is counted, and from how many late results on it is worth a word; both by rule."""

    span: Span
    days: int
    least: int


class Mix(NamedTuple):
    """One procedure of a unit: its own results that fell due, and those of all others."""

    procedure: str
    own: Tally
    others: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Every unit's figures in the window; those of `often` are told to their heads."""

    window: Window
    units: tuple[Repeated, ...]
    tallies: Tallies

    def mix(self, agency: str) -> tuple[Mix, ...]:
        """By procedure, how a unit and all others did in the window; those with most that was late first."""
        every: dict[str, Tally] = {}
        for (_, procedure), (late, total) in self.tallies.items():
            so_far = every.get(procedure, Tally(0, 0))
            every[procedure] = Tally(so_far.late + late, so_far.total + total)
        found = [
            Mix(procedure, mine, Tally(every[procedure].late - mine.late, every[procedure].total - mine.total))
            for (unit, procedure), mine in self.tallies.items()
            if unit == agency
        ]
        return tuple(sorted(found, key=lambda one: (-one.own.late, one.procedure)))

    @property
    def often(self) -> tuple[Repeated, ...]:
        """The units that are late more often than their procedures let expect."""
        return tuple(one for one in self.units if one.often)

    def of(self, agency: str) -> Repeated | None:
        """The figures of one unit."""
        return next((one for one in self.units if one.agency == agency), None)


def window(law: Law, now: datetime) -> Window | None:
    """The window that ends with yesterday; None where no rule says how long it is."""
    today = day_of(now)
    try:
        days, least = law.rule(WINDOW_DAYS, today).value, law.rule(LEAST, today).value
    except RuleUnknown:
        return None
    return Window(span=Span(start=at(today - timedelta(days=days)), end=at(today)), days=days, least=least)


def past(db: Connection, register: Register, law: Law, now: datetime, span: Span) -> Tallies:
    """How many results that fell due in a span were late, by agency and procedure; of sources with fresh figures."""
    old = stale(db, register, law, now)
    rows = tallied(db, span, frozenset(old))
    return {(one.agency, one.procedure): Tally(one.late, one.total) for one in rows if one.agency}


def repeats(db: Connection, register: Register, law: Law, now: datetime) -> Repeats | None:
    """The figures as they stand now; None where no rule gives the window."""
    asked = window(law, now)
    if asked is None:
        return None
    tallies = past(db, register, law, now, asked.span)
    return Repeats(window=asked, units=repeated(tallies, least=asked.least), tallies=tallies)


def told_before(db: Connection, register: Register, law: Law, now: datetime, found: Repeats) -> tuple[Repeated, ...]:
    """Of the units late often those whose head was told of it in the window, or written to, a working day ago."""
    units, since = found.often, found.window.span.start
    told = tellings.of(db, SubjectKind.REPEAT, [one.agency for one in units], live=True)
    return tuple(
        one
        for one in units
        if any(
            since <= moment < _latest(law, one.agency, now)
            for moment in (
                *(t.made_at for t in told.get(one.agency, ()) if t.person in _heads(register, one.agency)),
                *(
                    sent.recorded_at
                    for sent in dispatches.latest(db, most=50, agency=one.agency)
                    if sent.recorded_at is not None
                ),
            )
        )
    )


def _heads(register: Register, agency: str) -> frozenset[str]:
    return frozenset(post.key for post in register.posts_of(agency, {Role.HEAD}))


def _latest(law: Law, agency: str, now: datetime) -> datetime:
    """Before which moment somebody must have been told: the beginning of the working day before today."""
    try:
        return at(law.calendar_of(agency).working_day_before(day_of(now)))
    except CalendarUnknown:
        return at(day_of(now) - timedelta(days=1))
