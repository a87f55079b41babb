"""Deadlines: when what is due, from the law as shipped."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.deadline import Counting, Deadlines, after, deadlines_of, uncounted
from monitor.core.law import Law, Rule, RuleUnknown
from monitor.core.period import ICT, Stamp, at, day_of
from monitor.core.workdays import CalendarUnknown
from monitor.law import load_law, official_calendar

LAW = load_law()
DUE = deadlines_of(LAW, "so-cong-thuong")
FIRST = datetime(2021, 1, 4, tzinfo=ICT)
MOMENTS = st.integers(0, (datetime(2027, 11, 1, tzinfo=ICT) - FIRST) // timedelta(seconds=1)).map(
    lambda seconds: FIRST + timedelta(seconds=seconds)
)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ICT)


def day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=ICT).date()


def law(*rules: Rule) -> Law:
    return Law(rules={rule.key: (rule,) for rule in rules}, calendars={"default": official_calendar()})


def hours(value: int) -> Deadlines:
    return deadlines_of(law(Rule(key="reception_hours", value=value, unit="giờ làm việc", citation="c")), "")


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("04/03/2024 08:00", "05/03/2024 08:00"),
        ("08/03/2024 16:30", "11/03/2024 16:30"),
        ("09/03/2024 10:00", "11/03/2024 17:00"),
        ("11/03/2024 12:00", "12/03/2024 11:30"),
        ("11/03/2024 17:00", "12/03/2024 17:00"),
        ("07/02/2024 17:30", "15/02/2024 17:00"),
        ("03/05/2024 16:00", "04/05/2024 16:00"),
        ("09/01/2026 16:00", "10/01/2026 16:00"),
        ("21/11/2026 22:00", "23/11/2026 17:00"),
        ("23/11/2026 16:00", "25/11/2026 16:00"),
    ],
)
def test_an_online_dossier_must_be_received_within_eight_working_hours(filed: str, due: str) -> None:
    assert DUE.reception(moment(filed)).due == moment(due)


def test_reception_is_near_at_half_time_last_in_its_last_hour_and_late_only_after_its_very_moment() -> None:
    deadline = DUE.reception(moment("23/11/2026 16:00"))
    assert deadline.near == moment("25/11/2026 10:00")
    assert deadline.last == moment("25/11/2026 15:00")
    assert deadline.late == moment("25/11/2026 16:00") + timedelta(milliseconds=1)
    assert deadline.counted is Counting.WORKING_HOURS
    assert deadline.rules == ("reception_hours",)


def test_a_filing_without_an_hour_has_the_whole_of_the_next_working_day() -> None:
    deadline = DUE.reception(day("23/11/2026"))
    assert deadline.due == day("25/11/2026")
    assert deadline.near == moment("25/11/2026 11:00")
    assert deadline.last == moment("25/11/2026 16:00")
    assert deadline.late == moment("26/11/2026 00:00")
    assert deadline.counted is Counting.FROM_NEXT_DAY


@given(MOMENTS)
def test_a_filing_without_an_hour_is_never_due_before_the_same_filing_with_one(filed: datetime) -> None:
    assert DUE.reception(filed.date()).late > DUE.reception(filed).due


@pytest.mark.parametrize(
    ("filed", "received", "late"),
    [
        ("23/11/2026 16:00", "25/11/2026 16:00", False),
        ("23/11/2026 16:00", "25/11/2026 16:01", True),
        ("23/11/2026 16:00", "23/11/2026 15:00", False),
        ("23/11/2026 08:00", "23/11/2026 16:00", False),
    ],
)
def test_reception_is_compared_by_timestamp(filed: str, received: str, late: bool) -> None:
    assert DUE.received_late(moment(filed), moment(received)) is late


@pytest.mark.parametrize(
    ("filed", "received", "late"),
    [
        (moment("23/11/2026 16:00"), day("25/11/2026"), False),
        (moment("23/11/2026 16:00"), day("26/11/2026"), True),
        (day("23/11/2026"), moment("25/11/2026 23:59"), False),
        (day("23/11/2026"), moment("26/11/2026 00:00"), True),
        (day("23/11/2026"), day("25/11/2026"), False),
        (day("23/11/2026"), day("26/11/2026"), True),
    ],
)
def test_reception_is_compared_by_day_where_either_is_only_a_day(filed: Stamp, received: Stamp, late: bool) -> None:
    assert DUE.received_late(filed, received) is late


def test_a_reception_within_the_hours_on_the_clock_needs_no_calendar() -> None:
    filed = moment("04/03/2019 16:00")
    assert not DUE.received_late(filed, filed + timedelta(hours=8))
    with pytest.raises(CalendarUnknown):
        DUE.received_late(filed, filed + timedelta(hours=8, milliseconds=1))


@pytest.mark.parametrize(
    ("appointment", "near", "last"),
    [
        ("27/11/2026 17:00", "23/11/2026 00:00", "27/11/2026 00:00"),
        ("25/11/2026 10:00", "19/11/2026 00:00", "25/11/2026 00:00"),
        ("29/11/2026 17:00", "25/11/2026 00:00", "27/11/2026 00:00"),
        ("06/05/2024 17:00", "02/05/2024 00:00", "06/05/2024 00:00"),
    ],
)
def test_a_result_is_near_three_working_days_before_and_last_on_its_last_working_day(
    appointment: str, near: str, last: str
) -> None:
    deadline = DUE.result(moment(appointment))
    assert (deadline.due, deadline.near, deadline.last) == (moment(appointment), moment(near), moment(last))
    assert deadline.late == moment(appointment) + timedelta(milliseconds=1)


def test_an_appointment_that_is_a_day_lasts_to_its_end() -> None:
    assert DUE.result(day("27/11/2026")).late == moment("28/11/2026 00:00")
    assert uncounted(day("27/11/2026")).late == moment("28/11/2026 00:00")


@pytest.mark.parametrize(
    ("appointment", "cut_off"),
    [
        ("11/03/2024", "08/03/2024"),
        ("06/05/2024", "04/05/2024"),
        ("25/11/2026", "23/11/2026"),
        ("15/02/2024", "07/02/2024"),
    ],
)
def test_an_apology_is_due_on_the_last_working_day_before_the_appointment(appointment: str, cut_off: str) -> None:
    deadline = DUE.apology(day(appointment), day("01/03/2024"))
    assert deadline.due == day(cut_off)
    assert deadline.last == at(day(cut_off))
    assert deadline.late == at(day(cut_off) + timedelta(days=1))


def test_days_before_are_the_rules_and_not_the_programs() -> None:
    two = law(Rule(key="apology_working_days_before", value=2, unit="ngày", citation="c"))
    assert deadlines_of(two, "").apology(day("27/11/2026"), day("23/11/2026")).due == day("25/11/2026")


def test_the_rule_of_the_day_of_filing_holds() -> None:
    old = Rule(key="reception_hours", value=16, unit="giờ", end=day("30/06/2025"), citation="a")
    new = Rule(key="reception_hours", value=4, unit="giờ", start=day("01/07/2025"), citation="b")
    both = Law(rules={"reception_hours": (old, new)}, calendars={"default": official_calendar()})
    assert deadlines_of(both, "").reception(moment("30/06/2025 08:00")).due == moment("02/07/2025 08:00")
    assert deadlines_of(both, "").reception(moment("01/07/2025 08:00")).due == moment("01/07/2025 14:00")


@pytest.mark.parametrize("value", [1, 2, 3, 8, 24])
@given(filed=MOMENTS)
def test_the_moments_of_a_reception_are_in_order_for_any_number_of_hours(value: int, filed: datetime) -> None:
    deadline = hours(value).reception(filed)
    assert deadline.near <= deadline.last < deadline.late


@given(st.dates(date(2021, 2, 1), date(2027, 12, 30)), st.booleans())
def test_the_moments_of_a_result_and_its_apology_are_in_order(on: date, exact: bool) -> None:
    appointment = at(on) + timedelta(hours=17) if exact else on
    result, apology = DUE.result(appointment), DUE.apology(on, on)
    assert result.near <= result.last < result.late
    assert apology.near < apology.last < apology.late <= at(day_of(appointment)) < result.late


def test_what_is_counted_over_days_not_announced_is_projected() -> None:
    assert DUE.reception(moment("31/12/2026 16:00")).projected
    assert not DUE.reception(moment("30/12/2026 08:00")).projected
    assert DUE.apology(day("05/01/2027"), day("01/12/2026")).projected
    assert not DUE.apology(day("31/12/2026"), day("01/12/2026")).projected
    over_new_year = DUE.apology(day("04/01/2027"), day("01/12/2026"))
    assert (over_new_year.due, over_new_year.projected) == (day("31/12/2026"), True)
    assert not DUE.result(day("05/01/2027")).projected


@pytest.mark.parametrize("filed", ["04/03/2019 08:00", "31/12/2027 16:00"])
def test_outside_the_calendar_nothing_is_guessed(filed: str) -> None:
    with pytest.raises(CalendarUnknown):
        DUE.reception(moment(filed))
    with pytest.raises(CalendarUnknown):
        DUE.result(moment(filed) + timedelta(days=7))


def test_without_a_rule_nothing_is_guessed() -> None:
    with pytest.raises(RuleUnknown):
        deadlines_of(law(), "").reception(moment("23/11/2026 16:00"))


def test_each_law_keeps_its_own_deadlines() -> None:
    filed = moment("23/11/2026 16:00")
    assert [hours(value).reception(filed).due for value in (1, 2, 1)] == [
        moment("23/11/2026 17:00"),
        moment("25/11/2026 08:00"),
        moment("23/11/2026 17:00"),
    ]
    for value in range(1, 20):
        assert hours(value).law.rules["reception_hours"][0].value == value
    assert DUE.reception(filed).due == deadlines_of(LAW, "khac").reception(filed).due == moment("25/11/2026 16:00")


def test_agencies_with_one_calendar_share_what_was_worked_out() -> None:
    assert deadlines_of(LAW, "so-noi-vu") is deadlines_of(LAW, "so-xay-dung")


@pytest.mark.parametrize(
    ("when", "due", "late"),
    [
        (moment("25/11/2026 16:00"), moment("25/11/2026 16:00"), False),
        (moment("25/11/2026 16:01"), moment("25/11/2026 16:00"), True),
        (moment("25/11/2026 23:59"), day("25/11/2026"), False),
        (moment("26/11/2026 00:00"), day("25/11/2026"), True),
        (day("25/11/2026"), moment("25/11/2026 08:00"), False),
        (day("26/11/2026"), moment("25/11/2026 08:00"), True),
    ],
)
def test_a_day_is_compared_by_day(when: Stamp, due: Stamp, late: bool) -> None:
    assert after(when, due) is late


def test_the_shared_vectors_hold() -> None:
    vectors = json.loads((Path(__file__).parents[2] / "vectors" / "clock.json").read_text("utf-8"))
    for case in vectors["add_8_working_hours"]:
        start, due = (datetime.strptime(case[key], "%Y-%m-%d %H:%M").replace(tzinfo=ICT) for key in ("start", "due"))
        assert DUE.reception(start).due == due
    for case in vectors["last_working_day_before"]:
        appointment, cut_off = date.fromisoformat(case["day"]), date.fromisoformat(case["is"])
        assert DUE.apology(appointment, cut_off).due == cut_off
