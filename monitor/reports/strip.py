"""The week's strip: seven days of twenty-four hours, each stretch in the pattern of its state."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from monitor.core.period import MILLISECOND, Span, at, ict
from monitor.core.uptime import Segment, State
from monitor.reports.render import render

WIDTH, LEFT, TOP = 600, 84, 28
HOURS = WIDTH - LEFT - 14
DAY_MS = 86_400_000
ROWS = ((14, 26, 18, 1), (31, 19, 14, 1), (100, 5, 4, 7), (400, 2, 2, 31))
"""Up to how many days: how high a row is, its bar, and which rows are named: each, or the first of a week, of a month.

So the picture of a quarter or a year still fits on a page.
"""
LEAST = {State.DOWN: 2.5, State.MAINTENANCE: 1.5}
"""No interruption is too short to be seen: the least width of a bar."""
ORDER = (State.UP, State.EXCLUDED, State.UNKNOWN, State.MAINTENANCE, State.DOWN)
"""What is drawn later lies above what is drawn before."""
LEGEND = (
    ((State.UP, 0), (State.DOWN, 140), (State.UNKNOWN, 280)),
    ((State.MAINTENANCE, 0), (State.EXCLUDED, 280)),
)
"""The patterns explained, row by row, with how far from the left."""
DRAWING_S = 30


class NotDrawn(Exception):
    """No picture came out; the strip's drawing and the figures are still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One stretch on one day, in the drawing's units."""

    state: State
    x: float
    y: int
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One row of the strip."""

    day: date
    y: int
    named: bool = True

    @property
    def weekend(self) -> bool:
        """Whether it is a Saturday or Sunday by the week, whatever the calendar says."""
        return self.day.isoweekday() > 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How high rows and bars are, and after how many days a row is named."""

    row: int
    bar: int
    every: int


def scale(span: Span) -> Scale:
    """The scale that a number of days is drawn in."""
    count = _count(span)
    row, bar, every = next((rest for most, *rest in ROWS if count <= most), (1, 1, 366))
    return Scale(row=row, bar=bar, every=every)


def _count(span: Span) -> int:
    first, last = ict(span.start).date(), ict(span.end - MILLISECOND).date()
    return max(1, (last - first).days + 1)


def days(span: Span) -> tuple[Day, ...]:
    """The rows of a period, earliest first."""
    first, drawn = ict(span.start).date(), scale(span)
    found = []
    for row in range(_count(span)):
        day = first + timedelta(days=row)
        found.append(Day(day=day, y=TOP + row * drawn.row, named=_named(day, drawn.every)))
    return tuple(found)


def _named(day: date, every: int) -> bool:
    return every == 1 or (day.isoweekday() == 1 if every == 7 else day.day == 1)


def bars(week: Span, segments: Iterable[Segment]) -> tuple[Bar, ...]:
    """Every segment cut at the midnights of Vietnam and placed, what matters most last."""
    rows = days(week)
    found = [bar for segment in _joined(segments) for bar in _placed(segment, rows)]
    return tuple(sorted(found, key=lambda bar: ORDER.index(bar.state)))


def _joined(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Neighbours of one state are one stretch; a picture of hourly reasons would be noise."""
    held: Segment | None = None
    for segment in sorted(segments, key=lambda segment: segment.span.start):
        if held and held.state is segment.state and held.span.end == segment.span.start:
            held = Segment(span=Span(start=held.span.start, end=segment.span.end), state=held.state)
            continue
        if held:
            yield held
        held = segment
    if held:
        yield held


def _placed(segment: Segment, rows: Iterable[Day]) -> Iterator[Bar]:
    for row in rows:
        midnight = at(row.day)
        start = max(segment.span.start, midnight)
        end = min(segment.span.end, midnight + timedelta(days=1))
        if start >= end:
            continue
        wide = max((end - start) / timedelta(days=1) * HOURS, LEAST.get(segment.state, 0.0))
        x = min((start - midnight) / timedelta(days=1) * HOURS, HOURS - wide)
        yield Bar(state=segment.state, x=round(LEFT + x, 2), y=row.y, width=round(wide, 2))


def svg(week: Span, segments: Iterable[Segment], alt: str) -> str:
    """The strip as SVG, the same bytes for the same week."""
    rows, drawn = days(week), scale(week)
    return render(
        "uptime/strip.svg",
        alt=alt,
        width=WIDTH,
        height=rows[-1].y + drawn.row + 54,
        left=LEFT,
        top=TOP,
        hours=[(hour, round(LEFT + hour / 24 * HOURS, 2)) for hour in range(0, 25, 3)],
        days=rows,
        bars=bars(week, segments),
        bar=drawn.bar,
        tall=drawn.every == 1,
        legend=tuple(_legend(rows[-1].y + drawn.row + 22)),
    )


def _legend(top: int) -> Iterator[Bar]:
    for row, states in enumerate(LEGEND):
        for state, x in states:
            yield Bar(state=state, x=LEFT + x, y=top + row * 22, width=22)


def png(drawing: str, *, width: int = WIDTH, timeout: float = DRAWING_S) -> bytes:
    """The drawing as PNG, twice as fine as its units; made in a child process, raise NotDrawn where that fails."""
    script = Path(__file__).with_name("picture.py")
    asked = json.dumps({"svg": drawing, "width": width}).encode()
    try:
        done = subprocess.run(  # noqa: S603 - our own script under our own interpreter
            [sys.executable, "-I", str(script)], input=asked, capture_output=True, timeout=timeout, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise NotDrawn(f"no picture after {timeout:g} s") from error
    except (subprocess.CalledProcessError, OSError) as error:
        said = getattr(error, "stderr", b"") or b""
        raise NotDrawn(said.decode(errors="replace").strip()[-300:] or str(error)) from error
    return done.stdout
