"""Failures of other deadline engines, each with the test that keeps it from being ours (docs/regressions.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from monitor.core.circumstances import Circumstances
from monitor.core.deadline import deadlines_of
from monitor.core.finding import FindingKind, Standing, findings
from monitor.core.limit import due_by
from monitor.core.pauses import merged, restarted, subtracted
from monitor.core.period import ICT, NaiveMoment
from monitor.core.workdays import CalendarUnknown, Hours, WorkCalendar
from tests.monitor.core.deadline_facts import CALENDAR, LAW, approved, found, handled, limit, moment, pauses, stamp

LATER = moment("31/12/2026 17:00")


def left(text: str, start: str, *stopped: str, until: str = "31/12/2026 17:00") -> object:
    return subtracted(limit(text), stamp(start), pauses(*stopped), CALENDAR, stamp(until))


def test_two_pauses_in_the_same_minute_count_once() -> None:
    one = left("8 hours", "02/11/2026 08:00", "02/11/2026 09:00 – 02/11/2026 10:00")
    assert one == moment("03/11/2026 09:00")
    same = ("02/11/2026 09:00 – 02/11/2026 10:00",) * 2
    assert left("8 hours", "02/11/2026 08:00", *same) == one
    assert left("8 hours", "02/11/2026 08:00", "02/11/2026 09:00 – 02/11/2026 09:00", *same) == one


def test_overlapping_pauses_count_once() -> None:
    both = ("02/11/2026 09:00 – 02/11/2026 10:30", "02/11/2026 10:00 – 02/11/2026 11:00")
    assert left("8 hours", "02/11/2026 08:00", *both) == moment("03/11/2026 10:00")
    assert left("8 hours", "02/11/2026 08:00", *reversed(both)) == moment("03/11/2026 10:00")
    assert left("5 days", "02/11/2026 08:00", "03/11/2026 – 05/11/2026", "04/11/2026 – 06/11/2026") == stamp(
        "12/11/2026"
    )


def test_a_pause_counted_by_the_clock_is_not_added_as_working_time() -> None:
    # A weekend of 64 hours by the clock is worth an hour before closing on Friday and one after opening on Monday.
    assert left("8 hours", "06/11/2026 08:00") == moment("09/11/2026 08:00")
    assert left("8 hours", "06/11/2026 08:00", "06/11/2026 16:00 – 09/11/2026 08:00") == moment("09/11/2026 10:00")


def test_a_pause_over_a_holiday_is_worth_its_working_days_only() -> None:
    # Tết 2026: 16 to 20 February are off; Monday 23 is the next working day.
    assert left("8 hours", "13/02/2026 08:00", "13/02/2026 17:00 – 23/02/2026 07:00") == moment("23/02/2026 08:00")
    assert left("5 days", "12/02/2026 08:00", "13/02/2026 – 23/02/2026") == stamp("27/02/2026")


def test_a_pause_that_lasts_is_counted_up_to_now_and_its_restart_is_not_known() -> None:
    lasting = pauses("03/11/2026 09:00")
    assert left("5 days", "02/11/2026 08:00", "03/11/2026 09:00", until="05/11/2026 10:00") == stamp("11/11/2026")
    assert restarted(limit("5 days"), moment("02/11/2026 08:00"), lasting, CALENDAR, LATER) is None


def test_a_pause_longer_than_what_remained_leaves_exactly_what_remained() -> None:
    # An hour was left; thirty days of waiting neither use it up nor add to it.
    assert left("8 hours", "02/11/2026 07:00", "02/11/2026 16:00 – 02/12/2026 16:00") == moment("02/12/2026 17:00")
    assert left("2 days", "02/11/2026 08:00", "03/11/2026 – 03/12/2026") == stamp("04/12/2026")


def test_hold_time_belongs_to_the_budget_and_not_to_the_beginning() -> None:
    # Two working hours of hold move the end by two working hours, over Tết; whatever came before it is as it was.
    assert left("8 hours", "13/02/2026 08:00") == moment("23/02/2026 08:00")
    assert left("8 hours", "13/02/2026 08:00", "13/02/2026 09:00 – 13/02/2026 11:00") == moment("23/02/2026 10:00")
    assert left("8 hours", "13/02/2026 08:00", "12/02/2026 09:00 – 12/02/2026 11:00") == moment("23/02/2026 08:00")


def test_a_pause_that_begins_after_the_deadline_rescues_nothing() -> None:
    assert left("8 hours", "02/11/2026 08:00", "03/11/2026 08:00 – 09/11/2026 08:00") == moment("03/11/2026 08:00")
    assert left("5 days", "02/11/2026 08:00", "10/11/2026 – 20/11/2026") == stamp("09/11/2026")
    assert left("5 days", "02/11/2026 08:00", "09/11/2026 – 20/11/2026") == stamp("20/11/2026")


@pytest.mark.parametrize("text", ["1 hours", "1 days", "1 calendar"])
def test_a_calendar_without_a_working_day_ends_the_count_and_not_the_program(text: str) -> None:
    never = WorkCalendar(first=date(2026, 1, 1), last=date(2026, 12, 31), hours=(Hours(weekdays=()),))
    with pytest.raises(CalendarUnknown):
        due_by(limit(text), moment("02/11/2026 08:00"), never)


@pytest.mark.parametrize(
    ("start", "due"), [("01/11/2026 20:00", "02/11/2026 11:30"), ("02/11/2026 11:30", "02/11/2026 17:00")]
)
def test_a_deadline_at_closing_time_is_not_the_next_opening(start: str, due: str) -> None:
    seconds = CALENDAR.working_seconds(moment(start), moment(due))
    assert CALENDAR.add_seconds(moment(start), seconds) == moment(due)


@pytest.mark.parametrize(
    ("text", "due"), [("5 days", "09/11/2026"), ("15 days", "23/11/2026"), ("30 days", "15/12/2026")]
)
def test_a_limit_in_days_never_becomes_hours(text: str, due: str) -> None:
    for start in ("02/11/2026 06:00", "02/11/2026 12:00", "02/11/2026 23:59", "02/11/2026"):
        assert due_by(limit(text), stamp(start), CALENDAR) == stamp(due)


def test_a_naive_time_is_refused_and_not_taken_as_utc() -> None:
    with pytest.raises(NaiveMoment):
        due_by(limit("8 hours"), datetime(2026, 11, 2, 8), CALENDAR)  # noqa: DTZ001 - what is refused
    with pytest.raises(NaiveMoment):
        findings(handled(), datetime(2026, 11, 2, 8), LAW)  # noqa: DTZ001 - what is refused
    vietnamese, utc = datetime(2026, 11, 2, 8, tzinfo=ICT), datetime(2026, 11, 2, 1, tzinfo=UTC)
    assert due_by(limit("8 hours"), vietnamese, CALENDAR) == due_by(limit("8 hours"), utc, CALENDAR)


def test_two_hours_from_the_eve_of_tet_do_not_land_in_tet() -> None:
    assert due_by(limit("2 hours"), moment("07/02/2024 16:00"), CALENDAR) == moment("15/02/2024 08:00")


@pytest.mark.parametrize(
    ("filed", "due"),
    [
        ("21/11/2026 22:00", "23/11/2026 17:00"),  # a Saturday evening
        ("02/11/2026 12:15", "03/11/2026 11:30"),
        ("02/11/2026 06:29", "02/11/2026 17:00"),
    ],
)
def test_online_intake_outside_hours_begins_at_the_next_opening(filed: str, due: str) -> None:
    assert deadlines_of(LAW, "").reception(moment(filed)).due == moment(due)


def test_online_intake_a_second_before_half_past_seven_loses_no_second() -> None:
    filed = datetime.combine(date(2026, 11, 2), time(7, 29, 59), ICT)
    assert deadlines_of(LAW, "").reception(filed).due == filed + timedelta(days=1)


def test_a_missed_day_loses_no_finding() -> None:
    # CISO Assistant asked whether it is due in exactly seven days; whoever was away that day was never told.
    one = handled()
    for now in ("09/11/2026 17:01", "10/11/2026 08:00", "02/12/2026 08:00"):
        assert found(one, now)[FindingKind.RESULT].standing is Standing.LATE


def test_a_pause_that_a_person_approved_moves_our_figure_and_never_the_printed_one() -> None:
    known = Circumstances(pauses=(approved("05/11/2026 08:00 – 05/11/2026 10:00"),))
    result = found(handled(), "09/11/2026 17:30", known=known)[FindingKind.RESULT]
    assert (result.standing, result.due) == (Standing.LATE, moment("09/11/2026 17:00"))
    assert result.beside == moment("10/11/2026 09:00")
    waiting = handled(status="1", received=None, appointment=None, filed=moment("05/11/2026 07:00"))
    reception = found(waiting, "06/11/2026 08:30", known=known)[FindingKind.RECEPTION]
    assert (reception.standing, reception.due) == (Standing.DUE, moment("06/11/2026 09:00"))
    assert reception.beside == moment("05/11/2026 17:00")


def test_stretches_that_end_before_they_begin_are_none() -> None:
    assert merged([(date(2026, 11, 3), date(2026, 11, 2))]) == []
    assert left("8 hours", "02/11/2026 08:00", "03/11/2026 09:00 – 02/11/2026 09:00") == moment("03/11/2026 08:00")


def test_a_holiday_inserted_later_moves_what_is_reckoned_and_no_printed_appointment() -> None:
    before = found(handled(), "05/11/2026 08:00")[FindingKind.RESULT]
    calendar = LAW.calendars["default"]
    notes = (*calendar.notes, replace(calendar.notes[0], day=date(2026, 11, 6), title="Bão", working=False))
    after = replace(LAW, calendars={"default": replace(calendar, notes=notes)})
    assert found(handled(), "05/11/2026 08:00", after)[FindingKind.RESULT].due == before.due
