"""Migrations lead exactly to the tables, on both databases, and never from a newer one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from monitor.store import StoreError, duty_tables, ledger_tables, open_store, reading, writing
from monitor.store.migrating import SCRIPTS, newest
from monitor.store.schema import metadata

assert ledger_tables.metadata is duty_tables.metadata is metadata  # every module of tables has to be known here


def test_migrations_lead_exactly_to_the_tables(engine: Engine) -> None:
    with engine.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_every_key_index_and_unique_key_is_there_under_its_name(engine: Engine) -> None:
    found = inspect(engine)
    assert set(metadata.tables) <= set(
        found.get_table_names()
    )  # SQLite tells of no index before it has read its tables
    for table in metadata.sorted_tables:
        there = {index["name"] for index in found.get_indexes(table.name)}
        there |= {unique["name"] for unique in found.get_unique_constraints(table.name)}
        assert {str(index.name) for index in table.indexes} <= there, table.name
        key = found.get_pk_constraint(table.name)
        assert key["constrained_columns"] == [column.name for column in table.primary_key], table.name


def test_sqlite_keeps_looks_and_journal_without_row_numbers(sqlite_engine: Engine) -> None:
    with reading(sqlite_engine) as db:
        without = db.scalars(text("SELECT name FROM pragma_table_list WHERE wr = 1")).all()
    tables = metadata.sorted_tables
    declared = {table.name for table in tables if table.dialect_options["sqlite"]["with_rowid"] is False}
    assert set(without) == declared >= {"looks", "journal"}


def test_the_newest_revision_is_the_end_of_the_one_line_of_migrations() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [newest()]
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)
    assert all(Path(script.path).name.startswith(f"{script.revision}_") for script in scripts.walk_revisions())


def test_a_database_of_a_newer_program_is_refused_in_one_line(engine: Engine) -> None:
    with writing(engine) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(StoreError, match="phiên bản mới hơn") as refused:
            open_store(engine.url.render_as_string(hide_password=False))
        assert "\n" not in str(refused.value)
        with reading(engine) as db:
            assert db.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"
    finally:
        with writing(engine) as db:
            db.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest()})


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "khác.db") as db:
        db.execute("CREATE TABLE kho (id INTEGER)")
    with pytest.raises(StoreError, match="không phải của chương trình"):
        open_store(f"sqlite:///{tmp_path / 'khác.db'}")
    with sqlite3.connect(tmp_path / "khác.db") as db:
        assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("kho",)]


def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "tthc.db"
    file.write_bytes(b"not a database " * 500)
    with pytest.raises(StoreError, match="Không mở được"):
        open_store(f"sqlite:///{file}")
    assert file.read_bytes() == b"not a database " * 500


def test_processes_that_open_a_new_database_at_once_all_succeed(tmp_path: Path) -> None:
    program = f"from monitor.store import open_store; open_store('sqlite:///{tmp_path / 'tthc.db'}')"
    started = [subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(3)]
    errors = [process.communicate(timeout=120)[1].decode() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], errors
