"""Those who look: the HTTP prober, the probes that work in turn and the cross-check, put to work on targets."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import SimpleQueue

from jobs.app import App
from jobs.crosscheck import Crosscheck
from monitor.core.look import Kind
from monitor.core.service import Target
from monitor.probes import PROBES
from monitor.probes.http import Finished, Prober
from monitor.probes.outcome import Egress
from monitor.probes.pace import Pace
from monitor.probes.resolve import Lookup, system_lookup

IDLE_S = 1.0


def egress_of(app: App) -> Egress:
    """How looks leave, as the settings say."""
    settings = app.settings
    return Egress(
        contact=settings.contact,
        proxy=settings.proxy_url,
        no_proxy=settings.no_proxy,
        ca_file=settings.ca_file,
        chromium_path=settings.chromium_path,
    )


class Crew:
    """Begins looks and hands over those whose verdict is final.

    All but `work`, `wake` and `stop` belong to one thread.
    """

    def __init__(self, app: App, targets: Iterable[Target], pace: Pace, lookup: Lookup = system_lookup) -> None:
        self._app, self._pace = app, pace
        self._egress = egress_of(app)
        self._prober = Prober(self._egress, app.clock.now, lookup)
        controls = [t for t in targets if t.control and t.kind is Kind.HTTP]
        self._crosscheck = Crosscheck(controls, self._egress, pace, self._prober.start)
        self._in_turn: SimpleQueue[Target | None] = SimpleQueue()
        self._looked: SimpleQueue[Finished] = SimpleQueue()
        self._taken: set[str] = set()
        self._stopping = threading.Event()
        self.closed = False

    def begin(self, target: Target) -> None:
        """Have a target looked at; what is looked at in turn is not begun again while its last look is not over."""
        self._pace.looked(target, self._app.clock.monotonic())
        if target.kind not in PROBES:
            self._crosscheck.began(target)
            self._prober.start(target)
        elif target.key not in self._taken:
            self._taken.add(target.key)
            self._in_turn.put(target)

    def settled(self, wait_s: float) -> list[Finished]:
        """Let the looks go on for so long at most; those whose verdict is final now."""
        over = self._prober.finished(wait_s)
        while not self._looked.empty():
            over.append(self._looked.get())
            self._taken.discard(over[-1].target.key)
        moment = self._app.clock.monotonic()
        for finished in over:
            self._crosscheck.take(finished, moment)
        return self._crosscheck.settled(moment)

    def all_settled(self) -> Iterator[Finished]:
        """Bring every look begun to its end, those in turn in this thread."""
        while self._prober.busy or self._crosscheck.busy or self._taken:
            yield from self.settled(IDLE_S if self._prober.busy else 0.0)
            if not self._prober.busy and not self._in_turn.empty():
                self._look(self._in_turn.get())

    def work(self) -> None:
        """Look at one target after the other, until stopped; for a thread of its own."""
        while not self._stopping.is_set():
            self._look(self._in_turn.get())

    def _look(self, target: Target | None) -> None:
        if target is not None:
            self._looked.put(PROBES[target.kind](target, self._egress, self._app.clock.now, self._stopping))
            self.wake()

    def wake(self) -> None:
        """Make a `settled` in another thread return early."""
        self._prober.wake()

    def stop(self) -> None:
        """Give up the look under way in turn, take on no more, and wake whoever waits."""
        self._stopping.set()
        self._in_turn.put(None)
        self.wake()

    def close(self) -> None:
        """Drop what is under way."""
        self._prober.close()
        self.closed = True
