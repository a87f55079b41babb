"""What a day's work costs with a whole province-year in the database: standings asked, lists, letters, pages."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from bench.cost import cost
from bench.daemon import Running
from jobs import letters, tell
from jobs.app import App
from monitor.core.finding import findings
from monitor.register.naming import placing
from monitor.store import projection, reading
from monitor.store.dossier_tables import versions
from monitor.store.tables import tellings

Figure = tuple[str, float, float, str]
FINDINGS_S = 8.0
"""For a million."""
TICK_S, SLOT_S = 0.5, 120.0
"""Ours: a minute's beat with all told of before, and a slot for a million."""
COMMAND_S, LATE_S, PAGE_S = 3.0, 60.0, 1.0
"""Ours: what a person waits for, Python's start included; the late list is that of all agencies."""
PAGE = 5_000


def findings_of_all(app: App) -> Iterator[Figure]:
    """All findings over all words of all files; reading them is not counted."""
    now, place, seconds, words = app.clock.now(), placing(app.register, app.clock.now()), 0.0, 0
    with reading(app.engine) as db:
        files = db.execute(select(versions.c.import_id).distinct()).scalars().all()
        for file in files:
            after = 0
            while (last := projection.page_end(db, file, after, PAGE)) is not None:
                some = [one.dossier for one in projection.still_told(db, file, after, last, place)]
                with cost() as spent:
                    for dossier in some:
                        findings(dossier, now, app.law)
                after, seconds, words = last, seconds + spent.s, words + len(some)
    yield f"all findings over {words:,} testimonies, for a million of them", seconds * 1e6 / words, FINDINGS_S, "s"


def day(app: App) -> Iterator[Figure]:
    """A slot that tells of everything for the first time, one that has told of it, and the minute's beat after it."""
    now = app.clock.now()
    with cost() as first:
        letters.slot(app, now, now)
    with reading(app.engine) as db:
        told = db.execute(select(func.count()).select_from(tellings)).scalar_one()
    yield f"a slot that tells of all for the first time ({told:,} tellings)", first.s, SLOT_S, "s"
    with cost() as again:
        letters.slot(app, now, now)
    yield "… and one by which all were told of before", again.s, SLOT_S, "s"
    with cost() as tick:
        tell.tick(app, now)
    yield "the minute's beat after it", tick.s, TICK_S, "s"


def asked(folder: Path) -> Iterator[Figure]:
    """Commands in processes of their own, by CPU, and the page as a citizen waits for it, by the clock."""
    for name, words, limit in (
        ("tthc status", ["status"], COMMAND_S),
        ("tthc dossiers list", ["dossiers", "list"], COMMAND_S),
        ("the late list of all agencies", ["report", "overdue", "--to", str(folder / "lists")], LATE_S),
    ):
        with cost() as spent:
            _tthc(folder, *words)
        yield f"{name}, CPU", spent.s, limit, "s"


def pages(daemon: Running) -> Iterator[Figure]:
    """The status page, asked of a running daemon, the second time."""
    took = 0.0
    for _ in range(2):
        begun = time.monotonic()
        with urllib.request.urlopen(daemon.url, timeout=60) as answer:
            answer.read()
        took = time.monotonic() - begun
    yield "the status page, by the clock", took, PAGE_S, "s"


def _tthc(folder: Path, *words: str) -> None:
    settings = {"VAR_DIR": str(folder / "var"), "REGISTER": str(folder / "register"), "LOG_LEVEL": "ERROR"}
    (folder / "none.env").touch()
    done = subprocess.run(
        [Path(sys.executable).with_name("tthc"), "--env", folder / "none.env", *words],
        env={**os.environ, **settings}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode > 1:  # 1: something is not well, which is an answer
        raise RuntimeError(done.stderr[-500:])
