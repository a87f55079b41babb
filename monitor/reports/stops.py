"""Planned stops of a service, and what the law makes of each: announced in time, too late, or taken back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from monitor.core.law import Law
from monitor.core.period import Span
from monitor.core.service import Service
from monitor.reports.accounts import in_time
from monitor.reports.stop import Stop, StopClass
from monitor.store import notices

__all__ = ["AHEAD", "Stop", "StopClass", "stops"]

AHEAD = timedelta(days=14)
"""How far ahead the page shows them."""


def stops(db: Connection, law: Law, service: Service, window: Span) -> tuple[Stop, ...]:
    """Those that share time with a window, by their start; the ones taken back among them."""
    return tuple(
        Stop(
            number=one.number,
            notice=one.notice,
            counts=one.withdrawn is None and in_time(one.notice, law, service.owner),
            by=one.by,
            withdrawn=one.withdrawn,
        )
        for one in notices.announced(db, service.code, window)
    )
