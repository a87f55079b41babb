"""Tellings that reached their person or are on their way: what a page may say that somebody was told."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from monitor.core.ladder import SubjectKind
from monitor.store import letters, tellings
from monitor.store.states import LetterState
from monitor.store.tellings import TellingRow

_NOBODY = frozenset(
    {LetterState.NO_ADDRESS, LetterState.DEAD, LetterState.BOUNCED, LetterState.REPLACED, LetterState.HELD}
)
"""A letter in one of these states told nobody anything; what a newer one tells instead stands under that one."""


def of(db: Connection, kind: SubjectKind, keys: Sequence[str], *, live: bool) -> list[TellingRow]:
    """What was told of these subjects, in the order it was owed; each row has its letter. In a trial nothing was."""
    rows = list(tellings.rows_of(db, kind, keys, live=live))
    known = letters.lines(db, {row.letter for row in rows if row.letter is not None})
    told = {number for number, line in known.items() if line.state not in _NOBODY}
    return [row for row in rows if row.letter in told]


__all__ = ["of"]
