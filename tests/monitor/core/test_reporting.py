"""Reporting periods: found by name and by day, without gap or overlap."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.period import Span, at, day_of
from monitor.core.reporting import NotAPeriod, PeriodKind, parse_period, period_of, week_of_day, window_of


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-w47", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("2025-W01", date(2024, 12, 30), date(2025, 1, 5)),
    ],
)
def test_a_week_runs_from_monday_to_monday_also_over_new_year(text: str, first: date, last: date) -> None:
    span = parse_period(text).span
    assert (span.start, span.end) == (at(first), at(last + timedelta(days=1)))
    assert span.ms == 7 * 86_400_000


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-47", "2026-Q5", "kbc-2026", "2026-W54", "2025-W53", "2026-W00", "W47-2026", "2026-W47-1"]
)
def test_what_is_no_week_is_refused_with_the_form_wanted(text: str) -> None:
    with pytest.raises(NotAPeriod, match="2026-W47"):
        parse_period(text)


@given(st.dates(date(2000, 1, 10), date(2099, 12, 20)))
def test_each_day_lies_in_its_own_week(day: date) -> None:
    week = week_of_day(day)
    assert at(day) in week.span
    assert parse_period(week.name) == week


def fifteenth(_month: date) -> int:
    """The day that NĐ 09/2019 Đ12 gives."""
    return 15


TILING = [
    pytest.param(kind, first_day, id=f"{kind.value}-{first_day}")
    for kind, first_day in (
        (PeriodKind.WEEK, 1),
        (PeriodKind.MONTH, 1),
        (PeriodKind.QUARTER, 1),
        (PeriodKind.REPORT_MONTH, 15),
        (PeriodKind.REPORT_QUARTER, 15),
        (PeriodKind.REPORT_HALF, 15),
        (PeriodKind.REPORT_YEAR, 15),
        (PeriodKind.REPORT_MONTH, 28),
    )
]


@pytest.mark.parametrize(("kind", "first_day"), TILING)
@given(day=st.dates(date(2019, 1, 1), date(2040, 12, 31)))
def test_the_periods_of_a_kind_tile_time_without_gap_or_overlap(kind: PeriodKind, first_day: int, day: date) -> None:
    period = period_of(kind, day, first_day)
    assert at(day) in period.span
    assert at(day, time(23, 59, 59)) in period.span
    before = period.before()
    assert before is not None
    assert before.kind is kind
    assert before.span.end == period.span.start
    assert before == period_of(kind, day_of(period.span.start) - timedelta(days=1), first_day)
    assert period_of(kind, day_of(period.span.end), first_day).before() == period


@pytest.mark.parametrize(("kind", "first_day"), TILING)
@given(day=st.dates(date(2019, 1, 1), date(2040, 12, 31)))
def test_a_period_is_found_again_by_its_name(kind: PeriodKind, first_day: int, day: date) -> None:
    period = period_of(kind, day, first_day)
    assert parse_period(period.name, lambda _month: first_day) == period
    assert parse_period(f" {period.name.lower()} ", lambda _month: first_day) == period


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("kbc-2026-11", date(2026, 10, 15), date(2026, 11, 14)),
        ("kbc-2026-01", date(2025, 12, 15), date(2026, 1, 14)),
        ("kbc-2028-03", date(2028, 2, 15), date(2028, 3, 14)),
        ("kbc-2026-Q1", date(2025, 12, 15), date(2026, 3, 14)),
        ("kbc-2026-Q4", date(2026, 9, 15), date(2026, 12, 14)),
        ("kbc-2026-H1", date(2025, 12, 15), date(2026, 6, 14)),
        ("kbc-2026-H2", date(2026, 6, 15), date(2026, 12, 14)),
        ("kbc-2026", date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_months_quarters_and_the_laws_periods_run_from_day_to_day(name: str, first: date, last: date) -> None:
    period = parse_period(name, fifteenth)
    assert (period.name, period.span) == (name, Span(start=at(first), end=at(last + timedelta(days=1))))


def test_failure_11_each_earlier_row_is_the_period_before_and_none_is_shifted() -> None:
    assert [one.name for one in parse_period("2026-02").earlier(3)] == ["2026-01", "2025-12", "2025-11"]
    assert [one.name for one in parse_period("2026-Q2").earlier(2)] == ["2026-Q1", "2025-Q4"]
    assert [one.name for one in parse_period("2027-W01").earlier(2)] == ["2026-W53", "2026-W52"]
    earlier = parse_period("kbc-2026-H1", fifteenth).earlier(2)
    assert [one.name for one in earlier] == ["kbc-2025-H2", "kbc-2025-H1"]


@pytest.mark.parametrize(
    "text",
    [
        "2026-00",
        "2026-13",
        "2026-Q0",
        "2026-Q5",
        "kbc-2026-H3",
        "kbc-2026-13",
        "kbc-0000",
        "0000-01",
        "9999-12",
        "٢٠٢٦-11",
    ],
)
def test_what_is_no_period_is_refused_with_the_forms_there_are(text: str) -> None:
    with pytest.raises(NotAPeriod, match="kbc-2026-Q4"):
        parse_period(text, fifteenth)


def test_without_the_law_its_periods_are_not_known() -> None:
    with pytest.raises(NotAPeriod):
        parse_period("kbc-2026-11")


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        (at(date(2026, 11, 1)), at(date(2026, 11, 16)), "2026-11-01_2026-11-15"),
        (at(date(2026, 11, 1)), at(date(2026, 11, 2)), "2026-11-01_2026-11-01"),
        (at(date(2026, 11, 1), time(8)), at(date(2026, 11, 2)), "2026-11-01T0800_2026-11-02T0000"),
        (at(date(2026, 11, 1)), at(date(2026, 11, 1), time(8, 0, 1)), "2026-11-01T0000_2026-11-01T080001.000"),
    ],
)
def test_a_window_is_named_by_its_days_or_its_moments_and_has_none_before(
    start: datetime, end: datetime, name: str
) -> None:
    window = window_of(Span(start=start, end=end))
    assert window.name == name
    assert window.earlier(8) == ()
    with pytest.raises(ValueError, match="window"):
        period_of(PeriodKind.WINDOW, date(2026, 11, 1))
