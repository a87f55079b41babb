"""How soon a failure is told, by the real daemon and a real mail server, with intervals scaled down."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jobs import drill, tell
from jobs.app import App
from jobs.clock import SystemClock
from jobs.daemon import Daemon, listen
from jobs.demo.stage import stage
from jobs.drill_page import DrillPage
from jobs.schedule import TIMETABLE, Attended, Entry, Lane
from monitor.config import Settings
from monitor.core.drill import TARGET, Drill, Outcome
from monitor.law import load_law
from monitor.store import drills, looks, open_store, reading, writing
from tests.servers.mail import mail_server

INTERVAL_S, RECHECK_S = 6.0, 1.0
"""A tenth of the sixty seconds, and a fifth of the second look's five."""
BUSY_S = 10.0
"""What a busy machine may add; the bench has the figures of one that is not."""


@pytest.mark.slow
def test_a_failure_is_told_within_an_interval_and_its_letter_waits_for_no_beat(tmp_path: Path) -> None:
    with mail_server() as server:
        app = office(tmp_path, server.url)
        begun = threading.Event()
        one = drilled(Daemon(app, timetable(begun)), begun)
    assert one.outcome is Outcome.PASSED
    found = [one.since_failure(step) for step in (one.detected_at, one.told_at, one.accepted_at)]
    back = [one.since_recovery(step) for step in (one.recovered_at, one.recovery_told_at, one.recovery_accepted_at)]
    for steps, least in ((found, INTERVAL_S + RECHECK_S), (back, INTERVAL_S)):
        seconds = [step.total_seconds() for step in steps if step is not None]
        assert len(seconds) == 3
        assert seconds == sorted(seconds)
        assert seconds[0] <= least + BUSY_S
        assert seconds[2] - seconds[0] <= 3 + BUSY_S


def timetable(begun: threading.Event) -> list[Entry]:
    """The daemon's own, but for a drill that begins when the test says so, whatever the day."""

    def run(app: App, now: datetime) -> None:
        if begun.is_set():
            drill.run(app, now)

    asked = Attended(name="drill", lane=Lane.LIFE, wanted=lambda _app, at: at + timedelta(seconds=1), run=run)
    return [asked if entry.name == "drill" else entry for entry in TIMETABLE]


def office(folder: Path, smtp_url: str) -> App:
    """An office that is live and watches nothing but a drill's page."""
    register = replace(stage(folder / "register", "http://127.0.0.1:9/"), services={})
    settings = Settings(var_dir=folder / "var", smtp_url=smtp_url, smtp_from="giam-sat@demo.invalid")
    app = App(
        settings=settings,
        clock=SystemClock(),
        engine=open_store(f"sqlite:///{folder / 'tthc.db'}"),
        register=register,
        law=load_law(register.hours_of()),
        drill_page=DrillPage(INTERVAL_S, RECHECK_S),
    )
    tell.go_live(app, "Người thử", app.clock.now())
    return app


def seen(app: App) -> bool:
    with reading(app.engine) as db:
        return looks.last(db, TARGET) is not None


def drilled(daemon: Daemon, begun: threading.Event, within_s: float = 120.0) -> Drill:
    """Let the daemon run through a drill: its page works until it was seen, then fails."""
    app = daemon.app
    daemon.start(listen("127.0.0.1:0"))
    watching = threading.Thread(target=daemon.wait, args=(0.5,))
    watching.start()
    try:
        end = time.monotonic() + within_s
        app.drill_page.open(app.clock.now())
        while not seen(app):
            assert time.monotonic() < end
            time.sleep(0.05)
        with writing(app.engine) as db:
            drills.save(db, Drill(began=app.clock.now()))
        app.drill_page.works = False
        begun.set()
        while True:
            with reading(daemon.app.engine) as db:
                one = drills.latest(db)
            if one is not None:
                return one
            assert time.monotonic() < end
            time.sleep(0.2)
    finally:
        daemon.stopping.set()
        watching.join()
        daemon.web.should_exit = True
        daemon.looking.stop()
        daemon.scheduler.shutdown(wait=True)
        daemon.app.drill_page.close()
        daemon.lock.release()
        daemon.app.engine.dispose()
