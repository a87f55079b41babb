"""Who is away, by which document, and who stands in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class AbsenceReason(StrEnum):
    """Why somebody else is told."""

    LEAVE = "leave"  # nghỉ phép, ốm
    TRAVEL = "travel"  # công tác, học tập
    DELEGATION = "delegation"  # ủy quyền
    VACANT = "vacant"  # khuyết


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """A fact a named person entered: a post is away from one day to another, both within.

    `substitute` is the key of the post that is told as well, and told why; empty: nobody is named. `ended` is the last
    day where it ended sooner.
    """

    number: int = 0
    post: str
    reason: AbsenceReason
    since: date
    until: date
    substitute: str = ""
    document: str = ""
    dated: date | None = None
    at: datetime
    by: str
    ended: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the post is away on a day."""
        return self.since <= day <= (self.until if self.ended is None else min(self.until, self.ended))
