"""kill -9 in mid-poll: what was finished is kept, the next poll goes on, nothing is doubled."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jobs import poll
from jobs.app import build
from jobs.clock import SystemClock
from jobs.poll import Polled
from monitor.config import load_settings
from monitor.register import copy_shipped
from monitor.store import polls, reading
from monitor.store.polls import PollState
from tests.jobs.polled import CODES, KEY, good, speak
from tests.servers.api import Got, Say, Speak

__all__ = ["speak"]

TTHC = [sys.executable, "-c", "from jobs.cli.main import main; main()", "--env"]
SOURCE = """
[[source]]
key = "may-chu"
name = "Máy chủ thử"
kind = "api"
deadline_s = 60

[source.api]
url = "{url}/ho-so"
records = "duLieu"
fields = {{ code = "maHoSo", status = "trangThai", filed = "ngayNop", handling_unit = "donVi" }}
paging = "number"
page_name = "trang"
size_name = "co"
page_size = 3
"""


class Holding:
    """Good pages, but the third is kept back until it may go."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, got: Got) -> Say:
        if got.query["trang"] == "3":
            self.reached.set()
            self.go.wait(60)
        return good(got)


@pytest.fixture
def holding() -> Iterator[Holding]:
    made = Holding()
    yield made
    made.go.set()


@pytest.fixture
def installed(tmp_path: Path) -> Callable[[str], Path]:
    """An installation with one polled source: its .env."""

    def made(url: str) -> Path:
        copy_shipped(tmp_path / "danh-muc")
        sources = tmp_path / "danh-muc" / "sources.toml"
        sources.write_text(sources.read_text("utf-8") + SOURCE.format(url=url), "utf-8")
        env = tmp_path / ".env"
        lines = (
            f"REGISTER={tmp_path / 'danh-muc'}",
            f"VAR_DIR={tmp_path / 'var'}",
            "WEB_BIND=127.0.0.1:0",
            "DRILL=off",
        )
        env.write_text("\n".join(lines), "utf-8")
        return env

    return made


def children(pid: int) -> list[int]:
    """The processes that a process has started and that live."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for one in lists for child in one.read_text().split()]


def asking(pid: int) -> list[int]:
    """Those among them that ask a source."""
    return [child for child in children(pid) if b"jobs.poll_child" in Path(f"/proc/{child}/cmdline").read_bytes()]


def gone(pid: int, patience_s: float = 30.0) -> bool:
    """Whether a process ends, sooner or later."""
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        try:
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


def written(engine: Engine) -> dict[str, int]:
    """How often each dossier was written down."""
    with reading(engine) as db:
        rows = db.exec_driver_sql(
            "SELECT d.code, count(*) FROM dossiers d JOIN dossier_versions v ON v.dossier_id = d.id GROUP BY d.code"
        )
        return {str(code): int(count) for code, count in rows}


def test_a_process_that_is_killed_loses_the_page_under_way_at_most(
    installed: Callable[[str], Path], speak: Speak, holding: Holding
) -> None:
    server = speak(holding)
    app = build(load_settings(installed(server.url)), SystemClock())
    spec, polled = app.register.sources[KEY], list[Polled]()
    asked = threading.Thread(target=lambda: polled.append(poll.poll(app, spec, app.clock.now())))
    asked.start()
    assert holding.reached.wait(60)
    with pytest.raises(poll.Busy):
        poll.poll(app, spec, app.clock.now())
    (child,) = asking(os.getpid())
    os.kill(child, signal.SIGKILL)
    asked.join(60)
    (first,) = polled
    assert (first.row.state, first.row.records) == (PollState.CUT, 6)
    assert first.row.why == "tiến trình lấy dữ liệu bị dừng giữa chừng; lần sau lấy tiếp"
    assert written(app.engine) == dict.fromkeys(CODES[:6], 1)
    holding.go.set()
    server.got.clear()
    second = poll.poll(app, spec, app.clock.now())
    assert (second.row.state, second.row.records) == (PollState.DONE, 5)
    assert [got.query["trang"] for got in server.got] == ["2", "3", "4"]
    assert written(app.engine) == dict.fromkeys(CODES, 1)
    app.engine.dispose()


def test_a_daemon_that_is_killed_takes_its_poll_with_it_and_the_next_goes_on(
    installed: Callable[[str], Path], speak: Speak, holding: Holding
) -> None:
    server = speak(holding)
    env = installed(server.url)
    daemon = subprocess.Popen([*TTHC, str(env), "run"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert holding.reached.wait(120)
        (child,) = asking(daemon.pid)
    finally:
        daemon.kill()
        daemon.wait()
    assert gone(child)
    holding.go.set()
    app = build(load_settings(env), SystemClock())
    assert written(app.engine) == {}
    with reading(app.engine) as db:
        assert polls.last(db)[KEY].state is PollState.RUNNING
    assert [spec.key for spec in poll.due(app, app.clock.now())] == [KEY]  # at once, not in an hour
    server.got.clear()
    told = subprocess.run([*TTHC, str(env), "sources", "poll", KEY, "--json"], capture_output=True, check=True)
    answer = json.loads(told.stdout)
    assert [file["read"] for file in answer["files"]] == [6, 5]  # what was left, and what came now
    assert (answer["state"], answer["records"], answer["why"]) == ("done", 5, "")
    assert [got.query["trang"] for got in server.got] == ["2", "3", "4"]
    assert written(app.engine) == dict.fromkeys(CODES, 1)
    app.engine.dispose()
