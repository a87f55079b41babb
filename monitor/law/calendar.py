"""Days off and made-up days, read from calendar.toml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from monitor.core.workdays import DayNote
from monitor.document import Document, Entry

_SATURDAY = 5

Text = Annotated[str, Field(min_length=1)]


class YearEntry(Entry):
    year: Annotated[int, Field(ge=2000, le=2100)]
    projected: bool


class DayEntry(Entry):
    day: date | None = None
    title: Text
    document: Text
    confirmed_by: str = ""
    projected: bool | None = None


class OffEntry(DayEntry):
    start: date | None = None
    end: date | None = None


class MadeUpEntry(DayEntry):
    day: date
    instead_of: date | None = None


class CalendarFile(Entry):
    year: Annotated[list[YearEntry], Field(min_length=1)]
    off: list[OffEntry] = Field(default_factory=list)
    made_up: list[MadeUpEntry] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Days:
    """The years known, which of them are not announced yet, and each day off or made up."""

    first: date
    last: date
    projected_years: frozenset[int]
    notes: tuple[DayNote, ...]


def days_of(document: Document) -> Days | None:
    """The days of a calendar file; every mistake is noted in the document, None where its form is wrong."""
    file = document.checked(CalendarFile)
    if file is None:
        return None
    _check_years(document, file)
    years = {entry.year: entry.projected for entry in file.year}
    notes: dict[date, DayNote] = {}
    for table, number, entry in _entries(file):
        for day in span(document, (table, number), entry):
            if day.year not in years:
                mend = f"thêm [[year]] year = {day.year}, hoặc sửa ngày"
                document.blame((table, number), f"ngày {day:%d/%m/%Y} thuộc năm không có trong lịch", mend)
                break
            if day in notes:
                document.blame((table, number), f"ngày {day:%d/%m/%Y} được ghi hai lần", "bỏ một trong hai")
                break
            notes[day] = _note(day, entry, working=table == "made_up", projected=years[day.year])
    _check_made_up(document, file, notes)
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    projected = frozenset(year for year, is_projected in years.items() if is_projected)
    return Days(first, last, projected, tuple(notes[day] for day in sorted(notes)))


def _entries(file: CalendarFile) -> Iterator[tuple[str, int, DayEntry]]:
    yield from (("off", number, entry) for number, entry in enumerate(file.off))
    yield from (("made_up", number, entry) for number, entry in enumerate(file.made_up))


def _note(day: date, entry: DayEntry, *, working: bool, projected: bool) -> DayNote:
    return DayNote(
        day=day,
        working=working,
        title=entry.title,
        document=entry.document,
        confirmed_by=entry.confirmed_by,
        projected=projected if entry.projected is None else entry.projected,
    )


def span(document: Document, loc: tuple[str, int], entry: DayEntry) -> Iterator[date]:
    """The days an entry names; none where it names them wrongly, which is noted in the document."""
    start, end = (entry.start, entry.end) if isinstance(entry, OffEntry) else (None, None)
    if entry.day is not None and start is None and end is None:
        yield entry.day
    elif entry.day is not None or start is None or end is None:
        document.blame(
            loc, "phải có day, hoặc cả start và end", "ghi một ngày, hoặc ngày đầu và ngày cuối của đợt nghỉ"
        )
    elif end < start:
        document.blame((*loc, "end"), "ngày cuối trước ngày đầu", "sửa start hoặc end")
    else:
        yield from (start + timedelta(days=number) for number in range((end - start).days + 1))


def _check_years(document: Document, file: CalendarFile) -> None:
    for number, (before, after) in enumerate(pairwise(entry.year for entry in file.year), start=1):
        if after != before + 1:
            what = f"năm {after} không liền sau năm {before}"
            document.blame(("year", number, "year"), what, "ghi các năm liền nhau, từ trước đến sau, mỗi năm một lần")


def _check_made_up(document: Document, file: CalendarFile, notes: dict[date, DayNote]) -> None:
    for number, entry in enumerate(file.made_up):
        if entry.day.weekday() < _SATURDAY:
            what = f"ngày {entry.day:%d/%m/%Y} không phải thứ Bảy, Chủ nhật"
            document.blame(("made_up", number, "day"), what, "ngày làm bù phải là ngày nghỉ hằng tuần")
        swapped = notes.get(entry.instead_of) if entry.instead_of else None
        if entry.instead_of and (swapped is None or swapped.working):
            what = f"ngày hoán đổi {entry.instead_of:%d/%m/%Y} không phải ngày nghỉ trong lịch"
            document.blame(("made_up", number, "instead_of"), what, "thêm [[off]] cho ngày ấy, hoặc sửa ngày")
