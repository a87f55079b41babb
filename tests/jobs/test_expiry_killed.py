"""A night's retention is killed half-way, for real: the next night ends it, and counts nothing twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from jobs import expiry, send
from monitor.store import EventKind, LetterState, events, writing
from monitor.store import reading as reading_from
from monitor.store.dossier_tables import dossiers, imports
from monitor.store.dossier_tables import now as dossier_now
from monitor.store.ledger_tables import dossier_totals
from monitor.store.tables import letters
from tests.jobs.conftest import Office, moment
from tests.jobs.dossiers import row, take_in

DOSSIERS, LETTERS, THEN = 60, 5, moment("25/03/2024 09:00")
DIES = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from sqlalchemy import event
from jobs import expiry
from jobs.app import App
from jobs.clock import HandClock
from jobs.demo.stage import stage
from monitor.config import Settings
from monitor.law import load_law
from monitor.store import open_store

url, var, folder, due, at = sys.argv[1:]
engine, now = open_store(url), datetime.fromisoformat(due)
register = stage(Path(folder), "http://127.0.0.1:9/")
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
counts = [0]

@event.listens_for(engine, "before_cursor_execute")
def _about_to(connection, cursor, statement, parameters, context, many):
    # The second lot has removed its rows and is about to count them.
    if at == "second lot" and statement.startswith("INSERT INTO marks") and "hồ sơ" in str(parameters):
        counts[0] += 1
        if counts[0] == 2:
            die()

def _audited(name, arguments):
    if at == "first copy" and name == "os.remove" and str(arguments[0]).endswith(".eml"):
        die()

sys.addaudithook(_audited)
settings = Settings(var_dir=Path(var), smtp_url="smtp://127.0.0.1:9", smtp_from="giam-sat@demo.invalid")
app = App(settings=settings, clock=HandClock(now), engine=engine, register=register, law=load_law(register.hours_of()))
expiry.run(app, now, now)
"""


@pytest.fixture
def old(sqlite_office: Office) -> Office:
    """Dossiers that ended in March 2024, and letters of six years ago with their copies."""
    app, now = sqlite_office.app, sqlite_office.clock.now()
    rows = [
        row(
            f"H56.02-240310-{number:04}", status="Đã xử lý xong", filed="10/03/2024 08:00:00",
            received="11/03/2024 09:00:00", appointment="20/03/2024 17:00:00", finished="21/03/2024 10:00:00",
        )
        for number in range(DOSSIERS)
    ]  # fmt: skip
    take_in(app, rows, THEN, "cu.xls")
    for number in range(LETTERS):
        sqlite_office.put(f"cu-{number}", state=LetterState.ACCEPTED)
    send.file_copies(app, now)
    with writing(app.engine) as db:
        db.execute(update(imports).values(as_of=THEN))
        db.execute(update(dossier_now).values(as_of=THEN))
        db.execute(update(letters).values(made_at=now - timedelta(days=6 * 365)))
    assert len(copies(sqlite_office)) == LETTERS
    return sqlite_office


def copies(office: Office) -> list[Path]:
    return sorted((office.app.settings.var_dir / "mailbox").glob("*.eml"))


def left(office: Office) -> int:
    with reading_from(office.app.engine) as db:
        return int(db.execute(select(func.count()).select_from(dossiers)).scalar_one())


def counted(office: Office) -> int:
    with reading_from(office.app.engine) as db:
        return sum(db.execute(select(dossier_totals.c.received)).scalars())


@pytest.mark.parametrize("at", ["second lot", "first copy"])
def test_killed_half_way_the_next_night_ends_it_and_counts_each_once(old: Office, tmp_path: Path, at: str) -> None:
    app, now = old.app, old.clock.now()
    url = app.engine.url.render_as_string(hide_password=False)
    words = [url, str(app.settings.var_dir), str(tmp_path / "register"), now.isoformat(), at]
    died = subprocess.run([sys.executable, "-c", DIES, *words], check=False, capture_output=True, text=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert left(old) + counted(old) == DOSSIERS
    assert (counted(old), len(old.letters()), len(copies(old))) == (
        (10, LETTERS, LETTERS) if at == "second lot" else (DOSSIERS, 0, LETTERS)
    )
    expiry.run(app, now, now + timedelta(days=1))
    assert (left(old), counted(old), old.letters(), copies(old)) == (0, DOSSIERS, [], [])
    with reading_from(app.engine) as db:
        told = events.newest(db, EventKind.EXPIRED)
    assert told is not None
    assert f"{DOSSIERS} hồ sơ" in told.detail
    assert f"{LETTERS} thư" in told.detail


def test_a_copy_that_cannot_be_removed_is_removed_another_night(old: Office) -> None:
    stuck = copies(old)[0]
    stuck.unlink()
    stuck.mkdir()
    expiry.run(old.app, old.clock.now(), old.clock.now())
    assert copies(old) == [stuck]
    stuck.rmdir()
    stuck.touch()
    expiry.run(old.app, old.clock.now(), old.clock.now())
    assert copies(old) == []
