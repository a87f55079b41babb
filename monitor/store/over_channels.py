"""Letters that go another way than by mail: copies of what is urgent, and what goes in the place of a lost one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.store.letter_rows import LINE, LetterLine, line
from monitor.store.letters import MAIL, STOPPED
from monitor.store.statements import chunks
from monitor.store.states import LetterState
from monitor.store.tables import letter_attempts, letters


def copy_key(key: str, channel: str, address: str) -> str:
    """The key of the copy of a letter that goes to an address of a channel."""
    return f"{key}/kenh/{channel}:{address}"


def by_key(db: Connection, keys: Collection[str]) -> dict[str, LetterLine]:
    """Letters by key; those that are none are left out."""
    found: dict[str, LetterLine] = {}
    for some in chunks(sorted(keys)):
        found.update((row.key, line(row)) for row in db.execute(select(*LINE).where(letters.c.key.in_(some))))
    return found


def stand_in(db: Connection, copy: int, lost: int) -> None:
    """Say that a copy is what went in the place of a letter that did not arrive."""
    mine = (letters.c.id == copy) & letters.c.instead_of.is_(None)
    db.execute(letters.update().where(mine).values(instead_of=lost))


def overdue(db: Connection, channel: str, before: datetime, *, resend: bool) -> list[LetterLine]:
    """Letters of a channel tried before a moment that are still to be sent; without `resend`, not the uncertain."""
    waits = (LetterState.WAITING, LetterState.UNCERTAIN) if resend else (LetterState.WAITING,)
    tried = select(letter_attempts.c.id).where(letter_attempts.c.letter == letters.c.id, letter_attempts.c.at < before)
    mine = (letters.c.channel == channel) & letters.c.state.in_(waits) & tried.exists()
    return [line(row) for row in db.execute(select(*LINE).where(mine).order_by(letters.c.id))]


def waiting(db: Connection, channel: str) -> list[LetterLine]:
    """Letters of a channel still to be sent, and surely not sent yet."""
    mine = (letters.c.channel == channel) & (letters.c.state == LetterState.WAITING)
    return [line(row) for row in db.execute(select(*LINE).where(mine).order_by(letters.c.id))]


def not_of(db: Connection, channels: Collection[str]) -> list[LetterLine]:
    """Letters still to be sent, of ways that are none of these."""
    waiting = letters.c.channel.not_in([MAIL, *channels]) & (letters.c.state == LetterState.WAITING)
    return [line(row) for row in db.execute(select(*LINE).where(waiting).order_by(letters.c.id))]


def give_up(db: Connection, letter: int, why: str, now: datetime) -> None:
    """End a letter that nobody is sending."""
    mine = (letters.c.id == letter) & letters.c.state.in_(STOPPED)
    ended = letters.update().where(mine).values(state=LetterState.DEAD, last_why=why).returning(letters.c.id)
    if db.execute(ended).one_or_none() is not None:
        db.execute(letter_attempts.insert(), {"letter": letter, "at": now, "what": LetterState.DEAD, "words": why})


def sent_as(db: Connection, channel: str, request: str) -> LetterLine | None:
    """The letter of a channel that a gateway knows by the first part of its Message-ID."""
    mine = (letters.c.channel == channel) & letters.c.message_id.startswith(f"<{request}@", autoescape=True)
    row = db.execute(select(*LINE).where(mine).limit(1)).one_or_none()
    return None if row is None else line(row)


def delivered(db: Connection, letter: int, words: str, now: datetime) -> None:
    """The gateway says that it arrived: noted once."""
    mine = (letters.c.id == letter) & (letters.c.state == LetterState.ACCEPTED) & (letters.c.last_why != words)
    noted = letters.update().where(mine).values(last_why=words).returning(letters.c.id)
    if db.execute(noted).one_or_none() is not None:
        db.execute(
            letter_attempts.insert(), {"letter": letter, "at": now, "what": LetterState.ACCEPTED, "words": words}
        )
