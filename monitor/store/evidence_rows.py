"""Which files of evidence the database names, and by what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from monitor.core.look import Verdict
from monitor.core.period import to_ms
from monitor.store.duty_tables import duty_progress, orders
from monitor.store.ledger_tables import apologies, incoming_letters
from monitor.store.names import by_number, known
from monitor.store.record_tables import exhibits, publications, remarks
from monitor.store.tables import looks, manual_checks

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Named:
    """One exhibit: when its look was (ms), from where, and the SHA-256 of its list."""

    at: int
    vantage: str
    digest: str


def targets(db: Connection) -> list[str]:
    """The targets that have exhibits."""
    texts = by_number(db)
    return sorted(texts[number] for number in db.scalars(select(exhibits.c.target_id).distinct()))


def of_target(db: Connection, target: str) -> Iterator[Named]:
    """Every exhibit of a target, by time."""
    texts = by_number(db)
    c = exhibits.c
    wanted = select(c.at, c.vantage_id, c.digest).where(c.target_id.in_(known(db, [target]).values())).order_by(c.at)
    with db.execute(wanted.execution_options(yield_per=_AT_ONCE)) as rows:
        for at, vantage, digest in rows:
            yield Named(at, texts[vantage], digest)


def failed(db: Connection, target: str, after: datetime, before: datetime) -> Iterator[int]:
    """When (ms) the failed looks were that have an exhibit, by time."""
    e, look = exhibits.c, looks.c
    same = and_(look.target_id == e.target_id, look.at == e.at, look.vantage_id == e.vantage_id)
    wanted = (
        select(e.at)
        .join_from(exhibits, looks, same)
        .where(
            e.target_id.in_(known(db, [target]).values()),
            e.at >= to_ms(after),
            e.at < to_ms(before),
            look.verdict == Verdict.DOWN.value,
        )
        .order_by(e.at)
    )
    with db.execute(wanted.execution_options(yield_per=_AT_ONCE)) as rows:
        yield from rows.scalars()


def of_people(db: Connection) -> Iterator[str]:
    """The digests that remarks, manual checks, letters in, letters that give duties, reports, publications name."""
    for column in (
        remarks.c.file_sha256,
        manual_checks.c.evidence_sha256,
        incoming_letters.c.file_sha256,
        apologies.c.file_sha256,
        orders.c.file_sha256,
        duty_progress.c.file_sha256,
    ):
        yield from db.scalars(select(column).where(column != ""))
    for documents in db.scalars(select(publications.c.documents)):
        try:
            yield from map(str, json.loads(documents).values())
        except (ValueError, AttributeError):
            continue  # altered by hand: its link tells
