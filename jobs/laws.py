"""The law kept to what is in force: the changes of the calendar that people confirmed, also while the daemon runs."""

from __future__ import annotations

from datetime import datetime

import structlog

from jobs.app import App
from monitor.law import in_force
from monitor.store import calendar_changes, reading

log = structlog.get_logger()


def refresh(app: App) -> None:
    """Have `app.law` be what is in force now; where nothing was confirmed since it was asked last, the same law."""
    with reading(app.engine) as db:
        last = calendar_changes.last(db)
        if last == app.changes:
            return
        confirmed = calendar_changes.every(db)
    app.shipped = app.shipped or app.law
    app.law, app.changes = in_force(app.shipped, confirmed), last
    log.info("law.changed", changes=len(confirmed), version=app.law.version[:12])


def tick(app: App, _now: datetime) -> None:
    """The minute's question whether somebody confirmed a change."""
    refresh(app)
