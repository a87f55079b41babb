"""Apologies that were sent, each with the one new appointment it gives; and second ones that were turned down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, true

from monitor.core.apology import Apology, Raised
from monitor.core.period import Stamp, at, to_ms
from monitor.store.dossiers import stamp_of
from monitor.store.ledger_tables import apologies, refused_apologies
from monitor.store.matters import ids_of
from monitor.store.statements import chunks, insert

_OLD, _NEW = 1, 2
"""The bits of `days_only`."""


def add_once(db: Connection, apology: Apology) -> int | None:
    """Write down a sent apology; its number, or None where this document of this day is there for the dossier."""
    row = {
        "matter": apology.matter,
        "agency": apology.agency,
        "document": apology.document,
        "dated": apology.dated.isoformat(),
        "old": _ms(apology.old),
        "new": _ms(apology.new),
        "days_only": _day(apology.old, _OLD) | _day(apology.new, _NEW),
        "reason": apology.reason,
        "signer": apology.signer,
        "file_sha256": apology.file_sha256,
        "breach": apology.breach,
        "at": apology.at,
        "by": apology.by,
    }
    once = insert(db, apologies).values(row).on_conflict_do_nothing().returning(apologies.c.id)
    number: int | None = db.execute(once).scalar_one_or_none()
    return number


def of(db: Connection, matters: Iterable[int]) -> dict[int, tuple[Apology, ...]]:
    """The apologies for dossiers, by matter, as they were recorded; matters without one are left out."""
    under = _turned(ids_of(db, matters))
    found: defaultdict[int, list[Apology]] = defaultdict(list)
    for some in chunks(sorted(under)):
        for row in db.execute(select(apologies).where(apologies.c.matter.in_(some))):
            for matter in under[row.matter]:
                found[matter].append(_apology(row))
    return {matter: tuple(sorted(some, key=lambda one: one.number)) for matter, some in found.items()}


def latest(db: Connection, *, most: int, agency: str = "") -> tuple[Apology, ...]:
    """The newest first."""
    which = [apologies.c.agency == agency] if agency else []
    wanted = select(apologies).where(*which).order_by(apologies.c.id.desc()).limit(most)
    return tuple(_apology(row) for row in db.execute(wanted))


def refuse(db: Connection, matter: int, *, at: datetime, by: str, new: Stamp) -> None:
    """Write down that a second new appointment was turned down."""
    db.execute(refused_apologies.insert().values(matter=matter, at=at, by=by, new=_ms(new)))


def raised(db: Connection, since: datetime) -> tuple[tuple[int, Raised, datetime], ...]:
    """What was put off more often than the law allows, or was to be, since a moment: matter, which, and when first."""
    c, r = apologies.c, refused_apologies.c
    turned_down = select(r.matter, func.min(r.at).label("at")).where(r.at >= since).group_by(r.matter)
    breach = select(c.matter, func.min(c.at).label("at")).where(c.at >= since, c.breach == true()).group_by(c.matter)
    return tuple(
        (row.matter, kind, row.at)
        for kind, some in (
            (Raised.TURNED_DOWN, turned_down.order_by(r.matter)),
            (Raised.BREACH, breach.order_by(c.matter)),
        )
        for row in db.execute(some)
    )


def _turned(ids: Mapping[int, frozenset[int]]) -> dict[int, list[int]]:
    turned: defaultdict[int, list[int]] = defaultdict(list)
    for matter, numbers in ids.items():
        for number in numbers:
            turned[number].append(matter)
    return turned


def _apology(row: Row[Any]) -> Apology:
    return Apology(
        number=row.id,
        matter=row.matter,
        agency=row.agency,
        document=row.document,
        dated=date.fromisoformat(row.dated),
        old=_stamp(row.old, row.days_only & _OLD),
        new=_stamp(row.new, row.days_only & _NEW),
        reason=row.reason,
        signer=row.signer,
        file_sha256=row.file_sha256,
        breach=row.breach,
        at=row.at,
        by=row.by,
    )


def _stamp(ms: int, day_only: int) -> Stamp:
    stamp = stamp_of(ms, day_only)
    assert stamp is not None  # noqa: S101 - the column holds no NULL
    return stamp


def _ms(stamp: Stamp) -> int:
    """A day alone is kept as its Vietnamese midnight."""
    return to_ms(stamp if isinstance(stamp, datetime) else at(stamp))


def _day(stamp: Stamp, bit: int) -> int:
    return 0 if isinstance(stamp, datetime) else bit
