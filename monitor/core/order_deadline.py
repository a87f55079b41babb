"""A deadline as a letter words it, and what such words are reckoned by."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from monitor.core.obligation import DueKind, Recurrence
from monitor.core.order import Doubt, DoubtKind
from monitor.core.workdays import WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One wording of a deadline, where it stands in the text, and what it comes to.

    Neither `due` nor `every`: something that looks like a deadline and is none, or cannot be reckoned; `doubts` say.
    """

    start: int
    end: int
    words: str
    due: date | None = None
    due_kind: DueKind = DueKind.BY
    every: Recurrence | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def taken(self) -> bool:
        """Whether it comes to something that can be followed."""
        return self.due is not None or self.every is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What deadlines are reckoned by: the letter's day, the calendar, and when periods of reports close."""

    dated: date
    calendar: WorkCalendar
    closing_day: int


def at_match(match: re.Match[str], kind: DueKind) -> Deadline:
    """What stands there, with nothing reckoned yet."""
    return Deadline(start=match.start(), end=match.end(), words=" ".join(match[0].split()), due_kind=kind)


def doubted(one: Deadline, kind: DoubtKind) -> Deadline:
    """The same with one more doubt about its own words."""
    return replace(one, doubts=(*one.doubts, Doubt(kind=kind, about=one.words)))
