"""The numbers under which looks keep the names that repeat in each of them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from monitor.store.statements import chunks, raw
from monitor.store.tables import names


def known(db: Connection, wanted: Iterable[str]) -> dict[str, int]:
    """Numbers of the names that have one."""
    found: dict[str, int] = {}
    for some in chunks(sorted(set(wanted))):
        found |= {row.name: row.id for row in db.execute(select(names).where(names.c.name.in_(some)))}
    return found


def numbered(db: Connection, wanted: Iterable[str]) -> dict[str, int]:
    """Numbers of all these names, given where one is new."""
    asked = set(wanted)
    found = known(db, asked)
    new = sorted(asked - found.keys())
    if not new:
        return found
    insert = raw(db, "INSERT INTO names (name) VALUES (?) ON CONFLICT DO NOTHING")
    for name in new:
        db.exec_driver_sql(insert, (name,))
    return found | known(db, new)


def by_number(db: Connection) -> dict[int, str]:
    """Every name by its number; there are as many as services, targets and vantages."""
    return {row.id: row.name for row in db.execute(select(names))}
