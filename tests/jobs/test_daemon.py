"""The daemon as a process: up, answering, stopped, killed, refused a second time."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from jobs import daemon as daemons
from jobs.clock import SystemClock
from monitor.core.period import Span
from monitor.store import events, open_store, reading
from tests.jobs.conftest import Office
from tests.jobs.test_crash import put_down

CLEAN = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
ROOT = Path(__file__).parents[2]
UP_S = 30.0
"""Far more than the three seconds it takes on a machine with nothing else to do."""


class Daemon:
    """One `tthc run` in a folder."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.err = (folder / "stderr.log").open("a+")
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from jobs.cli import main; main()", "run"],
            cwd=folder,
            env={**CLEAN, "PYTHONPATH": str(ROOT), "WEB_BIND": "127.0.0.1:0", **settings},
            stdout=subprocess.PIPE,
            stderr=self.err,
            text=True,
        )
        self.said: list[str] = []
        self.url = ""

    def up(self) -> str:
        """Where its pages are, once it says so."""
        assert self.process.stdout is not None
        watchdog = threading.Timer(UP_S, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            self.said.append(line)
            found = re.search(r"http://127\.0\.0\.1:\d+/", line)
            self.url = self.url or (found[0] if found else "")
            if line.startswith("Dừng:"):
                break
        watchdog.cancel()
        assert self.url, self.log()
        return self.url

    def end(self, sign: int) -> int:
        """Send it a signal; how it ended."""
        self.process.send_signal(sign)
        return self.process.wait(10)

    def log(self) -> str:
        """What it wrote to stderr."""
        self.err.flush()
        self.err.seek(0)
        return self.err.read()

    def close(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.err.close()


Run = Callable[..., Daemon]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Starts daemons in one folder."""
    started: list[Daemon] = []

    def begin(**settings: str) -> Daemon:
        started.append(Daemon(tmp_path, **settings))
        return started[-1]

    yield begin
    for one in started:
        one.close()


def kinds(folder: Path) -> list[str]:
    """What the monitor wrote down of itself."""
    engine = open_store(f"sqlite:///{folder / 'var' / 'tthc.db'}")
    with reading(engine) as db:
        ever = Span(start=datetime(2000, 1, 1, tzinfo=UTC), end=datetime(2100, 1, 1, tzinfo=UTC))
        found = [event.kind for event in events.between(db, ever)]
    engine.dispose()
    return found


@pytest.mark.slow
def test_it_comes_up_says_where_everything_is_and_ends_within_five_seconds(run: Run, tmp_path: Path) -> None:
    daemon = run()
    url = daemon.up()
    assert urlopen(url, timeout=10).status == 200
    assert urlopen(f"{url}healthz", timeout=10).status == 200
    said = "".join(daemon.said)
    for words in ("CHẠY THỬ", "var/inbox/", "var/mailbox/", "CONTACT", "SMTP_URL", "Bước tiếp theo"):
        assert words in said
    begun = time.monotonic()
    assert daemon.end(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 5
    assert kinds(tmp_path) == ["started", "stopped"]
    assert "daemon.started" in daemon.log()
    assert "daemon.stopped" in daemon.log()
    assert "job.failed" not in daemon.log()


@pytest.mark.slow
def test_a_second_one_is_refused_in_one_line_and_harms_nothing(run: Run) -> None:
    first = run()
    url = first.up()
    second = run()
    assert second.process.wait(UP_S) == 2
    (line,) = [line for line in second.log().splitlines() if "tiến trình" in line]
    assert str(first.process.pid) in line
    assert "Traceback" not in second.log()
    assert urlopen(f"{url}healthz", timeout=10).status == 200


@pytest.mark.slow
def test_killed_it_starts_again_at_once(run: Run, tmp_path: Path) -> None:
    first = run()
    first.up()
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    second = run()
    assert urlopen(second.up(), timeout=10).status == 200
    assert second.end(signal.SIGINT) == 0
    assert kinds(tmp_path) == ["started", "started", "stopped"]


@pytest.mark.slow
def test_a_mail_server_that_never_answers_holds_up_neither_pages_nor_the_end(run: Run, tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'var' / 'tthc.db'}")
    put_down(engine)
    engine.dispose()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        daemon = run(SMTP_URL=f"smtp://127.0.0.1:{silent.getsockname()[1]}", SMTP_FROM="giam-sat@demo.invalid")
        url = daemon.up()
        silent.settimeout(UP_S)
        line, _ = silent.accept()
        assert urlopen(url, timeout=10).status == 200
        begun = time.monotonic()
        assert daemon.end(signal.SIGTERM) == 0
        assert time.monotonic() - begun < 5
        line.close()


@pytest.mark.slow
def test_a_port_that_is_taken_is_said_in_one_line(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        daemon = run(WEB_BIND=f"127.0.0.1:{taken.getsockname()[1]}")
        assert daemon.process.wait(UP_S) == 2
        assert "WEB_BIND" in daemon.log()
        assert "Traceback" not in daemon.log()


class Shifted(SystemClock):
    """The machine's clock, which can be set."""

    by = timedelta()

    def now(self) -> datetime:
        return super().now() + self.by


def test_a_clock_set_back_halts_no_job(sqlite_office: Office) -> None:
    clock = Shifted()
    daemon = daemons.Daemon(replace(sqlite_office.app, clock=clock))
    daemon.scheduler.start(paused=True)
    for job in daemon.scheduler.get_jobs():
        job.modify(next_run_time=clock.now() + timedelta(minutes=1))
    watching = threading.Thread(target=daemon.wait, args=(0.02,))
    watching.start()
    try:
        time.sleep(0.2)
        assert all(job.next_run_time > clock.now() for job in daemon.scheduler.get_jobs())
        clock.by = timedelta(hours=-3)
        end = time.monotonic() + 10
        while any(job.next_run_time > clock.now() for job in daemon.scheduler.get_jobs()):
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        daemon.stopping.set()
        watching.join()
        daemon.looking.stop()
        daemon.scheduler.shutdown(wait=False)
        daemon.lock.release()
