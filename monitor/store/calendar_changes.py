"""Changes of the working calendar that people confirmed; each enters the journal as an event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from monitor.core.calendar_change import CalendarChange
from monitor.store import events
from monitor.store.ledger_tables import calendar_changes
from monitor.store.states import EventKind

TABLE = calendar_changes.name


class Overtaken(Exception):
    """Somebody else changed the calendar after the one that was looked at."""


def add(db: Connection, some: Iterable[CalendarChange], *, after: int | None = None) -> list[int]:
    """Write down what was confirmed together, and seal that it was, with the name of who did it; their numbers.

    `after` is the newest change known when they were checked: raise Overtaken where another stands by now. Two who
    confirm at once come one after the other, so the second one is always told.
    """
    if after is not None:
        if db.dialect.name == "postgresql":
            db.execute(text(f"LOCK TABLE {TABLE} IN SHARE ROW EXCLUSIVE MODE"))
        if last(db) != after:
            raise Overtaken
    confirmed, numbers = list(some), []
    for one in confirmed:
        row = {
            "day": str(one.year) if one.day is None else one.day.isoformat(),
            "working": one.working,
            "projected": one.projected,
            "title": one.title,
            "document": one.document,
            "at": one.at,
            "by": one.by,
        }
        made = calendar_changes.insert().values(row).returning(calendar_changes.c.id)
        numbers.append(db.execute(made).scalar_one())
    if confirmed:
        events.add(db, confirmed[0].at, EventKind.CALENDAR, "\n".join(map(_said, confirmed)))
    return numbers


def every(db: Connection) -> tuple[CalendarChange, ...]:
    """All of them, in the order in which they were confirmed."""
    return tuple(_change(row) for row in db.execute(select(calendar_changes).order_by(calendar_changes.c.id)))


def last(db: Connection) -> int:
    """The number of the newest one; 0 where there is none."""
    number: int | None = db.execute(select(func.max(calendar_changes.c.id))).scalar_one()
    return number or 0


def _said(one: CalendarChange) -> str:
    what = f"năm {one.year}" if one.day is None else f"{one.day:%d/%m/%Y}: {'làm việc' if one.working else 'nghỉ'}"
    return f"{what}; {one.title}; {one.document}; {one.by}"


def _change(row: Row[Any]) -> CalendarChange:
    day = None if len(row.day) == len("2028") else date.fromisoformat(row.day)
    return CalendarChange(
        number=row.id,
        year=int(row.day[:4]),
        day=day,
        working=row.working,
        projected=row.projected,
        title=row.title,
        document=row.document,
        at=row.at,
        by=row.by,
    )
