"""The clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobs.clock import HandClock, SystemClock

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


def test_the_machines_clock_speaks_utc_in_whole_milliseconds() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)
    assert now.microsecond % 1000 == 0


def test_a_hand_clock_stands_still_until_it_is_turned() -> None:
    clock = HandClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.turn_to(NOON + timedelta(minutes=5))
    assert clock.now() == NOON + timedelta(minutes=5)
    assert clock.monotonic() == 300


def test_a_hand_clock_is_not_turned_back() -> None:
    with pytest.raises(ValueError, match="not turned back"):
        HandClock(NOON).turn_to(NOON - timedelta(milliseconds=1))
