"""The situations in which peers lose an alert, tell one twice or stop looking: a real daemon, killed for real.

Each test is a row of the table of peers measured on one machine (docs/regressions.md), with intervals scaled down.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.core.look import Cause
from monitor.core.period import Span
from monitor.core.uptime import Gap
from tests.acceptance.standing import Standing, standing

pytestmark = pytest.mark.slow

DUTY = ["so-cong-thuong.duty", "trung-tam-pvhcc.duty"]
BUSY_S = 20.0
"""What a busy machine may add to what is promised."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Standing]:
    with standing(tmp_path) as one:
        yield one


def alerted(office: Standing, count: int = 2) -> list[tuple[str, str]]:
    """The first so many letters to those on duty, once they are there."""
    office.until(lambda: len(office.alerts()) >= count and office.delivered())
    return office.alerts()


def nothing_twice(office: Standing) -> bool:
    return max(Counter((one["To"], one["Message-ID"]) for one in office.mail.mails).values()) == 1


def test_killed_after_the_alert_and_back_later_it_tells_the_recovery_once_and_no_second_alert(
    office: Standing,
) -> None:
    office.start()
    office.until(office.looks)
    office.portal.breaks()
    first = alerted(office)
    (before,) = office.interruptions()
    office.kill()
    time.sleep(3)
    office.start()
    seen = len(office.looks())
    office.until(lambda: len(office.looks()) >= seen + 3)
    assert office.alerts() == first
    (after,) = office.interruptions()
    assert (after.first_bad, after.last_good) == (before.first_bad, before.last_good)
    office.portal.works()
    told = alerted(office, 4)
    (over,) = office.interruptions()
    assert over.first_bad == before.first_bad
    assert over.closed_at is not None
    time.sleep(4)
    assert office.alerts() == told
    assert sorted(to for to, _ in told[:2]) == sorted(to for to, _ in told[2:]) == DUTY
    assert len({subject for _, subject in told}) == 2
    assert nothing_twice(office)


def test_a_target_that_recovers_while_the_monitor_is_dead_is_told_as_recovered(office: Standing) -> None:
    office.start()
    office.until(office.looks)
    office.portal.breaks()
    alerted(office)
    office.kill()
    last_bad = office.looks()[-1].at
    office.portal.works()
    time.sleep(5)
    office.start()
    told = alerted(office, 4)
    assert sorted(to for to, _ in told[2:]) == DUTY
    (row,) = office.interruptions()
    good = next(one for one in office.looks() if one.at > last_bad)
    assert (row.first_good, row.closed_at is not None) == (good.at, True)
    assert nothing_twice(office)


def test_while_each_send_takes_long_looking_goes_on_and_every_letter_arrives(office: Standing) -> None:
    office.mail.takes_s = 4.0
    office.start()
    office.until(office.looks)
    office.portal.breaks()
    office.until(office.opened)
    began = office.now()
    told = alerted(office)
    meanwhile = [one.at for one in office.looks() if began <= one.at]
    assert sorted(to for to, _ in told) == DUTY
    took_s = (office.now() - began).total_seconds()
    assert took_s > 4.0 * len(DUTY)
    assert len(meanwhile) >= 3
    gaps = [after - before for before, after in pairwise(meanwhile)]
    assert max(gaps) < timedelta(seconds=min(2.0 + BUSY_S, 4.0 * len(office.mail.kept)))


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Standing]:
    """An office that waits five seconds for an answer."""
    with standing(tmp_path, interval_s=6.0, deadline_s=5.0) as one:
        yield one


def test_a_target_that_hangs_is_down_by_its_deadline_and_told(patient: Standing) -> None:
    office = patient
    office.start()
    office.until(office.looks)
    office.portal.hangs()
    began = office.now()
    told = alerted(office)
    after_s = (office.now() - began).total_seconds()
    assert sorted(to for to, _ in told) == DUTY
    (row,) = office.interruptions()
    assert row.cause is Cause.TIMEOUT
    interval_s, recheck_s, deadline_s, panel_s = 6.0, 1.0, 5.0, 5.0
    assert after_s <= interval_s + recheck_s + 2 * (deadline_s + panel_s) + BUSY_S


def test_the_monitors_own_downtime_is_a_gap_with_its_reason(office: Standing) -> None:
    office.start()
    office.until(office.looks)
    office.kill()
    last = office.looks()[-1].at
    time.sleep(8)
    office.start()
    office.until(lambda: office.good_since(last + timedelta(seconds=8)))
    again = next(one.at for one in office.looks() if one.at > last)
    log = office.log(Span(start=last, end=again))
    valid = timedelta(seconds=4)
    assert log.account.unknown_by == {Gap.NOT_LOOKED: (again - last - valid) // timedelta(milliseconds=1)}
    assert (log.account.up_ms, log.account.down_ms) == (4000, 0)
    assert log.account.measured == 1
    assert log.account.coverage == Fraction(4000, log.account.window.ms)
    assert (log.account.lower, log.account.upper) == (0, 1)  # an outage may have filled all of it
    assert [gap.why for gap in log.beside.life.gaps] != []


def test_a_quarter_of_the_time_down_lies_within_the_interval(office: Standing) -> None:
    """Six seconds of twenty-four, as thirty of a hundred and twenty: a tenth of the interval of twenty seconds."""
    office.start()
    office.until(office.looks)
    start = office.now()
    time.sleep(9)
    office.portal.breaks()
    broke = office.now()
    time.sleep(6)
    office.portal.works()
    mended = office.now()
    window = Span(start=start, end=start + timedelta(seconds=24))
    office.until(lambda: office.good_since(window.end))
    account = office.log(window).account
    truth = 1 - Fraction((mended - broke) // timedelta(milliseconds=1), window.ms)
    assert account.lower is not None
    assert account.upper is not None
    assert account.measured is not None
    assert account.lower <= truth <= account.upper
    assert abs(account.measured - truth) <= Fraction(2 * round((2 + BUSY_S / 10) * 1000), window.ms)
    (one,) = account.interruptions
    assert one.last_good <= broke <= one.first_bad
    assert one.last_bad <= mended <= (one.first_good or window.end)
