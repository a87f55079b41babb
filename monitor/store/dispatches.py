"""Outgoing official letters with their lists: drafted here, numbered by Văn thư, recorded as a notification."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from monitor.core.explanation import Delay
from monitor.core.official_letter import Dispatch, DispatchKind
from monitor.store.ledger_tables import dispatch_items, dispatches
from monitor.store.matters import recorded_as
from monitor.store.statements import chunks


def draft(db: Connection, kind: DispatchKind, agency: str, delays: Iterable[Delay], *, at: datetime) -> int:
    """Write down a letter that waits for its number, with its list; its handle. It tells nobody yet."""
    row = {"kind": kind, "agency": agency, "drafted_at": at, "document": "", "dated": "", "signer": "", "by": ""}
    number: int = db.execute(dispatches.insert().values(row).returning(dispatches.c.id)).scalar_one()
    items = [
        {"dispatch": number, "place": place, "matter": one.matter, "kind": one.kind, "episode": one.episode}
        for place, one in enumerate(delays, 1)
    ]
    for some in chunks(items):
        db.execute(dispatch_items.insert(), some)
    return number


def record(db: Connection, number: int, *, document: str, dated: date, signer: str, at: datetime, by: str) -> bool:
    """Say under which number and day a draft went out; False where it was said before, or there is none."""
    waiting = dispatches.c.recorded_at.is_(None) & (dispatches.c.id == number)
    said = (
        dispatches.update()
        .where(waiting)
        .values(document=document, dated=dated.isoformat(), signer=signer, recorded_at=at, by=by)
    )
    return db.execute(said.returning(dispatches.c.id)).first() is not None


def waiting(db: Connection, kind: DispatchKind, agency: str, delays: tuple[Delay, ...]) -> int | None:
    """The newest draft of that kind to an agency, where it has no number yet and lists exactly these delays."""
    mine = (dispatches.c.kind == kind) & (dispatches.c.agency == agency)
    newest = select(dispatches.c.id).where(mine).order_by(dispatches.c.id.desc()).limit(1).scalar_subquery()
    draft = next(iter(_those(db, dispatches.c.id == newest)), None)
    same = draft is not None and draft.recorded_at is None and set(draft.delays) == set(delays)
    return draft.number if draft is not None and same else None


def load(db: Connection, number: int) -> Dispatch | None:
    """One letter with its list; None where there is none."""
    return next(iter(_those(db, dispatches.c.id == number)), None)


def load_alone(db: Connection, number: int) -> Dispatch | None:
    """The same, and nobody else records a letter to its agency until this transaction ends."""
    agency = select(dispatches.c.agency).where(dispatches.c.id == number).scalar_subquery()
    db.execute(select(dispatches.c.id).where(dispatches.c.agency == agency).order_by(dispatches.c.id).with_for_update())
    return load(db, number)


def named(db: Connection, agency: str, document: str, dated: date) -> Dispatch | None:
    """The letter to an agency that was recorded under a number of a day; None where there is none."""
    same = (dispatches.c.agency == agency, dispatches.c.document == document, dispatches.c.dated == dated.isoformat())
    return next(iter(_those(db, *same)), None)


def latest(db: Connection, *, most: int, agency: str = "") -> tuple[Dispatch, ...]:
    """The newest first, drafts among them."""
    which = [dispatches.c.agency == agency] if agency else []
    newest = select(dispatches.c.id).where(*which).order_by(dispatches.c.id.desc()).limit(most)
    return tuple(reversed(_those(db, dispatches.c.id.in_(newest.scalar_subquery()))))


def recorded(db: Connection, delays: Iterable[Delay]) -> dict[Delay, tuple[Dispatch, ...]]:
    """The letters that went out about delays, the oldest first; delays without one are left out."""
    places = _places(db, recorded_as(db, delays))
    letters = {one.number: one for one in _numbered(db, {number for some in places.values() for number in some})}
    return {one: tuple(letters[number] for number in sorted(some)) for one, some in places.items()}


def _places(db: Connection, sought: Mapping[Delay, list[Delay]]) -> dict[Delay, set[int]]:
    """By delay asked for, the numbers of recorded letters in whose lists it stands."""
    found: defaultdict[Delay, set[int]] = defaultdict(set)
    for some in chunks(sorted({one.matter for one in sought})):
        items = (
            select(dispatch_items)
            .join(dispatches, dispatches.c.id == dispatch_items.c.dispatch)
            .where(dispatch_items.c.matter.in_(some), dispatches.c.recorded_at.is_not(None))
        )
        for row in db.execute(items):
            for one in sought.get(_delay(row), ()):
                found[one].add(row.dispatch)
    return found


def _numbered(db: Connection, numbers: set[int]) -> list[Dispatch]:
    return [one for some in chunks(sorted(numbers)) for one in _those(db, dispatches.c.id.in_(some))]


def _those(db: Connection, *which: ColumnElement[bool]) -> list[Dispatch]:
    heads = db.execute(select(dispatches).where(*which).order_by(dispatches.c.id)).all()
    lists: dict[int, tuple[Delay, ...]] = {}
    for some in chunks([row.id for row in heads]):
        items = (
            select(dispatch_items)
            .where(dispatch_items.c.dispatch.in_(some))
            .order_by(dispatch_items.c.dispatch, dispatch_items.c.place)
        )
        for number, rows in groupby(db.execute(items), key=lambda row: row.dispatch):
            lists[number] = tuple(map(_delay, rows))
    return [_dispatch(row, lists.get(row.id, ())) for row in heads]


def _delay(row: Row[Any]) -> Delay:
    return Delay(matter=row.matter, kind=row.kind, episode=row.episode)


def _dispatch(row: Row[Any], delays: tuple[Delay, ...]) -> Dispatch:
    return Dispatch(
        number=row.id,
        kind=row.kind,
        agency=row.agency,
        drafted_at=row.drafted_at,
        delays=delays,
        document=row.document,
        dated=date.fromisoformat(row.dated) if row.dated else None,
        signer=row.signer,
        recorded_at=row.recorded_at,
        by=row.by,
    )
