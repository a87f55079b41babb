"""Working time: the shared vectors, the law's edges, and an independent slow oracle that walks the clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.period import ICT, NaiveMoment
from monitor.core.workdays import CalendarUnknown, DayNote, Hours, WorkCalendar
from monitor.law import official_calendar

CALENDAR = official_calendar()
VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "clock.json").read_text("utf-8"))
HOUR = 3600


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ICT)


def due(start: str, seconds: int) -> str:
    return f"{CALENDAR.add_seconds(moment(start), seconds).astimezone(ICT):%Y-%m-%d %H:%M:%S}".removesuffix(":00")


def day(text: str) -> date:
    return date.fromisoformat(text)


def days_from(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


# ── The shared vectors ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", VECTORS["add_8_working_hours"], ids=lambda case: case["start"])
def test_eight_working_hours(case: dict[str, str]) -> None:
    assert due(case["start"], 8 * HOUR) == case["due"]


@pytest.mark.parametrize("case", VECTORS["add_working_days"], ids=lambda case: case["start"])
def test_working_days(case: dict[str, Any]) -> None:
    assert CALENDAR.add_days(day(case["start"]), case["days"]) == day(case["due"])


@pytest.mark.parametrize("case", VECTORS["last_working_day_before"], ids=lambda case: case["day"])
def test_the_last_working_day_before(case: dict[str, str]) -> None:
    assert CALENDAR.working_day_before(day(case["day"])) == day(case["is"])


@pytest.mark.parametrize("case", VECTORS["latest_notice_7_working_days_before"], ids=lambda case: case["stop"])
def test_the_latest_day_for_a_notice_of_seven_working_days(case: dict[str, str]) -> None:
    stop, notice = day(case["stop"]), day(case["notice"])
    assert CALENDAR.add_days(notice, 7) <= stop
    assert CALENDAR.add_days(notice + timedelta(days=1), 7) > stop


@pytest.mark.parametrize(("year", "count"), VECTORS["working_days_in_year"].items())
def test_working_days_in_a_year(year: str, count: int) -> None:
    assert sum(map(CALENDAR.is_working_day, days_from(date(int(year), 1, 1), date(int(year), 12, 31)))) == count


def test_the_vectors_hours_are_the_default_hours() -> None:
    written = [tuple(map(time.fromisoformat, VECTORS["hours"][part])) for part in ("morning", "afternoon")]
    assert [hours.weekdays for hours in CALENDAR.hours] == [tuple(written)]


# ── Edges ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2024-03-11 07:00", 4.5, "2024-03-11 11:30"),
        ("2024-03-11 13:30", 3.5, "2024-03-11 17:00"),
        ("2024-03-11 07:00", 8, "2024-03-11 17:00"),
        ("2024-03-08 17:00", 8, "2024-03-11 17:00"),
        ("2024-03-08 11:30", 3.5, "2024-03-08 17:00"),
        ("2024-03-08 13:30", 8, "2024-03-11 11:30"),
        ("2024-05-03 11:30", 8, "2024-05-04 11:30"),
    ],
)
def test_a_deadline_at_closing_time_stays_at_closing_time(start: str, hours: float, end: str) -> None:
    assert due(start, round(hours * HOUR)) == end


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2024-03-09 22:00", "2024-03-11 17:00"),
        ("2024-03-11 12:15", "2024-03-12 11:30"),
        ("2024-03-11 06:59:59", "2024-03-11 17:00"),
        ("2024-03-11 07:29:59", "2024-03-12 07:29:59"),
        ("2024-03-11 23:59:59", "2024-03-12 17:00"),
        ("2024-03-10 00:00", "2024-03-11 17:00"),
    ],
)
def test_a_clock_started_outside_hours_starts_at_the_next_opening(start: str, end: str) -> None:
    assert due(start, 8 * HOUR) == end


@pytest.mark.parametrize("start", ["2024-03-11 08:00", "2024-03-11 12:00", "2024-03-11 17:00", "2024-03-09 10:00"])
def test_no_time_at_all_is_the_start_itself(start: str) -> None:
    assert due(start, 0) == start
    assert CALENDAR.add_days(day(start[:10]), 0) == day(start[:10])


def test_a_moment_comes_back_in_utc_cut_to_milliseconds() -> None:
    end = CALENDAR.add_seconds(moment("2024-03-11 08:00:00.123987"), HOUR)
    assert end == datetime(2024, 3, 11, 2, 0, 0, 123000, tzinfo=UTC)
    assert end.tzinfo is UTC


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2024-02-07 00:00", "2024-02-15 00:00", 8),
        ("2024-02-08 00:00", "2024-02-15 07:00", 0),
        ("2025-01-24 16:00", "2025-02-03 08:00", 2),
        ("2026-02-13 17:00", "2026-02-23 07:00", 0),
        ("2024-03-09 00:00", "2024-03-11 00:00", 0),
        ("2024-05-04 00:00", "2024-05-05 00:00", 8),
    ],
)
def test_working_time_between(start: str, end: str, hours: int) -> None:
    assert CALENDAR.working_seconds(moment(start), moment(end)) == hours * HOUR


@pytest.mark.parametrize(
    ("saturday", "swapped"),
    [
        ("2024-05-04", "2024-04-29"),
        ("2025-04-26", "2025-05-02"),
        ("2026-01-10", "2026-01-02"),
        ("2026-08-22", "2026-08-31"),
    ],
)
def test_a_made_up_saturday_works_and_the_day_it_is_made_up_for_does_not(saturday: str, swapped: str) -> None:
    assert CALENDAR.is_working_day(day(saturday))
    assert not CALENDAR.is_working_day(day(swapped))
    assert day(saturday).weekday() == 5


# ── Failures of others ──────────────────────────────────────────────────────────────────────────────────────────────


def test_pandas_closing_time_is_not_the_next_opening() -> None:
    assert due("2024-03-11 09:30", 2 * HOUR) == "2024-03-11 11:30"
    assert due("2024-03-11 15:00", 2 * HOUR) == "2024-03-11 17:00"


def test_opencps_two_hours_before_tet_end_after_tet() -> None:
    assert due("2024-02-07 16:00", 2 * HOUR) == "2024-02-15 08:00"


def test_frappe_a_calendar_without_a_working_day_does_not_loop_for_ever() -> None:
    closed = replace_notes(
        *(
            DayNote(day=d, working=False, title="x", document="x")
            for d in days_from(date(2024, 1, 1), date(2024, 1, 31))
        )
    )
    for count in (
        lambda: closed.add_seconds(moment("2024-01-10 08:00"), 1),
        lambda: closed.add_days(date(2024, 1, 10), 1),
        lambda: closed.working_day_before(date(2024, 1, 10)),
    ):
        with pytest.raises(CalendarUnknown):
            count()
    assert closed.working_seconds(moment("2024-01-01 00:00"), moment("2024-01-31 23:59")) == 0


@pytest.mark.parametrize(("days", "late"), [(15, 1), (30, 2)])
def test_days_are_not_times_eight_hours(days: int, late: int) -> None:
    """Where an office's day has 7 h 30, N × 8 h comes one working day late at 15 days, two at 30."""
    short = replace(CALENDAR, hours=(Hours(weekdays=((time(7, 30), time(11, 30)), (time(13, 30), time(17)))),))
    filed = moment("2024-03-04 17:00")
    assert short.add_days(filed.date(), days) == nth_working_day_after(filed.date(), days)
    times_eight = short.add_seconds(filed, days * 8 * HOUR).astimezone(ICT).date()
    assert times_eight == nth_working_day_after(filed.date(), days + late)


def test_businesstimedelta_a_naive_time_is_refused_and_not_taken_as_utc() -> None:
    naive = datetime(2024, 3, 11, 8)  # noqa: DTZ001
    with pytest.raises(NaiveMoment):
        CALENDAR.add_seconds(naive, HOUR)
    with pytest.raises(NaiveMoment):
        CALENDAR.working_seconds(moment("2024-03-11 08:00"), naive)


def test_a_moment_is_not_taken_for_its_utc_day() -> None:
    with pytest.raises(TypeError, match="day_of"):
        CALENDAR.add_days(moment("2024-03-11 08:00"), 1)


def test_zammad_two_pauses_in_the_same_minute_lose_no_second() -> None:
    pauses = [("08:00:05", "08:00:20"), ("08:00:30", "08:00:58")]
    seconds = [
        CALENDAR.working_seconds(moment(f"2024-03-11 {begin}"), moment(f"2024-03-11 {end}")) for begin, end in pauses
    ]
    assert seconds == [15, 28]


def test_glpi_a_pause_over_a_weekend_is_worth_its_working_time_only() -> None:
    begin, end = moment("2024-03-08 16:00"), moment("2024-03-11 08:00")
    assert CALENDAR.working_seconds(begin, end) == 2 * HOUR
    assert (end - begin).total_seconds() == 64 * HOUR


def test_a_pause_over_a_holiday_is_worth_nothing() -> None:
    assert CALENDAR.working_seconds(moment("2024-02-07 17:00"), moment("2024-02-15 07:00")) == 0


def test_opencps_the_online_intake_of_an_evening_before_a_made_up_saturday_is_due_on_it() -> None:
    assert due("2026-08-21 22:00", 8 * HOUR) == "2026-08-22 17:00"


# ── Refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        CALENDAR.add_seconds(moment("2024-03-11 08:00"), -1)
    with pytest.raises(ValueError, match="forward"):
        CALENDAR.add_days(day("2024-03-11"), -1)
    with pytest.raises(ValueError, match="before it starts"):
        CALENDAR.working_seconds(moment("2024-03-11 08:00"), moment("2024-03-11 07:59"))


@pytest.mark.parametrize(
    ("ask", "year"),
    [
        (lambda: CALENDAR.is_working_day(date(2020, 12, 31)), 2020),
        (lambda: CALENDAR.is_working_day(date(2028, 1, 1)), 2028),
        (lambda: CALENDAR.add_days(date(2020, 12, 31), 1), 2020),
        (lambda: CALENDAR.add_days(date(2027, 12, 31), 1), 2028),
        (lambda: CALENDAR.add_days(date(2027, 12, 30), 2), 2028),
        (lambda: CALENDAR.add_seconds(moment("2020-12-31 16:00"), HOUR), 2020),
        (lambda: CALENDAR.add_seconds(moment("2027-12-31 16:30"), HOUR), 2028),
        (lambda: CALENDAR.working_seconds(moment("2027-12-31 16:30"), moment("2028-01-01 00:01")), 2028),
        (lambda: CALENDAR.working_seconds(moment("2020-12-31 23:59"), moment("2021-01-04 08:00")), 2020),
        (lambda: CALENDAR.working_day_before(date(2021, 1, 1)), 2020),
        (lambda: CALENDAR.working_day_before(date(2028, 1, 2)), 2028),
        (lambda: CALENDAR.explain(date(2020, 1, 1), date(2021, 1, 1)), 2020),
        (lambda: CALENDAR.is_projected(date(2027, 1, 1), date(2028, 1, 1)), 2028),
    ],
)
def test_outside_the_table_the_calendar_says_in_one_line_what_it_does_not_know_and_the_mend(
    ask: Any, year: int
) -> None:
    with pytest.raises(CalendarUnknown) as refused:
        ask()
    text = str(refused.value)
    assert text.startswith(f"chưa có lịch làm việc năm {year}")
    mend = "vào monitor/law/calendar.toml" if year < 2021 else "bằng tthc calendar confirm TỆP"
    assert text.endswith(f"bổ sung năm {year} {mend}")
    assert "\n" not in text


def test_the_tables_last_moments_are_still_known() -> None:
    assert due("2027-12-31 16:00", HOUR) == "2027-12-31 17:00"
    assert CALENDAR.working_seconds(moment("2027-12-31 00:00"), moment("2028-01-01 00:00")) == 8 * HOUR
    assert CALENDAR.working_day_before(date(2028, 1, 1)) == date(2027, 12, 31)


# ── Documents and projections ───────────────────────────────────────────────────────────────────────────────────────


def test_each_day_off_or_made_up_is_explained_with_its_document() -> None:
    notes = CALENDAR.explain(date(2024, 4, 26), date(2024, 5, 6))
    assert [(note.day.isoformat(), note.working) for note in notes] == [
        ("2024-04-29", False),
        ("2024-04-30", False),
        ("2024-05-01", False),
        ("2024-05-04", True),
    ]
    assert all(note.document for note in notes)


@pytest.mark.parametrize(
    ("start", "end", "projected"),
    [
        ("2026-12-01", "2026-12-31", False),
        ("2026-12-31", "2027-01-01", True),
        ("2027-03-08", "2027-03-09", True),
        ("2026-12-31", "2026-12-30", False),
    ],
)
def test_what_touches_a_day_not_announced_yet_is_projected(start: str, end: str, *, projected: bool) -> None:
    assert CALENDAR.is_projected(day(start), day(end)) is projected


def test_a_single_projected_day_makes_its_stretch_projected() -> None:
    storm = DayNote(day=date(2024, 1, 16), working=False, title="bão", document="dự thảo", projected=True)
    calendar = replace_notes(storm)
    assert calendar.is_projected(date(2024, 1, 15), date(2024, 1, 16))
    assert not calendar.is_projected(date(2024, 1, 17), date(2024, 1, 31))


def test_the_version_changes_with_any_day_and_any_hour_only() -> None:
    same = replace(CALENDAR)
    other_hours = replace(CALENDAR, hours=(Hours(weekdays=((time(8), time(12)),)),))
    one_day_less = replace(CALENDAR, notes=CALENDAR.notes[:-1])
    ticked = replace(CALENDAR, notes=(*CALENDAR.notes[:-1], replace(CALENDAR.notes[-1], confirmed_by="Sở Nội vụ")))
    assert same.version == CALENDAR.version
    assert len({c.version for c in (CALENDAR, other_hours, one_day_less, ticked)}) == 4


# ── Dated hours ─────────────────────────────────────────────────────────────────────────────────────────────────────

SUMMER = ((time(7), time(11, 30)), (time(13, 30), time(17)))
WINTER = ((time(7, 30), time(12)), (time(13), time(16, 30)))


def replace_notes(*notes: DayNote) -> WorkCalendar:
    """A calendar of January 2024 with these notes only."""
    return WorkCalendar(first=date(2024, 1, 1), last=date(2024, 1, 31), hours=(Hours(weekdays=SUMMER),), notes=notes)


SEASONS = WorkCalendar(
    first=date(2024, 1, 1),
    last=date(2024, 12, 31),
    hours=(
        Hours(weekdays=SUMMER, end=date(2024, 10, 15)),
        Hours(weekdays=WINTER, saturday=(WINTER[0],), start=date(2024, 10, 16)),
    ),
    notes=(
        DayNote(day=date(2024, 10, 19), working=False, title="bão", document="x"),
        DayNote(day=date(2024, 10, 27), working=True, title="làm bù", document="x"),
    ),
)


def test_hours_change_on_their_date() -> None:
    start = moment("2024-10-15 16:00")
    assert SEASONS.add_seconds(start, 2 * HOUR) == moment("2024-10-16 08:30")
    assert SEASONS.add_seconds(start, round(5.5 * HOUR)) == moment("2024-10-16 12:00")


def test_a_saturday_with_hours_is_a_working_day_unless_it_is_a_day_off() -> None:
    saturdays = [date(2024, 10, 12), date(2024, 10, 19), date(2024, 10, 26)]
    assert [SEASONS.is_working_day(saturday) for saturday in saturdays] == [False, False, True]
    assert SEASONS.working_seconds(moment("2024-10-26 00:00"), moment("2024-10-27 00:00")) == round(4.5 * HOUR)


def test_a_made_up_day_keeps_the_hours_of_a_weekday() -> None:
    assert SEASONS.working_seconds(moment("2024-10-27 00:00"), moment("2024-10-28 00:00")) == 8 * HOUR


def test_a_calendar_with_a_day_of_no_known_hours_is_not_made() -> None:
    with pytest.raises(ValueError, match="2024-10-16"):
        replace(SEASONS, hours=SEASONS.hours[:1])


# ── An independent slow oracle ──────────────────────────────────────────────────────────────────────────────────────

# Days off that fall on Monday to Friday, and made-up Saturdays, written down a second time from the table of the law.
OFF = {
    *days_from(date(2024, 1, 1), date(2024, 1, 1)), *days_from(date(2024, 2, 8), date(2024, 2, 14)),
    date(2024, 4, 18), *days_from(date(2024, 4, 29), date(2024, 5, 1)), *days_from(date(2024, 9, 2), date(2024, 9, 3)),
    date(2025, 1, 1), *days_from(date(2025, 1, 27), date(2025, 1, 31)), date(2025, 4, 7),
    *days_from(date(2025, 4, 30), date(2025, 5, 2)), *days_from(date(2025, 9, 1), date(2025, 9, 2)),
    *days_from(date(2026, 1, 1), date(2026, 1, 2)), *days_from(date(2026, 2, 16), date(2026, 2, 20)), date(2026, 4, 27),
    *days_from(date(2026, 4, 30), date(2026, 5, 1)), *days_from(date(2026, 8, 31), date(2026, 9, 2)),
    date(2026, 11, 24), date(2027, 1, 1),
}  # fmt: skip
MADE_UP = {date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)}


def works(on: date) -> bool:
    return on in MADE_UP or (on.weekday() < 5 and on not in OFF)


def nth_working_day_after(on: date, days: int) -> date:
    while days:
        on += timedelta(days=1)
        days -= works(on)
    return on


def open_at(clock: datetime) -> bool:
    minute = clock.hour * 60 + clock.minute
    return works(clock.date()) and (420 <= minute < 690 or 810 <= minute < 1020)


def steps(clock: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
    """Each piece of a minute from a moment to another, on a Vietnamese clock, with its seconds."""
    while clock < end:
        piece = min(60 - clock.second, round((end - clock).total_seconds()))
        yield clock, piece
        clock += timedelta(seconds=piece)


def slow_seconds(start: datetime, end: datetime) -> int:
    return sum(piece for clock, piece in steps(start, end) if open_at(clock))


def slow_add(start: datetime, seconds: int) -> datetime:
    end = start
    for clock, piece in steps(start, start + timedelta(days=60)):
        if not seconds:
            break
        worked = min(piece, seconds) if open_at(clock) else 0
        seconds -= worked
        end = clock + timedelta(seconds=worked or piece)
    return end


# Half of the moments lie near an opening, a closing, a holiday or a made-up day, where mistakes live.
ANY = st.integers(0, 1_030 * 86_400).map(lambda seconds: moment("2024-01-01 00:00") + timedelta(seconds=seconds))
EDGES = st.builds(
    lambda on, clock, shift: datetime.combine(on, clock, ICT) + timedelta(seconds=shift),
    st.sampled_from(sorted(day for day in OFF | MADE_UP if day.year < 2027)),  # counts reach on into January 2027
    st.sampled_from([time(0), time(7), time(11, 30), time(13, 30), time(17)]),
    st.sampled_from([-86_400, -60, -1, 0, 1, 60, 86_400]),
)
MOMENTS = st.one_of(ANY, EDGES)
SECONDS = st.one_of(st.integers(0, 60 * HOUR), st.sampled_from([1, 8 * HOUR, round(4.5 * HOUR), round(3.5 * HOUR)]))


@settings(max_examples=150, deadline=None)
@given(start=MOMENTS, seconds=SECONDS)
def test_adding_agrees_with_the_walking_clock(start: datetime, seconds: int) -> None:
    assert CALENDAR.add_seconds(start, seconds) == slow_add(start, seconds)


@settings(max_examples=150, deadline=None)
@given(start=MOMENTS, length=st.integers(0, 12 * 86_400))
def test_measuring_agrees_with_the_walking_clock(start: datetime, length: int) -> None:
    end = start + timedelta(seconds=length)
    assert CALENDAR.working_seconds(start, end) == slow_seconds(start, end)


@given(on=MOMENTS.map(datetime.date), days=st.integers(0, 30))
def test_days_agree_with_the_walking_calendar(on: date, days: int) -> None:
    assert CALENDAR.is_working_day(on) == works(on)
    assert CALENDAR.add_days(on, days) == nth_working_day_after(on, days)
    before = CALENDAR.working_day_before(on)
    assert before < on
    assert works(before)
    assert not any(works(between) for between in days_from(before + timedelta(days=1), on - timedelta(days=1)))


@given(start=MOMENTS, seconds=SECONDS)
def test_measuring_undoes_adding(start: datetime, seconds: int) -> None:
    end = CALENDAR.add_seconds(start, seconds)
    assert CALENDAR.working_seconds(start, end) == seconds
    if seconds:
        assert CALENDAR.working_seconds(start, end - timedelta(seconds=1)) == seconds - 1


@given(start=MOMENTS, first=SECONDS, second=SECONDS)
def test_adding_in_two_goes_is_adding_at_once(start: datetime, first: int, second: int) -> None:
    twice = CALENDAR.add_seconds(CALENDAR.add_seconds(start, first), second)
    assert twice == CALENDAR.add_seconds(start, first + second)


@given(moments=st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_a_stretch_split_anywhere_adds_up(moments: list[datetime]) -> None:
    start, middle, end = moments
    parts = CALENDAR.working_seconds(start, middle) + CALENDAR.working_seconds(middle, end)
    assert parts == CALENDAR.working_seconds(start, end)


@given(starts=st.lists(MOMENTS, min_size=2, max_size=2).map(sorted), seconds=SECONDS, more=SECONDS)
def test_who_starts_later_or_gets_more_is_never_due_earlier(starts: list[datetime], seconds: int, more: int) -> None:
    earlier, later = starts
    end = CALENDAR.add_seconds(earlier, seconds)
    assert earlier <= end <= CALENDAR.add_seconds(later, seconds)
    assert end <= CALENDAR.add_seconds(earlier, seconds + more)


@given(start=MOMENTS, seconds=st.integers(1, 60 * HOUR))
def test_a_deadline_lies_within_working_time_its_closing_moment_included(start: datetime, seconds: int) -> None:
    end = CALENDAR.add_seconds(start, seconds).astimezone(ICT)
    assert open_at(end - timedelta(seconds=1))


@given(start=MOMENTS, seconds=SECONDS)
def test_the_zone_a_moment_is_written_in_makes_no_difference(start: datetime, seconds: int) -> None:
    assert CALENDAR.add_seconds(start.astimezone(UTC), seconds) == CALENDAR.add_seconds(start, seconds)
