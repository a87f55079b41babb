"""What of an agency's dossiers is late now, a line a delay, as letters to it list them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.apology import Apology
from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier
from monitor.core.explanation import Delay, Explanation, delay_of
from monitor.core.finding import Finding, FindingKind, Standing
from monitor.core.law import Law
from monitor.core.period import Stamp, day_of
from monitor.core.phase import handling_unit, receiving_unit
from monitor.core.workdays import CalendarUnknown, WorkCalendar
from monitor.register import Register
from monitor.reports.circumstances import circumstances
from monitor.reports.explaining import answering, latenesses
from monitor.store import dossiers, explanations

LATENESS = (FindingKind.RECEPTION, FindingKind.RESULT)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """One delay that lasts. `agency` is whom a letter about it goes to; `days` are working days, None: no calendar."""

    delay: Delay
    dossier: Dossier
    finding: Finding
    agency: str
    unit: str
    days: int | None
    apologies: tuple[Apology, ...] = ()
    explanation: Explanation | None = None

    @property
    def due(self) -> Stamp | None:
        """By when it was to be done."""
        return self.finding.due


def late_now(
    db: Connection, register: Register, law: Law, now: datetime, *, without: Collection[str] = ()
) -> dict[str, tuple[Late, ...]]:
    """What is late, by agency, the longest first; delays of nobody known stand under ''.

    `without`: sources whose figures are too old for anybody to be told anything from them.
    """
    found: defaultdict[str, list[Late]] = defaultdict(list)
    for some in _batches(one for one in dossiers.open_before(db, now) if one.source not in without):
        known = circumstances(db, some)
        explained = explanations.latest(db, [delay_of(one, kind) for one in some for kind in LATENESS])
        for dossier in some:
            for late in _of(dossier, known[dossier.matter], explained, register=register, law=law, now=now):
                found[late.agency].append(late)
    return {key: tuple(sorted(some, key=_longest)) for key, some in found.items()}


def _of(
    dossier: Dossier,
    known: Circumstances,
    explained: Mapping[Delay, Explanation],
    *,
    register: Register,
    law: Law,
    now: datetime,
) -> Iterator[Late]:
    for one in latenesses(dossier, now, law, known):
        if one.finding.standing is Standing.LATE:
            yield Late(
                delay=one.delay,
                dossier=dossier,
                finding=one.finding,
                agency=answering(register, one.agency) if one.agency else "",
                unit=_unit(dossier, one.delay.kind),
                days=_days_late(law.calendar_of(one.agency), one.finding.due, now),
                apologies=known.apologies if one.delay.kind is FindingKind.RESULT else (),
                explanation=explained.get(one.delay),
            )


def _days_late(calendar: WorkCalendar, due: Stamp | None, now: datetime) -> int | None:
    try:
        return calendar.working_days(day_of(due), day_of(now)) if due is not None else None
    except CalendarUnknown:
        return None


def _unit(dossier: Dossier, kind: FindingKind) -> str:
    return receiving_unit(dossier) if kind is FindingKind.RECEPTION else handling_unit(dossier)


def _longest(one: Late) -> tuple[float, str, str]:
    since = one.finding.since.timestamp() if one.finding.since else 0.0
    return since, one.dossier.code, one.finding.kind


def _batches(many: Iterable[Dossier]) -> Iterator[list[Dossier]]:
    some: list[Dossier] = []
    for one in many:
        some.append(one)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some
