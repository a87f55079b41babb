"""For which of an agency's results an apology can be in time still, and may have to be sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from monitor.core.apology import used_up
from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier
from monitor.core.finding import Finding, FindingKind, findings
from monitor.core.law import Law
from monitor.core.period import day_of
from monitor.register import Register
from monitor.reports.circumstances import circumstances
from monitor.reports.freshness import stale
from monitor.store import dossiers

AHEAD = timedelta(days=14)
"""How far ahead of their appointments results are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One dossier, and the last day on which its apology is in time."""

    dossier: Dossier
    known: Circumstances
    cut_off: date


def apologies_due(
    db: Connection, register: Register, law: Law, now: datetime, agencies: Collection[str]
) -> tuple[Due, ...]:
    """The results of some agencies, the earliest cut-off first; none that rests on figures too old to tell from."""
    old = stale(db, register, law, now)
    soon = [one for one in dossiers.open_before(db, now + AHEAD, agencies) if one.source not in old]
    known = circumstances(db, soon)
    found = []
    for dossier in soon:
        beside = known[dossier.matter]
        last = cut_off(dossier, beside, findings(dossier, now, law, beside), law, now)
        if last is not None:
            found.append(Due(dossier=dossier, known=beside, cut_off=last))
    return tuple(sorted(found, key=lambda one: (one.cut_off, one.dossier.code)))


def cut_off(dossier: Dossier, known: Circumstances, found: Collection[Finding], law: Law, now: datetime) -> date | None:
    """The last day for its apology; None where that has passed, or the law allows no further one."""
    if used_up(known.apologies, law, day_of(dossier.received or dossier.filed or now)) is not None:
        return None
    due = next((one.due for one in found if one.kind is FindingKind.APOLOGY), None)
    return day_of(due) if due is not None and day_of(due) >= day_of(now) else None
