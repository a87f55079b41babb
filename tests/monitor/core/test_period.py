"""Moments and spans: UTC inside, Vietnamese time outside, milliseconds throughout."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.period import ICT, NaiveMoment, Span, at, aware, day_of, from_ms, ict, iso, to_ms

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


def test_programs_get_a_moment_on_a_vietnamese_clock_to_the_millisecond() -> None:
    assert iso(NOON) == "2026-11-24T12:00:00.000+07:00"
    assert iso(datetime(2026, 11, 24, 17, 30, 1, 234_567, tzinfo=UTC)) == "2026-11-25T00:30:01.234+07:00"
    assert iso(None) is None


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
