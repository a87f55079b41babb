"""Duties that a person confirmed, when each duty was first known, and what was done about them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from monitor.core.mask import mask
from monitor.core.obligation import Listed, Obligation, Recurrence
from monitor.core.order import Order
from monitor.core.progress import Progress
from monitor.store import events
from monitor.store.duty_tables import duties, duty_dossiers, duty_progress, orders
from monitor.store.statements import chunks, insert
from monitor.store.states import EventKind
from monitor.store.tables import marks

_KNOWN = "duty.known/"
"""The mark that says since when a duty of the register is followed; one that was confirmed has its letter's moment."""


def confirmed(db: Connection) -> tuple[Obligation, ...]:
    """The duties of all confirmed letters, in the order in which they were confirmed."""
    listed: defaultdict[int, list[Listed]] = defaultdict(list)
    places = (duty_dossiers.c.duty, duty_dossiers.c.place)
    for row in db.execute(select(duty_dossiers).order_by(*places)):
        listed[row.duty].append(Listed(code=row.code, unit=row.unit))
    letter = [orders.c[name] for name in ("document", "dated", "issuer", "subject", "signer")]
    rows = db.execute(select(duties, *letter).join(orders, duties.c.order == orders.c.id).order_by(duties.c.id))
    return tuple(_duty(row, tuple(listed[row.id])) for row in rows)


def known_since(db: Connection) -> Mapping[str, datetime]:
    """Since when each duty is known, by its key; those of the register that were never met are left out."""
    of_letters = select(duties.c.key, orders.c.at).join(orders, duties.c.order == orders.c.id)
    of_register = select(marks.c.name, marks.c.value).where(marks.c.name.startswith(_KNOWN, autoescape=True))
    met = {row.name.removeprefix(_KNOWN): datetime.fromisoformat(row.value) for row in db.execute(of_register)}
    return met | {row.key: row.at for row in db.execute(of_letters)}


def meet(db: Connection, keys: Iterable[str], now: datetime) -> None:
    """Write down that duties of the register are known from now on; those that are already stay as they are."""
    for some in chunks([{"name": f"{_KNOWN}{key}", "value": now.isoformat()} for key in keys]):
        db.execute(insert(db, marks).on_conflict_do_nothing(), some)


def add(db: Connection, one: Progress) -> int:
    """Write down what happened to one agency's part, and seal that it was entered; its number.

    What may lead to a person is masked in the text and the file's name. Nothing that is there is altered by it.
    """
    row = {
        "duty": one.duty,
        "occasion": _iso(one.occasion),
        "agency": one.agency,
        "kind": one.kind,
        "document": one.document,
        "dated": _iso(one.dated),
        "due": _iso(one.due),
        "text": mask(one.text),
        "file_name": mask(one.file_name),
        "file_sha256": one.file_sha256,
        "at": one.at,
        "by": one.by,
    }
    number: int = db.execute(duty_progress.insert().values(row).returning(duty_progress.c.id)).scalar_one()
    told = [str(value) for name, value in row.items() if value and name not in ("at", "file_name")]
    events.add(db, one.at, EventKind.DUTY, "; ".join([str(number), *told]))
    return number


def progress(db: Connection, keys: Iterable[str]) -> dict[str, tuple[Progress, ...]]:
    """What happened to some duties, by key, in the order in which it was entered; those without a word are left out."""
    found: defaultdict[str, list[Progress]] = defaultdict(list)
    for some in chunks(sorted(set(keys))):
        wanted = select(duty_progress).where(duty_progress.c.duty.in_(some)).order_by(duty_progress.c.id)
        for row in db.execute(wanted):
            found[row.duty].append(_progress(row))
    return {key: tuple(told) for key, told in found.items()}


def _duty(row: Row[Any], listed: tuple[Listed, ...]) -> Obligation:
    letter = Order(
        document=row.document,
        dated=date.fromisoformat(row.dated),
        issuer=row.issuer,
        subject=row.subject,
        signer=row.signer,
    )
    every = Recurrence(months=row.every_months, closing_day=row.closing_day, due_day=row.due_day)
    return Obligation(
        key=row.key,
        letter=letter.cited,
        title=row.title,
        place=row.place,
        text=row.text,
        agencies=tuple(json.loads(row.agencies)),
        partners=tuple(json.loads(row.partners)),
        report_to=row.report_to,
        due=_day(row.due),
        due_kind=row.due_kind,
        every=every if every.months else None,
        dossiers=listed,
    )


def _progress(row: Row[Any]) -> Progress:
    return Progress(
        number=row.id,
        duty=row.duty,
        occasion=_day(row.occasion),
        agency=row.agency,
        kind=row.kind,
        document=row.document,
        dated=_day(row.dated),
        due=_day(row.due),
        text=row.text,
        file_name=row.file_name,
        file_sha256=row.file_sha256,
        at=row.at,
        by=row.by,
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
