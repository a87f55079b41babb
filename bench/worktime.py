"""Working time by the official calendar: microseconds a call."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from bench.cost import cost
from monitor.law import official_calendar

CALLS = 400_000
LIMIT_US = 2.0
"""About one; half of what the bench itself allows is for a machine that has other work."""


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """Each method over moments of five years; the loop around the calls is taken off."""
    calendar, wanted = official_calendar(), max(2_000, round(CALLS * scale))
    chance = random.Random(2026)
    begin = datetime(2021, 2, 1, tzinfo=UTC)
    moments = [begin + timedelta(seconds=chance.randrange(5 * 365 * 86_400)) for _ in range(wanted)]
    later = [moment + timedelta(hours=chance.randrange(400)) for moment in moments]
    days = [moment.date() for moment in moments]
    empty = _us(lambda _one, _other: None, moments, later)
    calls: dict[str, tuple[Callable[..., object], list[object], list[object]]] = {
        "add_seconds, eight hours": (lambda moment, _: calendar.add_seconds(moment, 28_800), [*moments], [*later]),
        "working_seconds, up to a fortnight": (calendar.working_seconds, [*moments], [*later]),
        "add_days, ten": (lambda day, _: calendar.add_days(day, 10), [*days], [*later]),
        "working_day_before": (lambda day, _: calendar.working_day_before(day), [*days], [*later]),
    }
    for name, (call, some, others) in calls.items():
        yield f"working time: {name}", _us(call, some, others) - empty, LIMIT_US, "µs"


def _us(
    call: Callable[..., object], some: list[object] | list[datetime], others: list[object] | list[datetime]
) -> float:
    with cost() as spent:
        for one, other in zip(some, others, strict=True):
            call(one, other)
    return spent.s / len(some) * 1e6
