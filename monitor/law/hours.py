"""Working hours by name, dated, read from hours.toml."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field

from monitor.core.workdays import Hours, Opening
from monitor.document import Document, Entry
from monitor.law.calendar import Days

DEFAULT = "default"
_DAY = timedelta(days=1)
_FORM = re.compile(r"(?P<opens>\d\d:\d\d)\s*[-–]\s*(?P<closes>\d\d:\d\d)")
_NEVER = (time(), time())


def _opening(text: str) -> Opening:
    found = _FORM.fullmatch(text.strip())
    try:
        opens, closes = (time.fromisoformat(found["opens"]), time.fromisoformat(found["closes"])) if found else _NEVER
    except ValueError:
        opens, closes = _NEVER
    if opens >= closes:
        raise ValueError(f'“{text}” không phải giờ mở cửa – ghi dạng "07:00-11:30", giờ đóng sau giờ mở')
    return opens, closes


def _is_opening(text: str) -> str:
    _opening(text)
    return text


def _in_order(texts: list[str]) -> list[str]:
    for before, after in pairwise(map(_opening, texts)):
        if after[0] <= before[1]:
            raise ValueError("các buổi chồng nhau hoặc không theo thứ tự – ghi từ sáng đến chiều")
    return texts


Openings = Annotated[list[Annotated[str, AfterValidator(_is_opening)]], AfterValidator(_in_order)]


class PeriodEntry(Entry):
    start: date | None = None
    end: date | None = None
    weekdays: Annotated[Openings, Field(min_length=1)]
    saturday: Openings = Field(default_factory=list)


class HoursEntry(Entry):
    name: Annotated[str, Field(min_length=1)]
    document: Annotated[str, Field(min_length=1)]
    confirmed_by: str = ""
    period: Annotated[list[PeriodEntry], Field(min_length=1)]


class HoursFile(Entry):
    hours: Annotated[list[HoursEntry], Field(min_length=1)]


def hours_in(document: Document, days: Days | None) -> dict[str, tuple[Hours, ...]]:
    """Hours by name, checked to cover the calendar's days if it could be read; none where the file's form is wrong.

    Every mistake is noted in the document.
    """
    file = document.checked(HoursFile)
    if file is None:
        return {}
    named: dict[str, tuple[Hours, ...]] = {}
    for number, entry in enumerate(file.hours):
        if entry.name in named:
            document.blame(("hours", number, "name"), f"tên “{entry.name}” được ghi hai lần", "đặt tên khác")
        if days:
            _check_cover(document, number, entry, days)
        named[entry.name] = tuple(_hours(period) for period in entry.period)
    if DEFAULT not in named:
        document.blame((), f"thiếu bảng giờ “{DEFAULT}”", f'thêm [[hours]] có name = "{DEFAULT}"')
    return named


def _check_cover(document: Document, number: int, entry: HoursEntry, days: Days) -> None:
    """Periods must follow each other day by day, from the calendar's first day to its last."""
    wanted: date | None = None
    for nth, period in enumerate(entry.period):
        loc = ("hours", number, "period", nth)
        start, end = period.start or date.min, period.end or date.max
        if end < start:
            document.blame((*loc, "end"), "ngày cuối trước ngày đầu", "sửa start hoặc end")
        elif start > days.first if wanted is None else start != wanted:
            mend = (
                f"bắt đầu từ ngày {wanted or days.first:%d/%m/%Y}"
                if wanted != date.max
                else "bỏ khoảng này, hoặc ghi end trước"
            )
            document.blame((*loc, "start"), f"giờ “{entry.name}” để trống hoặc chồng ngày", mend)
        wanted = end + _DAY if end < date.max else date.max
    if wanted is not None and wanted <= days.last:
        mend = f"thêm khoảng từ {wanted:%d/%m/%Y}, hoặc bỏ end"
        document.blame(("hours", number), f"giờ “{entry.name}” không đến hết lịch ({days.last:%d/%m/%Y})", mend)


def _hours(period: PeriodEntry) -> Hours:
    return Hours(
        weekdays=tuple(map(_opening, period.weekdays)),
        saturday=tuple(map(_opening, period.saturday)),
        start=period.start,
        end=period.end,
    )
