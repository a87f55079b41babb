"""Letters on their way: senders killed again and again lose none; how fast letters leave; what planning costs."""

from __future__ import annotations

import multiprocessing
import random
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import structlog
from sqlalchemy import Engine

from bench.cost import cost
from bench.databases import Database, databases
from bench.lists import NOW, fill
from jobs import send, tell
from jobs.app import App, build
from jobs.clock import HandClock, SystemClock
from jobs.demo.sink import Delivered, Sink
from jobs.letters import next_slot
from monitor.config import Settings
from monitor.core.message import Attachment, Message, Urgency
from monitor.law import load_law
from monitor.register import register_of
from monitor.store import LetterState, letters, open_store, reading, writing
from notifiers.mime import to_bytes

Figure = tuple[str, float, float, str]
LETTERS = 1_500
SENT = 2_000
TELLINGS = 100_000
_DEADLINE_S = 0.5
"""One letter's deadline among the killed: what they had claimed is free after a minute, not after five."""
_FORK = multiprocessing.get_context("forkserver")
_FORK.set_forkserver_preload(["bench.outbox"])
_SINK = """
import sys
from jobs.demo.sink import Sink
with Sink(lambda mail: None) as sink:
    print(sink.url, flush=True)
    sys.stdin.read()
"""


def run(scale: float) -> Iterator[Figure]:
    """The crash test on both databases, the pace of sending, and the planning of very many tellings."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as name:
        for database in databases(Path(name)):
            yield from _killed(Path(name), database, int(LETTERS * scale), senders=1 if database.server == 0 else 3)
    with tempfile.TemporaryDirectory() as name:
        yield _pace(Path(name), int(SENT * scale))
    for live, limit_s in ((False, 5.0), (True, 10.0)):
        with tempfile.TemporaryDirectory() as name:
            yield _planned(Path(name), int(TELLINGS * scale), live=live, limit_s=limit_s)


def app_on(engine: Engine, folder: Path, url: str) -> App:
    """A program that can do nothing but send."""
    return App(
        settings=Settings(var_dir=folder, smtp_url=url, smtp_from="giam-sat@demo.invalid"),
        clock=SystemClock(), engine=engine, register=register_of(agencies=()), law=load_law(),
    )  # fmt: skip


def message(number: int) -> Message:
    """A letter as a head gets it: words, their twin in HTML, a workbook of twenty kilobytes."""
    return Message(
        key=f"bench/{number}",
        message_id=f"<bench-{number}@demo.invalid>",
        date=SystemClock().now(),
        sender="Giám sát <giam-sat@demo.invalid>",
        to_address=f"nguoi-{number}@demo.invalid",
        to_names=(f"Người {number}",),
        subject=f"{number} hồ sơ quá hạn",
        text="Kính gửi đồng chí\n" * 100,
        html="<p>Kính gửi đồng chí</p>" * 200,
        attachments=(Attachment(name="danh-sach.xlsx", media_type="application/x", content=bytes(range(256)) * 80),),
        urgency=Urgency.NOW,  # whatever the hour of the machine's clock
    )


def _put_down(engine: Engine, count: int) -> list[Message]:
    made = [message(number) for number in range(count)]
    with writing(engine) as db:
        for one in made:
            letters.add_once(
                db, message=one, kind="digest", slot=None, live=True, state=LetterState.WAITING, now=one.date
            )
    return made


def _killed(folder: Path, database: Database, count: int, senders: int) -> Iterator[Figure]:
    """Every letter arrives, under one Message-ID, the same to the byte; no more copies than kills explain."""
    engine = open_store(database.url)
    _put_down(engine, count)
    copies: dict[str, set[bytes]] = {}
    arrived = 0

    def keep(mail: Delivered) -> None:
        nonlocal arrived
        arrived += 1
        time.sleep(0.002)
        number = str(BytesHeaderParser().parsebytes(mail.content)["Message-ID"])
        copies.setdefault(number, set()).add(mail.content)

    with Sink(keep) as sink:
        kills = _killing(engine, (database.url, folder, sink.url), count, senders)
    engine.dispose()
    where = f"{database.name}, {senders} sender{'s' if senders > 1 else ''}, {kills} kills"
    yield f"{count} letters, {where}: lost", float(count - len(copies)), 0.0, ""
    yield "  letters of which two copies differ", float(sum(len(some) > 1 for some in copies.values())), 0.0, ""
    yield "  copies more than kills explain", float(max(0, arrived - count - kills)), 0.0, ""
    yield "  fewer kills than ten in a thousand letters", float(kills < count / 100), 0.0, ""


def _killing(engine: Engine, at: tuple[str, Path, str], count: int, senders: int) -> int:
    """Let senders work, one of them killed every quarter to seven tenths of a second, until nothing waits."""
    chance, kills = random.Random(20261125), 0
    running = [_started(at) for _ in range(senders)]
    try:
        while _waiting(engine, count):
            time.sleep(chance.uniform(0.25, 0.7))
            if _going(engine):
                place = chance.randrange(senders)
                _end(running[place])
                running[place] = _started(at)
                kills += 1
    finally:
        for one in running:
            _end(one)
    return kills


def _waiting(engine: Engine, count: int) -> int:
    with reading(engine) as db:
        return count - letters.counts(db).get(LetterState.ACCEPTED, 0)


def _going(engine: Engine) -> bool:
    """Whether letters wait that no dead sender holds: the rest is only waiting for their leases to end."""
    with reading(engine) as db:
        return letters.counts(db).get(LetterState.WAITING, 0) > 0


def _started(at: tuple[str, Path, str]) -> ForkServerProcess:
    child = _FORK.Process(target=_send_for_ever, args=at)
    child.start()
    return child


def _send_for_ever(database: str, folder: Path, url: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    app = app_on(open_store(database), folder, url)
    while True:
        send.drain(app, _DEADLINE_S)
        time.sleep(0.02)


def _end(child: ForkServerProcess) -> None:
    child.kill()
    child.join()


@contextmanager
def _sink() -> Iterator[str]:
    """A mail server in a process of its own, that keeps nothing; its address."""
    child = subprocess.Popen([sys.executable, "-c", _SINK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        yield child.stdout.readline().strip()
    finally:
        child.stdin.close()
        child.wait()
        child.stdout.close()


def _pace(folder: Path, count: int) -> Figure:
    """How much longer sending takes than one bare connection that is given the same bytes."""
    app = app_on(open_store(f"sqlite:///{folder / 'tthc.db'}"), folder, "")
    made = _put_down(app.engine, count)
    with _sink() as url:
        host, port = url.removeprefix("smtp://").split(":")
        began = time.perf_counter()
        with smtplib.SMTP(host, int(port)) as bare:
            for one in made:
                bare.sendmail("giam-sat@demo.invalid", [one.to_address], to_bytes(one))
        bare_s = time.perf_counter() - began
        began = time.perf_counter()
        send.drain(app_on(app.engine, folder, url))
        ours_s = time.perf_counter() - began
    app.engine.dispose()
    return (
        f"{count} letters handed over ({1000 * ours_s / count:.2f} ms each), of one bare smtplib connection",
        ours_s / bare_s, 1 / 0.8, "×",
    )  # fmt: skip


def _planned(folder: Path, count: int, *, live: bool, limit_s: float) -> Figure:
    """What a slot costs at which so much is owed for the first time, written down and all; in earnest, causes are
    asked for too, and what that makes owed is planned."""
    app = build(Settings(var_dir=folder, database_url=f"sqlite:///{folder}/t.db"), HandClock(NOW))
    if live:
        tell.go_live(app, "bench", NOW)
    fill(app, folder, count * 3 // 10)
    with cost() as spent:
        tell.plan(app, NOW, next_slot(app, NOW))
    with reading(app.engine) as db:
        made = int(db.exec_driver_sql("SELECT count(*) FROM tellings").scalar_one())
    app.engine.dispose()
    what = "planned, written, and as many causes asked for" if live else "planned and written"
    return f"{made:,} tellings {what}: CPU of a hundred thousand", spent.s * TELLINGS / made, limit_s, "s"
