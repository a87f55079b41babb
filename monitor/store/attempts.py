"""What became of each attempt to hand a letter over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.store.states import LetterState
from monitor.store.tables import letter_attempts


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
