"""What became of attempts to hand letters over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from monitor.store.letters import MAIL
from monitor.store.states import LetterState
from monitor.store.tables import letter_attempts, letters


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt: what it left the letter as, and what the server said; no words where its sender died with it."""

    at: datetime
    what: LetterState
    words: str


def attempts(db: Connection, letter: int) -> list[Attempt]:
    """Every attempt at a letter, in their order."""
    wanted = select(letter_attempts).where(letter_attempts.c.letter == letter).order_by(letter_attempts.c.id)
    return [Attempt(at=row.at, what=row.what, words=row.words) for row in db.execute(wanted)]


def unsent_since(db: Connection) -> datetime | None:
    """When the oldest of the letters was written that were tried, and are neither accepted nor given up."""
    in_doubt = (letters.c.state == LetterState.UNCERTAIN) & (letters.c.channel == MAIL)  # others may stay so for ever
    on_its_way = or_(letters.c.state.in_((LetterState.WAITING, LetterState.SENDING)), in_doubt)
    made: datetime | None = db.execute(
        select(func.min(letters.c.made_at, type_=letters.c.made_at.type)).where(on_its_way, letters.c.attempts > 0)
    ).scalar_one()
    return made


def tried_between(db: Connection, moment: datetime, now: datetime) -> int:
    """How many letters were handed to the mail server, or were to be, after a moment; those being sent now too.

    What a clock that ran ahead wrote down as later than now is not among them.
    """
    mail = letters.c.channel == MAIL
    tried = letter_attempts.c.at
    ended = select(func.count()).select_from(letter_attempts.join(letters)).where(tried > moment, tried <= now, mail)
    going = select(func.count()).select_from(letters).where(letters.c.state == LetterState.SENDING, mail)
    going = going.where(letters.c.claimed_at > moment, letters.c.claimed_at <= now)
    return int(db.execute(ended).scalar_one()) + int(db.execute(going).scalar_one())
