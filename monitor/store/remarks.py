"""What people say of interruptions: appended and sealed, never altered; text, name and file name can be erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy import Row as DbRow

from monitor.core.journal import Row
from monitor.core.period import Span, to_ms
from monitor.core.remark import Remark
from monitor.store import sealing
from monitor.store.record_tables import remarks
from monitor.store.sealing import ERASED, OWN, Rows, words_of

_REPLIES = remarks.alias("replies")


def add(db: Connection, remark: Remark) -> int:
    """Write down and seal a remark; its number. What was said before stays as it was said."""
    head, salt = sealing.head(db, OWN), sealing.salt()
    row = {
        "seq": head.next_seq,
        "service": remark.service,
        "target": remark.target,
        "first_bad": remark.first_bad,
        "at": remark.at,
        "kind": remark.kind,
        "document": remark.document,
        "dated": remark.dated.isoformat() if remark.dated else "",
        "ruling": remark.ruling,
        "answers": remark.answers,
        "file_sha256": remark.file_sha256,
        "text": remark.text,
        "by": remark.by,
        "file_name": remark.file_name,
        "salt": salt,
        "personal": sealing.personal(words_of(remark.text, remark.by, remark.file_name), salt, ""),
    }
    number: int = db.execute(remarks.insert().values(row).returning(remarks.c.id)).scalar_one()
    sealing.append(db, head, [row for _, row in _sealed(db, number)])
    return number


def of(db: Connection, target: str, first_bad: datetime) -> list[Remark]:
    """What was said of the interruption of a target that began with that failed look, the oldest first."""
    return _those(db, remarks.c.target == target, remarks.c.first_bad == first_bad)


def of_failure(db: Connection, targets: Iterable[str], after: datetime | None, before: datetime | None) -> list[Remark]:
    """What was said of a failure between its last good look before and its first good one after, the oldest first.

    Looks that arrive late may move an interruption's first failed look: what was said of it stays with it.
    """
    wanted: list[ColumnElement[bool]] = [remarks.c.target.in_(tuple(targets))]
    if after is not None:
        wanted.append(remarks.c.first_bad > after)
    if before is not None:
        wanted.append(remarks.c.first_bad < before)
    return _those(db, *wanted)


def between(db: Connection, service: str, window: Span) -> list[Remark]:
    """What was said of a service's interruptions that began within a window, the oldest first."""
    return _those(
        db, remarks.c.service == service, remarks.c.first_bad >= window.start, remarks.c.first_bad < window.end
    )


def _those(db: Connection, *which: ColumnElement[bool]) -> list[Remark]:
    wanted = select(remarks).where(*which).order_by(remarks.c.at, remarks.c.id)
    return [_remark(row) for row in db.execute(wanted)]


def _remark(row: DbRow[Any]) -> Remark:
    erased = row.salt is None
    return Remark(
        number=row.id,
        service=row.service,
        target=row.target,
        first_bad=row.first_bad,
        at=row.at,
        kind=row.kind,
        text=ERASED if erased else row.text or "",
        by=ERASED if erased else row.by or "",
        document=row.document,
        dated=date.fromisoformat(row.dated) if row.dated else None,
        ruling=row.ruling,
        answers=row.answers,
        file_name=row.file_name or "",
        file_sha256=row.file_sha256,
    )


def sealed(db: Connection, chain: str) -> Rows:
    """Every remark with the number of its link, in their order; none but in the monitor's own chain."""
    if chain == OWN:
        yield from _sealed(db)


def _sealed(db: Connection, number: int | None = None) -> Iterator[tuple[int, Row]]:
    # A row's number is the database's own affair: a ruling is sealed with the link of the reply it is of.
    wanted = (
        select(remarks, _REPLIES.c.seq.label("answers_seq"))
        .join_from(remarks, _REPLIES, _REPLIES.c.id == remarks.c.answers, isouter=True)
        .order_by(remarks.c.seq, remarks.c.id)
    )
    for row in db.execute(wanted if number is None else wanted.where(remarks.c.id == number)):
        words = words_of(row.text, row.by, row.file_name)
        yield (
            row.seq,
            {
                "fact": "remark",
                "service": row.service,
                "target": row.target,
                "first_bad": to_ms(row.first_bad),
                "at": to_ms(row.at),
                "kind": row.kind.value,
                "document": row.document,
                "dated": row.dated,
                "ruling": row.ruling.value if row.ruling else None,
                "answers": row.answers_seq,
                "file_sha256": row.file_sha256,
                "personal": sealing.personal(words, row.salt, row.personal),
            },
        )
