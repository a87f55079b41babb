"""A look with its storing and sealing: CPU of the process that looks, and bytes on the disk."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pycurl
from sqlalchemy import Engine, func, select

from bench.cost import cost
from bench.office import KEYWORD, SELECTOR, STATUS, TARGETS, office, services
from bench.site import Site
from jobs.app import App
from jobs.look import Looking
from monitor.core.look import Cause, Kind, Look, Phases, Verdict
from monitor.core.service import Assertion
from monitor.store import looks, reading, writing
from monitor.store.tables import looks as look_rows

LOOKS = 6_000
KEPT = 60_000
BYTES = 190.0
EVERY_S = 0.1
A_SECOND = 50
"""How many looks a second where each comes in its own turn; those of a second are written together."""
PAGE_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a look asks for, and what it may cost: all due at once, and each in its own turn."""

    scheme: str
    what: str
    assertions: tuple[Assertion, ...]
    together_ms: float
    alone_ms: float


CASES: Sequence[Case] = (
    Case(scheme="HTTP", what="status, keyword", assertions=(STATUS, KEYWORD), together_ms=0.5, alone_ms=1.5),
    Case(scheme="HTTPS", what="status, keyword", assertions=(STATUS, KEYWORD), together_ms=1.0, alone_ms=3.0),
    Case(scheme="HTTP", what="selector too", assertions=(STATUS, KEYWORD, SELECTOR), together_ms=1.0, alone_ms=2.0),
)


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """The daemon's own looking, with its threads and commits, at 200 targets in another process."""
    wanted, settling_s = max(40, round(LOOKS * scale)), min(2.0, 40 * scale)
    with TemporaryDirectory() as place, Site(Path(place)) as site:
        for case in CASES:
            url, folder, name = site.url[case.scheme], Path(place) / case.what / case.scheme, f"a look, {case.scheme}"
            floor = _floor(url, site.ca_file, wanted)
            with office(
                folder / "together", list(services(url, case.assertions, EVERY_S)), ca_file=str(site.ca_file)
            ) as app:
                spent = _together(app, wanted)
            yield f"{name}, {case.what}, all due at once (libcurl alone {floor:.3f})", spent, case.together_ms, "ms"
            interval_s = TARGETS / A_SECOND / 1.5
            watched = list(services(url, case.assertions, interval_s, jitter=1.0))
            with office(folder / "alone", watched, ca_file=str(site.ca_file)) as app:
                spent = _alone(app, settling_s, wanted / A_SECOND)
            yield f"{name}, {case.what}, each in its own turn", spent, case.alone_ms, "ms"
        with office(Path(place) / "kept", []) as app:
            yield from _bytes(app, max(10 * TARGETS, round(KEPT * scale)))


def _floor(url: str, ca_file: Path, count: int) -> float:
    """The least a look can cost: libcurl itself fetching the page, nothing judged, nothing kept; milliseconds."""
    multi, free = pycurl.CurlMulti(), [pycurl.Curl() for _ in range(48)]
    left = count
    with cost() as spent:
        while left or len(free) < 48:
            while left and free:
                curl, left = free.pop(), left - 1
                for option, value in (
                    (pycurl.URL, url), (pycurl.NOSIGNAL, 1), (pycurl.CAINFO, str(ca_file)), (pycurl.FORBID_REUSE, 1),
                    (pycurl.FRESH_CONNECT, 1), (pycurl.SSL_SESSIONID_CACHE, 0), (pycurl.WRITEFUNCTION, len),
                ):  # fmt: skip
                    curl.setopt(option, value)
                multi.add_handle(curl)
            multi.perform()
            _, good, bad = multi.info_read(48)
            assert not bad, bad
            for curl in good:
                multi.remove_handle(curl)
                free.append(curl)
            if not good:
                multi.select(0.05)
    return spent.s / count * 1000


def _count(engine: Engine) -> int:
    """Looks that found the page as it should be."""
    up = select(func.count()).select_from(look_rows).where(look_rows.c.verdict == Verdict.UP.value)
    with reading(engine) as db:
        return int(db.execute(up).scalar_one())


def _together(app: App, wanted: int) -> float:
    """Milliseconds a look where all are due at once and written in one transaction; the median of the rounds."""
    looking = Looking(app)
    looking.run_due()
    before, rounds = _count(app.engine), max(1, wanted // TARGETS)
    costs = []
    for _ in range(rounds):
        time.sleep(2 * EVERY_S)
        with cost() as spent:
            seen = looking.run_due()
        costs.append(spent.s / len(seen) * 1000)
    looking.stop()
    made = _count(app.engine) - before
    assert made >= rounds * TARGETS, f"only {made} looks found the page"
    return median(costs)


def _alone(app: App, settling_s: float, seconds: float) -> float:
    """Milliseconds a look where the looks come one by one, as they do in a daemon that has run for a while.

    They all begin at once, and their jitter needs some seconds to spread them. A machine too busy to have made one in
    the time given is given more.
    """
    looking = Looking(app)
    looking.start()
    time.sleep(settling_s)
    before = _count(app.engine)
    with cost() as spent:
        time.sleep(seconds)
        made = _count(app.engine) - before
        for _ in range(300):
            if made:
                break
            time.sleep(0.1)
            made = _count(app.engine) - before
    looking.stop()
    assert made, "no look was made"
    return spent.s / made * 1000


def _bytes(app: App, count: int) -> Iterator[tuple[str, float, float, str]]:
    """Growth of the database's file, each look in a link of its own; three in a hundred are not up and say why."""
    begin, sizes = datetime(2026, 11, 16, tzinfo=UTC), []
    for part in range(3):
        with writing(app.engine) as db:
            for number in range(part * count // 3, (part + 1) * count // 3):
                looks.add(db, [_look(number, begin + timedelta(milliseconds=1_500 * number))])
        with reading(app.engine) as db:
            sizes.append(int(db.exec_driver_sql("PRAGMA page_count").scalar_one()) * PAGE_BYTES)
    grown = (sizes[-1] - sizes[0]) / (count - count // 3)
    yield f"bytes kept a look, its journal included ({count:,} looks)", grown, BYTES, "B"


def _look(number: int, at: datetime) -> Look:
    """One of a run of looks, a target after the other."""
    down, took = number % 33 == 7, 80 + number * 7919 % 400
    return Look(
        service=f"2.{number % TARGETS:06}",
        target=f"2.001474-{number % TARGETS}",
        vantage="trung-tam",
        kind=Kind.HTTP,
        at=at,
        received_at=at + timedelta(milliseconds=took),
        verdict=Verdict.DOWN if down else Verdict.UP,
        cause=Cause.ACTION_MISSING if down else Cause.NONE,
        phases=Phases(name=3, connect=took // 8, tls=took // 4, first_byte=took // 2, total=took),
        valid_for_ms=600_000,
        status=200,
        size=20_480,
        detail="thiếu: Nộp trực tuyến · sha256 0123456789abcdef0123456789abcdef" if down else "",
    )
