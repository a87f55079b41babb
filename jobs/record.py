"""Looks into the store: facts, watches, interruptions and what they set in motion, in one transaction."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from jobs import tell
from jobs.app import App
from monitor.core.interruption import POLICY, Watch, advance
from monitor.core.look import Look, ManualCheck, Verdict
from monitor.core.period import MILLISECOND
from monitor.sources.mask import mask
from monitor.store import EventKind, events, keeping, watches, writing
from monitor.store import looks as look_rows
from monitor.store.beside import Beside

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is to be written together: looks and what stands beside them, marks (name → value), events of the monitor
    itself (at, kind, detail).

    One that does not press may wait for others, up to a turn of the writer.
    """

    looks: tuple[Look, ...] = ()
    beside: tuple[Beside, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    events: tuple[tuple[datetime, EventKind, str], ...] = ()
    presses: bool = True


def record(app: App, looks: Sequence[Look], now: datetime) -> None:
    """Write looks and all that follows from them, or nothing; raise OperationalError where the database is locked."""
    write(app, Batch(looks=tuple(looks)), {}, now)


def write(app: App, batch: Batch, known: Mapping[str, Watch], now: datetime) -> dict[str, Watch]:
    """The same for a whole batch; `known` are watches as last saved, the answer those saved now."""
    services = app.register.services.values()
    controls = {t.key for s in services for t in s.targets if t.control}
    shared = {t.key for s in services if s.vantages for t in s.targets}
    of_target: defaultdict[str, list[Look]] = defaultdict(list)
    for look in sorted(batch.looks, key=lambda look: look.at):
        # What several vantages watch is judged by `agree`, which sees the others' looks too.
        if look.target not in controls | shared:
            of_target[look.target].append(look)
    saved: dict[str, Watch] = {}
    changed = False
    with writing(app.engine) as db:
        look_rows.add(db, batch.looks, batch.beside)
        for target, seen in of_target.items():
            before = known.get(target) or watches.load(db, target)
            saved[target] = _advance(db, app, before, seen, now)
            changed = changed or saved[target].confirmed != before.confirmed
            if saved[target] != before:
                watches.save(db, saved[target])
        for name, value in batch.marks.items():
            watches.set_mark(db, name, value)
        for at, kind, detail in batch.events:
            events.add(db, at, kind, detail)
    if changed:
        app.bell.ring()
    return saved


def _advance(db: Connection, app: App, watch: Watch, seen: Sequence[Look], now: datetime) -> Watch:
    watch = not_ahead(watch, now, seen[0].at)
    for look in seen:
        step = advance(watch, look, POLICY)
        watch = step.watch
        if step.opened is not None:
            tell.interruption_opened(db, app, step.opened, now)
        if step.closed is not None:
            tell.interruption_closed(db, app, step.closed, now, begun=step.closed.first_bad)
    return watch


def not_ahead(watch: Watch, now: datetime, before: datetime) -> Watch:
    """A watch without what was seen at a moment still to come, by a clock that ran ahead and was set right since.

    Otherwise no look would count until that moment came, and no interruption be told. One that is open stays itself,
    last seen just before the next look.
    """
    good, first_bad, last_bad = (at if at is None or at <= now else None for at in _moments(watch))
    if (good, first_bad, last_bad) == _moments(watch):
        return watch
    if watch.confirmed:
        return replace(watch, last_good=good, last_bad=last_bad or before - MILLISECOND)
    return Watch(target=watch.target, last_good=good)


def _moments(watch: Watch) -> tuple[datetime | None, datetime | None, datetime | None]:
    return watch.last_good, watch.first_bad, watch.last_bad


class Ledger:
    """What is still to be written; while the database is locked it waits here, and nothing is lost."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._guard = threading.Lock()
        self._pressing = threading.Event()
        self._waiting: list[Batch] = []
        self._writing: list[Batch] = []
        self._known: dict[str, Watch] = {}
        self._locked = False

    def put(self, batch: Batch) -> None:
        """Have a batch written with the next `flush`."""
        with self._guard:
            self._waiting.append(batch)
        if batch.presses:
            self._pressing.set()

    def wait(self, seconds: float) -> None:
        """Return when something that presses has been put in, or after so long.

        What does not press wakes nobody: a transaction and the waking of a thread cost more than the look itself.
        """
        self._pressing.wait(seconds)
        self._pressing.clear()

    def wake(self) -> None:
        """Make a `wait` in another thread return."""
        self._pressing.set()

    @property
    def waiting(self) -> int:
        """How many looks are not written yet."""
        with self._guard:
            return sum(len(batch.looks) for batch in (*self._writing, *self._waiting))

    def flush(self, now: datetime) -> bool:
        """Write all that waits, in one transaction; False where the database would not take it now."""
        with self._guard:
            taken = self._writing = self._waiting
            self._waiting = []
        if not taken:
            return True
        try:
            self._known |= write(self._app, _joined(taken), self._known, now)
        except BaseException as error:
            with self._guard:
                self._waiting, self._writing = taken + self._waiting, []
            if not isinstance(error, OperationalError):
                raise
            if not self._locked:
                log.warning("looks.waiting", why=str(error.orig), looks=self.waiting)
            self._locked = True
            return False
        with self._guard:
            self._writing = []
        if self._locked:
            log.info("looks.written_late", looks=sum(len(batch.looks) for batch in taken))
        self._locked = False
        return True


def _joined(batches: Sequence[Batch]) -> Batch:
    marks: dict[str, str] = {}
    for batch in batches:
        marks |= batch.marks
    return Batch(
        looks=tuple(look for batch in batches for look in batch.looks),
        beside=tuple(one for batch in batches for one in batch.beside),
        marks=marks,
        events=tuple(event for batch in batches for event in batch.events),
    )


def record_manual(
    app: App,
    *,
    service: str,
    at: datetime,
    verdict: Verdict,
    by: str,
    now: datetime,
    note: str = "",
    target: str = "",
    evidence_file: Path | None = None,
) -> ManualCheck:
    """Write down what a person saw; without a target it is said of the service's first required one.

    What may lead to a person is masked in the note before it is sealed: it is printed in every log of its week.
    """
    known = app.register.service(service)
    if known is None:
        raise KeyError(service)
    check = ManualCheck(
        service=service,
        target=target or next((t.key for t in known.required_targets()), ""),
        at=at,
        received_at=now,
        verdict=verdict,
        by=by,
        note=mask(note),
        evidence_name=mask(evidence_file.name) if evidence_file else "",
        evidence_sha256=keeping.keep_given(app.settings.var_dir, evidence_file) if evidence_file else "",
    )
    with writing(app.engine) as db:
        look_rows.add_manual(db, check)
    return check
