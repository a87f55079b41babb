"""Manual checks: what a named person saw, sealed so that the name can be erased."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from monitor.core.journal import Row
from monitor.core.look import ManualCheck
from monitor.core.mask import mask
from monitor.core.period import Span, to_ms
from monitor.store import sealing
from monitor.store.sealing import ERASED, OWN, Rows, words_of
from monitor.store.tables import manual_checks


def add_manual(db: Connection, check: ManualCheck) -> None:
    """Write down and seal what a person saw; the name, their words and the file's name enter as a salted digest.

    What may lead to a person is masked in the words and the file's name: they are printed in every log of their week.
    """
    head, salt = sealing.head(db, OWN), sealing.salt()
    note, evidence_name = mask(check.note), mask(check.evidence_name)
    row = {
        "seq": head.next_seq,
        "service": check.service,
        "target": check.target,
        "at": check.at,
        "received_at": check.received_at,
        "verdict": check.verdict,
        "by": check.by,
        "note": note,
        "evidence_name": evidence_name,
        "evidence_sha256": check.evidence_sha256,
        "salt": salt,
        "personal": sealing.personal(words_of(check.by, note, evidence_name), salt, ""),
    }
    number = db.execute(manual_checks.insert().values(row).returning(manual_checks.c.id)).scalar_one()
    sealing.append(db, head, [row for _, row in _sealed(db, number)])


def manual_between(db: Connection, service: str, window: Span) -> list[ManualCheck]:
    """What people saw of a service within a window, by time; an erased name reads ERASED."""
    wanted = select(manual_checks).where(
        manual_checks.c.service == service, manual_checks.c.at >= window.start, manual_checks.c.at < window.end
    )
    return [
        ManualCheck(
            service=row.service,
            target=row.target,
            at=row.at,
            received_at=row.received_at,
            verdict=row.verdict,
            by=ERASED if row.by is None else row.by,
            note=row.note or "",
            evidence_name=row.evidence_name or "",
            evidence_sha256=row.evidence_sha256,
        )
        for row in db.execute(wanted.order_by(manual_checks.c.at, manual_checks.c.id))
    ]


def sealed(db: Connection, chain: str) -> Rows:
    """Every check with the number of its link, in their order; none but in the monitor's own chain."""
    if chain == OWN:
        yield from _sealed(db)


def _sealed(db: Connection, number: int | None = None) -> Iterator[tuple[int, Row]]:
    wanted = select(manual_checks).order_by(manual_checks.c.seq, manual_checks.c.id)
    for row in db.execute(wanted if number is None else wanted.where(manual_checks.c.id == number)):
        words = words_of(row.by, row.note, row.evidence_name)
        yield (
            row.seq,
            {
                "fact": "manual_check",
                "service": row.service,
                "target": row.target,
                "at": to_ms(row.at),
                "received_at": to_ms(row.received_at),
                "verdict": row.verdict.value,
                "evidence_sha256": row.evidence_sha256,
                "personal": sealing.personal(words, row.salt, row.personal),
            },
        )
