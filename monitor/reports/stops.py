"""Planned stops of a service, and whether each was announced in time to count as maintenance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from monitor.core.law import Law
from monitor.core.period import Span
from monitor.core.service import Service
from monitor.core.uptime import Notice
from monitor.reports.accounts import in_time
from monitor.store import notices

AHEAD = timedelta(days=14)
"""How far ahead the page shows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A planned stop; `counts`: announced in time, so that it is maintenance."""

    notice: Notice
    counts: bool


def stops(db: Connection, law: Law, service: Service, window: Span) -> tuple[Stop, ...]:
    """Those that share time with a window, by their start."""
    found = notices.overlapping(db, service.code, window)
    return tuple(Stop(notice=one, counts=in_time(one, law, service.owner)) for one in found)
