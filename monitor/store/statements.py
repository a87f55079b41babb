"""The few places where the two databases want to be spoken to differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from json import dumps
from typing import Any, TypeVar

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Table,
    any_,
    bindparam,
    column,
    func,
    select,
)
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


def among(db: Connection, number: ColumnElement[Any], numbers: Iterable[int]) -> ColumnElement[bool]:
    """That a number is one of many, however many: they go over as one parameter, and the statement stays the same."""
    if db.dialect.name == "sqlite":
        wanted = func.json_each(dumps([*numbers])).table_valued(column("value", BigInteger))
        return number.in_(select(wanted.c.value))
    return number == any_(bindparam(None, [*numbers], type_=ARRAY(BigInteger)))


def many(db: Connection, each: str, together: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write the same by each of some rows: on SQLite row by row, on PostgreSQL by one statement of a list a column."""
    if not rows:
        return
    if db.dialect.name == "sqlite":
        db.exec_driver_sql(each, rows)
    else:
        db.exec_driver_sql(together, tuple([*column] for column in zip(*rows, strict=True)))


def copied(db: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows by COPY, which on PostgreSQL costs a third of what single statements do; there alone it is known."""
    cursor = db.connection.cursor()
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def chunks(many: Sequence[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """The same in pieces that one statement can take."""
    rest = iter(many)
    while some := list(islice(rest, size)):
        yield some
