"""The week's strip for the page: a row a day, each state known by its shape as well as its colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from monitor.core.period import Span, at
from monitor.core.uptime import Segment, State
from monitor.reports import strip

MINUTES = 1440
"""The width of a day in the drawing's units."""
SHAPE: Mapping[State, tuple[int, int]] = MappingProxyType(
    {
        State.UP: (4, 16),
        State.DOWN: (0, 24),
        State.MAINTENANCE: (12, 8),
        State.EXCLUDED: (18, 2),
        State.UNKNOWN: (10, 4),
    }
)
"""Where a state's bar begins and how high it is, of 24."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One stretch of one day, placed."""

    state: State
    x: float
    y: int
    width: float
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One day: its bars, and the milliseconds spent in each state for those who hear the page."""

    day: date
    weekend: bool
    bars: tuple[Bar, ...]
    spent: Mapping[State, int]


def rows(week: Span, segments: Iterable[Segment]) -> tuple[Row, ...]:
    """The days of a week, Monday first; days to come are empty."""
    known = tuple(segments)
    placed = strip.bars(week, known)
    return tuple(
        Row(
            day=day.day,
            weekend=day.weekend,
            bars=tuple(_bar(one) for one in placed if one.y == day.y),
            spent=_spent(day.day, known),
        )
        for day in strip.days(week)
    )


def _bar(one: strip.Bar) -> Bar:
    y, height = SHAPE[one.state]
    scale = MINUTES / strip.HOURS
    x, width = round((one.x - strip.LEFT) * scale, 1), round(one.width * scale, 1)
    return Bar(state=one.state, x=x, y=y, width=width, height=height)


def _spent(day: date, segments: Iterable[Segment]) -> Mapping[State, int]:
    whole = Span(start=at(day), end=at(day + timedelta(days=1)))
    found: Counter[State] = Counter()
    for segment in segments:
        found[segment.state] += segment.span.shared_ms(whole)
    return {state: found[state] for state in State if found[state]}
