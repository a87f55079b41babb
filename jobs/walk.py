"""The timetable walked by hand: the same jobs at the same moments, without waiting for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from jobs import schedule
from jobs.app import App
from jobs.clock import HandClock
from jobs.look import Looking
from jobs.schedule import TIMETABLE, Appointed, Attended, Entry, Every, Lane
from monitor.core.look import Verdict


class Walk:
    """A day, or a week, in a minute: turns the clock to each next moment and does what falls due there.

    Nothing differs from the daemon but this: what beats faster than `beat_s` beats that slowly here; what must go out
    at once goes out with the look that asks for it, as the sender's fast beat would have it; a job that fails is not
    tried again, its error ends the walk.
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
        app.pulse.patience_s = max(app.pulse.patience_s, 2.0 * beat_s)
        self._in_trouble = False
        last = sorted(entries, key=lambda entry: entry.lane is Lane.SENDING)
        self._due = {entry.name: (clock.now(), _no_faster(entry, beat_s)) for entry in last}

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
        at_once = self._look()
        for name, (due, entry) in list(self._due.items()):
            if due <= now or (at_once and entry.lane is Lane.SENDING):
                schedule.perform(self.app, entry, now)
                self._due[name] = (_next(self.app, entry, now), entry)

    def _look(self) -> bool:
        """Look at what is due; whether something failed, or works again."""
        if not self.looking.due():
            return False
        before = self._in_trouble
        self._in_trouble = any(look.verdict is Verdict.DOWN for look in self.looking.run_due())
        return before or self._in_trouble


def _next(app: App, entry: Entry, now: datetime) -> datetime:
    match entry:
        case Appointed():
            return entry.next_due(app, now)
        case Attended():
            return entry.wanted(app, now)
        case Every():
            return entry.next_after(app, now)


def _no_faster(entry: Entry, beat_s: int) -> Entry:
    return replace(entry, seconds=max(entry.seconds, beat_s)) if isinstance(entry, Every) else entry
