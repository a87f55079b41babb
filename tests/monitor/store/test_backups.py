"""Backup of a running database, and restore: checked before anything is touched, the old one kept."""

from __future__ import annotations

import re
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from monitor.core.period import Span
from monitor.store import (
    StoreError,
    backup,
    events,
    hold,
    journal,
    looks,
    may_restore,
    open_store,
    reading,
    restore,
    unpacked,
    watches,
    writing,
)
from tests.monitor.store.given import CHECK, MONDAY, TARGET, look

NOW = datetime(2026, 11, 24, 3, 0, 5, tzinfo=UTC)
EVER = Span(start=datetime(2000, 1, 1, tzinfo=UTC), end=datetime(2100, 1, 1, tzinfo=UTC))


def url(file: Path) -> str:
    return f"sqlite:///{file}"


@pytest.fixture
def filled(sqlite_engine: Engine) -> Engine:
    with writing(sqlite_engine) as db:
        looks.add(db, [look(minute) for minute in range(50)])
        looks.add_manual(db, CHECK)
        watches.set_mark(db, "live", "trước")
    return sqlite_engine


@pytest.fixture
def copied(filled: Engine, tmp_path: Path) -> Path:
    """A backup, after which the database went on."""
    file = tmp_path / "sao-luu.db"
    backup(filled, file)
    with writing(filled) as db:
        watches.set_mark(db, "live", "sau")
    filled.dispose()
    return file


def contents(file: Path) -> list[str]:
    with sqlite3.connect(file) as db:
        return list(db.iterdump())


def mark(file: Path) -> str | None:
    engine = open_store(url(file))
    with reading(engine) as db:
        found = watches.get_mark(db, "live")
    engine.dispose()
    return found


def test_a_backup_holds_one_moment_while_others_write(filled: Engine, tmp_path: Path) -> None:
    stop, written = threading.Event(), 0

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            with writing(filled) as db:
                looks.add(db, [look(1_000 + written)])
            written += 1

    writer = threading.Thread(target=write)
    writer.start()
    for number in range(5):
        backup(filled, tmp_path / f"{number}.db")
    stop.set()
    writer.join()
    assert written > 0
    for number in range(5):
        engine = open_store(url(tmp_path / f"{number}.db"))
        with reading(engine) as db:
            assert all(chain.intact for chain in journal.verify_all(db))
            assert db.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        engine.dispose()


def test_what_is_restored_equals_what_was_backed_up_and_says_so(filled: Engine, tmp_path: Path) -> None:
    before = contents(tmp_path / "tthc.db")
    backup(filled, tmp_path / "sao-luu.db")
    assert contents(tmp_path / "sao-luu.db") == before
    filled.dispose()
    elsewhere = tmp_path / "nơi-khác" / "tthc.db"
    assert restore(tmp_path / "sao-luu.db", url(elsewhere), NOW) is None
    engine = open_store(url(elsewhere))
    with reading(engine) as db:
        assert looks.last(db, TARGET) == look(49)
        assert [(event.kind, event.at) for event in events.between(db, EVER)] == [("restored", NOW)]
        assert all(chain.intact for chain in journal.verify_all(db))
    engine.dispose()
    facts = [line for line in before if not re.search('INTO "?(journal|chains|sqlite_sequence)', line)]
    assert set(facts) <= set(contents(elsewhere))


def test_a_backup_is_one_file_that_only_its_owner_reads(copied: Path) -> None:
    assert copied.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in copied.parent.glob("*sao-luu*")] == ["sao-luu.db"]


def test_the_old_database_stays_beside_the_restored_one(copied: Path, tmp_path: Path) -> None:
    kept = restore(copied, url(tmp_path / "tthc.db"), NOW)
    assert kept is not None
    assert kept.name == "tthc.db.truoc-khoi-phuc-20261124-100005"
    assert (mark(tmp_path / "tthc.db"), mark(kept)) == ("trước", "sau")
    assert copied.exists()


def test_what_was_only_in_the_log_of_the_old_database_is_kept_too(copied: Path, tmp_path: Path) -> None:
    file = tmp_path / "tthc.db"
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("UPDATE marks SET value = 'chỉ trong nhật ký'")
        db.commit()
        log, base = file.with_name("tthc.db-wal").read_bytes(), file.read_bytes()
    db.close()
    file.write_bytes(base)
    file.with_name("tthc.db-wal").write_bytes(log)
    kept = restore(copied, url(file), NOW)
    assert kept is not None
    assert (mark(kept), mark(file)) == ("chỉ trong nhật ký", "trước")


def test_a_database_that_is_ruined_is_kept_and_replaced(copied: Path, tmp_path: Path) -> None:
    file = tmp_path / "tthc.db"
    file.write_bytes(b"ruined " * 1000)
    file.with_name("tthc.db-wal").write_bytes(b"its log")
    kept = restore(copied, url(file), NOW)
    assert kept is not None
    assert kept.read_bytes() == b"ruined " * 1000
    assert kept.with_name(kept.name + "-wal").read_bytes() == b"its log"
    assert mark(file) == "trước"


def test_a_backup_never_takes_the_place_of_another_file(filled: Engine, tmp_path: Path) -> None:
    file = tmp_path / "sao-luu.db"
    file.write_bytes(b"older")
    with pytest.raises(StoreError, match="đã có"):
        backup(filled, file)
    assert file.read_bytes() == b"older"
    backup(filled, file, replace=True)
    assert mark(file) == "trước"


def test_a_backup_into_no_folder_is_refused(filled: Engine, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="mkdir -p"):
        backup(filled, tmp_path / "không-có" / "sao-luu.db")


@pytest.mark.parametrize("spoil", ["garbage", "cut", "page", "newer", "foreign"])
def test_a_backup_that_is_not_sound_touches_nothing(copied: Path, tmp_path: Path, spoil: str) -> None:
    content = copied.read_bytes()
    match spoil:
        case "garbage":
            copied.write_bytes(b"garbage")
        case "cut":
            copied.write_bytes(content[: len(content) // 2])
        case "page":
            copied.write_bytes(content[:8192] + b"\xff" * 4096 + content[12288:])
        case "newer":
            with sqlite3.connect(copied) as db:
                db.execute("UPDATE alembic_version SET version_num = '9999'")
        case "foreign":
            copied.unlink()
            with sqlite3.connect(copied) as db:
                db.execute("CREATE TABLE kho (id INTEGER)")
    for asked in (lambda: may_restore(copied, url(tmp_path / "tthc.db")), lambda: unpacked(copied).__enter__()):
        with pytest.raises(StoreError, match=r"dùng|cài") as refused:
            asked()
        assert not re.search(r"no such|not a database|malformed", str(refused.value))
    with pytest.raises(StoreError):
        restore(copied, url(tmp_path / "tthc.db"), NOW)
    assert mark(tmp_path / "tthc.db") == "sau"
    assert not list(tmp_path.glob("*truoc-khoi-phuc*"))
    assert not list(tmp_path.glob(".*.tmp*"))


def test_nothing_is_restored_under_a_running_daemon(copied: Path, filled: Engine, tmp_path: Path) -> None:
    held = hold(filled)
    with pytest.raises(StoreError, match="đang có một tiến trình"):
        restore(copied, url(tmp_path / "tthc.db"), NOW)
    with pytest.raises(StoreError, match="đang có một tiến trình"):
        may_restore(copied, url(tmp_path / "tthc.db"))
    held.release()
    may_restore(copied, url(tmp_path / "tthc.db"))
    assert mark(tmp_path / "tthc.db") == "sau"


def test_nothing_is_restored_under_anybody_who_has_it_open(copied: Path, filled: Engine, tmp_path: Path) -> None:
    with reading(filled) as db:
        watches.get_mark(db, "live")
        with pytest.raises(StoreError, match="đang được một tiến trình khác mở"):
            restore(copied, url(tmp_path / "tthc.db"), NOW)
        assert watches.get_mark(db, "live") == "sau"


def test_a_database_is_not_restored_from_itself(copied: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="chính là"):
        restore(tmp_path / "tthc.db", url(tmp_path / "tthc.db"), NOW)


@pytest.mark.postgres
def test_on_postgresql_its_own_tools_are_named(postgres_engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="pg_dump"):
        backup(postgres_engine, tmp_path / "x")
    with pytest.raises(StoreError, match="pg_restore"):
        restore(tmp_path / "x", "postgresql://h/d", MONDAY)
