"""A PostgreSQL server of a test run's own: in a temporary folder, on a socket, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect

from monitor.store import open_store
from monitor.store.engine import engine_of, url_of

_FAST = "fsync=off\nfull_page_writes=off\nsynchronous_commit=off\nlisten_addresses=''\nmax_connections=60\n"
_FEW = 128 * 1024
"""Bytes of a table that are cheaper to leave behind than to get rid of."""


class Postgres:
    """A running server; each `new_database` is empty."""

    def __init__(self, folder: Path, bin_folder: Path) -> None:
        self._folder, self._bin = folder, bin_folder
        self._numbers = count(1)
        self._common = ""
        self._as = _unprivileged()

    @classmethod
    def running(cls) -> Iterator[Postgres]:
        """One for as long as it is wanted; where the machine has none the tests are left out, in CI they fail."""
        found = _found()
        if found is None:
            why = "PostgreSQL is not on this machine (initdb is in no /usr/lib/postgresql/*/bin)"
            if os.environ.get("CI"):
                pytest.fail(why)
            pytest.skip(why)
        with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
            server = cls(Path(name), found)
            server._start()
            try:
                yield server
            finally:
                server._run("pg_ctl", "stop", "-D", "data", "-m", "immediate")

    def new_database(self) -> str:
        """The URL of a new database, as a person would write it."""
        name = f"t{next(self._numbers)}"
        self._run("psql", "-h", str(self._folder), "-qXc", f"CREATE DATABASE {name} TEMPLATE template0", "postgres")
        return f"postgresql://postgres@/{name}?host={self._folder}"

    @property
    def pid(self) -> int:
        """The number of the process that the server's others are children of."""
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    def common_database(self) -> str:
        """The URL of a database that all tests share, its tables as they are at the beginning: empty.

        A database of its own for each test would cost a thousand files each time.
        """
        if not self._common:
            self._common = self.new_database()
            open_store(self._common).dispose()
        engine = engine_of(url_of(self._common), migrating=True)
        with engine.begin() as db:
            _empty(db)
        return self._common

    def _start(self) -> None:
        if self._as:
            shutil.chown(self._folder, self._as)
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        with (self._folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(f"{_FAST}unix_socket_directories='{self._folder}'\n")
        self._run("pg_ctl", "start", "-w", "-D", "data", "-l", "log")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        environment = {"PATH": os.environ["PATH"], "PGUSER": "postgres", "LC_ALL": "C"}
        done = subprocess.run(
            command,
            check=False,
            cwd=self._folder,
            env=environment,
            user=self._as,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"


def _empty(db: Connection) -> None:
    """Take out every row and start every count anew; the tables nobody wrote to are left alone, which is most of them.

    Few rows are deleted: a table that is truncated gets new files, it and each of its indexes.
    """
    tables = [f'"{name}"' for name in inspect(db).get_table_names() if name != "alembic_version"]
    asked = ", ".join(f"EXISTS (SELECT FROM {name}), pg_relation_size('{name}') > {_FEW}" for name in tables)
    (answers,) = db.exec_driver_sql(f"SELECT {asked}")
    db.exec_driver_sql("SET LOCAL session_replication_role = replica")  # rows go in whatever order
    for name, filled, grown in zip(tables, answers[::2], answers[1::2], strict=True):
        if grown:
            db.exec_driver_sql(f"TRUNCATE {name} CASCADE")
        elif filled:
            db.exec_driver_sql(f"DELETE FROM {name}")
    begun = "SELECT quote_ident(sequencename) FROM pg_sequences WHERE last_value IS NOT NULL"
    for (name,) in db.exec_driver_sql(begun).all():
        db.exec_driver_sql(f"ALTER SEQUENCE {name} RESTART")


def _found() -> Path | None:
    """Where the newest server's programs are."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    return versions[-1].parent if versions else Path(on_path).resolve().parent if on_path else None


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: the account to run it as, None where this is no root."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in accounts else "nobody"
