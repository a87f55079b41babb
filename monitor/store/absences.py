"""Who is away: what named persons entered, and what ended sooner."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from monitor.core.absence import Absence
from monitor.store.duty_tables import absence_ends, absences
from monitor.store.statements import insert

_EVERY: Select[Any] = select(absences, absence_ends.c.ended).select_from(absences.outerjoin(absence_ends))


class AwayAlready(Exception):
    """The post is away on one of those days already; its one argument is that absence."""


def add(db: Connection, absence: Absence) -> int:
    """Write down an absence; its number. Raise AwayAlready where another has a day in common with it."""
    for other in of(db, absence.post):
        if other.overlaps(absence):
            raise AwayAlready(other)
    row = {
        "post": absence.post,
        "reason": absence.reason,
        "since": absence.since.isoformat(),
        "until": absence.until.isoformat(),
        "substitute": absence.substitute,
        "document": absence.document,
        "dated": absence.dated.isoformat() if absence.dated else "",
        "at": absence.at,
        "by": absence.by,
    }
    return int(db.execute(absences.insert().values(row).returning(absences.c.id)).scalar_one())


def end(db: Connection, number: int, last: date, now: datetime, by: str) -> bool:
    """Write down the last day of an absence that ends sooner than it was to; False where that was written before."""
    row = {"absence": number, "ended": last.isoformat(), "at": now, "by": by}
    once = insert(db, absence_ends).values(row).on_conflict_do_nothing().returning(absence_ends.c.absence)
    return db.execute(once).one_or_none() is not None


def standing(db: Connection, day: date) -> dict[str, Absence]:
    """Who is away on a day, by the key of the post."""
    said = day.isoformat()
    wanted = _EVERY.where(absences.c.since <= said, absences.c.until >= said).order_by(absences.c.id)
    found = (_absence(row) for row in db.execute(wanted))
    return {one.post: one for one in found if one.covers(day)}


def of(db: Connection, post: str) -> tuple[Absence, ...]:
    """Every absence of a post, by its first day."""
    wanted = _EVERY.where(absences.c.post == post).order_by(absences.c.since, absences.c.id)
    return tuple(_absence(row) for row in db.execute(wanted))


def ending_after(db: Connection, day: date) -> tuple[Absence, ...]:
    """Every absence that lasts to a day or beyond it, by its first day; those that ended sooner are among them."""
    wanted = _EVERY.where(absences.c.until >= day.isoformat()).order_by(absences.c.since, absences.c.id)
    return tuple(_absence(row) for row in db.execute(wanted))


def _absence(row: Row[Any]) -> Absence:
    return Absence(
        number=row.id,
        post=row.post,
        reason=row.reason,
        since=date.fromisoformat(row.since),
        until=date.fromisoformat(row.until),
        substitute=row.substitute,
        document=row.document,
        dated=date.fromisoformat(row.dated) if row.dated else None,
        at=row.at,
        by=row.by,
        ended=date.fromisoformat(row.ended) if row.ended else None,
    )
