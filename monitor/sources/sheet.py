"""A table of a file as rows of cells, and what keeps a file out altogether."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

Row = list[object]

WIDEST = 600
"""Columns; no list of dossiers has more, and a hostile file may claim millions."""
LATEST_START = 5_000


class FileRefused(Exception):
    """A file cannot be taken in at all; the text says why, for people."""


def storable(text: str) -> str:
    """Text as any database takes it: half a surrogate pair and NUL, which mean nothing, become a replacement mark."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return text.replace("\0", "\ufffd") if "\0" in text else text


class Sheet(NamedTuple):
    """One table of a file; the rows are counted from `first` as a person sees them."""

    name: str
    rows: Iterator[Row]
    first: int = 1
    records: bool = False
    steps: Sequence[Mapping[str, object]] = ()
    """Records of a progress message; such a sheet has no rows."""
