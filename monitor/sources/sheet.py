"""A table of a file as rows of cells, and what keeps a file out altogether."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

Row = list[object]

WIDEST = 600
"""Columns; no list of dossiers has more, and a hostile file may claim millions."""
LATEST_START = 5_000


class FileRefused(Exception):
    """A file cannot be taken in at all; the text says why, for people."""


class Sheet(NamedTuple):
    """One table of a file; the rows are counted from `first` as a person sees them."""

    name: str
    rows: Iterator[Row]
    first: int = 1
    records: bool = False
