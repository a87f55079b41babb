"""Looking: each target in its turn, by hand for tests and the demo, or in threads of its own in the daemon."""

from __future__ import annotations

import math
import threading
import time
from datetime import datetime, timedelta

import structlog

from jobs.app import App
from jobs.chronicle import Chronicle, Watched, look_of, silences, watched
from jobs.crew import IDLE_S, Crew
from jobs.hearts import LOOKING, RECORDING
from jobs.panel import Settled
from jobs.panel_questions import THIS_MACHINE, Machine
from jobs.record import Batch, Ledger, record, record_manual
from monitor.core import drill
from monitor.core.look import Evidence, Look, Verdict
from monitor.core.service import Target
from monitor.probes.http import Finished
from monitor.probes.pace import Pace
from monitor.probes.resolve import Lookup, system_lookup
from monitor.store import EventKind

log = structlog.get_logger()

__all__ = ["Evidence", "Look", "Looking", "Verdict", "probe_once", "record", "record_manual"]

TICK_S = 0.001
RETRY_WRITING_S = 0.5
CLOCK_STEP_S = 2.0
STOP_S = 0.9
FAR = timedelta(days=3650)


class Looking:
    """Looks at every target of the register when it is due.

    Either `run_due` is called at moments of the caller's choosing, or `start` and `stop` let it run by itself.
    """

    def __init__(self, app: App, lookup: Lookup = system_lookup, machine: Machine = THIS_MACHINE) -> None:
        self._app = app
        self._targets = watched(app)
        self._pace = Pace()
        self._ledger = Ledger(app)
        self._chronicle = Chronicle(app, self._targets, self._pace, self._ledger)
        self._crew = Crew(app, [w.target for w in self._targets.values()], self._pace, lookup, machine)
        self._chronicle.begin(self._crew.panels)
        self._drill: Target | None = None
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def waiting(self) -> int:
        """Looks made but not yet written, because the database was locked."""
        return self._ledger.waiting

    def due(self) -> list[Target]:
        """The targets to be looked at now."""
        self._enlist()
        moment = self._app.clock.monotonic() + TICK_S
        return [self._targets[key].target for key in self._pace.due(moment)]

    def next_due(self, now: datetime) -> datetime:
        """The next moment, not before `now`, when a target is due; far away where there is none."""
        wait = self._wait_s()
        return now + FAR if wait is None else now + timedelta(milliseconds=math.ceil(wait * 1000))

    def _enlist(self) -> None:
        """Look at the page of a drill while it is open, and no longer."""
        page = self._app.drill_page.target
        if page is self._drill:
            return
        self._drill = page
        self._pace.forget(drill.TARGET)
        if page is not None:
            self._targets[page.key] = Watched(service=drill.SERVICE, target=page)
            self._pace.begin(page, self._app.clock.monotonic(), None)

    def _counts(self, finished: Finished) -> bool:
        """Whether a look says anything: one under way at a drill's page when that was closed does not."""
        page = self._app.drill_page.target
        return finished.target.key != drill.TARGET or finished.target is page

    def _wait_s(self) -> float | None:
        self._enlist()
        earliest = self._pace.earliest()
        return None if earliest is None else max(0.0, earliest - self._app.clock.monotonic())

    def run_due(self) -> list[Look]:
        """Look at everything due, write it down, and hand over what was seen; only then return.

        A first failure's extra look is due later and has to be asked for again.
        """
        self._begin_due()
        seen = [self._chronicle.take(one) for one in self._crew.all_settled() if self._counts(one.finished)]
        self._ledger.flush(self._app.clock.now())
        return seen

    def _begin_due(self) -> None:
        for target in self.due():
            self._crew.begin(target)

    def start(self) -> None:
        """Look from now on, in threads of its own: one for HTTP, one a kind looked at in turn, one that writes."""
        work = {"looking": self._look_on, **self._crew.workers(), "recording": self._write_on}
        self._threads = [threading.Thread(target=run, name=name, daemon=True) for name, run in work.items()]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End within a second; looks under way are dropped, those made are written."""
        self._stopping.set()
        self._crew.stop()
        end = time.monotonic() + STOP_S
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        if not self._threads:
            self._crew.close()

    def _look_on(self) -> None:
        apart = self._apart()
        while not self._stopping.is_set():
            self._app.hearts.beat(LOOKING)
            try:
                self._begin_due()
                wait = self._wait_s()
                for one in self._crew.settled(IDLE_S if wait is None else min(wait, IDLE_S)):
                    self._take(one)
            except Exception:
                log.exception("looking.failed")
                self._stopping.wait(IDLE_S)
            apart = self._note_clock_step(apart)
        self._crew.close()
        self._ledger.wake()

    def _take(self, settled: Settled) -> None:
        """Have a look written down; one that cannot be costs none of those that were settled with it."""
        if not self._counts(settled.finished):
            return
        try:
            self._chronicle.take(settled)
        except Exception:
            log.exception("look.not_taken", target=settled.finished.target.key)

    def _apart(self) -> float:
        return self._app.clock.now().timestamp() - self._app.clock.monotonic()

    def _note_clock_step(self, before: float) -> float:
        """Write down where the wall clock was set: our intervals go by the monotonic one, looks' times by the wall."""
        after = self._apart()
        if abs(after - before) < CLOCK_STEP_S:
            return before
        log.warning("clock.step", seconds=round(after - before, 3))
        event = (self._app.clock.now(), EventKind.CLOCK_STEP, f"{after - before:+.3f} s")
        self._ledger.put(Batch(events=(event,)))
        return after

    def _write_on(self) -> None:
        while not self._crew.closed:
            self._app.hearts.beat(RECORDING)
            if not self._write():
                self._stopping.wait(RETRY_WRITING_S)
            self._ledger.wait(IDLE_S)
        self._write()

    def _write(self) -> bool:
        try:
            return self._ledger.flush(self._app.clock.now())
        except Exception:
            log.exception("recording.failed")
            return False


def probe_once(app: App, service_code: str) -> list[tuple[Target, Look, Evidence]]:
    """One look now at each target of a service, none of it written down; cross-checked like any other look.

    A host that has asked to be left alone is left alone here too.
    """
    targets = watched(app)
    mine = {key: w.target for key, w in targets.items() if w.service == service_code and not silences(app, w.target)}
    crew = Crew(app, [w.target for w in targets.values()], Pace(), machine=None)
    try:
        for target in mine.values():
            crew.begin(target)
        over = [one.finished for one in crew.all_settled() if one.finished.target.key in mine]
    finally:
        crew.close()
    seen_at = app.clock.now()
    return [(f.target, look_of(app, targets[f.target.key], f, seen_at), f.outcome.evidence) for f in over]
