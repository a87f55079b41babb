"""What people are owed and are not told yet: for which reason it is held, and until when."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from monitor.core.ladder import SubjectKind
from monitor.core.law import Law
from monitor.core.message import Urgency
from monitor.register import Register
from monitor.reports.freshness import stale
from monitor.reports.mode import live_since
from monitor.reports.slots import next_slot
from monitor.store import tellings, watches

AT_NIGHT = "held/waking"
"""The mark under which the minute's job leaves what waits for the morning; nothing by day."""
_OF_DOSSIERS = frozenset(
    {SubjectKind.RECEPTION, SubjectKind.RESULT, SubjectKind.UNKNOWN_UNIT, SubjectKind.REAPPOINTMENT}
)


class Waits(StrEnum):
    """What it waits for."""

    WAKING = "waking"  # 07:00: who is not on duty is not woken
    SLOT = "slot"  # the next 07:30 or 13:30 of a working day
    STALE = "stale"  # new figures of the source that it rests on


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How many tellings of which posts, by key, wait for the same; `until` is None where nobody knows."""

    why: Waits
    until: datetime | None
    count: int
    people: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For programs."""
        return {
            "why": self.why.value,
            "until": self.until.isoformat() if self.until else None,
            "count": self.count,
            "people": self.people,
        }


def held(db: Connection, register: Register, law: Law, now: datetime) -> tuple[Held, ...]:
    """Everything that is held now, what goes out first first."""
    return tuple(_held(db, register, law, now))


def _held(db: Connection, register: Register, law: Law, now: datetime) -> Iterator[Held]:
    night = watches.get_mark(db, AT_NIGHT)
    if night:
        said = json.loads(night)
        morning = datetime.fromisoformat(said["until"])
        yield Held(why=Waits.WAKING, until=morning, count=said["count"], people=tuple(said["people"]))
    old = stale(db, register, law, now)
    waiting: defaultdict[Waits, Counter[str]] = defaultdict(Counter)
    for subject, key, person in tellings.whose(db, live_since(db) is not None, (Urgency.SLOT,)):
        source = key.partition("\x1f")[0] if subject in _OF_DOSSIERS else ""
        waiting[Waits.STALE if source in old else Waits.SLOT][person] += 1
    for why in (Waits.SLOT, Waits.STALE):
        if waiting[why]:
            until = next_slot(law, now) if why is Waits.SLOT else None
            yield Held(why=why, until=until, count=waiting[why].total(), people=tuple(waiting[why]))
