"""The numbers under which looks keep the names that repeat in each of them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from monitor.store.statements import chunks, raw


def known(db: Connection, wanted: Iterable[str]) -> dict[str, int]:
    """Numbers of the names that have one."""
    found: dict[str, int] = {}
    for some in chunks(sorted(set(wanted))):
        asked = raw(db, f"SELECT name, id FROM names WHERE name IN ({', '.join('?' * len(some))})")  # noqa: S608 - marks
        found.update((name, number) for name, number in db.exec_driver_sql(asked, tuple(some)))
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
    return {number: name for number, name in db.exec_driver_sql("SELECT id, name FROM names")}  # noqa: C416 - typed so
