"""What a planned stop is called, and what looks during, before and beyond one come to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.core.look import Cause
from monitor.core.period import Span
from monitor.core.uptime import Notice, State
from monitor.reports import accounts
from monitor.reports.classes import class_of
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


def told(watched: Watched, window: Span = DAY) -> tuple[accounts.Account, list[StopClass]]:
    """The account of a window, and what its interruptions are called."""
    with reading(watched.engine) as db:
        found = accounts.kept(db, watched.law, watched.service, window, watched.service.required_targets())
    account = accounts.account(watched.service, found, window)
    listed = accounts.interrupted(watched.service, found, window, account.interruptions)
    return account, [class_of(one) for one in listed]


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
    before, _ = told(watched)
    with writing(watched.engine) as db:
        withdrawals.add(db, number, Withdrawal(at=moment("20/11/2026 08:00"), by="Người Ghi", reason="nhầm ngày"))
    after, classes = told(watched)
    assert (before.maintenance_ms, after.maintenance_ms) == (STOP.ms, 0)
    assert before.down_ms < after.down_ms
    assert classes == [StopClass.FAILURE]
    with reading(watched.engine) as db:
        (stop,) = stops(db, watched.law, watched.service, DAY)
    assert verdict(stop) == "đã rút lại lúc 08:00 20/11/2026 (Người Ghi: nhầm ngày), không còn được tính"


@pytest.mark.parametrize(
    ("entered", "classes", "down"),
    [("10/11/2026 08:00", [StopClass.IN_TIME], False), ("25/11/2026 08:00", [StopClass.TOO_LATE], True)],
)
def test_looking_goes_on_during_a_stop_and_one_announced_too_late_is_counted_down(
    watched: Watched, entered: str, classes: list[StopClass], down: bool
) -> None:
    announced(watched, entered)
    watched.finds("30/11/2026 01:20", "30/11/2026 02:20", Cause.BANNER)
    watched.looks("29/11/2026 23:00", "30/11/2026 06:00")
    account, called = told(watched)
    assert called == classes
    assert bool(account.down_ms) is down
    assert bool(account.maintenance_ms) is not down


def test_failure_13_a_future_maintenance_does_not_hide_today(watched: Watched) -> None:
    announced(watched, "10/11/2026 08:00", Span(start=STOP.start + timedelta(days=7), end=STOP.end + timedelta(days=7)))
    watched.finds(BEGIN, END, Cause.TIMEOUT)
    watched.looks("29/11/2026 23:00", "30/11/2026 06:00")
    account, classes = told(watched)
    assert account.maintenance_ms == 0
    assert account.down_ms > 0
    assert classes == [StopClass.FAILURE]


def test_an_interruption_from_before_a_stop_is_a_failure_whose_planned_part_is_not_counted(watched: Watched) -> None:
    announced(watched, "10/11/2026 08:00")
    watched.finds("30/11/2026 00:20", END, Cause.TIMEOUT)
    watched.looks("29/11/2026 23:00", "30/11/2026 06:00")
    account, classes = told(watched)
    assert classes == [StopClass.FAILURE]
    assert account.maintenance_ms == STOP.ms
    assert {one.state for one in account.segments} >= {State.DOWN, State.MAINTENANCE, State.UP}


@pytest.mark.parametrize(("confirmed", "kind"), [(True, StopClass.FORCE_MAJEURE), (False, StopClass.FAILURE)])
def test_force_majeure_is_a_label_that_people_give(watched: Watched, confirmed: bool, kind: StopClass) -> None:
    watched.finds(BEGIN, END, Cause.TIMEOUT)
    watched.looks("29/11/2026 23:00", "30/11/2026 06:00")
    with reading(watched.engine) as db:
        found = accounts.kept(db, watched.law, watched.service, DAY, watched.service.required_targets())
    account = accounts.account(watched.service, found, DAY)
    (one,) = accounts.interrupted(watched.service, found, DAY, account.interruptions)
    assert class_of(one, force_majeure=confirmed) is kind
    assert account.down_ms > 0
