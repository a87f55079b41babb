"""What stands beside an interruption on the pages and in letters: its name, whether it came back, what people say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.core.interruption import Interruption
from monitor.core.law import Law
from monitor.core.period import MILLISECOND, Span
from monitor.core.recurrence import RECURRENCE_DAYS, failures
from monitor.core.service import Service
from monitor.core.uptime import Notice
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
    known, in_time = _known(db, law, service, _back(one, ends + MILLISECOND))
    return None if announced(one, in_time, one.last_bad) else repeated(service, one, known)


def failure_of(
    db: Connection, law: Law, service: Service, one: Interruption, now: datetime
) -> tuple[Interruption, ...]:
    """The interruptions of required targets that are one failure of the service with this one, itself among them.

    As the alerts know them by now, by time; of a target only noted, and within announced maintenance, itself alone.
    """
    known, _ = _known(db, law, service, _back(one, max(now, one.last_bad) + MILLISECOND))
    required = {target.key for target in service.required_targets()}
    name = (one.target, one.first_bad)
    several = failures(other for other in known if other.target in required)
    return next((some for some in several if name in {(o.target, o.first_bad) for o in some}), (one,))


def _back(one: Interruption, end: datetime) -> Span:
    return Span(start=one.first_bad - timedelta(days=RECURRENCE_DAYS), end=end)


def _known(db: Connection, law: Law, service: Service, window: Span) -> tuple[list[Interruption], list[Notice]]:
    """The service's interruptions of a window that are no announced maintenance, and the stops announced in time."""
    stops = notices.overlapping(db, service.code, window)
    in_time = [stop for stop in stops if accounts.in_time(stop, law, service.owner)]
    named = {key: target.key for target in service.targets for key in (target.key, *target.formerly)}
    known = [from_row(row, named[row.target]) for row in interruptions.between(db, window) if row.target in named]
    return [one for one in known if not announced(one, in_time, one.last_bad)], in_time


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
