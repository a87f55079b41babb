"""The daemon itself: how soon it is up, what it holds, and that a file of a million rows delays no look."""

from __future__ import annotations

import csv
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.processes import Peak, resident_mib
from bench.site import ACTION, CODE, Site
from jobs.demo.dossiers import HEADINGS
from jobs.demo.stage import units
from monitor.register import copy_shipped, load_register

ROWS = 1_000_000
TARGETS = 20
EVERY_S = 2.0
STARTS = 4
IDLE_S = 20.0
LONGEST_S = 3_600.0
NOW = datetime(2026, 11, 24, tzinfo=UTC)

_TARGET = """
[[service.target]]
key = "cong-{number}"
name = "Địa chỉ {number}"
public = false
interval_s = {every}
deadline_s = 1.5
jitter = 0.0
[[service.target.step]]
url = "{url}/{number}"
assertions = [
  {{ want = "status", value = "200", cause = "status" }},
  {{ want = "text", value = "{action}", cause = "action_missing" }},
]
"""


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """Started twice on a folder of its own; looking at 20 targets every two seconds all the while."""
    with TemporaryDirectory() as place, Site(Path(place)) as site:
        folder = Path(place)
        _stage(folder, site.url["HTTP"])
        ups = []
        for _ in range(STARTS):
            with Running(folder) as daemon:
                ups.append(daemon.up_after_s)
        yield "started again, until it says where its pages are", median(ups[1:]), 3.0, "s"
        with Running(folder) as daemon:
            time.sleep(max(3.0, IDLE_S * scale))
            idle = resident_mib(daemon.pid)
            yield "held when idle", idle, 110.0, "MiB"
            rows = max(1_000, round(ROWS * scale))
            begun = datetime.now(UTC)
            with Peak(daemon.pid) as peak:
                _drop(folder, rows)
                _wait_until_projected(folder, daemon)
            took = (datetime.now(UTC) - begun).total_seconds()
            yield f"CSV of {rows:,} rows ({took:.0f} s): all processes, at their most", peak.together, 1024.0, "MiB"
            yield "the daemon's own growth meanwhile, at its most", peak.own - idle, 60.0, "MiB"
            yield "the longest that a look was delayed meanwhile", _delay_s(folder, begun), 1.0, "s"
        yield "stopped by SIGTERM", daemon.down_after_s, 5.0, "s"


def _stage(folder: Path, url: str) -> None:
    copy_shipped(folder / "register")
    head = f'[[service]]\ncode = "{CODE}"\nname = "Khuyến mại"\nowner = "so-cong-thuong"\n'
    targets = (_TARGET.format(number=number, every=EVERY_S, url=url, action=ACTION) for number in range(TARGETS))
    (folder / "register" / "services" / f"{CODE}.toml").write_text(head + "".join(targets), "utf-8")


class Running:
    """`tthc run` in a process of its own; `pid` is its number, `url` its pages; times are by the clock on the wall."""

    def __init__(self, folder: Path, **more: str) -> None:
        settings = {"VAR_DIR": str(folder / "var"), "REGISTER": str(folder / "register"), "WEB_BIND": "127.0.0.1:0"}
        settings |= {"LOG_LEVEL": "WARNING", "CONTACT": "", "SMTP_URL": "", **more}
        (folder / "none.env").touch()
        begun = time.monotonic()
        self._process = subprocess.Popen(
            [Path(sys.executable).with_name("tthc"), "--env", folder / "none.env", "run"],
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=(folder / "log").open("a"),
            text=True,
        )
        said = self._process.stdout.readline() if self._process.stdout else ""
        self.up_after_s = time.monotonic() - begun
        self.pid = self._process.pid
        self.down_after_s = 0.0
        if not said:
            raise RuntimeError((folder / "log").read_text())
        while "http" not in said and self._process.stdout:
            said = self._process.stdout.readline()
        self.url = next(word for word in said.split() if word.startswith("http"))

    @property
    def alive(self) -> bool:
        """Whether it is running still."""
        return self._process.poll() is None

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        begun = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30.0)
        finally:
            self.down_after_s = time.monotonic() - begun
            self._process.kill()


def _drop(folder: Path, rows: int) -> None:
    """Write an export into the drop folder, under a name that is not read before it is complete."""
    chance, offices = random.Random(2026), units(load_register(str(folder / "register")))
    inbox = folder / "var" / "inbox"
    with (inbox / "export.csv.part").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADINGS)
        for number in range(rows):
            filed = NOW - timedelta(seconds=chance.randrange(300 * 86_400))
            received, due = filed + timedelta(seconds=chance.randrange(30_000)), filed + timedelta(days=10)
            done = due < NOW and chance.random() < 0.97
            unit = offices[number % len(offices)]
            out.writerow((
                number + 1, unit.receiving, "(ẩn)", "Thông báo hoạt động khuyến mại", "2.000033",
                f"H56.{number % 60:02}-{filed:%y%m%d}-{number:07}", "Đã trả kết quả" if done else "Đang xử lý", "(ẩn)",
                "(ẩn)", "Trực tuyến", f"{filed:%d/%m/%Y %H:%M:%S}", f"{received:%d/%m/%Y %H:%M:%S}",
                f"{due:%d/%m/%Y} 17:00:00", f"{due - timedelta(days=1):%d/%m/%Y %H:%M:%S}" if done else "",
                unit.handling,
            ))  # fmt: skip
    (inbox / "export.csv.part").rename(inbox / "export.csv")


def _wait_until_projected(folder: Path, daemon: Running) -> None:
    end = time.monotonic() + LONGEST_S
    wanted = "SELECT state FROM imports WHERE name = 'export.csv'"
    while asked(folder, wanted) != [("projected",)]:
        if not daemon.alive or time.monotonic() > end:
            raise RuntimeError(f"the file was not taken in: {(folder / 'log').read_text()[-2000:]}")
        time.sleep(0.5)


def _delay_s(folder: Path, since: datetime) -> float:
    """The most by which a look began after its turn: two looks of a target are an interval apart."""
    looked: defaultdict[int, list[int]] = defaultdict(list)
    begun = round(since.timestamp() * 1000)
    for target, at in asked(folder, f"SELECT target_id, at FROM looks WHERE at >= {begun} ORDER BY at"):
        looked[target].append(at)
    gaps = [after - before for times in looked.values() for before, after in pairwise(times)]
    return max(gaps) / 1000 - EVERY_S


def asked(folder: Path, question: str) -> list[tuple[Any, ...]]:
    """What the daemon's database answers."""
    db = sqlite3.connect(f"file:{folder / 'var' / 'tthc.db'}?mode=ro", uri=True, timeout=30.0)
    try:
        return db.execute(question).fetchall()
    finally:
        db.close()
