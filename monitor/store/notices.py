"""Planned stops as they were announced, sealed with the moment they were entered."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from monitor.core.journal import Row
from monitor.core.period import Span, to_ms
from monitor.core.uptime import Notice
from monitor.store import sealing
from monitor.store.sealing import OWN, Rows
from monitor.store.tables import notices


def add(db: Connection, notice: Notice) -> None:
    """Write down and seal a planned stop; one entered again is another notice."""
    head = sealing.head(db, OWN)
    row = {
        "seq": head.next_seq,
        "service": notice.service,
        "starts": notice.span.start,
        "ends": notice.span.end,
        "entered_at": notice.entered_at,
        "document": notice.document,
    }
    number = db.execute(notices.insert().values(row).returning(notices.c.id)).scalar_one()
    sealing.append(db, head, [row for _, row in _sealed(db, number)])


def overlapping(db: Connection, service: str, window: Span) -> list[Notice]:
    """The planned stops of a service that share time with a window, by their start."""
    wanted = select(notices).where(
        notices.c.service == service, notices.c.starts < window.end, notices.c.ends > window.start
    )
    return [
        Notice(
            service=row.service,
            span=Span(start=row.starts, end=row.ends),
            entered_at=row.entered_at,
            document=row.document,
        )
        for row in db.execute(wanted.order_by(notices.c.starts, notices.c.id))
    ]


def sealed(db: Connection, chain: str) -> Rows:
    """Every notice with the number of its link, in their order; none but in the monitor's own chain."""
    if chain == OWN:
        yield from _sealed(db)


def _sealed(db: Connection, number: int | None = None) -> Iterator[tuple[int, Row]]:
    wanted = select(notices).order_by(notices.c.seq, notices.c.id)
    for row in db.execute(wanted if number is None else wanted.where(notices.c.id == number)):
        yield (
            row.seq,
            {
                "fact": "notice",
                "service": row.service,
                "starts": to_ms(row.starts),
                "ends": to_ms(row.ends),
                "entered_at": to_ms(row.entered_at),
                "document": row.document,
            },
        )
