"""Writing what a file says of dossiers, thousands of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text

from monitor.core.period import to_ms
from monitor.core.source import STAMPS, DossierRow
from monitor.core.step import StepRow
from monitor.store import leaving, packed
from monitor.store.dossier_tables import VISIBLE, ImportState, dossiers, imports, steps, versions
from monitor.store.statements import chunks, copied, raw

NewDossier = tuple[int, str]
"""Number and code."""
Version = tuple[int, DossierRow]
"""A dossier's number and what is said of it."""

_FACTS = DossierRow._fields[2:]
_VERSION = ("dossier_id", "import_id", "raw", *_FACTS)
_INSERT_DOSSIER = "INSERT INTO dossiers (id, import_id, source, code, first_seen, matter) VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_VERSION = f"INSERT INTO dossier_versions ({', '.join(_VERSION)}) VALUES ({', '.join('?' * len(_VERSION))})"  # noqa: S608
_STEP = ("dossier_id", "import_id", *StepRow._fields[1:])
_INSERT_STEP = f"INSERT INTO dossier_steps ({', '.join(_STEP)}) VALUES ({', '.join('?' * len(_STEP))})"  # noqa: S608
_LOCK = 0x7474_6863_0003


@contextmanager
def alone(engine: Engine, *, wait: bool = True) -> Iterator[None]:
    """Be the only one to number dossiers in this database, whatever machine others run on (PostgreSQL only).

    On SQLite files are read on one machine, where a lock in its folder sees to it. Raise BlockingIOError where
    somebody else is at it and this is not to wait.
    """
    if engine.dialect.name == "sqlite":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        if wait:
            db.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        elif not db.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}).scalar_one():
            raise BlockingIOError("somebody else is reading files into this database")
        try:
            yield
        finally:
            db.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


def next_number(db: Connection) -> int:
    """The number of the next new dossier; never one that a dossier had which has left."""
    return 1 + max(leaving.highest(db), int(db.execute(select(func.coalesce(func.max(dossiers.c.id), 0))).scalar_one()))


def known(db: Connection, source: str) -> Iterator[tuple[str, int, bytes, int]]:
    """What was said of each dossier of a source, the latest last: code, number, digest of the cells, newest date (ms).

    To be asked while nobody is taking a file in: what an unfinished import wrote is not told apart.
    """
    greatest = "max" if db.dialect.name == "sqlite" else "greatest"
    newest = ", ".join(f"coalesce({name}, 0)" for name in STAMPS)
    query = raw(
        db,
        f"SELECT d.code, d.id, v.raw, {greatest}({newest}) FROM dossier_versions v"  # noqa: S608
        " JOIN dossiers d ON d.id = v.dossier_id WHERE d.source = ? ORDER BY v.id",
    )
    if db.dialect.name == "sqlite":  # the driver's own rows: a million of SQLAlchemy's cost a second more
        return iter(db.connection.cursor().execute(query, (source,)))
    options = {"stream_results": True, "max_row_buffer": 5000}
    rows = db.exec_driver_sql(query, (source,), execution_options=options)
    return ((code, number, bytes(digest), date) for code, number, digest, date in rows)


def untold(db: Connection, source: str) -> dict[str, int]:
    """Dossiers of which a source told steps and nothing else yet, with their numbers."""
    told = select(versions.c.id).where(versions.c.dossier_id == dossiers.c.id).exists()
    stepped = select(steps.c.dossier_id).distinct()
    query = select(dossiers.c.code, dossiers.c.id).where(dossiers.c.source == source, dossiers.c.id.in_(stepped), ~told)
    return dict(iter(db.execute(query)))


def numbers(db: Connection, source: str, codes: Sequence[str]) -> dict[str, int]:
    """The numbers of those codes that a source's dossiers have."""
    found: dict[str, int] = {}
    for some in chunks(codes):
        query = select(dossiers.c.code, dossiers.c.id).where(dossiers.c.source == source, dossiers.c.code.in_(some))
        found.update(iter(db.execute(query)))
    return found


def newer(db: Connection, source: str, than: datetime) -> Iterator[int]:
    """Numbers of the dossiers that figures of a later moment spoke of."""
    later = select(imports.c.id, imports.c.confirmed).where(imports.c.source == source, imports.c.as_of > than, VISIBLE)
    for number, content in db.execute(later).all():
        yield from packed.unpack(content)
        yield from db.execute(select(versions.c.dossier_id).where(versions.c.import_id == number)).scalars()


def previous(db: Connection, numbers: Sequence[int], but: int) -> dict[int, DossierRow]:
    """What was last said of these dossiers, except under one import."""
    found: dict[int, DossierRow] = {}
    columns = (versions.c[name] for name in _FACTS)
    query = (
        select(versions.c.dossier_id, versions.c.raw, *columns)
        .join(imports, imports.c.id == versions.c.import_id)
        .where(imports.c.state != ImportState.LOADING, versions.c.import_id != but)
        .order_by(versions.c.id)
    )
    for some in chunks(numbers):
        for number, digest, *facts in db.execute(query.where(versions.c.dossier_id.in_(some))):
            found[number] = DossierRow("", bytes(digest), *facts)
    return found


def add(
    db: Connection,
    number: int,
    *,
    source: str,
    at: datetime,
    new: Sequence[NewDossier],
    said: Sequence[Version],
) -> None:
    """Write new dossiers and what is said of these and others, under one import."""
    seen = to_ms(at)
    _many(
        db,
        "dossiers",
        ("id", "import_id", "source", "code", "first_seen", "matter"),
        _INSERT_DOSSIER,
        [(dossier, number, source, code, seen, dossier) for dossier, code in new],
    )
    rows = [(dossier, number, *row[1:]) for dossier, row in said]
    _many(db, "dossier_versions", _VERSION, _INSERT_VERSION, rows)


def add_steps(db: Connection, number: int, told: Sequence[tuple[int, StepRow]]) -> int:
    """Write steps of dossiers, by number, under one import; how many there are now that were not known before."""
    known: set[tuple[int, int, bytes]] = set()
    for some in chunks(sorted({dossier for dossier, _ in told})):
        query = select(steps.c.dossier_id, steps.c.at, steps.c.raw).where(steps.c.dossier_id.in_(some))
        known.update((dossier, at, bytes(digest)) for dossier, at, digest in db.execute(query))
    fresh = {(dossier, row.at, row.raw): (dossier, number, *row[1:]) for dossier, row in told}
    rows = [row for key, row in fresh.items() if key not in known]
    _many(db, "dossier_steps", _STEP, _INSERT_STEP, rows)
    return len(rows)


def withdraw(db: Connection, number: int, dossier: int) -> int:
    """Take back what an unfinished import said of a dossier, since another row of the same file counts; how much."""
    gone = db.execute(versions.delete().where(versions.c.import_id == number, versions.c.dossier_id == dossier))
    return gone.rowcount


def _many(db: Connection, table: str, columns: Sequence[str], insert: str, rows: list[tuple[Any, ...]]) -> None:
    if not rows:
        return
    if db.dialect.name == "sqlite":
        db.exec_driver_sql(insert, rows)
        return
    copied(db, table, columns, rows)
