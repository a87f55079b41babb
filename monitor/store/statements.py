"""The few places where the two databases want to be spoken to differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

_T = TypeVar("_T")

CHUNK = 500
"""How many keys or rows one statement names; SQLite takes 32,766 parameters, PostgreSQL 65,535."""


def insert(db: Connection, table: Table) -> postgresql.Insert:
    """An INSERT that knows ON CONFLICT; SQLite's answers to the same methods."""
    if db.dialect.name == "sqlite":
        return sqlite.insert(table)  # type: ignore[return-value]
    return postgresql.insert(table)


def raw(db: Connection, statement: str) -> str:
    """A statement with `?` for its parameters, as this database's driver wants it: for rows written by the thousand."""
    return _raw(db.dialect.name, statement)


@cache
def _raw(dialect: str, statement: str) -> str:
    return statement if dialect == "sqlite" else statement.replace("?", "%s")


def chunks(many: Sequence[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """The same in pieces that one statement can take."""
    rest = iter(many)
    while some := list(islice(rest, size)):
        yield some
