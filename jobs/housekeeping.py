"""Keeping the projection true: what is new is projected, and samples are compared with the facts."""

from __future__ import annotations

from datetime import datetime

import structlog

from jobs import reading
from jobs.app import App

log = structlog.get_logger()


def project(app: App, now: datetime) -> None:
    """Project what was taken in, or became stale, and not projected yet."""
    reading.project(app, now)


def compare(app: App, due: datetime, now: datetime) -> None:  # noqa: ARG001 - the timetable hands over its moment
    """Compare samples of the projection with the facts; where they differ, rebuild it."""
    wrong = reading.differing(app, now, sample=500)
    if wrong:
        log.error("projection.differs", dossiers=len(wrong))
        reading.rebuild(app, now)
