"""Moments as people type them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from monitor.core.typed import begin_typed, day_typed, end_typed, moment_typed

MEANT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["23/11/2026 08:30", " 08:30 23/11/2026 ", "2026-11-23 08:30", "2026-11-23T08:30:00", "23/11/2026 08:30:00"]
)
def test_each_way_of_typing_a_moment_is_on_a_vietnamese_clock(text: str) -> None:
    assert moment_typed(text) == MEANT


@pytest.mark.parametrize(
    "text",
    ["", "hôm qua", "31/02/2026 08:30", "23/11/2026", "23/11/0026 08:30", "01/01/0001 00:00", "31/12/9999 23:59"],
)
def test_what_nobody_means_is_no_moment(text: str) -> None:
    assert moment_typed(text) is None


@pytest.mark.parametrize("text", ["23/11/2026", " 2026-11-23 "])
def test_a_bare_day_is_its_beginning_or_its_end(text: str) -> None:
    assert day_typed(text) == date(2026, 11, 23)
    assert begin_typed(text) == datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert end_typed(text) == datetime(2026, 11, 23, 17, tzinfo=UTC)


@pytest.mark.parametrize("read", [begin_typed, end_typed])
def test_a_moment_bounds_a_stretch_as_it_stands(read: Callable[[str], datetime | None]) -> None:
    assert read("23/11/2026 08:30") == MEANT
    assert read("hôm qua") is None
