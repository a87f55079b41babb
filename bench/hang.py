"""Pages that take connections and never answer: how soon those who must know have the letter."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from email import message_from_bytes, policy
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.daemon import Running
from jobs import tell
from jobs.app import build
from jobs.clock import SystemClock
from jobs.demo.portal import Mood, Portal
from jobs.demo.sink import Delivered, Sink
from jobs.demo.stage import stage
from monitor.config import Settings

TARGETS, EVERY_S, DEADLINE_S, RECHECK_S = 20, 20.0, 5.0, 1.0
LIMIT_S = 1.1 * EVERY_S + RECHECK_S + 2 * DEADLINE_S + 3.0
"""An interval, a look to its deadline, a second look to its own, and the letter: the worst there can be."""

_TARGET = """
[[service.target]]
key = "cong-{number}"
name = "Địa chỉ {number}"
public = false
interval_s = {every}
deadline_s = {deadline}
recheck_s = {recheck}
jitter = 0.1
[[service.target.step]]
url = "{url}/{number}"
assertions = [{{ want = "status", value = "200", cause = "status" }}]
"""


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """Twenty targets each twenty seconds, as peers were measured, all hang from one moment on."""
    targets = max(2, round(TARGETS * scale))
    arrived: dict[str, float] = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        portal, reference = stack.enter_context(Portal(slow_s=600.0)), stack.enter_context(Portal())
        sink = stack.enter_context(Sink(lambda mail: _note(arrived, mail)))
        _stage(folder, portal.url, reference.url, targets)
        daemon = Running(folder, SMTP_URL=sink.url, SMTP_FROM="giam-sat@demo.invalid", CONTACT="thu@demo.invalid")
        stack.enter_context(daemon)
        time.sleep(3 * EVERY_S)
        portal.mood = Mood.SLOW
        began = time.monotonic()
        while len(arrived) < targets and time.monotonic() < began + 600.0:
            time.sleep(0.1)
    after = [moment - began for moment in arrived.values()] or [float("inf")]
    yield (
        f"{len(after)} of {targets} targets hang: down → letter at the mail server, median",
        median(after),
        LIMIT_S,
        "s",
    )
    yield "the same, the last of them", max(after), LIMIT_S, "s"


def _note(arrived: dict[str, float], mail: Delivered) -> None:
    """Remember when the first letter about a target came."""
    found = re.search(r"Địa chỉ \d+", mail.subject + _text(mail.content))
    if found:
        arrived.setdefault(found[0], time.monotonic())


def _text(content: bytes) -> str:
    body = message_from_bytes(content, policy=policy.default).get_body(("plain",))
    return "" if body is None else str(body.get_content())


def _stage(folder: Path, url: str, reference: str, targets: int) -> None:
    """An office that is live, with a reference that answers."""
    stage(folder, url, control=reference)
    file = folder / "register" / "services" / "2.001474.toml"
    head, _, rest = file.read_text("utf-8").partition("[[service.target]]")
    control = rest.rpartition("[[service.target]]")[2]
    tables = (
        _TARGET.format(number=n, every=EVERY_S, deadline=DEADLINE_S, recheck=RECHECK_S, url=url) for n in range(targets)
    )
    file.write_text(f"{head}{''.join(tables)}\n[[service.target]]{control}", "utf-8")
    app = build(Settings(var_dir=folder / "var", register=str(folder / "register")), SystemClock())
    tell.go_live(app, "bench", app.clock.now())
    app.engine.dispose()
