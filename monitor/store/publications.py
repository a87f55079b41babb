"""What was published: written once, sealed, never altered; names and reasons can be erased."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy import Row as DbRow

from monitor.core.journal import Row
from monitor.core.period import Span, to_ms
from monitor.core.publication import Publication, canonical_text
from monitor.core.reporting import Period, PeriodKind
from monitor.store import sealing
from monitor.store.names import by_number, known
from monitor.store.record_tables import publications
from monitor.store.sealing import ERASED, OWN, Rows, words_of
from monitor.store.statements import insert
from monitor.store.tables import looks


def add_once(db: Connection, made: Publication) -> bool:
    """Write down and seal an edition; False, and nothing written, where that edition is there already."""
    head, salt = sealing.head(db, OWN), sealing.salt()
    row = {
        "seq": head.next_seq,
        "service": made.service,
        "kind": made.period.kind.value,
        "period": made.period.name,
        "edition": made.edition,
        "starts": made.period.span.start,
        "ends": made.period.span.end,
        "published_at": made.published_at,
        "method": made.method,
        "method_sha256": made.method_sha256,
        "basis": made.basis,
        "figures": made.figures,
        "heads": made.heads,
        "documents": canonical_text(dict(made.documents)),
        "reason": made.reason,
        "by": made.by,
        "salt": salt,
        "personal": sealing.personal(words_of(made.by, made.reason), salt, ""),
    }
    once = insert(db, publications).values(row).on_conflict_do_nothing().returning(publications.c.id)
    number = db.execute(once).scalar_one_or_none()
    if number is None:
        return False
    sealing.append(db, head, [row for _, row in _sealed(db, number)])
    return True


def editions(db: Connection, service: str, period: Period) -> list[Publication]:
    """Every edition of a service's period, the first one first."""
    wanted = (
        select(publications)
        .where(
            publications.c.service == service,
            publications.c.kind == period.kind.value,
            publications.c.period == period.name,
        )
        .order_by(publications.c.edition)
    )
    return [_publication(row) for row in db.execute(wanted)]


def newest(db: Connection, service: str, period: Period) -> Publication | None:
    """The edition that holds today; None where the period was not published."""
    return next(iter(reversed(editions(db, service, period))), None)


def list_(db: Connection, service: str | None = None) -> list[Publication]:
    """Everything published, in the order in which it was."""
    wanted = select(publications).order_by(publications.c.id)
    if service is not None:
        wanted = wanted.where(publications.c.service == service)
    return [_publication(row) for row in db.execute(wanted)]


def later_looks(db: Connection, targets: Iterable[str], window: Span, cut: Mapping[str, int]) -> int:
    """How many looks at targets lie in a window and came in after a cut of the journal."""
    texts = by_number(db)
    mine = (
        looks.c.target_id.in_(known(db, targets).values())
        & (looks.c.at >= to_ms(window.start))
        & (looks.c.at < to_ms(window.end))
    )
    count = 0
    for vantage in db.scalars(select(looks.c.vantage_id).where(mine).distinct()).all():
        after = (looks.c.vantage_id == vantage) & (looks.c.seq > cut.get(texts[vantage], 0))
        count += db.execute(select(func.count()).select_from(looks).where(mine, after)).scalar_one()
    return count


def sealed(db: Connection, chain: str) -> Rows:
    """Every edition with the number of its link, in their order; none but in the monitor's own chain."""
    if chain == OWN:
        yield from _sealed(db)


def _sealed(db: Connection, number: int | None = None) -> Iterator[tuple[int, Row]]:
    wanted = select(publications).order_by(publications.c.seq, publications.c.id)
    for row in db.execute(wanted if number is None else wanted.where(publications.c.id == number)):
        yield (
            row.seq,
            {
                "fact": "publication",
                "service": row.service,
                "kind": row.kind,
                "period": row.period,
                "edition": row.edition,
                "starts": to_ms(row.starts),
                "ends": to_ms(row.ends),
                "published_at": to_ms(row.published_at),
                "method": row.method,
                "method_sha256": row.method_sha256,
                "basis": row.basis,
                "figures": row.figures,
                "heads": row.heads,
                "documents": row.documents,
                "personal": sealing.personal(words_of(row.by, row.reason), row.salt, row.personal),
            },
        )


def _publication(row: DbRow[Any]) -> Publication:
    erased = row.salt is None
    return Publication(
        service=row.service,
        period=Period(kind=PeriodKind(row.kind), name=row.period, span=Span(start=row.starts, end=row.ends)),
        edition=row.edition,
        published_at=row.published_at,
        method=row.method,
        method_sha256=row.method_sha256,
        basis=row.basis,
        figures=row.figures,
        heads=row.heads,
        documents=json.loads(row.documents),
        by=ERASED if erased else row.by or "",
        reason=ERASED if erased else row.reason or "",
    )
