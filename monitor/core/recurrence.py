"""What is one failure of a service, whichever targets saw it, and whether it came back ("tái diễn") soon after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.core.interruption import Interruption

RECURRENCE_DAYS = 30
"""Within how many days of an end a new beginning is a recurrence. No text of law sets a number: a month is what one
regular report covers, so that no report tells of the same failure twice without saying so."""


def earlier(one: Interruption, others: Iterable[Interruption]) -> Interruption | None:
    """The latest of other interruptions of the same service that this one is a recurrence of; None where it is none.

    Those within announced maintenance are to be left out by the caller. Interruptions of several targets that overlap
    are one failure of the service, and none of them a recurrence of another. Both ends of RECURRENCE_DAYS count.
    """
    before = sorted((other for other in others if other.first_bad < one.first_bad), key=_begin, reverse=True)
    began, over = one.first_bad, list[tuple[datetime, Interruption]]()
    for other in before:
        if other.first_good is None or other.first_good >= began:
            began = other.first_bad
        else:
            over.append((other.first_good, other))
    # What overlaps was followed back to where the failure began: only what was over by then came before it.
    recent = [(end, other) for end, other in over if began - timedelta(days=RECURRENCE_DAYS) <= end < began]
    return max(recent, key=lambda pair: (pair[0], _begin(pair[1])), default=(None, None))[1]


def failures(some: Iterable[Interruption]) -> tuple[tuple[Interruption, ...], ...]:
    """Interruptions of one service put together that are one failure of it: those that overlap, or meet; by time."""
    found: list[list[Interruption]] = []
    reached: datetime | None = None  # where the failure ends; None while one of it is open
    for one in sorted(some, key=_begin):
        if found and (reached is None or one.first_bad <= reached):
            found[-1].append(one)
            reached = None if reached is None or one.first_good is None else max(reached, one.first_good)
        else:
            found.append([one])
            reached = one.first_good
    return tuple(map(tuple, found))


def _begin(one: Interruption) -> tuple[datetime, str]:
    return one.first_bad, one.target
