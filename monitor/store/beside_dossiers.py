"""Of which dossiers anything is known beside their latest word; asked of thousands, of which nearly none has any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, exists, func, select

from monitor.store import joining
from monitor.store.dossier_tables import steps, versions
from monitor.store.ledger_tables import apologies, pauses
from monitor.store.statements import among

_ANY = select(
    exists(select(steps.c.id)),
    exists(select(apologies.c.id)),
    exists(select(pauses.c.id)),
    joining.ONE_SHARED.scalar_subquery().is_not(None),
)


class Anything(NamedTuple):
    """Whether there is any at all, of any dossier."""

    steps: bool
    apologies: bool
    pauses: bool
    shared: bool


def anything(db: Connection) -> Anything:
    """What need not be asked for, since there is none; quickly told."""
    return Anything(*map(bool, db.execute(_ANY).one()))


def of_interest(db: Connection, numbers: Sequence[int], told_before: Sequence[int]) -> frozenset[int]:
    """Those with steps, apologies, pauses, other testimonies, or among `told_before` more than one word."""
    stepped, apologised, paused, shared = anything(db)
    found: set[int] = set()
    several = select(versions.c.dossier_id).group_by(versions.c.dossier_id).having(func.count() > 1)
    if told_before:
        found.update(db.execute(several.where(among(db, versions.c.dossier_id, told_before))).scalars())
    for there, column in ((stepped, steps.c.dossier_id), (apologised, apologies.c.matter), (paused, pauses.c.matter)):
        if there:
            found.update(db.execute(select(column).where(among(db, column, numbers)).distinct()).scalars())
    if shared:
        found |= joining.with_others(db, numbers)
    return frozenset(found)
