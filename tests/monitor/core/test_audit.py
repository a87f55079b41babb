"""A printed appointment against the rule: earlier or later than every way of counting, and by how much."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.core.audit import Agreement, deviation
from monitor.core.circumstances import Circumstances
from monitor.core.reckoning import reckoned
from tests.monitor.core.deadline_facts import apology, asked, handled, moment, stamp, with_limit

PAPERS = asked("03/11/2026 09:00 – 06/11/2026 09:00")


def held(text: str, known: Circumstances | None = None, **changed: Any) -> tuple[Agreement, int]:
    one, known = handled(**changed), known or Circumstances()
    reckoning = reckoned(one, moment("20/11/2026 08:00"), with_limit(text), known)
    assert reckoning is not None
    found = deviation(one, reckoning, known)
    assert found is not None
    return found.agreement, found.amount


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("09/11/2026 08:00", (Agreement.EQUAL, 0)),
        ("09/11/2026 23:00", (Agreement.EQUAL, 0)),
        ("09/11/2026", (Agreement.EQUAL, 0)),
        ("06/11/2026 17:00", (Agreement.EARLY, 1)),
        ("07/11/2026 08:00", (Agreement.EARLY, 1)),  # a Saturday
        ("12/11/2026 08:00", (Agreement.LATE, 3)),
        ("25/11/2026 08:00", (Agreement.LATE, 11)),  # 24/11 is a day off
    ],
)
def test_a_limit_in_working_days_is_compared_by_day(printed: str, expected: tuple[Agreement, int]) -> None:
    assert held("5 days", appointment=stamp(printed)) == expected


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("03/11/2026 08:00", (Agreement.EQUAL, 0)),
        ("02/11/2026 17:00", (Agreement.EARLY, 3600)),
        ("03/11/2026 08:01", (Agreement.LATE, 60)),
        ("03/11/2026", (Agreement.EQUAL, 0)),
    ],
)
def test_a_limit_in_hours_is_compared_to_the_minute(printed: str, expected: tuple[Agreement, int]) -> None:
    assert held("8 hours", appointment=stamp(printed)) == expected


def test_a_limit_in_days_ends_on_the_next_working_day_and_differs_in_days() -> None:
    assert held("19 calendar", appointment=stamp("23/11/2026")) == (Agreement.EQUAL, 0)  # 21/11 is a Saturday
    assert held("19 calendar", appointment=stamp("30/11/2026")) == (Agreement.LATE, 7)


@pytest.mark.parametrize(
    ("printed", "agreement"),
    [
        ("06/11/2026", Agreement.EARLY),
        ("09/11/2026", Agreement.EQUAL),  # as if nothing had paused it
        ("12/11/2026", Agreement.EQUAL),  # the pause left out
        ("13/11/2026", Agreement.EQUAL),  # begun anew
        ("16/11/2026", Agreement.LATE),
    ],
)
def test_what_any_way_of_counting_a_supplement_allows_breaks_no_rule(printed: str, agreement: Agreement) -> None:
    assert held("5 days", appointment=stamp(printed), supplements=PAPERS)[0] is agreement


def test_a_later_appointment_that_an_apology_gave_is_put_off_and_no_breach() -> None:
    known = Circumstances(apologies=(apology("06/11/2026", "09/11/2026 17:00", "16/11/2026 17:00"),))
    assert held("5 days", known, appointment=stamp("16/11/2026 17:00")) == (Agreement.PUT_OFF, 5)
    assert held("5 days", known, appointment=stamp("17/11/2026 17:00"))[0] is Agreement.LATE


def test_without_a_printed_appointment_there_is_nothing_to_hold_against_the_rule() -> None:
    one = handled(appointment=None)
    reckoning = reckoned(one, moment("20/11/2026 08:00"), with_limit("5 days"))
    assert reckoning is not None
    assert deviation(one, reckoning) is None
