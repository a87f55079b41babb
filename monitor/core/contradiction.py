"""Dates of one dossier that cannot all be true; what hangs on them accuses nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum

from monitor.core.dossier import Dossier
from monitor.core.period import day_of
from monitor.core.phase import ended


class Contradiction(StrEnum):
    """Which two dates contradict each other, by day: two systems' clocks may differ by minutes."""

    FILED_LATER = "filed_later"  # after the day on which its source told of it
    RECEIVED_LATER = "received_later"
    ENDED_LATER = "ended_later"
    RECEIVED_BEFORE_FILED = "received_before_filed"
    APPOINTED_BEFORE_FILED = "appointed_before_filed"
    ENDED_BEFORE_FILED = "ended_before_filed"


OF_RECEPTION = frozenset({Contradiction.FILED_LATER, Contradiction.RECEIVED_LATER, Contradiction.RECEIVED_BEFORE_FILED})
"""Those that leave nothing to count the reception by."""
OF_RESULT = frozenset(
    {Contradiction.APPOINTED_BEFORE_FILED, Contradiction.ENDED_LATER, Contradiction.ENDED_BEFORE_FILED}
)
"""Those that leave nothing to compare the result with."""


def contradictions(dossier: Dossier) -> tuple[Contradiction, ...]:
    """Which dates of a dossier contradict each other, or the day it was told."""
    if _in_order(dossier):
        return ()
    stamps = (dossier.filed, dossier.received, dossier.appointment, ended(dossier), dossier.told)
    return tuple(among(*(None if stamp is None else day_of(stamp) for stamp in stamps)))


def _in_order(dossier: Dossier) -> bool:
    """Whether all is plainly well, told quickly: a million are asked, and of hardly one it is not."""
    filed, appointment, told = dossier.filed, dossier.appointment, dossier.told
    try:
        if not (
            filed <= (dossier.received or filed) <= told  # type: ignore[operator] # a None is caught below
            and filed <= (dossier.finished or dossier.returned or filed) <= told  # type: ignore[operator] # a None is caught below
        ):
            return False
    except TypeError:  # one is missing, or a day alone
        return False
    if appointment is None or filed is None:
        return True
    return filed <= appointment if isinstance(appointment, datetime) else day_of(filed) <= appointment


def among(
    filed: date | None, received: date | None, appointment: date | None, end: date | None, told: date | None
) -> Iterator[Contradiction]:
    """The same of days, None where one is not known; a dossier begins with its reception where no filing is told."""
    later = Contradiction.FILED_LATER, Contradiction.RECEIVED_LATER, Contradiction.ENDED_LATER
    for day, one in zip((filed, received, end), later, strict=True):
        if day is not None and told is not None and day > told:
            yield one
    begun = filed if filed is not None else received
    earlier = (
        (received, Contradiction.RECEIVED_BEFORE_FILED),
        (appointment, Contradiction.APPOINTED_BEFORE_FILED),
        (end, Contradiction.ENDED_BEFORE_FILED),
    )
    for day, one in earlier:
        if day is not None and begun is not None and day < begun:
            yield one
