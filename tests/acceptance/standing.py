"""A daemon of its own in a process, killed and started again, with a portal and a mail server beside it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs import tell
from jobs.app import App, build
from jobs.clock import SystemClock
from jobs.demo.stage import stage
from monitor.config import Settings
from monitor.core.look import Look
from monitor.core.period import Span, aware
from monitor.core.reporting import window_of
from monitor.reports import uptime_report
from monitor.reports.uptime_log import UptimeLog
from monitor.store import InterruptionRow, LetterState, interruptions, letters, looks, reading
from tests.servers.mail import MailServer, mail_server
from tests.servers.web import Server, reply

ROOT = Path(__file__).parents[2]
CLEAN = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
SERVICE, TARGET = "2.001474", "2.001474-cong"
PAGE = (
    "<h1>Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại</h1><p>Mã thủ tục: 2.001474</p>"
    '<a class="nop-truc-tuyen" href="/nop">Nộp trực tuyến</a>'
)
WORKS, BROKEN = reply(PAGE), reply("<h1>Lỗi hệ thống</h1>", status=503)
PATIENCE_S = 60.0
"""How long a busy machine is given for what takes an idle one a second or two."""


class Portal(Server):
    """The page that is watched: it works until it is told otherwise."""

    def __init__(self) -> None:
        super().__init__(lambda _request, connection: connection.sendall(WORKS))

    def works(self) -> None:
        """Answer with the page as it should be."""
        self.answer = lambda _request, connection: connection.sendall(WORKS)

    def breaks(self) -> None:
        """Answer with an error."""
        self.answer = lambda _request, connection: connection.sendall(BROKEN)

    def hangs(self) -> None:
        """Take every connection and say nothing."""
        self.answer = self.hang


@dataclass
class Standing:
    """One installation in a folder."""

    folder: Path
    app: App
    portal: Portal
    mail: MailServer
    since: datetime
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the daemon; return once it says where its pages are."""
        assert self.process is None
        settings = {
            "WEB_BIND": "127.0.0.1:0", "REGISTER": str(self.folder / "register"), "SMTP_URL": self.mail.url,
            "SMTP_FROM": "giam-sat@demo.invalid", "CONTACT": "thu@demo.invalid",
        }  # fmt: skip
        with (self.folder / "stderr.log").open("a") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from jobs.cli import main; main()", "run"],
                cwd=self.folder, env={**CLEAN, "PYTHONPATH": str(ROOT), **settings},
                stdout=subprocess.PIPE, stderr=err, text=True,
            )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline(), (self.folder / "stderr.log").read_text()

    def kill(self) -> None:
        """SIGKILL: nothing can be tidied up."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def now(self) -> datetime:
        """The moment."""
        return aware(datetime.now(UTC))

    def until(self, happens: Callable[[], Any], within_s: float = PATIENCE_S) -> Any:
        """What it comes to, once it comes to something."""
        end = time.monotonic() + within_s
        while not (found := happens()):
            assert time.monotonic() < end, (self.folder / "stderr.log").read_text()[-4000:]
            time.sleep(0.05)
        return found

    def alerts(self) -> list[tuple[str, str]]:
        """To whom on duty, and with what subject, in the order of arrival."""
        return [
            (one["To"].addresses[0].username, one["Subject"]) for one in self.mail.mails if ".duty" in str(one["To"])
        ]

    def delivered(self) -> bool:
        """Whether every letter that is there was accepted, and the daemon knows it."""
        with reading(self.app.engine) as db:
            return set(letters.counts(db)) == {LetterState.ACCEPTED}

    def interruptions(self) -> list[InterruptionRow]:
        """Every interruption there was, the latest first."""
        with reading(self.app.engine) as db:
            return list(interruptions.recent(db, 10))

    def opened(self) -> bool:
        """Whether an interruption is open."""
        return any(row.closed_at is None for row in self.interruptions())

    def looks(self) -> list[Look]:
        """Every look at the portal."""
        with reading(self.app.engine) as db:
            return sorted(looks.between(db, [TARGET], Span(start=self.since, end=self.now())), key=lambda one: one.at)

    def good_since(self, moment: datetime) -> bool:
        """Whether a look that began since then found it working."""
        return any(one.at >= moment and one.verdict == "up" for one in self.looks())

    def log(self, window: Span) -> UptimeLog:
        """The log of a window as of now."""
        with reading(self.app.engine) as db:
            app = self.app
            return uptime_report.log_of(db, app.register, app.law, SERVICE, window_of(window), self.now())


@contextmanager
def standing(folder: Path, *, interval_s: float = 2.0, deadline_s: float = 1.9) -> Iterator[Standing]:
    """An office that is live, its portal working, its daemon not started yet."""
    folder.mkdir(exist_ok=True)
    portal, reference = Portal(), Portal()
    with mail_server() as mail:
        stage(folder, portal.url, control=reference.url)
        file = folder / "register" / "services" / "2.001474.toml"
        settled = file.read_text("utf-8").replace("recheck_s = 20", "recheck_s = 1")
        settled = settled.replace("deadline_s = 5", f"deadline_s = {deadline_s}")
        file.write_text(settled.replace("interval_s = 300", f"interval_s = {interval_s}"), "utf-8")
        app = build(Settings(var_dir=folder / "var", register=str(folder / "register")), SystemClock())
        tell.go_live(app, "Người thử", app.clock.now())
        one = Standing(folder, app, portal, mail, aware(datetime.now(UTC)))
        try:
            yield one
        finally:
            one.kill()
            portal.close()
            reference.close()
            app.engine.dispose()
