"""Opening a database, reading one moment's state, writing all or nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from monitor.store import StoreError, open_store, reading, watches, writing
from monitor.store.engine import url_of, wait_for_no_disk


def test_the_folder_is_made_and_what_was_written_is_there_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sâu' / 'hơn' / 'tthc.db'}"
    for _ in range(2):
        engine = open_store(url)
        with writing(engine) as db:
            watches.set_mark(db, "live", (watches.get_mark(db, "live") or "") + "x")
        engine.dispose()
    engine = open_store(url)
    with reading(engine) as db:
        assert watches.get_mark(db, "live") == "xx"
    engine.dispose()


def test_a_commit_on_sqlite_is_on_the_disk(tmp_path: Path) -> None:
    pragmas = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5_000}
    engine = open_store(f"sqlite:///{tmp_path / 'tthc.db'}")
    with reading(engine) as db:
        assert {name: db.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas} == pragmas
    engine.dispose()


def test_a_commit_waits_for_no_disk_where_the_file_is_thrown_away_and_all_else_is_as_ever(tmp_path: Path) -> None:
    pragmas = {"journal_mode": "wal", "synchronous": 0, "foreign_keys": 1, "busy_timeout": 5_000}
    engine = open_store(f"sqlite:///{tmp_path / 'tthc.db'}")
    wait_for_no_disk(engine)
    with reading(engine) as db:
        assert {name: db.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas} == pragmas
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///var/tthc.db", "sqlite"),
        ("postgresql://u:p@h/d", "postgresql+psycopg"),
        ("postgres://u:p@h/d", "postgresql+psycopg"),
        ("postgresql+psycopg://u:p@h:5433/d", "postgresql+psycopg"),
    ],
)
def test_urls_are_read_as_people_write_them(url: str, driver: str) -> None:
    assert url_of(url).drivername == driver
    assert url_of(url).database in {"d", "var/tthc.db"}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://u:bimat@h/d", "không dùng được mysql"),
        ("sqlite://", "thiếu tên tệp"),
        ("sqlite:///:memory:", "thiếu tên tệp"),
        ("bimat", "không đọc được"),
        ("postgresql://u:bimat@127.0.0.1:1/d", "Không kết nối được"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_in_one_line_without_secrets(url: str, said: str) -> None:
    with pytest.raises(StoreError, match=said) as refused:
        open_store(url)
    assert "\n" not in str(refused.value)
    assert "bimat" not in str(refused.value)


@pytest.mark.parametrize("place", ["tệp/tthc.db", "."])
def test_a_place_that_takes_no_database_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "tệp").write_bytes(b"")
    with pytest.raises(StoreError, match=r"Không (mở được cơ sở dữ liệu|tạo được thư mục)"):
        open_store(f"sqlite:///{tmp_path / place}")


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(engine: Engine) -> None:
    with writing(engine) as db:
        watches.set_mark(db, "live", "trước")
    with reading(engine) as db:
        assert watches.get_mark(db, "live") == "trước"
        with writing(engine) as other:
            watches.set_mark(other, "live", "sau")
        assert watches.get_mark(db, "live") == "trước"
    with reading(engine) as db:
        assert watches.get_mark(db, "live") == "sau"


def test_writers_wait_for_each_other_and_none_is_lost(sqlite_engine: Engine) -> None:
    def add_ten() -> None:
        for _ in range(10):
            with writing(sqlite_engine) as db:
                watches.set_mark(db, "n", str(int(watches.get_mark(db, "n") or 0) + 1))

    threads = [threading.Thread(target=add_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(sqlite_engine) as db:
        assert watches.get_mark(db, "n") == "40"


def test_a_writer_that_waits_in_vain_says_that_the_database_is_locked(sqlite_engine: Engine) -> None:
    def tries(db: object) -> None:
        with writing(sqlite_engine):
            pass

    with sqlite_engine.connect() as one, sqlite_engine.connect() as other:
        for db in (one, other):
            db.exec_driver_sql("PRAGMA busy_timeout = 1")
    with writing(sqlite_engine) as db, pytest.raises(OperationalError, match="locked"):
        tries(db)


def test_a_store_of_these_tables_opens_without_the_migrations_library(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tthc.db'}"
    open_store(url).dispose()
    program = f"import sys; from monitor.store import open_store; open_store({url!r}); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"
