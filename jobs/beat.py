"""The beat: every half minute the monitor writes down that it lives."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import Connection

from jobs.app import App
from monitor.core.life import Absence, Stretch
from monitor.store import EventKind, beats, events, writing

log = structlog.get_logger()

SECONDS = 30
_EVENTS = {Absence.ASLEEP: EventKind.ASLEEP, Absence.HUNG: EventKind.HUNG}
"""Cuts that are sealed when they are written; a clock that was set is sealed by those who look."""


def run(app: App, _now: datetime) -> None:
    """Write down how far the monitor has lived; while the database is locked it lives on, and says so later."""
    feel(app)
    with writing(app.engine) as db:
        stretches = _write(db, app)
    app.pulse.written(stretches)


def feel(app: App) -> None:
    """Take the pulse: costs nothing, and touches no database."""
    clock = app.clock
    app.pulse.feel(clock.now(), clock.monotonic(), clock.slept(), app.hearts.silence_s())


def end(db: Connection, app: App, now: datetime) -> None:
    """Write down the last beat of a monitor that was told to stop."""
    feel(app)
    *_, last = _write(db, app)
    beats.end(db, last, max(last.last, now), Absence.STOPPED)


def _write(db: Connection, app: App) -> list[Stretch]:
    stretches = app.pulse.stretches()
    for one, after in zip(stretches, [*stretches[1:], None], strict=True):
        beats.keep(db, one)
        if after is not None and one.ended in _EVENTS:
            events.add(db, after.began, _EVENTS[Absence(one.ended)], "")
            log.warning("life.gap", why=one.ended, since=one.last.isoformat(), until=after.began.isoformat())
    return stretches
