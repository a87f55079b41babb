"""The daemon: looking, the timetable and the pages, until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import TextIO

import structlog
import uvicorn
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from jobs import beat, reading, schedule, watchdog
from jobs.app import App
from jobs.hearts import LOOKING, PAGES, RECORDING, SCHEDULER
from jobs.look import Looking
from jobs.schedule import TIMETABLE, Entry, Lane
from monitor.store import EventKind, events, hold, letters, writing
from monitor.web import create_app

log = structlog.get_logger()

GRACE_S = 4.0
"""How long a stop may take before the process ends as it is; every committed fact is safe by then."""
CLOCK_S = 5.0
"""How often the pulse is taken: the clocks held against each other, the hearts listened to."""


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
        app.hearts.beat(SCHEDULER)
        try:
            with app.hearts.work(entry.lane.value):
                schedule.perform(app, entry, app.clock.now())
        except Exception:
            failures += 1
            log.exception("job.failed", job=entry.name, failures=failures)

    return run


def scheduler(app: App, entries: Iterable[Entry] = TIMETABLE) -> BackgroundScheduler:
    """APScheduler with an executor a lane, in memory; the rows in the store are the memory that lasts."""
    made = BackgroundScheduler(
        executors={lane.value: ThreadPoolExecutor(1) for lane in Lane},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone="UTC",
    )
    for entry in entries:
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

    def __init__(self, app: App, entries: Iterable[Entry] = TIMETABLE) -> None:
        self.app = app
        self.lock = hold(app.engine)
        self.looking = Looking(app)
        self.scheduler = scheduler(app, entries)
        self.stopping = threading.Event()
        self.web = self._web()

    def _web(self) -> uvicorn.Server:
        app = self.app
        pages = create_app(app.engine, app.settings, app.register, lambda: app.law, app.clock.now)

        async def beat_of_pages() -> None:
            app.hearts.beat(PAGES)

        return uvicorn.Server(
            uvicorn.Config(
                pages,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=1,
                callback_notify=beat_of_pages,
                timeout_notify=1,
            )
        )

    def start(self, listener: socket.socket) -> None:
        """Tidy up after a crash, then set everything going."""
        now = self.app.clock.now()
        with writing(self.app.engine) as db:
            events.add(db, now, EventKind.STARTED, f"pid {os.getpid()}")
            letters.abandoned(db, now)
        beat.run(self.app, now)
        (self.app.settings.var_dir / "mailbox").mkdir(parents=True, exist_ok=True)
        reading.recover(self.app)
        for heart in (LOOKING, RECORDING, PAGES, SCHEDULER):
            self.app.hearts.beat(heart)  # also what never comes up is missed
        self.looking.start()
        self.scheduler.start()
        threading.Thread(target=self.web.run, args=([listener],), name="web", daemon=True).start()
        threading.Thread(target=self._hear, name="bell", daemon=True).start()
        log.info("daemon.started", pid=os.getpid())

    def _hear(self) -> None:
        """Have what is urgent sent at once, not at the sender's next beat."""
        heard = self.app.bell.rung
        while not self.stopping.is_set():
            rung = self.app.bell.wait(heard, CLOCK_S)
            if rung != heard:
                with suppress(JobLookupError):
                    self.scheduler.modify_job(schedule.SEND, next_run_time=self.app.clock.now())
            heard = rung

    def wait(self, every_s: float = CLOCK_S) -> dict[str, float]:
        """Return once told to stop; or with the parts that hang, and for how many seconds, once one does.

        Meanwhile see to it that a clock set back halts no job. The scheduler goes by the wall clock, and would sleep
        until that has come back to where it was. Each job asks what is owed now, so that being asked once more does no
        harm.
        """
        clock = self.app.clock
        before = clock.now().timestamp() - clock.monotonic()
        while not self.stopping.wait(every_s):
            beat.feel(self.app)
            overdue = watchdog.alive(self.app)
            if overdue:
                return overdue
            apart = clock.now().timestamp() - clock.monotonic()
            if apart < before - 1:
                for job in self.scheduler.get_jobs():
                    job.modify(next_run_time=clock.now())
            before = apart
        return {}

    def stop(self) -> None:
        """End everything in an orderly way, within GRACE_S."""
        watchdog.notify("STOPPING=1\nSTATUS=Đang dừng")
        threading.Timer(GRACE_S, os._exit, (0,)).start()
        self.web.should_exit = True
        self.looking.stop()
        self.scheduler.shutdown(wait=False)
        now = self.app.clock.now()
        with writing(self.app.engine) as db:
            events.add(db, now, EventKind.STOPPED, "")
            beat.end(db, self.app, now)
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


def run(app: App, greet: Callable[[str], None], out: TextIO = sys.stdout, entries: Iterable[Entry] = TIMETABLE) -> int:
    """Run until SIGTERM or SIGINT; `greet` is handed the address of the pages once everything is up.

    A daemon of which a part hangs ends as it is, for its supervisor to start it again; every committed fact is safe.
    """
    daemon = Daemon(app, entries)  # first, so that a second daemon hears that it is one, and not that its port is taken
    listener = listen(app.settings.web_bind)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: daemon.stopping.set())
    daemon.start(listener)
    host, port = listener.getsockname()[:2]
    greet(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    out.flush()
    watchdog.notify(f"READY=1\nSTATUS=Đang chạy, trang tại http://{host}:{port}/")
    overdue = daemon.wait()
    if overdue:
        watchdog.last_words(app, overdue)
        os._exit(watchdog.HUNG_EXIT)
    daemon.stop()
    out.flush()
    os._exit(0)
