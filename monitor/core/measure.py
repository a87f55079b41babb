"""What was done about repeated delay: correction (chấn chỉnh) and responsibility (xử lý trách nhiệm), by document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class MeasureKind(StrEnum):
    """What kind of measure a document orders."""

    CORRECTION = "correction"  # chấn chỉnh
    RESPONSIBILITY = "responsibility"  # xử lý trách nhiệm
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A fact: one measure, entered by a named person. `unit`: the division concerned, empty for the whole agency."""

    number: int = 0
    agency: str
    unit: str = ""
    kind: MeasureKind
    document: str
    dated: date
    text: str = ""
    at: datetime
    by: str
