"""When a letter may leave: by night only what waits for no morning, on a day off nothing that was of a slot."""

from __future__ import annotations

from datetime import datetime

from jobs.app import App
from monitor.core.message import Urgency
from monitor.core.period import MILLISECOND, at, day_of
from monitor.core.stages import waking
from monitor.reports.slots import next_slot


def may_leave(app: App, now: datetime) -> tuple[Urgency, ...]:
    """What may leave now, however long it was held up: a server that is back at three in the morning wakes nobody."""
    if waking(now) != now:
        return (Urgency.NOW,)
    midnight = at(day_of(now))
    works = day_of(next_slot(app.law, midnight - MILLISECOND)) == day_of(now)
    return (Urgency.NOW, Urgency.WAKING, Urgency.SLOT) if works else (Urgency.NOW, Urgency.WAKING)
