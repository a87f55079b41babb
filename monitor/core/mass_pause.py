"""Dossiers that were paused or stopped on the very day they were due, and units that do so by the dozen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier, Status
from monitor.core.law import Law, RuleUnknown
from monitor.core.period import day_of

RULE = "pauses_on_due_day"
"""How many dossiers of one unit, paused on the day they were due, are looked at together."""
_PAUSES = frozenset({Status.SUPPLEMENT, Status.FINANCIAL_DUTY, Status.STOPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class MassPause:
    """That a unit (its agency, its name as printed) paused so many dossiers on the day they were due."""

    agency: str
    unit: str
    day: date
    count: int


def paused_when_due(dossier: Dossier, known: Circumstances) -> date | None:
    """The day on which it was moved to 5, 6 or 8, where that is the day of its appointment; otherwise None.

    The day is that of the open request for papers, or of the figures that first showed it so; of a dossier that was
    never seen otherwise, nobody can tell.
    """
    if dossier.status not in _PAUSES or dossier.appointment is None:
        return None
    day = _since(dossier, known)
    return day if day == day_of(dossier.appointment) else None


def _since(dossier: Dossier, known: Circumstances) -> date | None:
    asked = [one.asked for one in dossier.supplements if one.answered is None]
    if dossier.status == Status.SUPPLEMENT and asked:
        return max(day_of(one) for one in asked)
    first = dossier
    for before in reversed(known.history):
        if before.status not in _PAUSES:
            return day_of(first.as_of)
        first = before
    return None


def mass_pauses(paused: Iterable[MassPause], law: Law) -> tuple[MassPause, ...]:
    """Those at least as large as the rule of that day says, the newest first; none where no rule is in force.

    Each of `paused` may be a part of what its unit paused that day.
    """
    sums = Counter[tuple[str, str, date]]()
    for one in paused:
        sums[one.agency, one.unit, one.day] += one.count
    found = (MassPause(agency=a, unit=u, day=d, count=n) for (a, u, d), n in sums.items() if n >= _least(law, d))
    return tuple(sorted(found, key=lambda one: (-one.day.toordinal(), -one.count, one.unit)))


def _least(law: Law, day: date) -> float:
    try:
        return law.rule(RULE, day).value
    except RuleUnknown:
        return float("inf")
