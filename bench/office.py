"""An office to measure: a fresh store in a folder, a register of so many targets, the law as shipped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.site import ACTION, CODE
from jobs.app import App
from jobs.clock import Clock, SystemClock
from monitor.config import Settings
from monitor.core.look import Cause
from monitor.core.service import Assertion, Service, Step, Target, Want
from monitor.law import load_law
from monitor.register import load_register, register_of
from monitor.store import open_store

TARGETS = 200
STATUS = Assertion(want=Want.STATUS, value="200", cause=Cause.STATUS)
KEYWORD = Assertion(want=Want.TEXT, value=ACTION, cause=Cause.ACTION_MISSING)
SELECTOR = Assertion(want=Want.SELECTOR, value="a.nop-truc-tuyen", cause=Cause.ACTION_MISSING)


def services(url: str, assertions: Sequence[Assertion], interval_s: float, jitter: float = 0.0) -> Iterator[Service]:
    """Services of one target each, TARGETS in all, at a server of our own."""
    for number in range(TARGETS):
        step = Step(url=f"{url}/thu-tuc/{number}", assertions=tuple(assertions))
        target = Target(
            key=f"{CODE}-{number}", name=f"Địa chỉ {number}", steps=(step,), interval_s=interval_s, jitter=jitter,
            deadline_s=5.0, public=False,
        )  # fmt: skip
        yield Service(code=f"2.{number:06}", name=f"Thủ tục {number}", owner="so", targets=(target,))


@contextmanager
def office(folder: Path, watched: Sequence[Service], *, ca_file: str = "", clock: Clock | None = None) -> Iterator[App]:
    """The program put together on an empty SQLite store in a folder."""
    settings = Settings(var_dir=folder, ca_file=ca_file)
    app = App(
        settings=settings,
        clock=clock or SystemClock(),
        engine=open_store(settings.database_url),
        register=register_of(agencies=(), services=watched, ladders=load_register("thanh-hoa").ladders.values()),
        law=load_law(),
    )
    try:
        yield app
    finally:
        app.engine.dispose()
