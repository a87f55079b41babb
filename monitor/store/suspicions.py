"""Suspected interruptions and what was ruled of them, sealed; what a person wrote can be erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, literal, select
from sqlalchemy import Row as DbRow

from monitor.core.journal import Row
from monitor.core.period import Span, to_ms
from monitor.core.suspicion import Finding, Suspicion, SuspicionKind
from monitor.store import sealing
from monitor.store.record_tables import suspicion_rulings as rulings
from monitor.store.record_tables import suspicions
from monitor.store.schema import Moment
from monitor.store.sealing import ERASED, OWN, Rows, words_of
from monitor.store.statements import insert


def add(db: Connection, suspicion: Suspicion) -> int | None:
    """Write down and seal a suspicion; its number, or None where one with its key is there already."""
    head, salt = sealing.head(db, OWN), sealing.salt()
    row = {
        "seq": head.next_seq,
        "service": suspicion.service,
        "kind": suspicion.kind,
        "starts": suspicion.starts,
        "ends": suspicion.ends,
        "entered_at": suspicion.entered_at,
        "key": suspicion.key or None,
        "text": suspicion.text,
        "by": suspicion.by,
        "salt": salt,
        "personal": sealing.personal(words_of(suspicion.text, suspicion.by), salt, ""),
    }
    once = insert(db, suspicions).values(row).on_conflict_do_nothing().returning(suspicions.c.id)
    number: int | None = db.execute(once).scalar_one_or_none()
    if number is not None:
        sealing.append(db, head, [row for _, row in _sealed(db, suspicions.c.id == number)])
    return number


def rule(db: Connection, number: int, found: Finding, *, at: datetime, by: str, reason: str) -> None:
    """Write down and seal what a named person found of a suspicion; the newest ruling stands, older ones are kept.

    Raise sqlalchemy's IntegrityError for a number that is not there.
    """
    head, salt = sealing.head(db, OWN), sealing.salt()
    row = {
        "seq": head.next_seq,
        "suspicion": number,
        "at": at,
        "found": found,
        "reason": reason,
        "by": by,
        "salt": salt,
        "personal": sealing.personal(words_of(reason, by), salt, ""),
    }
    made = db.execute(rulings.insert().values(row).returning(rulings.c.id)).scalar_one()
    sealing.append(db, head, [row for _, row in _rulings_sealed(db, rulings.c.id == made)])


def get(db: Connection, number: int) -> Suspicion | None:
    """One suspicion by its number, with the newest ruling."""
    return next(iter(_those(db, suspicions.c.id == number)), None)


def between(db: Connection, service: str, window: Span) -> list[Suspicion]:
    """The suspicions of a service that share time with a window, by their beginning, each with its newest ruling.

    A complaint without an end is one moment; a silence is known to reach to where it was raised. How long it really
    lasted follows from the dossiers: `monitor.reports.suspected`.
    """
    until = func.coalesce(
        suspicions.c.ends,
        case((suspicions.c.kind == SuspicionKind.SILENCE, suspicions.c.entered_at), else_=suspicions.c.starts),
    )
    return _those(
        db, suspicions.c.service == service, suspicions.c.starts < window.end, until >= literal(window.start, Moment)
    )


def open_(db: Connection) -> list[Suspicion]:
    """The suspicions on which nobody has ruled yet, by their beginning."""
    return _those(db, suspicions.c.id.not_in(select(rulings.c.suspicion)))


def history(db: Connection, number: int) -> list[Suspicion]:
    """One suspicion as each ruling on it left it, the oldest first; empty where nobody has ruled."""
    return [_suspicion(row) for row in db.execute(_ruled(isouter=False).where(suspicions.c.id == number))]


def _those(db: Connection, *which: ColumnElement[bool]) -> list[Suspicion]:
    """In the order of their beginning; of several rulings the one of the highest number, which was written last."""
    found = {row.id: _suspicion(row) for row in db.execute(_ruled(isouter=True).where(*which))}
    return sorted(found.values(), key=lambda one: (one.starts, one.number or 0))


def _ruled(*, isouter: bool) -> Any:
    said = (
        rulings.c.found,
        rulings.c.at.label("found_at"),
        rulings.c.by.label("found_by"),
        rulings.c.reason,
        rulings.c.salt.label("ruling_salt"),
    )
    joined = select(suspicions, *said).join_from(
        suspicions, rulings, rulings.c.suspicion == suspicions.c.id, isouter=isouter
    )
    return joined.order_by(suspicions.c.id, rulings.c.id)


def _suspicion(row: DbRow[Any]) -> Suspicion:
    gone, ruling_gone = row.salt is None, row.found is not None and row.ruling_salt is None
    return Suspicion(
        number=row.id,
        service=row.service,
        kind=row.kind,
        starts=row.starts,
        ends=row.ends,
        entered_at=row.entered_at,
        text=ERASED if gone else row.text or "",
        by=ERASED if gone else row.by or "",
        key=row.key or "",
        found=row.found,
        found_at=row.found_at,
        found_by=ERASED if ruling_gone else row.found_by or "",
        reason=ERASED if ruling_gone else row.reason or "",
    )


def sealed(db: Connection, chain: str) -> Rows:
    """Every suspicion and ruling with the number of its link, in their order; none but in the monitor's own chain."""
    if chain == OWN:
        yield from merge(_sealed(db), _rulings_sealed(db), key=itemgetter(0))


def _sealed(db: Connection, *which: ColumnElement[bool]) -> Iterator[tuple[int, Row]]:
    for row in db.execute(select(suspicions).where(*which).order_by(suspicions.c.seq, suspicions.c.id)):
        yield (
            row.seq,
            {
                "fact": "suspicion",
                "service": row.service,
                "kind": row.kind.value,
                "starts": to_ms(row.starts),
                "ends": None if row.ends is None else to_ms(row.ends),
                "entered_at": to_ms(row.entered_at),
                "key": row.key,
                "personal": sealing.personal(words_of(row.text, row.by), row.salt, row.personal),
            },
        )


def _rulings_sealed(db: Connection, *which: ColumnElement[bool]) -> Iterator[tuple[int, Row]]:
    # A row's number is the database's own affair: a ruling is sealed with the link of the suspicion it is of.
    wanted = select(rulings, suspicions.c.seq.label("of_seq")).join_from(
        rulings, suspicions, suspicions.c.id == rulings.c.suspicion
    )
    for row in db.execute(wanted.where(*which).order_by(rulings.c.seq, rulings.c.id)):
        yield (
            row.seq,
            {
                "fact": "suspicion_ruling",
                "suspicion": row.of_seq,
                "at": to_ms(row.at),
                "found": row.found.value,
                "personal": sealing.personal(words_of(row.reason, row.by), row.salt, row.personal),
            },
        )
