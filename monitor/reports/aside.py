"""What stands beside an interruption on the pages and in letters: its name, whether it came back, what people say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.interruption import Interruption
from monitor.core.law import Law
from monitor.core.period import MILLISECOND, Span
from monitor.core.recurrence import RECURRENCE_DAYS
from monitor.core.service import Service
from monitor.reports import accounts
from monitor.reports.handle import handle
from monitor.reports.record import announced, repeated
from monitor.reports.said import Said
from monitor.store import InterruptionRow, interruptions, notices, remarks


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside(Said):
    """One interruption's handle, the one it is a recurrence of, and all that people said of it."""

    handle: str
    repeats: Interruption | None

    @property
    def within_days(self) -> int:
        """The days within which a new beginning is a recurrence."""
        return RECURRENCE_DAYS


def asides(
    db: Connection, law: Law, service: Service, some: Iterable[Interruption]
) -> Mapping[tuple[str, datetime], Aside]:
    """What stands beside interruptions of a service, by target and first failed look."""
    formerly = {target.key: target.formerly for target in service.targets}
    return {
        (one.target, one.first_bad): Aside(
            handle=handle(one),
            repeats=repeats(db, law, service, one),
            remarks=tuple(
                remarks.of_failure(db, (one.target, *formerly[one.target]), one.last_good, one.first_good),
            ),
        )
        for one in some
    }


def repeats(db: Connection, law: Law, service: Service, one: Interruption) -> Interruption | None:
    """The interruption that one is a recurrence of, as the alerts knew those before it: no month of looks is folded.

    What lies wholly within announced maintenance repeats nothing, and nothing repeats it.
    """
    ends = max(one.first_good or one.last_bad, one.first_bad)
    window = Span(start=one.first_bad - timedelta(days=RECURRENCE_DAYS), end=ends + MILLISECOND)
    stops = notices.overlapping(db, service.code, window)
    in_time = [stop for stop in stops if accounts.in_time(stop, law, service.owner)]
    named = {key: target.key for target in service.targets for key in (target.key, *target.formerly)}
    before = [from_row(row, named[row.target]) for row in interruptions.between(db, window) if row.target in named]
    if announced(one, in_time, one.last_bad):
        return None
    return repeated(service, one, [other for other in before if not announced(other, in_time, other.last_bad)])


def from_row(row: InterruptionRow, target: str) -> Interruption:
    """An interruption as its row knows it, under its target's present key."""
    return Interruption(
        service=row.service,
        target=target,
        last_good=row.last_good,
        first_bad=row.first_bad,
        last_bad=row.last_bad,
        first_good=row.first_good,
        cause=row.cause,
        failed_looks=row.failed_looks,
    )
