"""Interruptions of services that several vantages watch: what a quorum says is told, whenever looks come in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from jobs import tell
from jobs.app import App
from monitor.core.interruption import Interruption, by_target, told
from monitor.core.look import Look, Verdict
from monitor.core.period import MILLISECOND, Span
from monitor.core.service import Service, Target
from monitor.reports import accounts
from monitor.reports.aside import from_row
from monitor.store import InterruptionRow, interruptions, reading, replica, watches, writing

log = structlog.get_logger()

BACK = timedelta(days=1)
"""Looks that come in later than this alarm nobody any more; every report counts them."""
_MARK = "agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be written down: an interruption that is new (no row yet), or that is over, or both."""

    one: Interruption
    row: InterruptionRow | None


def run(app: App, now: datetime) -> None:
    """Judge anew where looks have come in, from here or from another vantage, since this was asked last.

    All looks of a failure are read for it, and one may last for months: nobody who writes is kept waiting meanwhile.
    """
    shared = [service for service in app.register.services.values() if service.vantages]
    if not shared:
        return
    with reading(app.engine) as db:
        stand = _stand(db, shared)
        if watches.get_mark(db, _MARK) == stand:
            return
        changes = _changes(db, shared, now)
    with writing(app.engine) as db:
        if changes and _stand(db, shared) != stand:
            stand, changes = _stand(db, shared), _changes(db, shared, now)
        for change in changes:
            _write(db, app, change, now)
        watches.set_mark(db, _MARK, stand)
    if changes:
        app.bell.ring()


def _stand(db: Connection, shared: Iterable[Service]) -> str:
    """How far the chains of all vantages that count have come."""
    return " ".join(str(replica.head(db, name)[0]) for service in shared for name in service.vantages)


def _changes(db: Connection, shared: Iterable[Service], now: datetime) -> list[Change]:
    watched = [(service, target) for service in shared for target in service.targets if not target.control]
    return [change for service, target in watched for change in _judged(db, service, target, now)]


def _judged(db: Connection, service: Service, target: Target, now: datetime) -> Iterator[Change]:
    """What the vantages' looks at a target agree on now and did not before."""
    still = next((row for row in interruptions.still_open(db) if row.target == target.key), None)
    start = min(now - BACK, (still.last_good or still.first_bad) - BACK) if still else now - BACK
    window = Span(start=start, end=now + MILLISECOND)
    seen = by_target(accounts.looks_at(db, [target], window, service.policy)).get(target.key, [])
    known = [row for row in interruptions.between(db, window) if row.target == target.key]
    agreed = tuple(told(seen, service.policy))
    for one in agreed:
        row = next((row for row in known if _meet(row, one)), None)
        unknown = row is None and (one.first_good is None or one.first_good > now - BACK)
        if unknown or (row is not None and row.closed_at is None and one.first_good is not None):
            yield Change(one=one, row=row)
    if still is not None and not any(_meet(still, one) for one in agreed):
        yield Change(one=_withdrawn(still, seen), row=still)


def _write(db: Connection, app: App, change: Change, now: datetime) -> None:
    one, row = change.one, change.row
    if row is None:
        row = tell.interruption_opened(db, app, one, now)
    if one.first_good is not None:
        tell.interruption_closed(db, app, one, now, begun=row.first_bad)


def _meet(row: InterruptionRow, one: Interruption) -> bool:
    """Whether a row is of this interruption: late looks may have moved its beginning."""
    begins_before = one.first_good is None or row.first_bad < one.first_good
    return begins_before and (row.first_good is None or one.first_bad < row.first_good)


def _withdrawn(row: InterruptionRow, seen: Iterable[Look]) -> Interruption:
    """An interruption that late looks took back: over with the first good look since it was told."""
    good = (look.at for look in seen if look.verdict is Verdict.UP and look.at > row.first_bad)
    return replace(from_row(row, row.target), first_good=next(good, row.last_bad + MILLISECOND))
