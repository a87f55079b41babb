"""Moments as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.typed import moment_typed

MEANT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["23/11/2026 08:30", " 08:30 23/11/2026 ", "2026-11-23 08:30", "2026-11-23T08:30:00"])
def test_each_way_of_typing_a_moment_is_on_a_vietnamese_clock(text: str) -> None:
    assert moment_typed(text) == MEANT


@pytest.mark.parametrize(
    "text",
    ["", "hôm qua", "31/02/2026 08:30", "23/11/2026", "23/11/0026 08:30", "01/01/0001 00:00", "31/12/9999 23:59"],
)
def test_what_nobody_means_is_no_moment(text: str) -> None:
    assert moment_typed(text) is None
