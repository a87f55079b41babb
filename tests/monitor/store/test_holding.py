"""One daemon per database, until its process ends, however it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine

from monitor.store import StoreError, held, hold, open_store

HOLDS = """
import sys, time
from monitor.store import hold, open_store
held = hold(open_store(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_a_second_daemon_is_refused_until_the_first_lets_go(engine: Engine) -> None:
    one = hold(engine)
    with pytest.raises(StoreError, match="đang có một tiến trình") as refused:
        hold(engine)
    assert "\n" not in str(refused.value)
    one.release()
    one.release()
    hold(engine).release()


def test_two_databases_are_held_by_two(sqlite_engine: Engine, tmp_path: Path) -> None:
    other = open_store(f"sqlite:///{tmp_path / 'khác.db'}")
    first, second = hold(sqlite_engine), hold(other)
    first.release()
    second.release()
    other.dispose()


def test_a_daemon_that_was_killed_holds_nothing(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    with subprocess.Popen([sys.executable, "-c", HOLDS, url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(StoreError, match="đang có một tiến trình"):
            hold(engine)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
    for _ in range(100):
        try:
            hold(engine).release()
            return
        except StoreError:  # PostgreSQL notices a moment later that its session is gone
            signal.sigtimedwait([], 0.1)
    pytest.fail("still held")


def test_whether_it_is_held_can_be_asked_without_holding_it(engine: Engine) -> None:
    assert not held(engine)
    one = hold(engine)
    assert held(engine)
    one.release()
    assert not held(engine)


def test_asking_keeps_no_daemon_from_starting(sqlite_engine: Engine) -> None:
    hold(sqlite_engine).release()
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            held(sqlite_engine)

    asking = threading.Thread(target=ask)
    asking.start()
    for _ in range(200):
        hold(sqlite_engine).release()
    stop.set()
    asking.join()
