"""What happened to the monitor itself: started, stopped, its clock set, the trial ended, a backup put back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from monitor.core.journal import Row
from monitor.core.period import Span, to_ms
from monitor.store import sealing
from monitor.store.sealing import OWN, Rows
from monitor.store.states import EventKind
from monitor.store.tables import events


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event; `detail` may name a person, and is empty once that was erased.

    `kind` is the text as it stands: one that was altered by hand must be read to be told.
    """

    at: datetime
    kind: str
    detail: str


def add(db: Connection, at: datetime, kind: EventKind, detail: str) -> None:
    """Write down and seal an event; its detail enters the journal as a salted digest, since it may name a person."""
    head, salt = sealing.head(db, OWN), sealing.salt()
    row = {
        "seq": head.next_seq,
        "at": at,
        "kind": kind.value,
        "detail": detail,
        "salt": salt,
        "personal": sealing.personal(detail, salt, ""),
    }
    number = db.execute(events.insert().values(row).returning(events.c.id)).scalar_one()
    sealing.append(db, head, [row for _, row in _sealed(db, number)])


def between(db: Connection, window: Span) -> list[EventRow]:
    """The events within a window, by time."""
    wanted = select(events).where(events.c.at >= window.start, events.c.at < window.end)
    return [
        EventRow(at=row.at, kind=row.kind, detail=row.detail or "")
        for row in db.execute(wanted.order_by(events.c.at, events.c.id))
    ]


def first(db: Connection) -> datetime | None:
    """When the first event was: the monitor's first start."""
    at: datetime | None = db.execute(select(func.min(events.c.at))).scalar_one()
    return at


def latest(db: Connection) -> datetime | None:
    """When the last event was."""
    at: datetime | None = db.execute(select(func.max(events.c.at))).scalar_one()
    return at


def newest(db: Connection, kind: EventKind) -> EventRow | None:
    """The last event of a kind."""
    wanted = select(events).where(events.c.kind == kind.value).order_by(events.c.id.desc()).limit(1)
    row = db.execute(wanted).one_or_none()
    return None if row is None else EventRow(at=row.at, kind=row.kind, detail=row.detail or "")


def sealed(db: Connection, chain: str) -> Rows:
    """Every event with the number of its link, in their order; none but in the monitor's own chain."""
    if chain == OWN:
        yield from _sealed(db)


def _sealed(db: Connection, number: int | None = None) -> Iterator[tuple[int, Row]]:
    wanted = select(events).order_by(events.c.seq, events.c.id)
    for row in db.execute(wanted if number is None else wanted.where(events.c.id == number)):
        yield (
            row.seq,
            {
                "fact": "event",
                "at": to_ms(row.at),
                "kind": row.kind,
                "personal": sealing.personal(row.detail, row.salt, row.personal),
            },
        )
