"""One daemon per database: who holds it, and that a second one is refused."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Connection, Engine, text

from monitor.store.engine import file_of
from monitor.store.refusal import StoreError

_LOCK = 0x7474_6863_0002
_HELD = """SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE locktype = 'advisory' AND datname = current_database()
AND classid = CAST(:high AS oid) AND objid = CAST(:low AS oid) AND objsubid = 1 AND granted"""
_TAKEN = "Cơ sở dữ liệu {where} đang có một tiến trình tthc run giữ{who}: dừng nó trước, hoặc dùng VAR_DIR khác"


class Hold(Protocol):
    """A database held; it ends with the process at the latest, however that ends."""

    def release(self) -> None:
        """Let the next one have it."""


def hold(engine: Engine) -> Hold:
    """Hold the database for this process; raise StoreError where another one does."""
    if engine.dialect.name == "postgresql":
        return _held_by_session(engine)
    return hold_file(engine.url)


def held(engine: Engine) -> bool:
    """Whether a process holds the database; nothing is made, and one that starts meanwhile is not kept from it."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as db:
            return db.execute(text(_HELD), {"high": _LOCK >> 32, "low": _LOCK & 0xFFFF_FFFF}).first() is not None
    try:
        descriptor = os.open(_lock_of(engine.url), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock_of(url: URL) -> Path:
    file = file_of(url)
    return file.with_name(file.name + ".lock")


def hold_file(url: URL) -> Hold:
    """Hold the SQLite database at a URL, which need not be there."""
    file = file_of(url)
    descriptor = os.open(_lock_of(url), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(descriptor)
    except OSError as error:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        os.close(descriptor)
        raise StoreError(_TAKEN.format(where=file, who=f" (pid {holder})" if holder else "")) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return _FileHold(descriptor)


def _lock(descriptor: int) -> None:
    """Take the lock; who only asks whether it is held has it for an instant, so that once is not enough."""
    for _ in range(10):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(0.02)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class _FileHold:
    """The lock on the file beside the database; the system drops it with the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let the next one have it; the file stays, since removing it would let two hold it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _held_by_session(engine: Engine) -> Hold:
    db = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    if not db.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}).scalar_one():
        db.close()
        raise StoreError(_TAKEN.format(where=engine.url.database, who=""))
    return _SessionHold(db)


class _SessionHold:
    """An advisory lock of one PostgreSQL session, kept open for it."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def release(self) -> None:
        """Let the next one have it."""
        if not self._db.closed:
            self._db.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
            self._db.close()
