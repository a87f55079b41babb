"""Good looks are gathered for a moment before they are written; what somebody waits for is written at once."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jobs.chronicle import Chronicle, watched
from jobs.clock import HandClock, SystemClock
from jobs.look import Looking
from jobs.panel import Settled
from jobs.record import Batch, Ledger
from monitor.core.look import Cause, Verdict
from monitor.probes.http import Finished
from monitor.probes.outcome import Outcome
from monitor.probes.pace import Pace
from monitor.store import journal, reading
from tests.jobs.test_look import GOOD, START, app_of, serve, target, wait_for, written
from tests.servers.web import Serve

__all__ = ["serve"]

OUTCOMES = {
    "u": Outcome(verdict=Verdict.UP, cause=Cause.NONE),
    "d": Outcome(verdict=Verdict.DOWN, cause=Cause.TIMEOUT),
    "?": Outcome(verdict=Verdict.UNKNOWN, cause=Cause.CHALLENGED),
}


class Noting(Ledger):
    """A ledger that remembers which of what it was given presses."""

    pressed = ""

    def put(self, batch: Batch) -> None:
        self.pressed += "!" if batch.presses else "."
        super().put(batch)


@pytest.mark.parametrize(
    ("story", "pressed"), [("uuu", "..."), ("u?u", "..."), ("ddd", "!!!"), ("uduu", ".!!."), ("ud??uu", ".!!!!.")]
)
def test_failures_and_what_comes_after_them_up_to_the_recovery_press(
    story: str, pressed: str, sqlite_engine: Engine, tmp_path: Path
) -> None:
    watching = target("http://127.0.0.1:9/")
    app = app_of(sqlite_engine, tmp_path, HandClock(START), watching)
    ledger = Noting(app)
    chronicle = Chronicle(app, watched(app), Pace(), ledger)
    chronicle.begin()
    for place, sign in enumerate(story):
        seen = Finished(target=watching, at=START + timedelta(minutes=place), outcome=OUTCOMES[sign])
        chronicle.take(Settled(finished=seen, since=0.0))
    assert ledger.pressed == pressed


def test_the_writer_is_woken_by_what_presses_and_by_nothing_else(sqlite_engine: Engine, tmp_path: Path) -> None:
    ledger = Ledger(app_of(sqlite_engine, tmp_path, HandClock(START)))
    ledger.put(Batch(presses=False))
    began = time.monotonic()
    ledger.wait(0.3)
    assert time.monotonic() - began >= 0.29
    ledger.put(Batch())
    began = time.monotonic()
    ledger.wait(60.0)
    assert time.monotonic() - began < 30.0


def test_many_good_looks_share_a_link_and_none_is_lost(sqlite_engine: Engine, serve: Serve, tmp_path: Path) -> None:
    server = serve(GOOD)
    app = app_of(
        sqlite_engine, tmp_path, SystemClock(),
        *(target(server.url, key=f"cong-{n}", interval_s=0.3, jitter=0.3) for n in range(10)),
    )  # fmt: skip
    looking = Looking(app)
    looking.start()
    try:
        wait_for(lambda: len(written(app)) >= 40, 60.0)
    finally:
        looking.stop()
    made = written(app)
    with reading(app.engine) as db:
        chain = next(iter(journal.verify_all(db)))
    assert chain.intact
    assert chain.entries < len(made) / 3
    assert looking.waiting == 0
