"""The law kept to what is in force: the changes of the calendar that people confirmed, also while the daemon runs."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import inspect

from jobs.app import App
from monitor.config import Settings
from monitor.core.calendar_change import CalendarChange
from monitor.core.law import Law
from monitor.law import in_force, load_law
from monitor.store import calendar_changes, reading
from monitor.store.engine import engine_of, file_of, url_of

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


def standing(settings: Settings) -> tuple[Law, tuple[CalendarChange, ...]]:
    """The law in force for agencies of the default hours, and the changes in it; no database is made or altered.

    Raise sqlalchemy's DBAPIError where the database does not answer.
    """
    url = url_of(settings.database_url)
    if url.get_backend_name() == "sqlite" and not file_of(url).exists():
        return load_law(), ()
    engine = engine_of(url)
    try:
        with reading(engine) as db:
            there = inspect(db).has_table(calendar_changes.TABLE)
            confirmed = calendar_changes.every(db) if there else ()
        return load_law(changes=confirmed), confirmed
    finally:
        engine.dispose()
