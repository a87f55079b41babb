"""The monitor's own availability: when it lived, when it did not, and why, out of its beats and its sealed events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from monitor.core.period import Span

SHORT = timedelta(minutes=2)
"""A stop no longer than this, followed by a start, was a restart."""
SLACK = timedelta(seconds=90)
"""The newest beat is at most so old while the monitor lives; time after it is not known yet, and no gap."""


class Absence(StrEnum):
    """Why the monitor did not live for a while."""

    BEFORE = "before"  # no beat was ever written before; counts neither for nor against
    STOPPED = "stopped"  # a person, or the machine shutting down, told it to stop
    RESTARTED = "restarted"
    CRASHED = "crashed"  # it never said that it stopped: killed, power cut, machine gone
    HUNG = "hung"
    ASLEEP = "asleep"
    CLOCK_SET = "clock_set"
    RESTORED = "restored"  # an older database was put in the place of the one that knew


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch in which one process lived, from its first beat to its last; `ended` says why, where it was told."""

    began: datetime
    last: datetime
    ended: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A sealed event of the monitor itself, by the name of its kind."""

    at: datetime
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Time in which the monitor did not live."""

    span: Span
    why: Absence

    @property
    def unsure(self) -> bool:
        """Whether its beginning is known only as the last beat: it lived on from there for up to a beat, unrecorded."""
        return self.why in {Absence.CRASHED, Absence.HUNG, Absence.RESTORED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What is known of the monitor in a window: `alive_ms` and the gaps add up to the window exactly.

    The window ends where knowledge does: at the newest beat of a monitor that lives.
    """

    window: Span
    alive_ms: int
    gaps: tuple[Gap, ...] = ()

    @property
    def before_ms(self) -> int:
        """Time before the monitor's first beat ever."""
        return sum(gap.span.ms for gap in self.gaps if gap.why is Absence.BEFORE)

    @property
    def absent_ms(self) -> int:
        """Time in which it should have lived, and did not."""
        return self.window.ms - self.alive_ms - self.before_ms

    @property
    def availability(self) -> Fraction | None:
        """Share of the window since the first beat ever in which it lived; None where there is no such time."""
        owed = self.window.ms - self.before_ms
        return Fraction(self.alive_ms, owed) if owed else None

    @property
    def absences(self) -> tuple[Gap, ...]:
        """The gaps that count against it."""
        return tuple(gap for gap in self.gaps if gap.why is not Absence.BEFORE)


def life(window: Span, stretches: Iterable[Stretch], happenings: Iterable[Happening], now: datetime) -> Life:
    """The window partitioned into time lived and gaps with their reasons, as known at `now`.

    Stretches are those that share time with the window, the last one before it and the first one after it; happenings
    those from the end of the first of them on. Stretches that overlap, as after a clock was set back, count once.
    """
    lived = sorted(stretches, key=lambda one: (one.began, one.last))
    told = sorted(happenings, key=lambda one: one.at)
    known = Span(start=window.start, end=max(window.start, min(window.end, _known_until(lived, now))))
    gaps = tuple(_clipped(_gaps(lived, told, known), known))
    return Life(window=known, alive_ms=known.ms - sum(gap.span.ms for gap in gaps), gaps=gaps)


def _known_until(lived: Sequence[Stretch], now: datetime) -> datetime:
    newest = max((one.last for one in lived if one.last <= now), default=None)
    alive = newest is not None and now - newest <= SLACK and not any(o.last == newest and o.ended for o in lived)
    return newest if newest is not None and alive else now


def _gaps(lived: Sequence[Stretch], told: Sequence[Happening], known: Span) -> Iterator[Gap]:
    if not lived:
        yield Gap(span=known, why=Absence.BEFORE)
        return
    if known.start < lived[0].began:
        yield Gap(span=Span(start=known.start, end=lived[0].began), why=Absence.BEFORE)
    merged = _merged(lived)
    for before, after in pairwise(merged):
        span = Span(start=before.last, end=after.began)
        yield Gap(span=span, why=_why(before, span, told, over=True))
    if merged[-1].last < known.end:
        span = Span(start=merged[-1].last, end=known.end)
        yield Gap(span=span, why=_why(merged[-1], span, told, over=False))


def _merged(lived: Sequence[Stretch]) -> list[Stretch]:
    """Stretches that share time, or touch, made one; it ended as the one that lasted longest did."""
    found: list[Stretch] = []
    for one in lived:
        if found and one.began <= found[-1].last:
            longest = max(found[-1], one, key=lambda stretch: stretch.last)
            found[-1] = Stretch(began=found[-1].began, last=longest.last, ended=longest.ended)
        else:
            found.append(one)
    return found


_SAID = (
    ("restored", Absence.RESTORED),
    ("hung", Absence.HUNG),
    ("asleep", Absence.ASLEEP),
    ("stopped", Absence.STOPPED),
)
"""What an event within a gap, or at its edges, says of it; the first one that is there."""


def _why(before: Stretch, span: Span, told: Sequence[Happening], *, over: bool) -> Absence:
    """Why it did not live: what the sealed events say, then what its last beat said; silence is a crash."""
    kinds = {one.kind for one in told if span.start <= one.at <= span.end}
    for kind, why in _SAID:
        if kind in kinds:
            return Absence.RESTARTED if why is Absence.STOPPED and over and span.end - span.start <= SHORT else why
    if "started" not in kinds and ("clock_step" in kinds or before.ended == Absence.CLOCK_SET):
        return Absence.CLOCK_SET
    return Absence(before.ended) if before.ended in _TOLD_BY_BEAT else Absence.CRASHED


_TOLD_BY_BEAT = frozenset({Absence.HUNG, Absence.ASLEEP, Absence.CLOCK_SET})


def _clipped(gaps: Iterable[Gap], known: Span) -> Iterator[Gap]:
    for gap in gaps:
        start, end = max(gap.span.start, known.start), min(gap.span.end, known.end)
        if start < end:
            yield Gap(span=Span(start=start, end=end), why=gap.why)
