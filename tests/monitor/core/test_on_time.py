"""On time by the formula of the national index (QĐ 766, 2.1): the end, what it is compared with, and how."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from monitor.core.circumstances import Circumstances
from monitor.core.on_time import Ending, Ground, OnTime, Verdict766, judged
from tests.monitor.core.deadline_facts import BY_DATE, LAW, asked, handled, moment, stamp, step, with_limit

PERIOD_END = moment("15/11/2026 00:00")


def verdict(law: Any = LAW, known: Circumstances | None = None, **changed: Any) -> Verdict766:
    one = handled(**changed)
    return judged(one, PERIOD_END, law) if known is None else judged(one, PERIOD_END, law, known)


@pytest.mark.parametrize(
    ("changed", "ending", "end"),
    [
        ({"status": "9", "finished": "09/11/2026 16:00", "returned": "12/11/2026"}, Ending.DONE, "09/11/2026 16:00"),
        ({"status": "10", "finished": "09/11/2026 16:00", "returned": "12/11/2026"}, Ending.DONE, "09/11/2026 16:00"),
        ({"status": "10", "returned": "12/11/2026 08:00"}, Ending.RETURNED, "12/11/2026 08:00"),
        ({"status": "3", "refused": "05/11/2026 08:00"}, Ending.REFUSED, "05/11/2026 08:00"),
        ({"status": "8", "finished": "06/11/2026 08:00"}, Ending.REFUSED, "06/11/2026 08:00"),
        ({"status": "7", "finished": "06/11/2026 08:00"}, Ending.WITHDRAWN, "06/11/2026 08:00"),
        ({"status": "4"}, Ending.PERIOD, "15/11/2026 00:00"),
        ({"status": "4", "finished": "06/11/2026 08:00"}, Ending.PERIOD, "15/11/2026 00:00"),  # opened anew
        ({"status": "9", "finished": "16/11/2026 08:00"}, Ending.PERIOD, "15/11/2026 00:00"),  # not within the period
        ({"status": "99", "finished": "06/11/2026 08:00"}, Ending.DONE, "06/11/2026 08:00"),
    ],
)  # fmt: skip
def test_the_end_is_the_first_there_is_of_9_10_8_or_3_and_7(changed: dict[str, str], ending: Ending, end: str) -> None:
    found = verdict(**{name: value if name == "status" else stamp(value) for name, value in changed.items()})
    assert (found.ending, found.end) == (ending, moment(end))


def test_a_step_tells_the_end_where_the_dossier_prints_none() -> None:
    known = Circumstances(steps=(step("09/11/2026 10:00", "Một cửa", "9"), step("12/11/2026 10:00", "Một cửa", "10")))
    found = verdict(known=known, status="10")
    assert (found.ending, found.end) == (Ending.DONE, moment("09/11/2026 10:00"))


@pytest.mark.parametrize(
    ("finished", "result", "by_date"),
    [
        ("09/11/2026 17:00", OnTime.ON_TIME, OnTime.ON_TIME),
        ("09/11/2026 17:01", OnTime.OVERDUE, OnTime.ON_TIME),
        ("09/11/2026", OnTime.ON_TIME, OnTime.ON_TIME),
        ("10/11/2026 07:00", OnTime.OVERDUE, OnTime.OVERDUE),
    ],
)
def test_on_time_is_an_end_no_later_than_the_appointment(finished: str, result: OnTime, by_date: OnTime) -> None:
    assert verdict(status="9", finished=stamp(finished)).result is result
    assert verdict(BY_DATE, status="9", finished=stamp(finished)).result is by_date


def test_the_time_of_the_one_supplement_is_subtracted_from_the_end() -> None:
    papers = asked("03/11/2026 08:00 – 05/11/2026 08:00")
    found = verdict(status="9", finished=moment("11/11/2026 16:00"), supplements=papers)
    assert (found.supplement, found.compared) == (timedelta(days=2), moment("09/11/2026 16:00"))
    assert found.result is OnTime.ON_TIME
    assert verdict(status="9", finished=moment("11/11/2026 17:01"), supplements=papers).result is OnTime.OVERDUE


def test_more_than_one_supplement_is_overdue_however_early_it_was_done() -> None:
    papers = asked("03/11/2026 08:00 – 03/11/2026 09:00", "04/11/2026 08:00 – 04/11/2026 09:00")
    found = verdict(status="9", finished=moment("05/11/2026 08:00"), supplements=papers)
    assert (found.result, found.ground) == (OnTime.OVERDUE, Ground.SUPPLEMENTS)


def test_a_single_request_that_nobody_answered_is_itself_the_end() -> None:
    found = verdict(status="5", supplements=asked("06/11/2026 08:00"))
    assert (found.ending, found.end, found.result) == (Ending.SUPPLEMENT, moment("06/11/2026 08:00"), OnTime.ON_TIME)
    late = verdict(status="5", supplements=asked("10/11/2026 08:00"))
    assert late.result is OnTime.OVERDUE


def test_without_an_end_it_is_overdue_once_the_period_ends_after_the_appointment() -> None:
    assert verdict().result is OnTime.OVERDUE
    assert verdict(appointment=moment("16/11/2026 08:00")).result is OnTime.ON_TIME


@pytest.mark.parametrize(
    ("finished", "result"), [("09/11/2026 23:00", OnTime.ON_TIME), ("10/11/2026 07:00", OnTime.OVERDUE)]
)
def test_without_an_appointment_the_limit_decides(finished: str, result: OnTime) -> None:
    law = with_limit("5 days")
    found = verdict(law, appointment=None, status="9", finished=moment(finished))
    assert (found.result, found.ground, found.rule) == (result, Ground.LIMIT, "resolution_days.X")


def test_a_supplement_is_subtracted_from_the_time_that_a_limit_leaves() -> None:
    law, papers = with_limit("5 days"), asked("03/11/2026 08:00 – 05/11/2026 08:00")
    assert (
        verdict(law, appointment=None, status="9", finished=moment("11/11/2026 23:00"), supplements=papers).result
        is OnTime.ON_TIME
    )
    assert (
        verdict(law, appointment=None, status="9", finished=moment("12/11/2026 07:00"), supplements=papers).result
        is OnTime.OVERDUE
    )


@pytest.mark.parametrize(
    ("changed", "ground"),
    [
        ({"received": None}, Ground.NOT_RECEIVED),
        ({"received": moment("15/11/2026 00:01")}, Ground.NOT_RECEIVED),
        ({"status": "7", "received": None, "finished": moment("05/11/2026 08:00")}, Ground.NOT_RECEIVED),
        ({"appointment": None}, Ground.NO_LIMIT),
        ({"status": "7"}, Ground.NO_END),  # taken back, nobody says when: perhaps before the appointment
        ({"status": "10"}, Ground.NO_END),
        ({"status": "3"}, Ground.NO_END),
    ],
)
def test_what_stands_in_neither_count(changed: dict[str, Any], ground: Ground) -> None:
    found = verdict(**changed)
    assert (found.result, found.ground) == (OnTime.UNJUDGED, ground)
