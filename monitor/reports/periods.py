"""What people call a period, and the period that they name."""

from __future__ import annotations

from datetime import date, time

from monitor.core.law import Law, RuleUnknown
from monitor.core.period import MILLISECOND, ict
from monitor.core.reporting import NotAPeriod, Period, PeriodKind, parse_period
from monitor.reports.render import terms

FIRST_DAY = "reporting_period_first_day"
"""The rule that says on which day of the month before the law's reporting periods begin."""
_ROMAN = ("I", "II", "III", "IV")


def named(text: str, law: Law) -> Period:
    """The period of a name, the law's reporting periods among them; raise NotAPeriod."""

    def first_day(month: date) -> int:
        return law.rule(FIRST_DAY, month).value

    try:
        return parse_period(text, first_day)
    except RuleUnknown as error:
        raise NotAPeriod(text) from error


def called(period: Period) -> str:
    """The period in the middle of a sentence: "tuần 47/2026", "quý IV/2026", "kỳ báo cáo tháng 11/2026"."""
    return _said("period_name", period)


def title(period: Period) -> str:
    """What a report of it is called: "Báo cáo tuần 47/2026"."""
    return _said("period_title", period)


def short(period: Period) -> str:
    """The period in a column that says what kind it is: "47/2026", "IV/2026"; a window by its days."""
    return _said("period_short", period)


def unit(period: Period) -> str:
    """The word for one period of its kind: "trong tuần", "tháng này", "8 quý trước"."""
    return terms()["period_unit"][period.kind.value]


def stem(period: Period, code: str) -> str:
    """What files of a service's report are called, without the ending."""
    return f"{terms()['period_file'][period.kind.value]}-{code}-{period.name}"


def _said(table: str, period: Period) -> str:
    start, end = ict(period.span.start), ict(period.span.end)
    last = end - MILLISECOND
    number = period.name[6:] if period.kind is PeriodKind.WEEK else f"{last:%m}"
    half = "đầu" if last.month <= 6 else "cuối"
    year = period.name[:4] if period.kind is PeriodKind.WEEK else f"{last:%Y}"
    whole = start.time() == end.time() == time()
    form = "%d/%m/%Y" if whole else "%H:%M %d/%m/%Y"
    return terms()[table][period.kind.value].format(
        number=number,
        roman=_ROMAN[(last.month - 1) // 3],
        half=half,
        year=year,
        start=f"{start:{form}}",
        end=f"{last if whole else end:{form}}",
    )
