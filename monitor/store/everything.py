"""All rows that are kept of one dossier, table by table, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, select

from monitor.core.period import ict
from monitor.store import ledger_tables as ledgers
from monitor.store import tables as ground
from monitor.store.access import latest
from monitor.store.dossier_tables import bad_rows, code_aliases, dossiers, imports, now, steps, versions
from monitor.store.duty_tables import duty_dossiers
from monitor.store.erasing import FACTS, Found

Rows = list[dict[str, object]]
_MANY = 10_000


def everything(db: Connection, found: Found) -> dict[str, Rows]:
    """By table, in the order they were written; moments on a Vietnamese clock, digests and bytes as hexadecimal."""
    leave = [one.number for one in found.testimonies]
    codes = sorted(found.codes)
    kept: dict[str, Rows] = {"dossiers": _rows(db, dossiers, dossiers.c.id.in_(leave))}
    for table in (versions, steps, now):
        kept[table.name] = _rows(db, table, table.c.dossier_id.in_(leave))
    kept["code_aliases"] = _rows(
        db, code_aliases, code_aliases.c.code.in_(codes) | code_aliases.c.other_code.in_(codes)
    )
    told = {row["import_id"] for name in ("dossier_versions", "dossier_steps") for row in kept[name]}
    kept["bad_rows"] = _rows(db, bad_rows, bad_rows.c.code.in_(codes))
    kept["imports"] = _rows(db, imports, imports.c.id.in_(told), but=("confirmed",))
    for name, table in FACTS.items():
        kept[name] = _rows(db, table, table.c.matter.in_(found.numbers))
    kept["incoming_letters"] = _named(db, ledgers.incoming_letters, kept["explanations"], "incoming")
    kept["dispatches"] = _named(db, ledgers.dispatches, kept["dispatch_items"], "dispatch")
    kept["duty_dossiers"] = _rows(db, duty_dossiers, duty_dossiers.c.code.in_(codes))
    kept["tellings"] = _rows(db, ground.tellings, ground.tellings.c.id.in_(found.tellings))
    kept["letters"] = _rows(db, ground.letters, ground.letters.c.id.in_(list(found.letters)), but=("html",))
    attached = ground.letter_attachments
    kept["letter_attachments"] = [
        {"letter": row.letter, "place": row.place, "name": row.name, "sha256": sha256(row.content).hexdigest()}
        for row in db.execute(select(attached).where(attached.c.letter.in_(list(found.letters))))
    ]
    looks = {one: None for code in codes for one in reversed(latest(db, most=_MANY, code=code))}
    kept["access_log"] = [
        {"at": ict(one.at).isoformat(), "by": one.by, "road": one.road, "deed": one.deed.value, "what": one.what}
        for one in looks
    ]
    return kept


def _named(db: Connection, table: Table, by: Rows, column: str) -> Rows:
    return _rows(db, table, table.c.id.in_({row[column] for row in by} - {None}))


def _rows(db: Connection, table: Table, which: Any, *, but: Iterable[str] = ()) -> Rows:
    columns = [column for column in table.columns if column.name not in but]
    rows = db.execute(select(*columns).where(which).order_by(*table.primary_key))
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in rows]


def _plain(value: object) -> object:
    match value:
        case datetime():
            return ict(value).isoformat()
        case Enum():
            return value.value
        case bytes():
            return value.hex()
        case _:
            return value
