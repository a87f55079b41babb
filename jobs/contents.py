"""What a database holds, for a person who is about to put a copy in its place: up to when, and in which mode."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.reports.mode import live_since
from monitor.store import events, imports, letters, looks


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Up to when anything is in it (None: nothing is), and whether letters go out for real."""

    until: datetime | None
    live: bool

    @property
    def mode(self) -> str:
        """The mode, as a person is told."""
        return "CHÍNH THỨC" if self.live else "CHẠY THỬ"


def contents(db: Connection) -> Contents:
    """What this database holds."""
    moments = [events.latest(db), looks.latest(db)]
    moments += [row.at for row in imports.recent(db, 1)] + [letter.date for letter in letters.list_(db, 1)]
    return Contents(until=max((at for at in moments if at), default=None), live=live_since(db) is not None)
