"""A window's account out of the store: what lies before it, after it, under former names, and the planned stops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from monitor.core.look import Cause
from monitor.core.period import Span
from monitor.core.reporting import parse_period
from monitor.core.uptime import Account, Gap, Notice
from monitor.law import load_law
from monitor.reports import accounts
from monitor.store import EventKind, events, reading, writing

Watch = Callable[..., Any]
HOUR = 3_600_000


def moment(text: str) -> datetime:
    return datetime.strptime(f"{text} +0700", "%d/%m/%Y %H:%M %z")


def account(seen: Any, week: str = "2026-W47") -> Account:
    window = parse_period(week).span
    with reading(seen.engine) as db:
        found = accounts.kept(db, seen.law, seen.service, window, seen.service.required_targets())
    return accounts.account(seen.service, found, window)


def test_only_required_targets_count(watch: Watch) -> None:
    seen = watch()
    (required,) = seen.service.required_targets()
    others = [one for one in seen.service.targets if not one.required and not one.control]
    seen.looks("16/11/2026 00:00", "23/11/2026 00:00", [required])
    seen.finds("16/11/2026 00:00", "23/11/2026 00:00", Cause.CONNECT)
    seen.looks("16/11/2026 00:00", "23/11/2026 00:00", others)
    found = account(seen)
    assert found.down_ms == 0
    assert found.interruptions == ()


def test_an_interruption_over_midnight_of_monday_is_one_and_divided_between_its_weeks(watch: Watch) -> None:
    seen = watch()
    seen.finds("22/11/2026 23:00", "23/11/2026 02:00", Cause.STATUS)
    seen.looks("16/11/2026 00:00", "24/11/2026 00:00")
    this, following = account(seen), account(seen, "2026-W48")
    (one,), (other,) = this.interruptions, following.interruptions
    assert one == other
    assert one.first_good == moment("23/11/2026 02:01")
    assert this.down_ms == 59 * 60_000
    assert following.down_ms == 2 * HOUR + 60_000


def test_an_interruption_open_for_months_is_told_from_its_first_failed_look(watch: Watch) -> None:
    seen = watch(minutes=60)
    seen.finds("03/08/2026 08:00", "01/01/2027 00:00", Cause.DNS)
    seen.looks("03/08/2026 00:00", "23/11/2026 00:00")
    (one,) = account(seen).interruptions
    assert one.open
    assert one.first_bad == moment("03/08/2026 08:01")
    assert one.last_good == moment("03/08/2026 07:01")


def test_a_failure_seen_first_hours_after_the_week_dates_its_last_good_look(watch: Watch) -> None:
    seen = watch(minutes=60)
    seen.looks("16/11/2026 00:00", "23/11/2026 00:00")
    before = account(seen)
    seen.finds("23/11/2026 05:00", "23/11/2026 07:00", Cause.DNS)
    seen.looks("23/11/2026 05:00", "23/11/2026 09:00")
    after = account(seen)
    assert before.lower is not None
    assert after.lower is not None
    assert after.lower < before.lower
    assert after.measured == before.measured


def test_its_end_is_told_also_where_it_came_months_after_the_week(watch: Watch) -> None:
    seen = watch(minutes=60)
    seen.finds("19/08/2026 08:00", "20/11/2026 10:00", Cause.DNS)
    seen.looks("17/08/2026 00:00", "23/11/2026 00:00")
    (one,) = account(seen, "2026-W34").interruptions
    assert one.first_good == moment("20/11/2026 10:01")


def test_the_last_failure_of_a_week_is_confirmed_by_the_first_of_the_next(watch: Watch) -> None:
    seen = watch()
    seen.finds("22/11/2026 23:56", "23/11/2026 00:03", Cause.TIMEOUT)
    seen.looks("22/11/2026 20:00", "23/11/2026 01:00")
    found = account(seen)
    assert found.down_ms == 4 * 60_000
    assert len(found.interruptions) == 1


def test_an_interruption_after_the_week_may_have_begun_in_it(watch: Watch) -> None:
    seen = watch()
    seen.finds("23/11/2026 00:00", "23/11/2026 02:00", Cause.TIMEOUT)
    seen.looks("15/11/2026 20:00", "23/11/2026 03:00")
    found = account(seen)
    assert found.measured == found.upper == 1
    assert found.lower == 1 - Fraction(4, 7 * 24 * 60)


def test_a_renamed_target_keeps_its_history(watch: Watch) -> None:
    """20 in the list of others' failures."""
    seen = watch()
    seen.finds("18/11/2026 10:00", "18/11/2026 14:00", Cause.STATUS)
    seen.looks("16/11/2026 00:00", "18/11/2026 12:00")
    before = account(seen)
    renamed = tuple(replace(one, key=f"{one.key}-new", formerly=(one.key,)) for one in seen.service.targets)
    service = replace(seen.service, targets=renamed)
    seen.register = replace(seen.register, services={service.code: service})
    assert replace(account(seen), interruptions=()) == replace(before, interruptions=())
    seen.looks("18/11/2026 12:00", "23/11/2026 00:00")
    (one,) = account(seen).interruptions
    assert one.first_bad == moment("18/11/2026 10:01")
    assert one.first_good == moment("18/11/2026 14:01")


@pytest.mark.parametrize(
    ("entered", "in_time"),
    [
        ("10/11/2026 16:00", True),
        ("11/11/2026 08:00", False),
        ("19/11/2026 21:59", False),
        ("20/11/2026 08:00", False),
    ],
)
def test_a_planned_stop_counts_as_one_when_announced_seven_working_days_before(entered: str, in_time: bool) -> None:
    stop = Notice(
        service="2.001474",
        span=Span(start=moment("19/11/2026 22:00"), end=moment("20/11/2026 00:00")),
        entered_at=moment(entered),
    )
    assert accounts.in_time(stop, load_law(), "so-cong-thuong") is in_time


def test_a_planned_stop_beyond_the_calendar_is_not_proved_to_be_in_time() -> None:
    far = moment("20/11/2026 00:00") + timedelta(days=3650)
    stop = Notice(service="2.001474", span=Span(start=far, end=far + timedelta(hours=1)), entered_at=far)
    assert not accounts.in_time(stop, load_law(), "so-cong-thuong")


def test_down_in_an_announced_stop_is_maintenance_and_in_one_announced_late_downtime(watch: Watch) -> None:
    seen = watch()
    seen.finds("19/11/2026 22:00", "20/11/2026 00:00", Cause.BANNER)
    seen.finds("21/11/2026 22:00", "22/11/2026 00:00", Cause.BANNER)
    seen.announce("19/11/2026 22:00", "20/11/2026 00:01", "02/11/2026 09:00")
    seen.announce("21/11/2026 22:00", "22/11/2026 00:00", "19/11/2026 09:00")
    seen.looks("15/11/2026 20:00", "23/11/2026 01:00")
    found = account(seen)
    assert found.maintenance_ms == 2 * HOUR + 60_000
    assert found.down_ms == 2 * HOUR


def test_what_of_an_interruption_was_not_observed_is_told_apart(watch: Watch) -> None:
    seen = watch()
    seen.finds("18/11/2026 08:00", "18/11/2026 12:00", Cause.STATUS)
    seen.looks("16/11/2026 00:00", "18/11/2026 09:00")
    seen.looks("18/11/2026 11:00", "23/11/2026 00:00")
    (line,) = seen.log("2026-W47", "23/11/2026 07:30").interruptions
    assert line.length_ms == 4 * HOUR
    assert line.observed_ms == 59 * 60_000 + 6 * 60_000 + HOUR
    assert line.observed_ms + line.unobserved_ms == 4 * HOUR


def test_watching_began_with_the_first_look_or_else_with_the_first_start(watch: Watch) -> None:
    seen = watch()
    now = moment("23/11/2026 07:30")
    with reading(seen.engine) as db:
        assert accounts.began(db, seen.service, now) is None
    with writing(seen.engine) as db:
        events.add(db, moment("17/11/2026 09:00"), EventKind.STARTED, "")
    with reading(seen.engine) as db:
        assert accounts.began(db, seen.service, now) == moment("17/11/2026 09:00")
    seen.looks("18/11/2026 09:00", "18/11/2026 10:00")
    with reading(seen.engine) as db:
        assert accounts.began(db, seen.service, now) == moment("18/11/2026 09:01")


def test_a_service_watched_since_mid_week_is_unknown_before(watch: Watch) -> None:
    seen = watch()
    seen.looks("19/11/2026 00:00", "23/11/2026 00:00")
    found = account(seen)
    assert found.unknown_by == {Gap.NOT_LOOKED: 3 * 24 * HOUR + 60_000}
    assert found.measured == 1
