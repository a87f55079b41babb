"""Notices of non-delivery, tied to the letters they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.core.bounce import Bounce
from monitor.store.duty_tables import bounces
from monitor.store.letters import came_back
from monitor.store.statements import chunks, insert
from monitor.store.tables import letters

RETURNS_TROUBLE = "bounces_trouble"
"""The mark with what keeps the mailbox of returns from being read; empty while it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceRow:
    """One notice that was taken in, and the letter it is about; None where that is none of ours."""

    letter: int | None
    bounce: Bounce
    at: datetime


def add(db: Connection, bounce: Bounce, sha256: str, now: datetime) -> BounceRow | None:
    """Take a notice in, once; what it says of its letter is written there. None for one that was taken in before."""
    number = db.execute(
        select(letters.c.id).where(letters.c.message_id == bounce.message_id).order_by(letters.c.id).limit(1)
    ).scalar_one_or_none()
    row = {
        "letter": number,
        "message_id": bounce.message_id,
        "recipient": bounce.recipient,
        "action": bounce.action,
        "status": bounce.status,
        "words": bounce.words,
        "sha256": sha256,
        "at": now,
    }
    once = insert(db, bounces).values(row).on_conflict_do_nothing().returning(bounces.c.id)
    if db.execute(once).one_or_none() is None:
        return None
    if number is not None and bounce.permanent:
        came_back(db, number, f"{bounce.status} {bounce.words}".strip(), now)
    return BounceRow(letter=number, bounce=bounce, at=now)


def of(db: Connection, numbers: Collection[int]) -> dict[int, tuple[BounceRow, ...]]:
    """What came back of letters, by their number, the oldest first."""
    found: defaultdict[int, list[BounceRow]] = defaultdict(list)
    for some in chunks(sorted(numbers)):
        for row in db.execute(select(bounces).where(bounces.c.letter.in_(some)).order_by(bounces.c.id)):
            found[row.letter].append(_row(row))
    return {number: tuple(rows) for number, rows in found.items()}


def _row(row: Row[Any]) -> BounceRow:
    fields = {name: getattr(row, name) for name in Bounce.__dataclass_fields__}
    return BounceRow(letter=row.letter, bounce=Bounce(**fields), at=row.at)
