"""What waits for the morning, written down by night so that everybody can see what is held, and until when."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection

from jobs import tell
from jobs.app import App
from monitor.core.message import Urgency
from monitor.core.stages import waking
from monitor.reports.held import AT_NIGHT
from monitor.store import reading, watches, writing


def tick(app: App, now: datetime) -> None:
    """The minute's look at what will be owed at 07:00 and is not yet; by day nothing waits for waking hours."""
    morning = waking(now)
    with reading(app.engine) as db:
        before = watches.get_mark(db, AT_NIGHT) or ""
        said = "" if morning == now else _said(db, app, now, morning)
    if said != before:
        with writing(app.engine) as db:
            watches.set_mark(db, AT_NIGHT, said)


def _said(db: Connection, app: App, now: datetime, morning: datetime) -> str:
    """As a mark holds it; empty for nothing."""
    subjects = list(tell.beside_dossiers(db, app, now))
    waits = [one for one in tell.owed_now(db, app, subjects, morning, None) if one.urgency is Urgency.WAKING]
    if not waits:
        return ""
    people = list(dict.fromkeys(one.person for one in waits))
    return json.dumps({"until": morning.isoformat(), "count": len(waits), "people": people})
