"""What a change of the calendar moves: the facts that a preview finds."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.core.obligation import Obligation
from monitor.core.period import Stamp


class DayState(StrEnum):
    """What a day is to an office."""

    WORKING = "working"
    WEEKEND = "weekend"
    OFF = "off"
    MADE_UP = "made_up"
    UNKNOWN = "unknown"  # no calendar reaches it


class MovedClock(StrEnum):
    """What moves: a clock that the law sets, or the result as the rules alone reckon it."""

    RECEPTION = "reception"
    APOLOGY = "apology"
    HANDOVER = "handover"
    RECKONED = "reckoned"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """One day as it is and as it would be, on the calendar of the default hours."""

    day: date
    before: DayState
    after: DayState
    title: str
    document: str

    @property
    def same(self) -> bool:
        """Whether an office works, or not, as it does already."""
        return self.before is self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One deadline that moves; `after` is None where it is late no more and so not spoken of, `before` the reverse.

    `told` are the stages that somebody was told of already; they stay told.
    """

    source: str
    code: str
    procedure: str
    agency: str
    agency_name: str
    unit: str
    clock: MovedClock
    before: Stamp | None
    after: Stamp | None
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOffAppointment:
    """An appointment as printed, whose day would be one off; `last_day` is the last working day before it."""

    source: str
    code: str
    procedure: str
    agency: str
    agency_name: str
    unit: str
    appointment: Stamp
    last_day: date
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyMoved:
    """A duty of an official letter whose last working day moves; its letter's own day does not."""

    duty: Obligation
    before: date
    after: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Everything a change comes to at `now`; nothing of it was written, and nobody is told of it."""

    now: datetime
    days: tuple[DayChange, ...]
    moved: tuple[Moved, ...]
    appointments: tuple[DayOffAppointment, ...]
    duties: tuple[DutyMoved, ...]
    looked_at: int

    @property
    def dossiers(self) -> int:
        """How many dossiers have a deadline that moves."""
        return len({(one.source, one.code) for one in self.moved})

    @property
    def by_agency(self) -> tuple[tuple[str, Mapping[str, int]], ...]:
        """How many deadlines move at each agency, by clock, and how many appointments fall on a day off."""
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for one in self.moved:
            found[one.agency_name][one.clock.value] += 1
        for other in self.appointments:
            found[other.agency_name]["appointment"] += 1
        return tuple(sorted(found.items(), key=lambda item: (-item[1].total(), item[0])))

    @property
    def told(self) -> int:
        """How many of the deadlines somebody was told of already."""
        return sum(bool(one.told) for one in self.moved)
