"""`kill -9` at any instant: no letter is lost, and a copy sent again is the same to the byte."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import Engine

from jobs.demo.sink import Delivered, Sink
from monitor.core.message import Attachment, Message, Urgency
from monitor.store import LetterState, letters, open_store, reading, writing
from tests.jobs.conftest import moment
from tests.servers.postgres import Postgres

WRITTEN = moment("01/10/2026 07:30")
LETTERS = 200
KILLS = 4
WORD = "sending\n"

SENDER = f"""
import sys, time
from jobs import send
from jobs.app import App
from jobs.clock import SystemClock
from monitor.config import Settings
from monitor.law import load_law
from monitor.register import register_of
from monitor.store import letters, open_store, writing
from pathlib import Path

folder, url = Path(sys.argv[1]), sys.argv[2]
clock, engine = SystemClock(), open_store(sys.argv[3])
app = App(
    settings=Settings(var_dir=folder, smtp_url=url, smtp_from="giam-sat@demo.invalid"),
    clock=clock, engine=engine, register=register_of(agencies=()), law=load_law(),
)
if sys.argv[4] == "alone":
    with writing(engine) as db:
        letters.abandoned(db, clock.now())
sys.stdout.write({WORD!r}); sys.stdout.flush()
while True:
    send.run(app, clock.now())
    time.sleep(0.01)
"""


def message(number: int) -> Message:
    return Message(
        key=f"slot/{number}",
        message_id=f"<{number}@demo.invalid>",
        date=WRITTEN,
        sender="Giám sát <giam-sat@demo.invalid>",
        to_address=f"nguoi-{number}@demo.invalid",
        to_names=(f"Người {number}",),
        subject=f"{number} hồ sơ quá hạn",
        text="Kính gửi\n" * 20,
        html="<p>Kính gửi</p>" * 20,
        attachments=(Attachment(name="danh sách.xlsx", media_type="application/x", content=bytes(range(256)) * 4),),
        urgency=Urgency.NOW,  # whatever the hour of the machine's clock
    )


def put_down(engine: Engine) -> None:
    with writing(engine) as db:
        for number in range(LETTERS):
            letters.add_once(
                db,
                message=message(number),
                kind="digest",
                slot=None,
                live=True,
                state=LetterState.WAITING,
                now=WRITTEN,
            )


def sender(folder: Path, url: str, database: str = "", *, alone: bool = True) -> subprocess.Popen[str]:
    """A process that sends, from the moment it says so; `alone` on its database, it takes what the dead left."""
    words = (str(folder), url, database or f"sqlite:///{folder / 'tthc.db'}", "alone" if alone else "one of several")
    child = subprocess.Popen([sys.executable, "-c", SENDER, *words], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    while (line := child.stdout.readline()) != WORD:
        assert line, "the sender did not begin"
    return child


def end(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.wait()
    assert child.stdout is not None
    child.stdout.close()


def waiting(engine: Engine) -> int:
    with reading(engine) as db:
        return LETTERS - letters.counts(db).get(LetterState.ACCEPTED, 0)


def copies(folder: Path) -> int:
    """How many letters the mailbox folder holds, whole."""
    return len(list((folder / "mailbox").glob("*.eml")))


@pytest.mark.slow
def test_killed_again_and_again_the_sender_loses_nothing_and_shows_nothing_twice(tmp_path: Path) -> None:
    engine = open_store(f"sqlite:///{tmp_path / 'tthc.db'}")
    put_down(engine)
    arrived: defaultdict[str, list[bytes]] = defaultdict(list)

    def keep(mail: Delivered) -> None:
        time.sleep(0.004)
        arrived[mail.to[0]].append(mail.content)

    chance = random.Random(20261125)
    with Sink(keep) as sink:
        for _ in range(KILLS):
            child = sender(tmp_path, sink.url)
            time.sleep(chance.uniform(0.25, 0.7))
            end(child)
        assert 0 < waiting(engine) < LETTERS, "the kills prove nothing"
        child = sender(tmp_path, sink.url)
        deadline = time.monotonic() + 60
        while (waiting(engine) or copies(tmp_path) < LETTERS) and time.monotonic() < deadline:
            time.sleep(0.05)
        end(child)
    assert waiting(engine) == 0
    engine.dispose()
    assert len(arrived) == LETTERS
    assert all(len(set(copies)) == 1 for copies in arrived.values())
    assert copies(tmp_path) == LETTERS


@pytest.mark.slow
@pytest.mark.postgres
def test_three_senders_on_one_database_killed_in_turn_lose_nothing_and_share_no_letter(
    postgres: Postgres, tmp_path: Path
) -> None:
    """No more copies than kills explain: no two living senders ever have the same letter."""
    database = postgres.new_database()
    engine = open_store(database)
    arrived: defaultdict[str, list[bytes]] = defaultdict(list)

    def keep(mail: Delivered) -> None:
        time.sleep(0.004)
        arrived[mail.to[0]].append(mail.content)

    chance = random.Random(20261126)
    with Sink(keep) as sink:
        senders = [sender(tmp_path, sink.url, database, alone=False) for _ in range(3)]
        put_down(engine)
        deadline = time.monotonic() + 30
        while waiting(engine) == LETTERS and time.monotonic() < deadline:
            time.sleep(0.005)  # on a busy machine the first may take a while
        for child in senders:
            time.sleep(chance.uniform(0.05, 0.15))
            end(child)
        assert 0 < waiting(engine) < LETTERS, "the kills prove nothing"
        last = sender(tmp_path, sink.url, database)
        deadline = time.monotonic() + 60
        while waiting(engine) and time.monotonic() < deadline:
            time.sleep(0.05)
        end(last)
    assert waiting(engine) == 0
    engine.dispose()
    assert len(arrived) == LETTERS
    assert all(len(set(copies)) == 1 for copies in arrived.values())
    assert sum(map(len, arrived.values())) <= LETTERS + len(senders)
