"""Rows of dossiers that leave for good; their numbers are given to no other dossier."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, and_, delete, func, or_, select

from monitor.store.dossier_tables import code_aliases, dossiers, now, steps, versions
from monitor.store.statements import chunks
from monitor.store.watches import get_mark, set_mark

_HIGHEST = "dossiers/highest"


def highest(db: Connection) -> int:
    """The highest number that a dossier which has left may have had; 0 where none ever left."""
    return int(get_mark(db, _HIGHEST) or 0)


def remove(db: Connection, numbers: Sequence[int]) -> int:
    """Remove all that sources told of dossiers; how many rows that were. What people recorded of them stays."""
    _remember_highest(db)
    gone = 0
    for some in chunks(numbers):
        known_as = select(dossiers.c.source, dossiers.c.code).where(dossiers.c.id.in_(some)).subquery()
        a = code_aliases.c
        own = select(known_as.c.code).where(known_as.c.source == a.source, known_as.c.code == a.code).exists()
        other = (
            select(known_as.c.code)
            .where(known_as.c.code == a.other_code, or_(a.other_source == "", a.other_source == known_as.c.source))
            .exists()
        )
        gone += db.execute(delete(code_aliases).where(or_(own, other))).rowcount
        for table in (now, versions, steps):
            gone += db.execute(delete(table).where(table.c.dossier_id.in_(some))).rowcount
        gone += db.execute(delete(dossiers).where(dossiers.c.id.in_(some))).rowcount
    return gone


def _remember_highest(db: Connection) -> None:
    top = db.execute(select(func.coalesce(func.max(dossiers.c.id), 0))).scalar_one()
    if top > highest(db):
        set_mark(db, _HIGHEST, str(top))


def survivors(db: Connection, matter: int, leaving: Sequence[int]) -> tuple[int, ...]:
    """Other testimonies of a matter, which stay."""
    some = and_(dossiers.c.matter == matter, dossiers.c.id.not_in(leaving))
    return tuple(db.execute(select(dossiers.c.id).where(some)).scalars())
