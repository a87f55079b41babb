"""Unusual silence in a procedure's arrivals, raised as a suspicion once each, while offices work."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from jobs.app import App
from monitor.core.service import Service
from monitor.core.silence import Silence
from monitor.core.suspicion import Suspicion, SuspicionKind
from monitor.core.workdays import CalendarUnknown
from monitor.reports.quiet import quiet
from monitor.reports.render import render
from monitor.store import reading, suspicions, writing

log = structlog.get_logger()

HOUR = timedelta(hours=1)


def run(app: App, now: datetime) -> None:
    """Raise what is silent now; whoever has to rule is told by the minute's beat."""
    for service in app.register.services.values():
        if _works(app, service, now):
            _ask(app, service, now)


def _ask(app: App, service: Service, now: datetime) -> None:
    with reading(app.engine) as db:
        found = quiet(db, app.register, app.law, service, now)
    if found is None:
        return
    with writing(app.engine) as db:
        number = suspicions.add(db, _suspicion(service, found, now))
    if number is not None:
        log.info("suspicion.raised", number=number, service=service.code, since=found.starts.isoformat())


def _suspicion(service: Service, found: Silence, now: datetime) -> Suspicion:
    return Suspicion(
        service=service.code,
        kind=SuspicionKind.SILENCE,
        starts=found.starts,
        ends=None,
        entered_at=now,
        text=render("silence.txt", silence=found).strip(),
        key=f"silence/{service.code}/{found.starts.isoformat()}",
    )


def _works(app: App, service: Service, now: datetime) -> bool:
    """Whether the office that answers for the service worked within the last hour; not beyond its calendar."""
    try:
        return app.law.calendar_of(service.owner).working_seconds(now - HOUR, now) > 0
    except CalendarUnknown:
        return False
