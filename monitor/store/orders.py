"""Official letters that give duties, each confirmed once by a named person, with its duties."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.core.obligation import Obligation, Recurrence
from monitor.core.order import Order
from monitor.store import events
from monitor.store.duty_tables import duties as duty_rows
from monitor.store.duty_tables import duty_dossiers
from monitor.store.duty_tables import orders as order_rows
from monitor.store.statements import chunks, insert
from monitor.store.states import EventKind

_ONCE = Recurrence(months=0, closing_day=0, due_day=0)


class AlreadyConfirmed(Exception):
    """This letter is there already, and nothing was written; `order` is the one that is there."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.cited)
        self.order = order


def confirm(db: Connection, order: Order, duties: Sequence[Obligation], now: datetime, by: str) -> int:
    """Write down a letter with its duties, and seal that it was, with the name of who did it; the letter's number.

    Raise AlreadyConfirmed where the same number, day and issuer is there. The duties' keys must be free: `next_key`.
    """
    row = {
        "document": order.document,
        "dated": order.dated.isoformat(),
        "issuer": order.issuer,
        "subject": order.subject,
        "signer": order.signer,
        "file_name": order.file_name,
        "file_sha256": order.file_sha256,
        "at": now,
        "by": by,
    }
    once = insert(db, order_rows).values(row).on_conflict_do_nothing().returning(order_rows.c.id)
    number: int | None = db.execute(once).scalar_one_or_none()
    if number is None:
        raise AlreadyConfirmed(_known(db, order))
    for duty in duties:
        _add(db, number, duty)
    events.add(db, now, EventKind.ORDER, f"{order.cited}; {len(duties)} nhiệm vụ; {by}")
    return number


def _known(db: Connection, order: Order) -> Order:
    c = order_rows.c
    same = (c.document == order.document, c.dated == order.dated.isoformat(), c.issuer == order.issuer)
    return _order(db.execute(select(order_rows).where(*same)).one())


def _add(db: Connection, order: int, duty: Obligation) -> None:
    every = duty.every or _ONCE
    row = {
        "key": duty.key,
        "order": order,
        "place": duty.place,
        "title": duty.title,
        "text": duty.text,
        "agencies": json.dumps(duty.agencies),
        "partners": json.dumps(duty.partners),
        "report_to": duty.report_to,
        "due": duty.due.isoformat() if duty.due else "",
        "due_kind": duty.due_kind,
        "every_months": every.months,
        "closing_day": every.closing_day,
        "due_day": every.due_day,
    }
    number = db.execute(duty_rows.insert().values(row).returning(duty_rows.c.id)).scalar_one()
    listed = [
        {"duty": number, "place": place, "code": one.code, "unit": one.unit}
        for place, one in enumerate(duty.dossiers, 1)
    ]
    for some in chunks(listed):
        db.execute(duty_dossiers.insert(), some)


def next_key(db: Connection, prefix: str, taken: Iterable[str] = ()) -> int:
    """The number with which the keys "<prefix>-<n>" of another letter's duties begin; `taken` are those elsewhere."""
    there = db.scalars(select(duty_rows.c.key).where(duty_rows.c.key.startswith(f"{prefix}-", autoescape=True)))
    ends = (key.removeprefix(f"{prefix}-") for key in (*there, *taken) if key.startswith(f"{prefix}-"))
    return max((int(end) for end in ends if end.isdecimal()), default=0) + 1


def load(db: Connection, number: int) -> Order | None:
    """A letter by its number."""
    row = db.execute(select(order_rows).where(order_rows.c.id == number)).one_or_none()
    return None if row is None else _order(row)


def orders(db: Connection) -> tuple[Order, ...]:
    """All letters that give duties, in the order in which they were confirmed."""
    return tuple(map(_order, db.execute(select(order_rows).order_by(order_rows.c.id))))


def same_file(db: Connection, digest: str) -> Order | None:
    """The letter that was confirmed with this very file."""
    wanted = select(order_rows).where(order_rows.c.file_sha256 == digest).order_by(order_rows.c.id).limit(1)
    row = db.execute(wanted).one_or_none() if digest else None
    return None if row is None else _order(row)


def _order(row: Row[Any]) -> Order:
    return Order(
        number=row.id,
        document=row.document,
        dated=date.fromisoformat(row.dated),
        issuer=row.issuer,
        subject=row.subject,
        signer=row.signer,
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        at=row.at,
        by=row.by,
    )
