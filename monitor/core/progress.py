"""How a duty goes: what agencies did about it and what became of it; facts that named persons enter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ProgressKind(StrEnum):
    """One step of a duty."""

    ASSIGNED = "assigned"  # the agency gave it to somebody of its own
    ACKNOWLEDGED = "acknowledged"
    REPORTED = "reported"  # a report was sent: number, date, file
    ACCEPTED = "accepted"  # whoever is reported to has taken it as done
    RETURNED = "returned"  # the report was sent back
    OBSTACLE = "obstacle"  # vướng mắc, bất cập: goes to the Chairman's office
    RESOLVED = "resolved"  # an obstacle was dealt with
    EXTENDED = "extended"  # another day was allowed: `dated` is of the document, `due` the new day
    WITHDRAWN = "withdrawn"  # it was entered by mistake, or the letter was replaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One step of one agency's part in a duty. `occasion` is the end of the period of one that comes again."""

    number: int = 0
    duty: str
    occasion: date | None = None
    agency: str
    kind: ProgressKind
    document: str = ""
    dated: date | None = None
    due: date | None = None
    text: str = ""
    file_name: str = ""
    file_sha256: str = ""
    at: datetime
    by: str
