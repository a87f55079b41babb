"""Connections to a database, and the two ways to use one: reading one moment's state, writing all or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from monitor.store.refusal import StoreError

BUSY_MS = 5_000
"""How long a writer waits for another on SQLite before OperationalError; no transaction of ours lasts over 250 ms."""
_WRITES = "store_writes"


def url_of(text: str) -> URL:
    """A URL as this program knows databases: SQLite in a file, PostgreSQL over psycopg; raise StoreError."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise StoreError("DATABASE_URL không đọc được: ghi sqlite:///var/tthc.db hoặc postgresql://…") from error
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername == "sqlite" and url.database in {None, "", ":memory:"}:
        raise StoreError("DATABASE_URL thiếu tên tệp: ghi sqlite:///var/tthc.db")
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise StoreError(f"DATABASE_URL: không dùng được {url.drivername}; dùng sqlite hoặc postgresql")
    return url


def file_of(url: URL) -> Path:
    """The file of an SQLite database."""
    return Path(url.database or "")


def engine_of(url: URL, *, migrating: bool = False, room_mib: int = 2) -> Engine:
    """An engine that opens nothing yet; one for migrations keeps no connection and no foreign keys on SQLite.

    `room_mib` is what each connection to an SQLite file may keep of it in memory; 2 is SQLite's own measure.
    """
    pool: dict[str, Any] = {"poolclass": NullPool} if migrating else {"pool_size": 8, "max_overflow": 40}
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url, hide_parameters=True, **pool)
            _prepare_sqlite(engine, foreign_keys=not migrating, room_mib=room_mib)
            return engine
        connect = {"application_name": "tthc"}
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=connect, **pool)
        _prepare_postgresql(engine)
        return engine
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise StoreError("Thiếu thư viện PostgreSQL: chạy pip install 'tthc-monitor[postgres]'") from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment's state however long it is used, and changes nothing."""
    with engine.connect() as db:
        if db.dialect.name == "postgresql":
            db.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield db


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection whose changes are all kept at the end, or none; on SQLite it is the only writer meanwhile.

    Raise sqlalchemy's OperationalError where another writer holds the database for longer than BUSY_MS.
    """
    with engine.connect() as db:
        db.execution_options(**{_WRITES: True})
        with db.begin():
            yield db


def wait_for_no_disk(engine: Engine) -> None:
    """Let no commit wait until it is on the disk, from now on: for an SQLite file that is soon thrown away."""

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    engine.dispose()


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        # Its default is of disks that turn: by it, a whole table is read for two thousand rows of it.
        connection.execute("SET random_page_cost = 1.1")
        connection.commit()


def _prepare_sqlite(engine: Engine, *, foreign_keys: bool, room_mib: int) -> None:
    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: object) -> None:
        # The driver begins nothing by itself, so that _begun decides how a transaction begins.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout = {BUSY_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            f"foreign_keys = {int(foreign_keys)}",
            f"cache_size = {-1024 * room_mib}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(db: Connection) -> None:
        # A writer that began by reading could not be let wait: SQLite would refuse it at once.
        db.exec_driver_sql("BEGIN IMMEDIATE" if db.get_execution_options().get(_WRITES) else "BEGIN")
