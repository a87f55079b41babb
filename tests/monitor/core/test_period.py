"""Moments and spans: UTC inside, Vietnamese time outside, milliseconds throughout."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.period import (
    ICT,
    NaiveMoment,
    NotAPeriod,
    PeriodKind,
    Span,
    at,
    aware,
    day_of,
    from_ms,
    ict,
    parse_period,
    period_of,
    to_ms,
    week_of,
    week_span,
    window_of,
)

MS = timedelta(milliseconds=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=ICT)
NAIVE = datetime(2026, 11, 24, 12)  # noqa: DTZ001 - what is refused
ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.builds(
    lambda us, zone: (datetime(2021, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)).astimezone(zone),
    st.integers(0, 7 * 365 * 86_400 * 1_000_000),
    ZONES,
)


@pytest.mark.parametrize("border", [aware, to_ms, ict, day_of])
def test_a_naive_moment_is_refused_at_the_border(border: object) -> None:
    assert callable(border)
    with pytest.raises(NaiveMoment, match="give it a zone"):
        border(NAIVE)


def test_a_naive_moment_is_refused_by_a_span_too() -> None:
    with pytest.raises(NaiveMoment):
        Span(start=NAIVE, end=NOON)
    with pytest.raises(NaiveMoment):
        Span(start=NOON, end=NAIVE)


@given(MOMENTS)
def test_a_moment_is_brought_to_utc_and_cut_to_milliseconds(moment: datetime) -> None:
    cut = aware(moment)
    assert cut.tzinfo is UTC
    assert cut.microsecond % 1000 == 0
    assert timedelta(0) <= moment - cut < MS
    assert aware(cut) == cut


@given(MOMENTS)
def test_milliseconds_round_down_and_come_back(moment: datetime) -> None:
    assert from_ms(to_ms(moment)) == aware(moment)
    assert to_ms(from_ms(to_ms(moment))) == to_ms(moment)


@pytest.mark.parametrize(
    ("moment", "ms"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, 7, tzinfo=ICT), 0),
        (datetime(1970, 1, 1, 0, 0, 1, 999, tzinfo=UTC), 1000),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
    ],
)
def test_milliseconds_are_counted_from_1970_in_utc(moment: datetime, ms: int) -> None:
    assert to_ms(moment) == ms


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        (datetime(2026, 11, 23, 16, 59, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 17, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 24, 0, tzinfo=ICT), date(2026, 11, 24)),
        (date(2026, 11, 24), date(2026, 11, 24)),
    ],
)
def test_a_day_begins_at_midnight_in_vietnam(stamp: datetime | date, day: date) -> None:
    assert day_of(stamp) == day


@given(MOMENTS)
def test_a_moment_lies_in_its_own_day(moment: datetime) -> None:
    day = day_of(moment)
    assert at(day) <= moment < at(day + timedelta(days=1))


def test_a_clock_on_a_day_is_vietnamese_and_comes_back_in_utc() -> None:
    assert at(date(2026, 11, 24), time(7, 30)) == datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    assert at(date(2026, 11, 24)).tzinfo is UTC
    assert ict(datetime(2026, 11, 24, 0, 30, tzinfo=UTC)).time() == time(7, 30)


def test_a_span_is_half_open_and_counts_milliseconds() -> None:
    span = Span(start=NOON, end=NOON + timedelta(seconds=1, microseconds=999))
    assert span.ms == 1000
    assert NOON in span
    assert span.end - MS in span
    assert span.end not in span
    assert NOON - MS not in span
    assert Span(start=NOON, end=NOON).ms == 0
    assert NOON not in Span(start=NOON, end=NOON)


def test_a_span_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Span(start=NOON, end=NOON - MS)


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
    year, week = week_of(day)
    span = week_span(year, week)
    assert at(day) in span
    assert parse_period(f"{year}-W{week:02}").span == span


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
