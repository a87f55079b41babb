"""The letter on an interruption says when it came back, and of which it is a recurrence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from jobs import tell, urgent
from monitor.core.interruption import Interruption
from monitor.core.look import Cause
from monitor.core.period import Span
from monitor.core.uptime import Notice
from monitor.store import interruptions, notices, writing
from tests.jobs.conftest import moment

Office = Any
MINUTE = timedelta(minutes=1)


def failed(office: Office, began: datetime, ended: datetime | None) -> None:
    """An interruption as the alerts came to know it."""
    service = office.app.register.services["2.001474"]
    (target, *_) = service.required_targets()
    one = Interruption(
        service=service.code,
        target=target.key,
        last_good=began - 5 * MINUTE,
        first_bad=began,
        last_bad=began + MINUTE,
        first_good=None,
        cause=Cause.TIMEOUT,
        failed_looks=2,
    )
    with writing(office.app.engine) as db:
        interruptions.open_(db, one, began + MINUTE)
        if ended is not None:
            interruptions.close(db, one.target, one.first_bad, replace(one, first_good=ended), ended)


def announced(office: Office, start: datetime, end: datetime, entered: datetime) -> None:
    notice = Notice(service="2.001474", span=Span(start=start, end=end), entered_at=entered, document="TB 1")
    with writing(office.app.engine) as db:
        notices.add(db, notice)


def letter(office: Office) -> Any:
    office.go_live()
    now = office.turn(minutes=5)
    tell.tick(office.app, now)
    urgent.compose(office.app, now)
    return office.letters()[0].message


def test_both_twins_of_the_letter_say_which_it_repeats(office: Office) -> None:
    failed(office, moment("10/11/2026 09:00"), moment("10/11/2026 10:00"))
    failed(office, moment("25/11/2026 07:30"), None)
    message = letter(office)
    for twin in (message.text, message.html):
        assert "lần trước từ 09:00 10/11/2026 đến 10:00 10/11/2026, chưa quá 30 ngày" in twin


@pytest.mark.parametrize("days", [31, 200])
def test_one_of_longer_ago_is_not_named(sqlite_office: Office, days: int) -> None:
    sqlite_office.clock.turn_to(moment("25/11/2026 07:30"))
    failed(sqlite_office, moment("25/11/2026 07:00") - timedelta(days=days), moment("25/11/2026 06:00") - timedelta(31))
    failed(sqlite_office, moment("25/11/2026 07:30"), None)
    assert "Tái diễn" not in letter(sqlite_office).text


@pytest.mark.parametrize(("entered", "recurring"), [("20/10/2026 08:00", False), ("09/11/2026 08:00", True)])
def test_announced_maintenance_is_repeated_by_nothing_where_it_was_announced_in_time(
    sqlite_office: Office, entered: str, recurring: bool
) -> None:
    sqlite_office.clock.turn_to(moment("25/11/2026 07:30"))
    announced(sqlite_office, moment("10/11/2026 08:00"), moment("10/11/2026 11:00"), moment(entered))
    failed(sqlite_office, moment("10/11/2026 09:00"), moment("10/11/2026 10:00"))
    failed(sqlite_office, moment("25/11/2026 07:30"), None)
    assert ("Tái diễn" in letter(sqlite_office).text) is recurring
