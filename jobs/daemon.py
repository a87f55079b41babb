"""The daemon: looking, the timetable and the pages, until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TextIO

import structlog
import uvicorn
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from jobs import reading, schedule
from jobs.app import App
from jobs.look import Looking
from jobs.schedule import TIMETABLE, Entry, Lane
from monitor.store import EventKind, events, hold, letters, writing
from monitor.web import create_app

log = structlog.get_logger()

GRACE_S = 4.0
"""How long a stop may take before the process ends as it is; every committed fact is safe by then."""
CLOCK_S = 5.0
"""How often the wall clock is held against the monotonic one."""


class Timetable(BaseTrigger):  # type: ignore[misc] # APScheduler ships no types
    """A timetable entry as APScheduler wants it: the next moment after the last one."""

    def __init__(self, app: App, entry: Entry) -> None:
        self.app, self.entry = app, entry

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """The next moment of the entry; after a long sleep only the next one, since each run asks what is owed."""
        return self.entry.next_after(self.app, max(previous, now) if previous else now)


def guarded(app: App, entry: Entry) -> Callable[[], None]:
    """One job as the scheduler runs it: a failure is logged and counted, and the next beat tries again."""

    failures = 0

    def run() -> None:
        nonlocal failures
        try:
            schedule.perform(app, entry, app.clock.now())
        except Exception:
            failures += 1
            log.exception("job.failed", job=entry.name, failures=failures)

    return run


def scheduler(app: App) -> BackgroundScheduler:
    """APScheduler with an executor a lane, in memory; the rows in the store are the memory that lasts."""
    made = BackgroundScheduler(
        executors={lane.value: ThreadPoolExecutor(1) for lane in Lane},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone="UTC",
    )
    for entry in TIMETABLE:
        made.add_job(
            guarded(app, entry),
            Timetable(app, entry),
            id=entry.name,
            executor=entry.lane.value,
            next_run_time=app.clock.now(),
        )
    return made


class Daemon:
    """Everything that runs, started and stopped together."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.lock = hold(app.engine)
        self.looking = Looking(app)
        self.scheduler = scheduler(app)
        self.stopping = threading.Event()
        self.web = self._web()

    def _web(self) -> uvicorn.Server:
        app = self.app
        pages = create_app(app.engine, app.settings, app.register, app.law, app.clock.now)
        return uvicorn.Server(
            uvicorn.Config(pages, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
        )

    def start(self, listener: socket.socket) -> None:
        """Tidy up after a crash, then set everything going."""
        with writing(self.app.engine) as db:
            events.add(db, self.app.clock.now(), EventKind.STARTED, f"pid {os.getpid()}")
            letters.abandoned(db, self.app.clock.now())
        (self.app.settings.var_dir / "mailbox").mkdir(parents=True, exist_ok=True)
        reading.recover(self.app)
        self.looking.start()
        self.scheduler.start()
        threading.Thread(target=self.web.run, args=([listener],), name="web", daemon=True).start()
        log.info("daemon.started", pid=os.getpid())

    def wait(self, every_s: float = CLOCK_S) -> None:
        """Return once told to stop; meanwhile see to it that a clock set back halts no job.

        The scheduler goes by the wall clock, and would sleep until that has come back to where it was. Each job asks
        what is owed now, so that being asked once more does no harm.
        """
        clock = self.app.clock
        before = clock.now().timestamp() - clock.monotonic()
        while not self.stopping.wait(every_s):
            apart = clock.now().timestamp() - clock.monotonic()
            if apart < before - 1:
                for job in self.scheduler.get_jobs():
                    job.modify(next_run_time=clock.now())
            before = apart

    def stop(self) -> None:
        """End everything in an orderly way, within GRACE_S."""
        threading.Timer(GRACE_S, os._exit, (0,)).start()
        self.web.should_exit = True
        self.looking.stop()
        self.scheduler.shutdown(wait=False)
        with writing(self.app.engine) as db:
            events.add(db, self.app.clock.now(), EventKind.STOPPED, "")
        log.info("daemon.stopped", pid=os.getpid())
        self.lock.release()


def listen(bind: str) -> socket.socket:
    """The socket the pages answer on; raise OSError where the address is taken."""
    host, _, port = bind.rpartition(":")
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host.strip("[]"), int(port)))
    listener.listen(128)
    return listener


def run(app: App, greet: Callable[[str], None], out: TextIO = sys.stdout) -> int:
    """Run until SIGTERM or SIGINT; `greet` is handed the address of the pages once everything is up."""
    daemon = Daemon(app)  # first, so that a second daemon hears that it is one, and not that its port is taken
    listener = listen(app.settings.web_bind)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: daemon.stopping.set())
    daemon.start(listener)
    host, port = listener.getsockname()[:2]
    greet(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    out.flush()
    daemon.wait()
    daemon.stop()
    out.flush()
    os._exit(0)
