"""What people were to be told in a stretch of time, beside what became of the letter that tells it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, true

from monitor.core.message import Urgency
from monitor.core.period import Span
from monitor.store.states import LetterState
from monitor.store.tables import letters, tellings


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Some tellings of one person that one letter tells, or none yet, owed since the same moment: how many.

    `settled` are those that had nothing to say any more, or were told on paper. `state` is None without a letter.
    """

    person: str
    urgency: Urgency
    count: int
    settled: bool
    owed_at: datetime
    reached: datetime | None
    letter: int | None = None
    slot: datetime | None = None
    state: LetterState | None = None
    to_address: str = ""
    accepted_at: datetime | None = None
    words: str = ""


def told_in(db: Connection, span: Span) -> Iterator[Told]:
    """What was owed in earnest within a stretch of time, by person and letter."""
    owed = tellings.c.made_at
    wanted = (
        select(
            tellings.c.person,
            tellings.c.urgency,
            func.count().label("count"),
            tellings.c.settled,
            owed.label("owed_at"),
            tellings.c.reached,
            letters.c.id.label("letter"),
            letters.c.slot,
            letters.c.state,
            letters.c.to_address,
            letters.c.accepted_at,
            letters.c.last_why.label("words"),
        )
        .select_from(tellings.outerjoin(letters, letters.c.id == tellings.c.letter))
        .where(tellings.c.live == true(), owed >= span.start, owed < span.end)
        .group_by(tellings.c.person, tellings.c.urgency, tellings.c.settled, letters.c.id, owed, tellings.c.reached)
        .order_by(func.min(tellings.c.id))
    )
    for row in db.execute(wanted):
        facts = dict(row._mapping)
        yield Told(**facts | {"to_address": row.to_address or "", "words": row.words or ""})
