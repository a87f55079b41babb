"""Places dossiers come from: each kind of source is a function from a place to its lists of dossiers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from monitor.sources import files
from monitor.sources.files import Table
from monitor.sources.layout import Layout
from monitor.sources.notes import Notes

Source = Callable[[Path, Sequence[Layout], Notes], Iterator[Table]]

SOURCES: Mapping[str, Source] = {"files": files.read}
"""By the `kind` the register names."""

__all__ = ["SOURCES", "Notes", "Source", "Table"]
