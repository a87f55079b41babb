"""Interruptions as the alerts knew them, beginning and end sealed; their times in reports are folded from looks."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from heapq import merge
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, or_, select
from sqlalchemy import Row as DbRow

from monitor.core.interruption import Interruption
from monitor.core.journal import Row
from monitor.core.look import Cause
from monitor.core.period import Span, to_ms
from monitor.store import sealing
from monitor.store.sealing import OWN, Rows
from monitor.store.statements import insert
from monitor.store.tables import interruptions


@dataclass(frozen=True, slots=True, kw_only=True)
class InterruptionRow:
    """One interruption of one target; `last_bad` and `failed_looks` are those known when it was opened, or closed.

    `opened_at` and `closed_at` are when the monitor came to know, not when it happened.
    """

    service: str
    target: str
    last_good: datetime | None
    first_bad: datetime
    last_bad: datetime
    first_good: datetime | None
    cause: Cause
    failed_looks: int
    opened_at: datetime
    closed_at: datetime | None


def open_(db: Connection, told: Interruption, now: datetime) -> InterruptionRow:
    """Write down and seal that an interruption began; one known already is left as it is."""
    head = sealing.head(db, OWN)
    row = {
        "service": told.service,
        "target": told.target,
        "last_good": told.last_good,
        "first_bad": told.first_bad,
        "last_bad": told.last_bad,
        "cause": told.cause,
        "failed_looks": told.failed_looks,
        "opened_at": now,
        "opened_seq": head.next_seq,
    }
    once = insert(db, interruptions).values(row).on_conflict_do_nothing().returning(interruptions.c.target)
    if db.execute(once).one_or_none() is not None:
        sealing.append(db, head, [_opening(_one(db, told.target, told.first_bad))])
    return _row(_one(db, told.target, told.first_bad))


def close(db: Connection, target: str, first_bad: datetime, told: Interruption, now: datetime) -> InterruptionRow:
    """Write down and seal that an interruption ended; raise sqlalchemy's NoResultFound for one that never began."""
    head = sealing.head(db, OWN)
    ended = (
        interruptions.update()
        .where(_is(target, first_bad), interruptions.c.closed_at.is_(None))
        .values(
            last_bad=told.last_bad,
            first_good=told.first_good,
            failed_looks=told.failed_looks,
            closed_at=now,
            closed_seq=head.next_seq,
        )
        .returning(interruptions.c.target)
    )
    if db.execute(ended).one_or_none() is not None:
        sealing.append(db, head, [_closing(_one(db, target, first_bad))])
    return _row(_one(db, target, first_bad))


def get(db: Connection, target: str, first_bad: datetime) -> InterruptionRow | None:
    """The interruption of a target that began with that failed look."""
    row = db.execute(select(interruptions).where(_is(target, first_bad))).one_or_none()
    return None if row is None else _row(row)


def between(db: Connection, window: Span) -> list[InterruptionRow]:
    """Those that share time with a window, open ones among them, by their beginning."""
    ended = interruptions.c.first_good
    return _rows(
        db,
        select(interruptions).where(interruptions.c.first_bad < window.end, or_(ended.is_(None), ended > window.start)),
    )


def still_open(db: Connection) -> list[InterruptionRow]:
    """Those that no good look has ended yet, by their beginning."""
    return _rows(db, select(interruptions).where(interruptions.c.closed_at.is_(None)))


def recent(db: Connection, limit: int) -> list[InterruptionRow]:
    """The latest ones, the latest first."""
    newest = select(interruptions).order_by(interruptions.c.first_bad.desc(), interruptions.c.target).limit(limit)
    return [_row(row) for row in db.execute(newest)]


def sealed(db: Connection, chain: str) -> Rows:
    """Every beginning and end with the number of its link, in their order; none but in the monitor's own chain."""
    if chain != OWN:
        return
    table = interruptions.c
    begun = ((row.opened_seq, _opening(row)) for row in db.execute(select(interruptions).order_by(table.opened_seq)))
    ends = select(interruptions).where(table.closed_seq.is_not(None)).order_by(table.closed_seq)
    ended = ((row.closed_seq, _closing(row)) for row in db.execute(ends))
    yield from merge(begun, ended, key=itemgetter(0))


def _is(target: str, first_bad: datetime) -> Any:
    return (interruptions.c.target == target) & (interruptions.c.first_bad == first_bad)


def _one(db: Connection, target: str, first_bad: datetime) -> DbRow[Any]:
    return db.execute(select(interruptions).where(_is(target, first_bad))).one()


def _rows(db: Connection, wanted: Select[Any]) -> list[InterruptionRow]:
    return [_row(row) for row in db.execute(wanted.order_by(interruptions.c.first_bad, interruptions.c.target))]


_FIELDS = tuple(field.name for field in fields(InterruptionRow))


def _row(row: DbRow[Any]) -> InterruptionRow:
    known = row._mapping
    return InterruptionRow(**{name: known[name] for name in _FIELDS})


def _opening(row: DbRow[Any]) -> Row:
    return {
        "fact": "interruption_opened",
        "service": row.service,
        "target": row.target,
        "last_good": None if row.last_good is None else to_ms(row.last_good),
        "first_bad": to_ms(row.first_bad),
        "cause": row.cause.value,
        "opened_at": to_ms(row.opened_at),
    }


def _closing(row: DbRow[Any]) -> Row:
    return {
        "fact": "interruption_closed",
        "target": row.target,
        "first_bad": to_ms(row.first_bad),
        "last_bad": to_ms(row.last_bad),
        "first_good": None if row.first_good is None else to_ms(row.first_good),
        "failed_looks": row.failed_looks,
        "closed_at": None if row.closed_at is None else to_ms(row.closed_at),
    }
