"""Measures taken about repeated delay, each by its document; entered once by a named person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.core.measure import Measure
from monitor.core.period import Span, at, day_of
from monitor.store.ledger_tables import measures
from monitor.store.statements import insert


def add_once(db: Connection, measure: Measure) -> int | None:
    """Write down a measure; its number, or None where this document of this day is there for the unit."""
    row = {
        "agency": measure.agency,
        "unit": measure.unit,
        "kind": measure.kind,
        "document": measure.document,
        "dated": measure.dated.isoformat(),
        "text": measure.text,
        "at": measure.at,
        "by": measure.by,
    }
    once = insert(db, measures).values(row).on_conflict_do_nothing().returning(measures.c.id)
    number: int | None = db.execute(once).scalar_one_or_none()
    return number


def named(db: Connection, measure: Measure) -> Measure | None:
    """What is there of a measure's document of its day for its unit; None where nothing is."""
    c = measures.c
    same = (c.agency == measure.agency, c.unit == measure.unit, c.document == measure.document)
    row = db.execute(select(measures).where(*same, c.dated == measure.dated.isoformat())).one_or_none()
    return None if row is None else _measure(row)


def between(db: Connection, span: Span, agency: str = "") -> tuple[Measure, ...]:
    """The measures whose documents' days begin within a span, by day; of one agency where it is named."""
    first, last = _first(span), day_of(span.end - timedelta(milliseconds=1))
    which = [measures.c.dated >= first.isoformat(), measures.c.dated <= last.isoformat()]
    if agency:
        which.append(measures.c.agency == agency)
    wanted = select(measures).where(*which).order_by(measures.c.dated, measures.c.id)
    return tuple(_measure(row) for row in db.execute(wanted))


def _first(span: Span) -> date:
    day = day_of(span.start)
    return day if at(day) == span.start else day + timedelta(days=1)


def _measure(row: Row[Any]) -> Measure:
    return Measure(
        number=row.id,
        agency=row.agency,
        unit=row.unit,
        kind=row.kind,
        document=row.document,
        dated=date.fromisoformat(row.dated),
        text=row.text,
        at=row.at,
        by=row.by,
    )
