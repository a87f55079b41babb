"""Whether no dossier has arrived for unusually long, against how they arrived in the twelve weeks before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from monitor.core.period import Span
from monitor.core.workdays import WorkCalendar

HABIT = timedelta(weeks=12)
"""How far back arrivals tell what is usual: long enough for a rate, short enough to follow a season."""
FEWEST = 20
"""With fewer arrivals in that time nothing is usual, and no silence unusual."""
UNUSUAL = 0.01
"""How seldom a silence of that length must be, were all as before, to be suspected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A dossier that was filed; where its source names only the day, from the day's beginning to its end."""

    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """No dossier arrived from `starts` on, as far as was known at `known_to`; lengths are seconds of working time.

    `arrivals` came in the `habit_s` before it, never further apart than `longest_s`. `chance` is how probable a silence
    of `quiet_s` would be had they gone on as before.
    """

    starts: datetime
    known_to: datetime
    quiet_s: int
    arrivals: int
    habit_s: int
    longest_s: int
    chance: float


def silence(
    arrivals: Iterable[Arrival], known_to: datetime, calendar: WorkCalendar, cut_off: Iterable[Span] = ()
) -> Silence | None:
    """The silence that lasts at `known_to`, the moment up to which arrivals are known, where it is unusual.

    It is, where all three hold: at least FEWEST dossiers arrived in the HABIT before it; it is longer, in working time,
    than the longest gap between any two of them; and had arrivals gone on at their rate, one so long would come with a
    chance under UNUSUAL. Time in which the service is known to have been `cut_off` counts nowhere: it explains itself.
    Of an arrival known by its day alone, what makes the silence shorter and the gaps longer is taken. Raises
    CalendarUnknown where the calendar does not reach twelve weeks back, or to `known_to`.
    """
    known = sorted((one for one in arrivals if one.earliest <= known_to), key=lambda one: (one.latest, one.earliest))
    if not known or known[-1].latest >= known_to:
        return None
    starts = known[-1].latest
    usual = [one for one in known if one.earliest >= starts - HABIT]
    if len(usual) < FEWEST:
        return None
    open_time = _OpenTime(calendar, cut_off)
    quiet, habit = open_time.seconds(starts, known_to), open_time.seconds(starts - HABIT, starts)
    longest = max(open_time.seconds(one.earliest, other.latest) for one, other in pairwise(usual))
    odds = chance(len(usual), habit, quiet)
    if quiet <= longest or odds >= UNUSUAL:
        return None
    return Silence(
        starts=starts,
        known_to=known_to,
        quiet_s=quiet,
        arrivals=len(usual),
        habit_s=habit,
        longest_s=longest,
        chance=odds,
    )


def chance(arrivals: int, habit_s: int, quiet_s: int) -> float:
    """How probable no arrival at all in `quiet_s` is, after so many in the `habit_s` before, the last at its very end.

    The predictive probability of a steady stream (Poisson) whose rate is known only from those arrivals. With the rate
    taken for certain it would be exp(-rate × quiet), which is less: too sure of what was itself estimated. The arrival
    that ends the habit is where the silence begins, and tells nothing of the rate.
    """
    if habit_s <= 0:
        return 1.0
    return float((habit_s / (habit_s + quiet_s)) ** (arrivals - 1))


class _OpenTime:
    """Working time in which the service is not known to have been cut off."""

    def __init__(self, calendar: WorkCalendar, cut_off: Iterable[Span]) -> None:
        self._calendar, self._cut_off = calendar, _apart(cut_off)

    def seconds(self, start: datetime, end: datetime) -> int:
        """Its length between two moments."""
        lost = ((max(span.start, start), min(span.end, end)) for span in self._cut_off)
        gone = sum(self._calendar.working_seconds(first, last) for first, last in lost if first < last)
        return self._calendar.working_seconds(start, end) - gone


def _apart(spans: Iterable[Span]) -> list[Span]:
    """The same time in spans that do not touch."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if found and span.start <= found[-1].end:
            found[-1] = Span(start=found[-1].start, end=max(found[-1].end, span.end))
        else:
            found.append(span)
    return found
