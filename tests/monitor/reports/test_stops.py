"""What a planned stop is called, and what looks during, before and beyond one come to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.look import Cause
from monitor.core.period import Span
from monitor.core.uptime import Notice, State
from monitor.reports import accounts
from monitor.reports.render import environment, terms
from monitor.reports.stops import Stop, StopClass, stops
from monitor.store import notices, reading, withdrawals, writing
from monitor.store.withdrawals import Withdrawal
from tests.monitor.reports.conftest import CODE, Watch, Watched, moment

BEGIN, END = "30/11/2026 01:00", "30/11/2026 03:00"
STOP = Span(start=moment(BEGIN), end=moment(END))
DAY = Span(start=moment("30/11/2026 00:00"), end=moment("30/11/2026 06:00"))
"""The latest notice for a stop on 30/11/2026 is of 18/11 (24/11 is a holiday)."""


@pytest.fixture
def watched(watch: Watch) -> Watched:
    """A service looked at every five minutes."""
    return watch()


def verdict(stop: Stop) -> str:
    """What every page and letter says of a stop."""
    return " ".join(str(environment().get_template("_stop.txt").module.verdict(stop)).split())


def announced(watched: Watched, entered: str, span: Span = STOP) -> int:
    notice = Notice(service=CODE, span=span, entered_at=moment(entered), document="Thông báo số 12/TB")
    with writing(watched.engine) as db:
        return notices.add(db, notice)


def account(watched: Watched, window: Span = DAY) -> accounts.Account:
    """The account of a window."""
    with reading(watched.engine) as db:
        found = accounts.kept(db, watched.law, watched.service, window, watched.service.required_targets())
    return accounts.account(watched.service, found, window)


@pytest.mark.parametrize(
    ("entered", "kind"),
    [
        ("18/11/2026 16:59", StopClass.IN_TIME),
        ("19/11/2026 00:00", StopClass.TOO_LATE),
        ("30/11/2026 01:30", StopClass.TOO_LATE),
    ],
)
def test_a_stop_is_called_by_when_its_notice_came(watched: Watched, entered: str, kind: StopClass) -> None:
    announced(watched, entered)
    with reading(watched.engine) as db:
        (stop,) = stops(db, watched.law, watched.service, DAY)
    assert (stop.kind, stop.counts) == (kind, kind is StopClass.IN_TIME)
    assert terms()["StopClass"][kind.value] in verdict(stop)


def test_a_notice_taken_back_announces_nothing_and_is_named(watched: Watched) -> None:
    number = announced(watched, "10/11/2026 08:00")
    watched.finds(BEGIN, END, Cause.TIMEOUT)
    watched.looks("29/11/2026 23:00", "30/11/2026 06:00")
    before = account(watched)
    with writing(watched.engine) as db:
        withdrawals.add(db, number, Withdrawal(at=moment("20/11/2026 08:00"), by="Người Ghi", reason="nhầm ngày"))
    after = account(watched)
    assert (before.maintenance_ms, after.maintenance_ms) == (STOP.ms, 0)
    assert before.down_ms < after.down_ms
    with reading(watched.engine) as db:
        (stop,) = stops(db, watched.law, watched.service, DAY)
    assert verdict(stop) == "đã rút lại lúc 08:00 20/11/2026 (Người Ghi: nhầm ngày), không còn được tính"


@pytest.mark.parametrize(("entered", "down"), [("10/11/2026 08:00", False), ("25/11/2026 08:00", True)])
def test_looking_goes_on_during_a_stop_and_one_announced_too_late_is_counted_down(
    watched: Watched, entered: str, down: bool
) -> None:
    announced(watched, entered)
    watched.finds("30/11/2026 01:20", "30/11/2026 02:20", Cause.BANNER)
    watched.looks("29/11/2026 23:00", "30/11/2026 06:00")
    counted = account(watched)
    assert bool(counted.down_ms) is down
    assert bool(counted.maintenance_ms) is not down
    assert counted.interruptions


def test_failure_13_a_future_maintenance_does_not_hide_today(watched: Watched) -> None:
    announced(watched, "10/11/2026 08:00", Span(start=STOP.start + timedelta(days=7), end=STOP.end + timedelta(days=7)))
    watched.finds(BEGIN, END, Cause.TIMEOUT)
    watched.looks("29/11/2026 23:00", "30/11/2026 06:00")
    counted = account(watched)
    assert counted.maintenance_ms == 0
    assert counted.down_ms > 0


def test_an_interruption_from_before_a_stop_is_a_failure_whose_planned_part_is_not_counted(watched: Watched) -> None:
    announced(watched, "10/11/2026 08:00")
    watched.finds("30/11/2026 00:20", END, Cause.TIMEOUT)
    watched.looks("29/11/2026 23:00", "30/11/2026 06:00")
    counted = account(watched)
    assert counted.maintenance_ms == STOP.ms
    assert {one.state for one in counted.segments} >= {State.DOWN, State.MAINTENANCE, State.UP}
