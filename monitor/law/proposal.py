"""A change of the calendar as a person proposes it: by days, by the words of a notice, or by a file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from pydantic import Field

from monitor.core.calendar_change import CalendarChange
from monitor.core.mistake import Mistake, Mistakes
from monitor.core.typed import day_typed
from monitor.core.workdays import WorkCalendar
from monitor.document import Document, Entry, read
from monitor.law.calendar import DayEntry, MadeUpEntry, OffEntry, YearEntry, span

UNNAMED = "chưa ghi"
_SWAP = re.compile(r"(\d{1,2}/\d{1,2}/\d{4})[^\d/]{0,40}?\bsang\b[^\d/]{0,40}?(\d{1,2}/\d{1,2}/\d{4})")
_WRITE = 'viết như "hoán đổi ngày làm việc 02/01/2026 sang 10/01/2026"'


class ChangeRefused(ValueError):
    """What was proposed cannot be; the text is one Vietnamese line with the mend."""


class FileRefused(Mistakes):
    """The file of a change cannot be used; `mistakes` names every reason."""


@dataclass(frozen=True, slots=True)
class Group:
    """What one entry proposes: a day, or days that follow each other."""

    changes: tuple[CalendarChange, ...]
    instead_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What was proposed by whom, at a moment; nothing of it holds before it was checked and written."""

    at: datetime
    by: str
    document: str = ""
    title: str = ""
    years: tuple[CalendarChange, ...] = ()
    groups: tuple[Group, ...] = ()

    def off(self, day: date, title: str = "") -> Proposal:
        """Besides, a day off."""
        return self._with(day, working=False, title=title or "Nghỉ")

    def made_up(self, day: date, title: str = "", instead_of: date | None = None) -> Proposal:
        """Besides, a day that is worked."""
        return self._with(day, working=True, title=title or "Làm bù", instead_of=instead_of)

    def swapped(self, day: date, to: date) -> Proposal:
        """Besides, a day that is off and is worked on another."""
        off = self.off(day, f"Nghỉ hoán đổi, làm bù ngày {to:%d/%m/%Y}")
        return off.made_up(to, f"Làm bù cho ngày {day:%d/%m/%Y}", day)

    def worded(self, text: str) -> Proposal:
        """Besides, the swaps of a text: "hoán đổi ngày làm việc 02/01/2026 sang 10/01/2026"; raise ChangeRefused."""
        pairs = _SWAP.findall(unicodedata.normalize("NFC", text).lower())
        if not pairs:
            raise ChangeRefused(f"Không hiểu “{text.strip()}”: {_WRITE}")
        made = self
        for off, to in pairs:
            made = made.swapped(_day(off), _day(to))
        return made

    def printed(self, calendar: WorkCalendar, year: int) -> Proposal:
        """Besides, every day off and made-up day that the calendar has in a year and nobody confirmed yet, as it is.

        Raise ChangeRefused where there is none, or where the year is an estimate.
        """
        if year in calendar.projected_years:
            raise ChangeRefused(f"Lịch năm {year} còn là dự kiến: xác nhận cả năm bằng tệp có [[year]]")
        made, known = self, [note for note in calendar.notes if note.day.year == year]
        for note in (note for note in known if not note.confirmed_by):
            made = made._with(note.day, working=note.working, title=note.title)
        if made is self:
            why = "không có ngày nào trong lịch" if not known else "mọi ngày đã có người xác nhận"
            raise ChangeRefused(f"Năm {year}: {why}, không có gì để xác nhận; xem: tthc calendar show {year}")
        return made

    def filed(self, path: Path) -> Proposal:
        """Besides, what a file in the form of calendar.toml says; raise FileRefused with all that is wrong with it."""
        mistakes: list[Mistake] = []
        document = read(path, path.name, mistakes)
        file = document.checked(ChangeFile) if document else None
        if document is None or file is None:
            raise FileRefused(mistakes)
        years = {entry.year: entry.projected for entry in file.year}
        groups = tuple(self._groups(document, file, years))
        if not groups and not years:
            document.blame((), "không có ngày nào", "ghi [[off]], [[made_up]], hoặc cả năm với [[year]]")
        if mistakes:
            raise FileRefused(mistakes)
        told = tuple(self._year(year, projected=projected) for year, projected in sorted(years.items()))
        return replace(self, years=self.years + told, groups=self.groups + groups)

    def _with(self, day: date, *, working: bool, title: str, instead_of: date | None = None) -> Proposal:
        made = CalendarChange(
            year=day.year,
            day=day,
            working=working,
            title=self.title or title,
            document=self.document or UNNAMED,
            at=self.at,
            by=self.by,
        )
        return replace(self, groups=(*self.groups, Group((made,), instead_of)))

    def _year(self, year: int, *, projected: bool) -> CalendarChange:
        title, document = f"Lịch nghỉ năm {year}", self.document or "Theo từng ngày trong tệp"
        return CalendarChange(
            year=year, day=None, projected=projected, title=title, document=document, at=self.at, by=self.by
        )

    def _groups(self, document: Document, file: ChangeFile, years: dict[int, bool]) -> Iterator[Group]:
        for table, number, entry in file.entries():
            days = span(document, (table, number), entry)
            made = tuple(self._entry(day, entry, projected=years.get(day.year, False)) for day in days)
            if made:
                yield Group(made, entry.instead_of if isinstance(entry, MadeUpEntry) else None)

    def _entry(self, day: date, entry: DayEntry, *, projected: bool) -> CalendarChange:
        return CalendarChange(
            year=day.year,
            day=day,
            working=isinstance(entry, MadeUpEntry),
            projected=projected if entry.projected is None else entry.projected,
            title=entry.title,
            document=entry.document,
            at=self.at,
            by=self.by,
        )


class ChangeFile(Entry):
    """A change as a file says it: the form of calendar.toml, of which any part may be left out."""

    year: list[YearEntry] = Field(default_factory=list)
    off: list[OffEntry] = Field(default_factory=list)
    made_up: list[MadeUpEntry] = Field(default_factory=list)

    def entries(self) -> Iterator[tuple[str, int, OffEntry | MadeUpEntry]]:
        """Each day or stretch with its place in the file."""
        yield from (("off", number, entry) for number, entry in enumerate(self.off))
        yield from (("made_up", number, entry) for number, entry in enumerate(self.made_up))


def _day(text: str) -> date:
    day = day_typed(text)
    if day is None:
        raise ChangeRefused(f"Không có ngày {text}: {_WRITE}")
    return day
