"""Notices taken back: another fact beside the notice, sealed like it; the notice itself stays as it was entered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.core.journal import Row
from monitor.core.mask import mask
from monitor.core.period import to_ms
from monitor.store import sealing
from monitor.store.record_tables import notice_withdrawals
from monitor.store.sealing import ERASED, OWN, Rows, words_of
from monitor.store.statements import insert
from monitor.store.tables import notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """That a named person took a notice back, and why; an erased name or reason reads ERASED."""

    at: datetime
    by: str
    reason: str


def add(db: Connection, notice: int, said: Withdrawal) -> bool:
    """Take a notice back, by its number; False where that was done already. Name and reason enter as a salted digest.

    What may lead to a person is masked in the reason. Raises NoResultFound for a number that no notice has.
    """
    head, salt = sealing.head(db, OWN), sealing.salt()
    db.execute(select(notices.c.id).where(notices.c.id == notice)).one()
    reason = mask(said.reason)
    row = {
        "seq": head.next_seq,
        "notice": notice,
        "at": said.at,
        "reason": reason,
        "by": said.by,
        "salt": salt,
        "personal": sealing.personal(words_of(reason, said.by), salt, ""),
    }
    once = insert(db, notice_withdrawals).values(row).on_conflict_do_nothing().returning(notice_withdrawals.c.id)
    number = db.execute(once).scalar_one_or_none()
    if number is None:
        return False
    sealing.append(db, head, [row for _, row in _sealed(db, number)])
    return True


def of(db: Connection, numbers: list[int]) -> dict[int, Withdrawal]:
    """The withdrawals of some notices, by the notice's number."""
    wanted = select(notice_withdrawals).where(notice_withdrawals.c.notice.in_(numbers))
    return {
        row.notice: Withdrawal(
            at=row.at,
            by=ERASED if row.by is None else row.by,
            reason=ERASED if row.reason is None else row.reason,
        )
        for row in db.execute(wanted)
    }


def sealed(db: Connection, chain: str) -> Rows:
    """Every withdrawal with the number of its link, in their order; none but in the monitor's own chain."""
    if chain == OWN:
        yield from _sealed(db)


def _sealed(db: Connection, number: int | None = None) -> Iterator[tuple[int, Row]]:
    """`notice` is the number of the link that sealed the notice: each notice has a link of its own."""
    wanted = select(notice_withdrawals, notices.c.seq.label("notice_seq")).join(notices)
    wanted = wanted.order_by(notice_withdrawals.c.seq, notice_withdrawals.c.id)
    for row in db.execute(wanted if number is None else wanted.where(notice_withdrawals.c.id == number)):
        yield (
            row.seq,
            {
                "fact": "notice_withdrawn",
                "notice": row.notice_seq,
                "at": to_ms(row.at),
                "personal": sealing.personal(words_of(row.reason, row.by), row.salt, row.personal),
            },
        )
