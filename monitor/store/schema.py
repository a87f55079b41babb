"""The database's ground: one MetaData that names every constraint, and the types of columns."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Generic, TypeVar

from sqlalchemy import BigInteger, Dialect, Integer, MetaData, Text
from sqlalchemy.types import TypeDecorator

from monitor.core.period import from_ms, to_ms

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by themselves only in a column declared INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


moment_of = lru_cache(maxsize=4_096)(from_ms)
"""The moment of so many milliseconds since 1970, remembered: thousands of rows of one file share a few."""


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as milliseconds UTC since 1970; raise NaiveMoment for one without a zone."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else to_ms(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else moment_of(value)


_E = TypeVar("_E", bound=StrEnum)


class Named(TypeDecorator[_E], Generic[_E]):
    """One of a closed set of names, kept as its text."""

    impl = Text
    cache_ok = True

    def __init__(self, names: type[_E]) -> None:
        super().__init__()
        self.names = names

    def process_bind_param(self, value: _E | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else self.names(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> _E | None:  # noqa: ARG002
        return None if value is None else self.names(value)
