"""Certificates that the services' servers last showed: which run out soon, and whose services stand on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from monitor.core.address import tls_places
from monitor.core.certificate import Certificate
from monitor.core.period import day_of
from monitor.core.service import Service
from monitor.register import Register
from monitor.store import certificates
from monitor.store.certificates import Kept

SOON_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class InUse:
    """One certificate, the servers that show it (host, or host:port), and the services that are reached there."""

    certificate: Certificate
    servers: tuple[str, ...]
    services: tuple[Service, ...]
    owners: tuple[str, ...]
    seen_at: datetime

    def days_left(self, now: datetime) -> int:
        """Days of the calendar until the day it expires, in Vietnamese time; 0 on that day, negative after it."""
        return (day_of(self.certificate.not_after) - day_of(now)).days


def in_use(db: Connection, register: Register) -> list[InUse]:
    """Every certificate last seen where a service of the register is reached, the first to expire first."""
    served: defaultdict[tuple[str, int], dict[str, Service]] = defaultdict(dict)
    for service in register.services.values():
        for target in service.targets:
            for place in tls_places(target):
                if not target.control:
                    served[place][service.code] = service
    shown: defaultdict[str, list[Kept]] = defaultdict(list)
    for kept in certificates.all_(db):
        if kept.certificate is not None and (kept.host, kept.port) in served:
            shown[kept.certificate.sha256].append(kept)
    found = [_in_use(register, some, served) for some in shown.values()]
    return sorted(found, key=lambda one: (one.certificate.not_after, one.servers))


def expiring(db: Connection, register: Register, now: datetime) -> tuple[InUse, ...]:
    """Those that expire within SOON_DAYS, or have."""
    return tuple(one for one in in_use(db, register) if one.days_left(now) <= SOON_DAYS)


def _in_use(
    register: Register, some: Iterable[Kept], served: defaultdict[tuple[str, int], dict[str, Service]]
) -> InUse:
    showing = list(some)
    services = {code: service for kept in showing for code, service in served[kept.host, kept.port].items()}
    owners = tuple(dict.fromkeys(service.owner for service in services.values()))
    certificate = showing[0].certificate
    if certificate is None:
        raise ValueError("no certificate was seen there")
    return InUse(
        certificate=certificate,
        servers=tuple(kept.host if kept.port == 443 else f"{kept.host}:{kept.port}" for kept in showing),
        services=tuple(services.values()),
        owners=tuple(register.agency_name(owner) for owner in owners),
        seen_at=max(kept.asked_at for kept in showing),
    )
