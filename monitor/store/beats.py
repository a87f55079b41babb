"""The monitor's beats: one row a stretch in which it lived, whose end moves on while it does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from monitor.core.life import SLACK, Happening, Life, Stretch, life
from monitor.core.period import Span
from monitor.store import events
from monitor.store.record_tables import beats
from monitor.store.statements import insert


def keep(db: Connection, stretch: Stretch) -> None:
    """Write a stretch down as far as it has come; the same stretch moves on, it never becomes shorter."""
    row = {"began": stretch.began, "last": stretch.last, "ended": stretch.ended}
    made = insert(db, beats).values(row)
    moved = made.on_conflict_do_update(
        index_elements=[beats.c.began],
        set_={"last": made.excluded.last, "ended": made.excluded.ended},
        where=beats.c.last <= made.excluded.last,
    )
    db.execute(moved)


def end(db: Connection, stretch: Stretch, at: datetime, why: str) -> None:
    """Write down that a stretch ended, when, and why."""
    keep(db, Stretch(began=stretch.began, last=at, ended=why))


def first(db: Connection) -> datetime | None:
    """When the monitor's first beat ever was."""
    began: datetime | None = db.execute(select(func.min(beats.c.began))).scalar_one_or_none()
    return began


def last(db: Connection) -> datetime | None:
    """The newest moment at which the monitor is known to have lived."""
    lived: datetime | None = db.execute(select(func.max(beats.c.last, type_=beats.c.last.type))).scalar_one_or_none()
    return lived


def life_of(db: Connection, window: Span, now: datetime) -> Life:
    """How the monitor lived through a window, as known at `now`."""
    lived = _around(db, window)
    start = min((one.last for one in lived), default=window.start)
    end = max(window.end, *(one.began for one in lived)) if lived else window.end
    told = events.between(db, Span(start=min(start, end), end=end + SLACK))
    return life(window, lived, [Happening(at=row.at, kind=row.kind) for row in told], now)


def _around(db: Connection, window: Span) -> list[Stretch]:
    """The stretches within a window, the ones before it as far as they reach, the first one after it."""
    before = select(func.max(beats.c.began)).where(beats.c.began < window.start).scalar_subquery()
    after = select(func.min(beats.c.began)).where(beats.c.began >= window.end).scalar_subquery()
    near = (beats.c.last >= window.start) & (beats.c.began < window.end)
    wanted = select(beats).where(near | (beats.c.began == before) | (beats.c.began == after)).order_by(beats.c.began)
    return [Stretch(began=row.began, last=row.last, ended=row.ended) for row in db.execute(wanted)]
