"""A daemon of which a part hangs ends itself, says which, and the gap is there at the next start."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.clock import SystemClock
from jobs.drill_page import DrillPage
from jobs.hearts import LOOKING, RECORDING, Hearts
from jobs.look import Looking
from monitor.core.life import Absence
from monitor.core.period import Span
from monitor.store import beats, events, open_store, reading, writing
from tests.jobs.conftest import Office
from tests.jobs.test_daemon import CLEAN, ROOT, UP_S

HANGS = """
import sys, time
from dataclasses import replace
from datetime import timedelta
from jobs import daemon
from jobs.app import build
from jobs.clock import SystemClock
from jobs.hearts import Hearts
from jobs.schedule import TIMETABLE, Every, Lane
from monitor.config import Settings

bounds = {"reading": 1.0}
app = replace(build(Settings(web_bind="127.0.0.1:0"), SystemClock()), hearts=Hearts(bounds))
for_ever = Every(name="stuck", lane=Lane.READING, seconds=1, run=lambda app, now: time.sleep(600))
kept = tuple(entry for entry in TIMETABLE if entry.lane is Lane.LIFE)
daemon.run(app, print, entries=(*kept, *((for_ever,) if sys.argv[1] == "hang" else ())))
"""


@pytest.mark.slow
def test_a_lane_that_hangs_ends_the_daemon_and_shows_as_a_gap(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", HANGS, "hang"],
        cwd=tmp_path,
        env={**CLEAN, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=4 * UP_S,
    )
    assert ended.returncode == 70, ended.stderr
    assert "daemon.hangs" in ended.stdout + ended.stderr
    engine = open_store(f"sqlite:///{tmp_path / 'var' / 'tthc.db'}")
    with reading(engine) as db:
        began = beats.first(db)
        assert began is not None
        last = events.latest(db)
        assert last is not None
        (hung,) = [
            row for row in events.between(db, Span(start=began, end=last + 2 * (last - began))) if row.kind == "hung"
        ]
        assert hung.detail.startswith("reading ")
        now = last + 100 * (last - began)
        found = beats.life_of(db, Span(start=began, end=now), now)
    engine.dispose()
    assert [gap.why for gap in found.gaps] == [Absence.HUNG]
    assert found.gaps[0].unsure


@pytest.mark.slow
def test_a_database_locked_for_longer_than_a_write_waits_is_no_hang(sqlite_office: Office) -> None:
    clock = SystemClock()
    hearts = Hearts({LOOKING: 9.0, RECORDING: 9.0})
    page = DrillPage(interval_s=0.2)
    page.open(clock.now())
    app = replace(sqlite_office.app, clock=clock, hearts=hearts, drill_page=page)
    app = replace(app, register=replace(app.register, services={}))
    looking = Looking(app)
    looking.start()
    overdue: dict[str, float] = {}
    most = 0
    try:
        with writing(app.engine):
            until = time.monotonic() + 13
            while time.monotonic() < until:
                overdue |= hearts.overdue()
                most = max(most, looking.waiting)
                time.sleep(0.1)
        assert most > 5
        assert overdue == {}
        while looking.waiting > 5:
            time.sleep(0.1)
    finally:
        looking.stop()
        page.close()
