"""Acknowledgements: which post has which letter, once each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from monitor.core.acknowledgement import Acknowledgement, Known
from monitor.store.duty_tables import acknowledgements
from monitor.store.statements import chunks, insert
from monitor.store.tables import letters


def add(db: Connection, one: Acknowledgement) -> bool:
    """Write down that a post has a letter; False where that was written before, which stays as it was."""
    row = {"letter": one.letter, "person": one.person, "road": one.road.value, "at": one.at, "by": one.by}
    once = insert(db, acknowledgements).values(row).on_conflict_do_nothing().returning(acknowledgements.c.id)
    return db.execute(once).one_or_none() is not None


def add_all(db: Connection, one: Acknowledgement) -> bool:
    """The same of a letter and of every letter that went out in its place, since their words and links are the same."""
    key = db.execute(select(letters.c.key).where(letters.c.id == one.letter)).scalar_one()
    later = or_(*(letters.c.key.startswith(f"{key}/{how}/", autoescape=True) for how in ("thay", "again")))
    numbers = (one.letter, *db.scalars(select(letters.c.id).where(later)))
    return sum(add(db, replace(one, letter=number)) for number in numbers) > 0


def of(db: Connection, numbers: Collection[int]) -> dict[int, tuple[Acknowledgement, ...]]:
    """Who has which letter, by its number, the first first."""
    found: defaultdict[int, list[Acknowledgement]] = defaultdict(list)
    for some in chunks(sorted(numbers)):
        wanted = select(acknowledgements).where(acknowledgements.c.letter.in_(some)).order_by(acknowledgements.c.id)
        for row in db.execute(wanted):
            found[row.letter].append(_row(row))
    return {number: tuple(rows) for number, rows in found.items()}


def last(db: Connection, kind: str, *, live: bool | None = None) -> dict[str, Acknowledgement]:
    """By post, the last acknowledgement of a letter of one kind; of both modes where `live` is not said."""
    newest = select(func.max(acknowledgements.c.id)).join(letters).where(letters.c.kind == kind)
    if live is not None:
        newest = newest.where(letters.c.live == live)
    wanted = select(acknowledgements).where(acknowledgements.c.id.in_(newest.group_by(acknowledgements.c.person)))
    return {row.person: _row(row) for row in db.execute(wanted)}


def _row(row: Row[Any]) -> Acknowledgement:
    return Acknowledgement(letter=row.letter, person=row.person, road=Known(row.road), at=row.at, by=row.by)
