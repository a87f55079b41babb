"""Letters that did not arrive, what went out in their place, and addresses at which nothing arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select, true

from monitor.store.letter_rows import LINE, LetterLine, line
from monitor.store.letters import MAIL
from monitor.store.states import LetterState
from monitor.store.tables import letters

LOST = (LetterState.DEAD, LetterState.BOUNCED)
_COPY = (letters.c.channel != MAIL) & letters.c.instead_of.is_(None)
"""It went another way besides the mail: nothing goes in its place."""


def fallen(db: Connection, since: datetime) -> list[LetterLine]:
    """Letters sent in earnest since a moment that will not arrive, and in whose place none went out yet."""
    newer = letters.alias()
    instead = select(newer.c.id).where(newer.c.instead_of == letters.c.id).exists()
    lost = letters.c.state.in_(LOST) & (letters.c.live == true()) & (letters.c.made_at >= since) & ~_COPY
    return [line(row) for row in db.execute(select(*LINE).where(lost, ~instead).order_by(letters.c.id))]


def count(db: Connection, since: datetime) -> int:
    """How many letters written since a moment will not arrive, and nothing went out in their place."""
    newer = letters.alias()
    instead = select(newer.c.id).where(newer.c.instead_of == letters.c.id).exists()
    wanted = select(func.count()).where(letters.c.state.in_(LOST), letters.c.made_at >= since, ~instead, ~_COPY)
    return int(db.execute(wanted).scalar_one())


def never_tried_out(db: Connection, before: datetime) -> list[LetterLine]:
    """Mails in earnest put down before a moment that still wait, and have certainly arrived nowhere."""
    waits = (letters.c.state == LetterState.WAITING) & (letters.c.live == true()) & (letters.c.channel == MAIL)
    waits &= letters.c.made_at < before
    return [line(row) for row in db.execute(select(*LINE).where(waits).order_by(letters.c.id))]


def chain(db: Connection, letter: int) -> list[LetterLine]:
    """A letter, that in whose place it went, and so on, back to the first."""
    found: list[LetterLine] = []
    number: int | None = letter
    while number is not None:
        found.append(line(db.execute(select(*LINE).where(letters.c.id == number)).one()))
        number = found[-1].instead_of
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """An address at which letters do not arrive: since which one, how many, and what the server said last."""

    address: str  # in small letters
    since: datetime
    count: int
    words: str


def failing(db: Connection, since: datetime) -> list[Failing]:
    """The addresses to which the newest letter that came to an end was lost, if it was written since a moment."""
    ended = letters.c.state.in_((LetterState.ACCEPTED, *LOST)) & (letters.c.live == true())
    ended &= letters.c.channel == MAIL
    address = func.lower(letters.c.to_address)
    good = func.max(case((letters.c.state == LetterState.ACCEPTED, letters.c.id), else_=0))
    newest = select(address.label("address"), good.label("good")).where(ended).group_by(address).subquery()
    wanted = (
        select(newest.c.address, letters.c.made_at, letters.c.last_why)
        .join(newest, newest.c.address == address)
        .where(ended, letters.c.id > newest.c.good)
        .order_by(letters.c.id)
    )
    found: dict[str, list[Any]] = {}
    for row in db.execute(wanted):
        found.setdefault(row.address, []).append(row)
    return [
        Failing(address=one, since=rows[0].made_at, count=len(rows), words=rows[-1].last_why)
        for one, rows in found.items()
        if rows[-1].made_at >= since
    ]


def sent_instead(db: Connection, address: str, since: datetime) -> list[str]:
    """Where letters went that did not arrive at an address since a moment, each place once."""
    lost_one = letters.alias()
    wanted = (
        select(*LINE)
        .join(lost_one, lost_one.c.id == letters.c.instead_of)
        .where(func.lower(lost_one.c.to_address) == address, lost_one.c.made_at >= since)
    )
    return sorted({line(row).way for row in db.execute(wanted)})
