"""Pauses that people approved: time of an interruption that does not count against a dossier, by a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from monitor.core.pause import ApprovedPause
from monitor.core.period import Span
from monitor.store.ledger_tables import pauses
from monitor.store.matters import ids_of
from monitor.store.statements import chunks, insert


def add_once(db: Connection, pause: ApprovedPause) -> int | None:
    """Write down an approved pause; its number, or None where the dossier has one for this interruption already."""
    row = {
        "matter": pause.matter,
        "starts": pause.span.start,
        "ends": pause.span.end,
        "service": pause.service,
        "target": pause.target,
        "first_bad": pause.first_bad,
        "document": pause.document,
        "reason": pause.reason,
        "at": pause.at,
        "by": pause.by,
    }
    once = insert(db, pauses).values(row).on_conflict_do_nothing().returning(pauses.c.id)
    number: int | None = db.execute(once).scalar_one_or_none()
    return number


def of(db: Connection, matters: Iterable[int]) -> dict[int, tuple[ApprovedPause, ...]]:
    """The pauses of dossiers, by matter, as they were approved; matters without one are left out."""
    recorded = [(matter, number) for matter, numbers in ids_of(db, matters).items() for number in {matter, *numbers}]
    under: defaultdict[int, list[int]] = defaultdict(list)
    for matter, number in recorded:
        under[number].append(matter)
    found: defaultdict[int, list[ApprovedPause]] = defaultdict(list)
    for some in chunks(sorted(under)):
        for pause in _those(db, pauses.c.matter.in_(some)):
            for matter in under[pause.matter]:
                found[matter].append(pause)
    return {matter: tuple(sorted(some, key=_number)) for matter, some in found.items()}


def _those(db: Connection, *which: ColumnElement[bool]) -> Iterator[ApprovedPause]:
    for row in db.execute(select(pauses).where(*which).order_by(pauses.c.id)):
        yield _pause(row)


def _pause(row: Row[Any]) -> ApprovedPause:
    return ApprovedPause(
        number=row.id,
        matter=row.matter,
        span=Span(start=row.starts, end=row.ends),
        service=row.service,
        target=row.target,
        first_bad=row.first_bad,
        document=row.document,
        reason=row.reason,
        at=row.at,
        by=row.by,
    )


def _number(pause: ApprovedPause) -> int:
    return pause.number
