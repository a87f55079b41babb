"""Places dossiers come from: each kind of source is a function from a place to its lists of dossiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from monitor.sources import files
from monitor.sources.files import Table
from monitor.sources.layout import Layout
from monitor.sources.notes import Notes
from monitor.sources.stepped import Steps


class Source(Protocol):
    """Reads what lies at a path."""

    def __call__(
        self, path: Path, layouts: Sequence[Layout], notes: Notes, *, officers: bool = False
    ) -> Iterator[Table | Steps]:
        """Its lists of dossiers and of steps, to be read through one after the other; raise FileRefused."""


SOURCES: Mapping[str, Source] = {"files": files.read}
"""By the `kind` the register names."""

__all__ = ["SOURCES", "Notes", "Source", "Steps", "Table"]
