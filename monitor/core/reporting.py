"""Periods that are reported on: weeks, months, quarters, those of the law, any window; found by name or by day."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from monitor.core.period import Span, at, ict


class PeriodKind(StrEnum):
    """What a report may be of; the `kbc-` ones are the reporting periods of the law ("kỳ báo cáo định kỳ")."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    REPORT_MONTH = "kbc-month"
    REPORT_QUARTER = "kbc-quarter"
    REPORT_HALF = "kbc-half"
    REPORT_YEAR = "kbc-year"
    WINDOW = "window"


class NotAPeriod(ValueError):
    """A text that names no period; says the forms there are."""

    def __init__(self, text: str) -> None:
        forms = "2026-W47, 2026-11, 2026-Q4, kbc-2026-11, kbc-2026-Q4, kbc-2026-H1 or kbc-2026"
        super().__init__(f"{text!r} is no period: write {forms}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time that is reported on, from midnight to midnight of Vietnam (a window from any moment), named."""

    kind: PeriodKind
    name: str
    span: Span

    def before(self) -> Period | None:
        """The period of the same kind that ends where this one starts; a window has none, nor the first year."""
        try:
            if self.kind is PeriodKind.WINDOW:
                return None
            if self.kind is PeriodKind.WEEK:
                return week_of_day(ict(self.span.start).date() - timedelta(days=7))
            unit = _UNITS[self.kind]
            first = ict(self.span.start).date()
            return unit.period(self.kind, unit.number_of(first) - 1, first.day)
        except (OverflowError, ValueError):
            return None

    def earlier(self, count: int) -> tuple[Period, ...]:
        """So many periods of the same kind before this one, latest first; fewer where there are no more."""
        found: list[Period] = []
        before = self.before()
        while before is not None and len(found) < count:
            found.append(before)
            before = before.before()
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """A kind of period made of whole months; it starts `ahead` months before the first one it is named for."""

    months: int
    form: str
    name: str
    ahead: int = 0

    def number_of(self, first: date) -> int:
        """The running number since the year 0 of the period that starts on a day."""
        return (first.year * 12 + first.month - 1 + self.ahead) // self.months

    def period(self, kind: PeriodKind, number: int, day: int) -> Period:
        """The period of that running number, from a day of its first month to the day before the same of the next."""
        first = number * self.months
        year, part = divmod(number, 12 // self.months)
        start, end = (_day(month - self.ahead, day) for month in (first, first + self.months))
        return Period(
            kind=kind, name=self.name.format(year=year, part=part + 1), span=Span(start=at(start), end=at(end))
        )


def _day(month: int, day: int) -> date:
    return date(month // 12, month % 12 + 1, day)


_UNITS = {
    PeriodKind.MONTH: _Unit(months=1, form=r"(\d{4})-(\d{2})", name="{year:04}-{part:02}"),
    PeriodKind.QUARTER: _Unit(months=3, form=r"(\d{4})-Q(\d)", name="{year:04}-Q{part}"),
    PeriodKind.REPORT_MONTH: _Unit(months=1, form=r"KBC-(\d{4})-(\d{2})", name="kbc-{year:04}-{part:02}", ahead=1),
    PeriodKind.REPORT_QUARTER: _Unit(months=3, form=r"KBC-(\d{4})-Q(\d)", name="kbc-{year:04}-Q{part}", ahead=1),
    PeriodKind.REPORT_HALF: _Unit(months=6, form=r"KBC-(\d{4})-H(\d)", name="kbc-{year:04}-H{part}", ahead=1),
    PeriodKind.REPORT_YEAR: _Unit(months=12, form=r"KBC-(\d{4})()", name="kbc-{year:04}", ahead=1),
}

FirstDay = Callable[[date], int]
"""On which day of a month the law's reporting periods begin, by the first day of the month they are named for."""


def parse_period(text: str, first_day: FirstDay | None = None) -> Period:
    """The period of a name; raise NotAPeriod. The law's reporting periods are known only with their `first_day`."""
    asked = text.strip().upper()
    if week := re.fullmatch(r"(\d{4})-W(\d{1,2})", asked, re.ASCII):
        with suppress(ValueError, OverflowError):
            return week_of_day(date.fromisocalendar(int(week[1]), int(week[2]), 1))
    for kind, unit in _UNITS.items():
        found = re.fullmatch(unit.form, asked, re.ASCII)
        if not found or (unit.ahead and first_day is None):
            continue
        year, part = int(found[1]), int(found[2] or 1)
        if 1 <= part <= 12 // unit.months:
            with suppress(ValueError, OverflowError):
                number = year * (12 // unit.months) + part - 1
                named_for = _day(number * unit.months, 1)
                return unit.period(kind, number, first_day(named_for) if unit.ahead and first_day else 1)
    raise NotAPeriod(text)


def period_of(kind: PeriodKind, day: date, first_day: int = 1) -> Period:
    """The period of a kind that a Vietnamese day lies in; raise ValueError for a window, which no day tells."""
    if kind is PeriodKind.WEEK:
        return week_of_day(day)
    if kind is PeriodKind.WINDOW:
        raise ValueError("a day does not tell a window")
    unit = _UNITS[kind]
    since = day.year * 12 + day.month - 1 - (day.day < first_day)
    return unit.period(kind, (since + unit.ahead) // unit.months, first_day)


def week_of_day(day: date) -> Period:
    """The ISO week of a Vietnamese day: Monday 00:00 to the next Monday 00:00."""
    year, week, _ = day.isocalendar()
    monday = date.fromisocalendar(year, week, 1)
    span = Span(start=at(monday), end=at(monday + timedelta(days=7)))
    return Period(kind=PeriodKind.WEEK, name=f"{year:04}-W{week:02}", span=span)


def window_of(span: Span) -> Period:
    """Any window, named by its first and last day, or by its moments where it is not of whole days."""
    start, end = ict(span.start), ict(span.end)
    if start.time() == end.time() == time() and start < end:
        name = f"{start:%Y-%m-%d}_{end - timedelta(days=1):%Y-%m-%d}"
    else:
        name = f"{_compact(start)}_{_compact(end)}"
    return Period(kind=PeriodKind.WINDOW, name=name, span=span)


def _compact(moment: datetime) -> str:
    """To the minute, or as fine as it takes: two windows never share a name."""
    fine = moment.second or moment.microsecond
    return f"{moment:%Y-%m-%dT%H%M}" + (f"{moment:%S}.{moment.microsecond // 1000:03}" if fine else "")
