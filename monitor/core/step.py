"""One step of a dossier's way through the units, as a `CapNhatTienDoHoSoMC` message tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from monitor.core.period import Stamp

LAYOUT = "Bản tin tiến độ CapNhatTienDoHoSoMC (JSON)"
"""Under which name a file of steps alone is taken in: it is no list, and says nothing of how dossiers stand."""


class StepRow(NamedTuple):
    """A step as read; times in milliseconds, the officer only where the source is told to keep officers."""

    code: str
    raw: bytes
    at: int
    due: int | None
    status: str
    unit: str
    role: str
    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """That a unit took a dossier over; it holds it until the next step. `due` is the unit's own deadline."""

    at: datetime
    unit: str
    status: str = ""
    due: Stamp | None = None
    role: str = ""
    officer: str = ""
    agency: str = ""
