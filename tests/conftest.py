"""What tests of every room run on: databases of both kinds, opened as the program opens them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Engine

from jobs import circles
from monitor.store import open_store
from tests.servers.postgres import Postgres
from tests.servers.sqlite import new_store

# Walking hundreds of thousands of objects for circles is a part of each test's cost and of no test's matter.
circles.seldom()

# A property holds or it does not; how fast a busy machine finds out is no part of it.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """A new SQLite database in a file."""
    engine = new_store(tmp_path / "tthc.db")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this run's own; tests that need it are left out where the machine has none."""
    yield from Postgres.running()


@pytest.fixture
def postgres_engine(postgres: Postgres) -> Iterator[Engine]:
    """A PostgreSQL database with nothing in it."""
    engine = open_store(postgres.common_database())
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A new database, once of each kind."""
    opened: Engine = request.getfixturevalue(f"{request.param}_engine")
    return opened
