"""kill -9 at any instant: what was committed is there, whole and sealed; what was not is not."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.core.period import Span
from monitor.store import journal, looks, open_store, reading
from tests.monitor.store.given import MINUTE, MONDAY, TARGET

WRITES = """
import sys
from monitor.store import looks, open_store, watches, writing
from monitor.core.interruption import Watch
from tests.monitor.store.given import look, TARGET
engine, minute = open_store(sys.argv[1]), int(sys.argv[2])
while True:
    with writing(engine) as db:
        looks.add(db, [look(minute), look(minute + 0.5)])
        watches.save(db, Watch(target=TARGET, last_good=look(minute).at))
    print(minute, flush=True)
    minute += 1
"""
ROUNDS = 6


@pytest.mark.slow
def test_a_writer_killed_at_any_instant_leaves_every_committed_look_and_a_whole_chain(tmp_path: Path) -> None:
    url, told, instants = f"sqlite:///{tmp_path / 'tthc.db'}", -1, random.Random(7)
    open_store(url).dispose()
    for _ in range(ROUNDS):
        with subprocess.Popen(
            [sys.executable, "-c", WRITES, url, str(told + 1)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(instants.uniform(0, 0.2))
            process.send_signal(signal.SIGKILL)
            told = int((first + process.stdout.read()).splitlines()[-1])
        engine = open_store(url)
        with reading(engine) as db:
            assert db.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            (chain,) = journal.verify_all(db)
            found = looks.between(db, [TARGET], Span(start=MONDAY, end=MONDAY + 10**6 * MINUTE))
        engine.dispose()
        assert chain.intact
        assert len(found) == 2 * chain.entries
        assert chain.entries in {told + 1, told + 2}  # one more may have been committed and not told
        told = chain.entries - 1
