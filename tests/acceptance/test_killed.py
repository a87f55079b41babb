"""A buyer's check 7, the hard way: the process is killed while the action to file is gone, and another goes on."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from jobs.app import build
from jobs.clock import HandClock
from jobs.demo.portal import Mood, Portal
from jobs.demo.sink import Delivered, Sink
from jobs.demo.stage import stage
from monitor.core.period import ict
from monitor.core.reporting import parse_period
from monitor.core.uptime import Account
from monitor.reports import uptime_report
from monitor.store import journal, reading
from tests.acceptance.conftest import moment, settings

WALKER = """
import sys
from datetime import timedelta
from pathlib import Path

from jobs import tell
from jobs.app import build
from jobs.clock import HandClock
from jobs.look import Looking
from jobs.walk import Walk
from monitor.store import letters, writing
from tests.acceptance.conftest import moment, settings

folder, url, start, end = Path(sys.argv[1]), sys.argv[2], moment(sys.argv[3]), moment(sys.argv[4])
app = build(settings(folder, url), HandClock(start))
tell.go_live(app, "Người thử", start)
with writing(app.engine) as db:
    letters.abandoned(db, start)
walk, at = Walk(app, app.clock, Looking(app)), start
while at < end:
    at += timedelta(minutes=1)
    walk.until(at)
    print(at.isoformat(), flush=True)
    sys.stdin.readline()
"""


class Walker:
    """A process that keeps the office from one moment on, a minute at each `step`."""

    def __init__(self, folder: Path, smtp_url: str, start: str, end: str) -> None:
        argv = [sys.executable, "-c", WALKER, str(folder), smtp_url, start, end]
        self.process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        self.end = moment(end)

    def until(self, text: str) -> None:
        """Let it walk to a moment; it waits there, in the midst of its life."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        goal = moment(text).isoformat()
        while line := self.process.stdout.readline().strip():
            if line == goal:
                return
            self.process.stdin.write("\n")
            self.process.stdin.flush()
        raise AssertionError("the walker ended early")

    def go_on(self) -> None:
        """Let it begin the next minute, without waiting for it."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """SIGKILL: nothing can be tidied up."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()


def test_killed_amid_an_outage_the_next_process_tells_it_once_and_whole(tmp_path: Path) -> None:
    mails: list[Delivered] = []
    with Portal() as portal, Portal() as control, Sink(mails.append) as sink:
        stage(tmp_path, portal.url, control=control.url)
        first = Walker(tmp_path, sink.url, "21/11/2026 20:32", "22/11/2026 00:00")
        first.until("21/11/2026 21:10")
        portal.mood = Mood.NO_ACTION
        first.go_on()
        first.until("21/11/2026 21:52")
        first.go_on()
        first.kill()
        second = Walker(tmp_path, sink.url, "21/11/2026 21:57", "22/11/2026 07:05")
        second.until("21/11/2026 22:40")
        at_night = list(mails)
        portal.mood = Mood.WORKING
        second.go_on()
        second.until("21/11/2026 23:00")
        over_at_night = list(mails)
        second.go_on()
        second.until("22/11/2026 07:05")
        second.kill()

    account = _account(tmp_path, sink.url)
    (interruption,) = account.interruptions
    assert interruption.last_good is not None
    assert interruption.first_good is not None
    assert interruption.last_good <= moment("21/11/2026 21:10") <= interruption.first_bad
    assert interruption.last_bad <= moment("21/11/2026 22:40") <= interruption.first_good
    assert interruption.first_bad - interruption.last_good <= timedelta(minutes=6)
    assert interruption.first_good - interruption.last_bad <= timedelta(minutes=6)
    parts = (account.up_ms, account.down_ms, account.maintenance_ms, account.excluded_ms, account.unknown_ms)
    assert sum(parts) == account.window.ms

    duty = ["so-cong-thuong.duty@demo.invalid", "trung-tam-pvhcc.duty@demo.invalid"]
    assert sorted(mail.to[0] for mail in at_night) == duty
    assert sorted(mail.to[0] for mail in over_at_night[len(at_night) :]) == duty
    heads = mails[len(over_at_night) :]
    assert {mail.to[0].partition(".")[2].partition("@")[0] for mail in heads} == {"head"}
    assert len({(mail.to, mail.subject) for mail in mails}) == len(mails)
    assert all(f"{ict(interruption.first_bad):%H:%M}" in mail.subject for mail in mails)


def _account(folder: Path, smtp_url: str) -> Account:
    app = build(settings(folder, smtp_url), HandClock(moment("23/11/2026 00:00")))
    with reading(app.engine) as db:
        log = uptime_report.log_of(db, app.register, app.law, "2.001474", parse_period("2026-W47"), app.clock.now())
        assert all(chain.intact for chain in journal.verify_all(db))
    app.engine.dispose()
    return log.account
