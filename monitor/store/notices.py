"""Planned stops as they were announced, sealed with the moment they were entered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from monitor.core.journal import Row
from monitor.core.period import Span, to_ms
from monitor.core.uptime import Notice
from monitor.store import sealing, withdrawals
from monitor.store.sealing import ERASED, OWN, Rows
from monitor.store.tables import notices
from monitor.store.withdrawals import Withdrawal


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A notice with its number, who entered it (empty where nobody was named), and whether it was taken back since."""

    number: int
    notice: Notice
    by: str = ""
    withdrawn: Withdrawal | None = None


def add(db: Connection, notice: Notice, by: str = "") -> int:
    """Write down and seal a planned stop, and give its number; one entered again is another notice.

    `by` names who enters it and is sealed as a salted digest.
    """
    head = sealing.head(db, OWN)
    row = {
        "seq": head.next_seq,
        "service": notice.service,
        "starts": notice.span.start,
        "ends": notice.span.end,
        "entered_at": notice.entered_at,
        "document": notice.document,
        **(_named(by) if by else {}),
    }
    number: int = db.execute(notices.insert().values(row).returning(notices.c.id)).scalar_one()
    sealing.append(db, head, [row for _, row in _sealed(db, number)])
    return number


def overlapping(db: Connection, service: str, window: Span) -> list[Notice]:
    """The planned stops of a service that share time with a window, by their start; those taken back count no more."""
    return [one.notice for one in announced(db, service, window) if one.withdrawn is None]


def announced(db: Connection, service: str, window: Span) -> list[Announced]:
    """The same with those taken back among them."""
    sharing = (notices.c.service == service) & (notices.c.starts < window.end) & (notices.c.ends > window.start)
    return _announced(db, sharing)


def get(db: Connection, number: int) -> Announced | None:
    """One notice by its number."""
    return next(iter(_announced(db, notices.c.id == number)), None)


def _announced(db: Connection, which: ColumnElement[bool]) -> list[Announced]:
    rows = db.execute(select(notices).where(which).order_by(notices.c.starts, notices.c.id)).all()
    taken_back = withdrawals.of(db, [row.id for row in rows])
    return [
        Announced(
            number=row.id,
            notice=Notice(
                service=row.service,
                span=Span(start=row.starts, end=row.ends),
                entered_at=row.entered_at,
                document=row.document,
            ),
            by=row.by or (ERASED if row.personal else ""),
            withdrawn=taken_back.get(row.id),
        )
        for row in rows
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
                **({"personal": sealing.personal(row.by, row.salt, row.personal)} if row.personal else {}),
            },
        )


def _named(by: str) -> dict[str, str | bytes]:
    salt = sealing.salt()
    return {"by": by, "salt": salt, "personal": sealing.personal(by, salt, "")}
