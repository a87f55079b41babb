"""A whole office in a folder: register, database, portal, mail sink, and the timetable walked by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from jobs import tell
from jobs.app import App, build
from jobs.clock import HandClock
from jobs.demo.portal import Portal
from jobs.demo.sink import Delivered, Sink
from jobs.demo.stage import stage
from jobs.look import Looking
from jobs.walk import Walk
from monitor.config import Settings
from monitor.core.reporting import parse_period
from monitor.reports import uptime_report
from monitor.reports.uptime_report import UptimeLog
from monitor.store import reading
from monitor.store.engine import wait_for_no_disk
from tests.servers.sqlite import laid


@dataclass
class Office:
    """One installation, from its first moment on."""

    app: App
    portal: Portal
    clock: HandClock
    walk: Walk
    mails: list[Delivered] = field(default_factory=list)

    @property
    def var(self) -> Path:
        return self.app.settings.var_dir

    def until(self, text: str) -> None:
        """Walk the timetable to "23/11/2026 07:30"."""
        self.walk.until(moment(text))

    def drop(self, name: str, content: bytes) -> None:
        """Put a file into the drop folder."""
        inbox = self.var / "inbox"
        inbox.mkdir(parents=True, exist_ok=True)
        (inbox / name).write_bytes(content)

    def to(self, who: str) -> list[str]:
        """Subjects of the mails that reached addresses starting so."""
        return [mail.subject for mail in self.mails if mail.to[0].startswith(who)]

    def week(self, week: str) -> UptimeLog:
        """The weekly log of "2026-W47" as of now."""
        with reading(self.app.engine) as db:
            return uptime_report.log_of(
                db, self.app.register, self.app.law, "2.001474", parse_period(week), self.clock.now()
            )


def moment(text: str) -> datetime:
    """ "23/11/2026 07:30" on a Vietnamese clock."""
    return datetime.strptime(f"{text} +0700", "%d/%m/%Y %H:%M %z")


@pytest.fixture
def open_office(tmp_path: Path) -> Iterator[Callable[..., Office]]:
    """Opens offices at a moment; `live` ends the trial at once, `smtp` False leaves SMTP_URL unset."""
    with ExitStack() as stack:

        def opened(
            start: str, *, live: bool = True, smtp_url: str | None = None, beat_s: int = 60, **places: str
        ) -> Office:
            portal = stack.enter_context(Portal())
            mails: list[Delivered] = []
            sink = stack.enter_context(Sink(mails.append))
            stage(tmp_path, portal.url, **places)
            clock = HandClock(moment(start))
            laid(tmp_path / "var" / "tthc.db")
            app = build(settings(tmp_path, sink.url if smtp_url is None else smtp_url), clock)
            wait_for_no_disk(app.engine)
            stack.callback(app.engine.dispose)
            if live:
                tell.go_live(app, "Người thử", clock.now())
            looking = Looking(app)
            stack.callback(looking.stop)
            return Office(app, portal, clock, Walk(app, clock, looking, beat_s=beat_s), mails)

        yield opened


def settings(folder: Path, smtp_url: str) -> Settings:
    """The office's settings: everything on loopback."""
    return Settings(
        var_dir=folder / "var",
        register=str(folder / "register"),
        smtp_url=smtp_url,
        smtp_from="giam-sat@demo.invalid",
        contact="thu@demo.invalid",
    )
