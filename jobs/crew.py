"""Those who look: the HTTP prober, the probes that work in turn, the panel and the cross-check, put to work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from queue import SimpleQueue

import structlog

from jobs.app import App
from jobs.crosscheck import Crosscheck
from jobs.hearts import IN_TURN
from jobs.panel import Panels, Settled
from jobs.panel_questions import THIS_MACHINE, Asking, Machine
from monitor.core.look import Cause, Kind, Verdict
from monitor.core.service import Target
from monitor.probes import PROBES
from monitor.probes.http import Finished, Prober
from monitor.probes.outcome import Egress, Outcome
from monitor.probes.pace import Pace
from monitor.probes.resolve import Lookup, system_lookup

log = structlog.get_logger()

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
    """Begins looks and hands over those whose verdict is final, each target's in their order.

    All but `workers`, `wake` and `stop` belong to one thread.
    """

    def __init__(
        self,
        app: App,
        targets: Iterable[Target],
        pace: Pace,
        lookup: Lookup = system_lookup,
        machine: Machine | None = THIS_MACHINE,
    ) -> None:
        """Without a machine no panel is asked."""
        self._app, self._pace = app, pace
        self._egress = egress_of(app)
        self._prober = Prober(self._egress, app.clock.now, lookup)
        controls = [t for t in targets if t.control and t.kind is Kind.HTTP]
        self._crosscheck = Crosscheck(controls, self._egress, pace, self._prober.start)
        self.panels: Panels | None = None
        if machine is not None:
            asking = Asking(app, self._egress, pace, self._crosscheck, machine)
            self.panels = Panels(app, self._egress, asking, self._crosscheck, self.wake, lookup=lookup)
        self._in_turn: Mapping[Kind, SimpleQueue[Target | None]] = {kind: SimpleQueue() for kind in PROBES}
        self._looked: SimpleQueue[Finished] = SimpleQueue()
        self._taken: set[str] = set()
        self._behind: list[Finished] = []
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
            self._in_turn[target.kind].put(target)

    def settled(self, wait_s: float) -> list[Settled]:
        """Let the looks go on for so long at most; those whose verdict is final now."""
        over = self._prober.finished(wait_s)
        while not self._looked.empty():
            over.append(self._looked.get())
            self._taken.discard(over[-1].target.key)
        moment = self._app.clock.monotonic()
        done = self._panels_settled(moment)
        over, self._behind = [*self._behind, *over], []
        for finished in over:
            self._take(finished, moment)
        done += self._panels_settled(moment)
        return done + [Settled(finished=one, since=since) for since, one in self._crosscheck.settled(moment)]

    def _panels_settled(self, moment: float) -> list[Settled]:
        return self.panels.settled(moment) if self.panels is not None else []

    def _take(self, finished: Finished, moment: float) -> None:
        """Give a finished look to whoever decides on it; one whose target has a look undecided waits its turn."""
        panels, target = self.panels, finished.target
        if panels is None:
            self._crosscheck.take(finished, moment)
        elif not target.control and self._undecided(target.key):
            self._behind.append(finished)
        elif panels.wants(finished, moment):
            panels.take(finished, moment)
        else:
            self._crosscheck.take(panels.inherited(finished), moment)

    def _undecided(self, target: str) -> bool:
        waits = self.panels is not None and self.panels.waits_for(target)
        return waits or self._crosscheck.waits_for(target) or any(one.target.key == target for one in self._behind)

    @property
    def _waiting(self) -> bool:
        """Whether something is under way that will wake us."""
        return self._prober.busy or (self.panels is not None and self.panels.busy)

    def all_settled(self) -> Iterator[Settled]:
        """Bring every look begun to its end, those in turn in this thread."""
        while self._waiting or self._crosscheck.busy or self._taken or self._behind:
            yield from self.settled(IDLE_S if self._waiting else 0.0)
            for kind, queue in self._in_turn.items():
                if not self._prober.busy and not queue.empty():
                    self._look(kind, queue.get())

    def workers(self) -> Mapping[str, Callable[[], None]]:
        """For each kind that is looked at in turn, by a name, what looks at one target after the other until stopped.

        Each is for a thread of its own, so that a browser of a minute holds up no look of another kind.
        """
        return {f"{IN_TURN} {kind.value}": partial(self._work, kind) for kind in PROBES}

    def _work(self, kind: Kind) -> None:
        while not self._stopping.is_set():
            self._look(kind, self._in_turn[kind].get())

    def _look(self, kind: Kind, target: Target | None) -> None:
        if target is not None:
            with self._app.hearts.work(f"{IN_TURN} {kind.value}"):
                self._looked.put(self._made(kind, target))
            self.wake()

    def _made(self, kind: Kind, target: Target) -> Finished:
        """A look in turn; one that breaks its probe tells nothing of the target, and ends no thread."""
        at = self._app.clock.now()
        try:
            return PROBES[kind](target, self._egress, self._app.clock.now, self._stopping)
        except Exception as error:
            log.exception("probe.failed", target=target.key, kind=kind.value)
            broken = Outcome(verdict=Verdict.UNKNOWN, cause=Cause.PROBE_FAILED, detail=repr(error)[:200])
            return Finished(target=target, at=at, outcome=broken)

    def wake(self) -> None:
        """Make a `settled` in another thread return early."""
        self._prober.wake()

    def stop(self) -> None:
        """Give up the looks under way in turn, take on no more, and wake whoever waits."""
        self._stopping.set()
        for queue in self._in_turn.values():
            queue.put(None)
        self.wake()

    def close(self) -> None:
        """Drop what is under way."""
        self._prober.close()
        self.closed = True
