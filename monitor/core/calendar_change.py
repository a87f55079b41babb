"""A change of the working calendar that a named person confirmed, laid over the calendar that ships."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from monitor.core.period import ict


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChange:
    """A fact: a day is worked or not, by a document, as a person confirmed; of several for a day the last holds.

    Where `day` is None, all that was known of the `year` gives way: its days are those confirmed after this one, and
    it is announced, or still an estimate (`projected`).
    """

    number: int = 0
    year: int
    day: date | None
    working: bool = False
    projected: bool = False
    title: str
    document: str
    at: datetime
    by: str

    @property
    def confirmed_by(self) -> str:
        """Who confirmed it and when, as the calendar's own file has it: "Nguyễn Văn A, Sở Nội vụ, 02/12/2026"."""
        return f"{self.by}, {ict(self.at):%d/%m/%Y}"
