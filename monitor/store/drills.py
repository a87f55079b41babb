"""Drills: one row each, filled in step by step."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.core.drill import Drill, Outcome
from monitor.core.ladder import SubjectKind
from monitor.core.period import Span
from monitor.store.record_tables import drills
from monitor.store.statements import insert
from monitor.store.states import LetterState
from monitor.store.tables import letters, tellings


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One letter of a drill's interruption: of its end where `over`, else of its beginning."""

    made_at: datetime
    accepted_at: datetime | None
    state: LetterState
    over: bool


_FIELDS = tuple(field.name for field in fields(Drill))


def save(db: Connection, drill: Drill) -> None:
    """Write a drill down in place of what was known of it."""
    made = insert(db, drills).values(asdict(drill))
    known = {name: made.excluded[name] for name in _FIELDS if name != "began"}
    db.execute(made.on_conflict_do_update(index_elements=[drills.c.began], set_=known))


def running(db: Connection) -> Drill | None:
    """The one that is not over; there is one at most."""
    wanted = select(drills).where(drills.c.outcome == Outcome.RUNNING).order_by(drills.c.began.desc()).limit(1)
    row = db.execute(wanted).one_or_none()
    return None if row is None else _drill(row)


def latest(db: Connection) -> Drill | None:
    """The newest one that is over, or was cut."""
    wanted = select(drills).where(drills.c.outcome != Outcome.RUNNING).order_by(drills.c.began.desc()).limit(1)
    row = db.execute(wanted).one_or_none()
    return None if row is None else _drill(row)


def since(db: Connection, moment: datetime) -> list[Drill]:
    """Those begun at a moment or later, by time."""
    wanted = select(drills).where(drills.c.began >= moment).order_by(drills.c.began)
    return [_drill(row) for row in db.execute(wanted)]


def between(db: Connection, window: Span) -> list[Drill]:
    """Those begun within a window, by time."""
    return [one for one in since(db, window.start) if one.began < window.end]


def told_of(db: Connection, subject: str) -> list[Told]:
    """The letters that tell of an interruption, by its subject's key."""
    of_it = select(tellings.c.letter).where(tellings.c.subject == SubjectKind.INTERRUPTION, tellings.c.key == subject)
    wanted = select(letters.c.key, letters.c.made_at, letters.c.accepted_at, letters.c.state)
    return [
        Told(made_at=row.made_at, accepted_at=row.accepted_at, state=row.state, over=f"{subject}/over/" in row.key)
        for row in db.execute(wanted.where(letters.c.id.in_(of_it)).order_by(letters.c.id))
    ]


def _drill(row: Row[Any]) -> Drill:
    return Drill(**{name: row._mapping[name] for name in _FIELDS})
