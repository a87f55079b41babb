"""What stands beside a period's account and alters no figure: what people say, notices, speed, our own life, seals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.drill import Drill
from monitor.core.interruption import Interruption
from monitor.core.law import Law
from monitor.core.life import Life
from monitor.core.look import Kind, Look
from monitor.core.period import Span
from monitor.core.service import Service, Target
from monitor.core.suspicion import Suspicion
from monitor.register import Register
from monitor.reports.percentiles import Spread, spreads
from monitor.reports.record import Record, records_of
from monitor.reports.stop import Stop
from monitor.reports.stops import stops
from monitor.store import beats, drills, signatures, suspicions
from monitor.store.signatures import Seals


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What the newest look at a server's certificate said; `look` is None where there was none in the period."""

    target: Target
    look: Look | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """`records` has one for each interruption of the account, in its order; the rest is of the account's window.

    But `stops` are of the whole period: those that lie ahead too.
    """

    records: tuple[Record, ...] = ()
    spreads: tuple[Spread, ...] = ()
    stops: tuple[Stop, ...] = ()
    suspected: tuple[Suspicion, ...] = ()
    certified: tuple[Certified, ...] = ()
    life: Life | None = None
    drills: tuple[Drill, ...] = ()
    seals: Seals | None = None


NOTHING = Beside()


def beside(
    db: Connection,
    register: Register,
    law: Law,
    service: Service,
    *,
    told: Sequence[Interruption],
    looks: Sequence[Look],
    window: Span,
    period: Span,
    now: datetime,
) -> Beside:
    """Everything of one service's window that no figure rests on, as known now; stops ahead in it too."""
    return Beside(
        records=records_of(db, register, law, service, told, now=now),
        spreads=spreads(service.targets, looks, window),
        stops=stops(db, law, service, period),
        suspected=tuple(suspicions.between(db, service.code, window)),
        certified=tuple(_certified(target, looks, window) for target in service.targets if target.kind is Kind.TLS),
        life=beats.life_of(db, window, now) if window.ms else None,
        drills=tuple(drills.between(db, window)),
        seals=signatures.seals_of(db, window),
    )


def _certified(target: Target, looks: Sequence[Look], window: Span) -> Certified:
    found = (look for look in looks if look.target == target.key and look.at in window)
    return Certified(target=target, look=max(found, key=lambda look: look.at, default=None))
