"""How soon a failure is told, and that it is over: the real daemon, prober and sender, looking every sixty seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs import drill, log, tell
from jobs.app import App
from jobs.clock import SystemClock
from jobs.daemon import Daemon, listen
from jobs.demo.sink import Sink
from jobs.demo.stage import stage
from jobs.drill_page import DrillPage
from jobs.schedule import TIMETABLE, Attended, Entry, Lane
from monitor.config import Settings
from monitor.core.drill import TARGET, Drill
from monitor.law import load_law
from monitor.store import drills, looks, open_store, reading, writing

INTERVAL_S, RECHECK_S = 60.0, 5.0
CONFIRMED_S, TOLD_S = 75.0, 3.0
"""What is promised: confirmed so soon after it began, the letter at the mail server so soon after that."""


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """One drill, its page failing just after a look found it working: the longest wait there is; two minutes at 1."""
    with TemporaryDirectory() as folder, Sink(lambda *_: None) as sink, Path(folder, "log").open("a") as out:
        log.configure("ERROR", out)
        one = _drilled(_office(Path(folder), sink.url, scale))
    yield "failed page → confirmed", _s(one.since_failure(one.detected_at)), CONFIRMED_S * scale, "s"
    yield "confirmed → letter at the mail server", _between(one.detected_at, one.accepted_at), TOLD_S, "s"
    yield "page works again → seen", _s(one.since_recovery(one.recovered_at)), CONFIRMED_S * scale, "s"
    yield "seen → letter at the mail server", _between(one.recovered_at, one.recovery_accepted_at), TOLD_S, "s"


def _s(length: timedelta | None) -> float:
    return float("inf") if length is None else length.total_seconds()


def _between(start: datetime | None, end: datetime | None) -> float:
    return float("inf") if start is None or end is None else (end - start).total_seconds()


def _office(folder: Path, smtp_url: str, scale: float) -> App:
    register = replace(stage(folder / "register", "http://127.0.0.1:9/"), services={})
    app = App(
        settings=Settings(var_dir=folder / "var", smtp_url=smtp_url, smtp_from="giam-sat@demo.invalid"),
        clock=SystemClock(),
        engine=open_store(f"sqlite:///{folder / 'tthc.db'}"),
        register=register,
        law=load_law(register.hours_of()),
        drill_page=DrillPage(INTERVAL_S * scale, RECHECK_S * scale),
    )
    tell.go_live(app, "bench", app.clock.now())
    return app


def _drilled(app: App) -> Drill:
    """Run the daemon through a drill that begins once its page was seen working."""
    begun = threading.Event()

    def step(app: App, now: datetime) -> None:
        if begun.is_set():
            drill.run(app, now)

    asked = Attended(name="drill", lane=Lane.LIFE, wanted=lambda _app, at: at + timedelta(seconds=1), run=step)
    entries: list[Entry] = [asked if entry.name == "drill" else entry for entry in TIMETABLE]
    daemon = Daemon(app, entries)
    daemon.start(listen("127.0.0.1:0"))
    app.drill_page.open(app.clock.now())
    _until(lambda: _seen(app))
    with writing(app.engine) as db:
        drills.save(db, Drill(began=app.clock.now()))
    app.drill_page.works = False
    begun.set()
    _until(lambda: _over(app) is not None)
    one = _over(app)
    daemon.stopping.set()
    daemon.web.should_exit = True
    daemon.looking.stop()
    daemon.scheduler.shutdown(wait=True)
    daemon.lock.release()
    app.engine.dispose()
    if one is None:
        raise RuntimeError("the drill never ended")
    return one


def _until(true: Callable[[], bool], within_s: float = 900.0) -> None:
    end = time.monotonic() + within_s
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.05)


def _seen(app: App) -> bool:
    with reading(app.engine) as db:
        return looks.last(db, TARGET) is not None


def _over(app: App) -> Drill | None:
    with reading(app.engine) as db:
        return drills.latest(db)
