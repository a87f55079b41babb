"""Offices that pass from one person to another on a day: the register kept to whoever holds them today."""

from __future__ import annotations

from datetime import datetime

import structlog

from jobs.app import App
from monitor.core.period import day_of

log = structlog.get_logger()


def tick(app: App, now: datetime) -> None:
    """The minute's question who holds each post; it needs no restart, since the register knows all of them."""
    today = app.register.on(day_of(now))
    if today is not app.register:
        app.register = today
        log.info("register.offices", day=day_of(now).isoformat())
