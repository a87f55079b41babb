"""The timetable walked by hand: the same jobs at the same moments, without waiting for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from jobs import schedule
from jobs.app import App
from jobs.clock import HandClock
from jobs.look import Looking
from jobs.schedule import TIMETABLE, Appointed, Entry, Every


class Walk:
    """A day, or a week, in a minute: turns the clock to each next moment and does what falls due there.

    What beats faster than `beat_s` in the daemon beats that slowly here; nothing else differs.
    """

    def __init__(
        self,
        app: App,
        clock: HandClock,
        looking: Looking,
        *,
        entries: tuple[Entry, ...] = TIMETABLE,
        beat_s: int = 60,
        after: Callable[[datetime], None] | None = None,
    ) -> None:
        self.app, self.clock, self.looking = app, clock, looking
        self.after = after
        self._due = {entry.name: (clock.now(), _no_faster(entry, beat_s)) for entry in entries}

    def until(self, end: datetime) -> None:
        """Walk to a moment; everything due strictly before it is done."""
        while True:
            moment = min([due for due, _ in self._due.values()] + [self.looking.next_due(self.clock.now())])
            if moment >= end:
                self.clock.turn_to(max(end, self.clock.now()))
                return
            self.clock.turn_to(max(moment, self.clock.now()))
            self._do(self.clock.now())
            if self.after:
                self.after(self.clock.now())

    def _do(self, now: datetime) -> None:
        if self.looking.due(now):
            self.looking.run_due(now)
        for name, (due, entry) in list(self._due.items()):
            if due <= now:
                schedule.perform(self.app, entry, now)
                self._due[name] = (entry.next_after(self.app, now), entry)


def _no_faster(entry: Entry, beat_s: int) -> Entry:
    match entry:
        case Every():
            return replace(entry, seconds=max(entry.seconds, beat_s))
        case Appointed():
            return replace(entry, retry_s=max(entry.retry_s, beat_s))
