"""Both databases, as a bench has them for itself, and what they cost where they are processes of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.cost import Cost, cost
from bench.processes import tree
from tests.servers.postgres import Postgres

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A database with nothing in it yet, and another one beside it; `server` is the process it runs in, 0 for none."""

    name: str
    url: str
    beside: str
    server: int = 0

    @contextmanager
    def cost(self) -> Iterator[Cost]:
        """CPU seconds of a block: of this process, its children that ended, and the database's server."""
        before = _server_s(self.server)
        with cost() as spent:
            yield spent
        spent.s += _server_s(self.server) - before


def databases(folder: Path) -> Iterator[Database]:
    """SQLite in a folder and, where this machine has it, a PostgreSQL server."""
    yield Database(name="SQLite", url=f"sqlite:///{folder / 'var' / 'tthc.db'}", beside=f"sqlite:///{folder}/bare.db")
    try:
        for server in Postgres.running():
            yield Database(
                name="PostgreSQL", url=server.new_database(), beside=server.new_database(), server=server.pid
            )
    except pytest.skip.Exception:
        return


def _server_s(pid: int) -> float:
    """CPU seconds of a server, of its processes, and of those of them that ended."""
    return sum(_ticks(one) for one in tree(pid)) / _TICKS if pid else 0.0


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))
