"""The hearts of what must stay alive: each beats while it gets on, and is overdue once it has not for too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from monitor.core.look import Kind


class Hearts:
    """When each part of the daemon last got on, in monotonic seconds.

    A part that loops beats at every turn; one that waits for work beats when it begins some and whenever it gets on
    with it, and rests in between. Only those that were heard of are watched, so that a walk by hand has none.
    """

    def __init__(self, bounds: Mapping[str, float] | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.bounds = {**BOUNDS_S, **(bounds or {})}
        self._clock = clock
        self._guard = threading.Lock()
        self._at = threading.local()
        self._beaten: dict[str, float] = {}

    def beat(self, name: str) -> None:
        """It gets on."""
        with self._guard:
            self._beaten[name] = self._clock()

    def on(self, name: str = "") -> None:
        """It gets on with the work it is at (without a name: the work this thread is at); nothing where it is at none.

        So whoever does work may say so, also where nobody watches over it, as in a command.
        """
        name = name or getattr(self._at, "name", "")
        with self._guard:
            if name in self._beaten:
                self._beaten[name] = self._clock()

    def rest(self, name: str) -> None:
        """It waits for work: silence says nothing now."""
        with self._guard:
            self._beaten.pop(name, None)

    @contextmanager
    def work(self, name: str) -> Iterator[None]:
        """A piece of work of this thread, from its beginning to its end."""
        self._at.name = name
        self.beat(name)
        try:
            yield
        finally:
            self._at.name = ""
            self.rest(name)

    def overdue(self) -> dict[str, float]:
        """Those that have been silent for longer than they may, with the seconds of their silence."""
        moment = self._clock()
        with self._guard:
            silent = {name: moment - beaten for name, beaten in self._beaten.items()}
        return {name: s for name, s in silent.items() if s > self.bounds.get(name, LONGEST_S)}

    def silence_s(self) -> float:
        """For how long the stillest of those without which nothing is watched has been silent; 0 where none runs."""
        moment = self._clock()
        with self._guard:
            return max((moment - self._beaten[name] for name in VITAL if name in self._beaten), default=0.0)


LOOKING, IN_TURN, RECORDING, PAGES, SCHEDULER = "looking", "in turn", "recording", "pages", "scheduler"
VITAL = (LOOKING, RECORDING)
"""While one of these is still, nothing is watched: the monitor does not live, whatever else runs."""
LONGEST_S = 1800.0
BOUNDS_S: Mapping[str, float] = {
    LOOKING: 120.0,  # turns every second; evidence goes to the disk on the way
    # A browser at a page of several steps, each under its own deadline; every kind has a thread of its own.
    **{f"{IN_TURN} {kind.value}": 600.0 for kind in Kind},
    RECORDING: 600.0,  # turns every second, every six while SQLite is locked; PostgreSQL may hold it longer
    PAGES: 120.0,
    SCHEDULER: 600.0,  # beats every half minute in a lane of its own, if the scheduler gets on at all
    "telling": LONGEST_S,
    "sending": 600.0,  # beats at each letter, which takes 45 s at most
    "reading": LONGEST_S,  # beats at each batch of rows
    "reporting": LONGEST_S,
    "life": 600.0,
}
"""How long each may be silent, in seconds: far longer than it ever is while it gets on, since a false alarm costs."""
