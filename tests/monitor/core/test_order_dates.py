"""How letters word a deadline, and which day that is; strictly, and with every doubt said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.obligation import DueKind, Recurrence
from monitor.core.order import DoubtKind
from monitor.core.order_dates import days_off, deadlines, in_cell
from monitor.core.order_deadline import Deadline, Reckoning
from monitor.law import official_calendar

CALENDAR = official_calendar()
BY = Reckoning(dated=date(2024, 3, 5), calendar=CALENDAR, closing_day=14)
BEFORE, UNTIL = DueKind.BEFORE, DueKind.BY
D = DoubtKind


def only(text: str, by: Reckoning = BY) -> Deadline:
    (one,) = deadlines(text, by)
    return one


@pytest.mark.parametrize(
    ("text", "due", "kind", "doubts"),
    [
        ("báo cáo Chủ tịch UBND tỉnh trước ngày 11/3/2024 để xem xét", "2024-03-11", BEFORE, []),
        ("hoàn thành trước 11/3/2024", "2024-03-11", BEFORE, []),
        ("trước ngày 11 tháng 3 năm 2024", "2024-03-11", BEFORE, []),
        ("trước ngày 11.3.2024", "2024-03-11", BEFORE, []),
        ("Trước ngày 11-3-2024", "2024-03-11", BEFORE, []),
        ("chậm nhất ngày 15/3/2024", "2024-03-15", UNTIL, []),
        ("chậm nhất là ngày 15/3/2024", "2024-03-15", UNTIL, []),
        ("muộn nhất vào ngày 15/3/2024", "2024-03-15", UNTIL, []),
        ("không muộn hơn ngày 15/3/2024", "2024-03-15", UNTIL, []),
        ("đến hết ngày 15/3/2024", "2024-03-15", UNTIL, []),
        ("trong ngày 15/3/2024", "2024-03-15", UNTIL, []),
        ("đến ngày 15/3/2024 hoàn thành 100%", "2024-03-15", UNTIL, []),
        ("đến hết ngày 16/3/2024", "2024-03-16", UNTIL, [D.DAY_OFF]),
        ("chậm nhất ngày 30/4/2024", "2024-04-30", UNTIL, [D.DAY_OFF]),
        ("chậm nhất ngày 04/5/2024", "2024-05-04", UNTIL, []),  # a Saturday that is made up
        ("chậm nhất trước ngày 15/3/2024", "2024-03-15", BEFORE, [D.TWO_READINGS]),
        ("xử lý dứt điểm hồ sơ quá hạn trước ngày 15/3/2024", "2024-03-15", BEFORE, [D.TWO_READINGS]),
        ("ban hành trước ngày 15/3/2024", "2024-03-15", BEFORE, []),
        ("trước 17 giờ ngày 15/3/2024", "2024-03-15", UNTIL, [D.HOUR]),
        ("trước 17h00 ngày 15/3/2024", "2024-03-15", UNTIL, [D.HOUR]),
        ("trước 11 giờ 30 phút, ngày 15/3/2024", "2024-03-15", UNTIL, [D.HOUR]),
        ("trước ngày 15/4", "2024-04-15", BEFORE, [D.YEAR_MISSING]),
        ("trước ngày 15/01", "2025-01-15", BEFORE, [D.YEAR_MISSING]),  # the letter's own year has passed it
        ("trước ngày 15/4/24", "2024-04-15", BEFORE, []),
        ("trong thời hạn 05 ngày làm việc kể từ ngày ký văn bản này", "2024-03-12", UNTIL, []),
        ("trong 05 ngày làm việc, kể từ ngày nhận được Công văn này", "2024-03-12", UNTIL, [D.FROM_RECEIPT]),
        ("trong thời hạn 05 (năm) ngày làm việc kể từ ngày 11/3/2024", "2024-03-18", UNTIL, []),
        ("chậm nhất sau 03 ngày làm việc", "2024-03-08", UNTIL, [D.FROM_LETTER]),
        ("trong vòng 10 ngày kể từ ngày 11/3/2024", "2024-03-21", UNTIL, [D.CALENDAR_DAYS]),
        ("hoàn thành trong tháng 9/2024", "2024-09-30", UNTIL, [D.PERIOD]),
        ("hoàn thành trong tháng 01", "2025-01-31", UNTIL, [D.PERIOD, D.YEAR_MISSING, D.DAY_OFF]),
        ("hoàn thành trong quý III năm 2024", "2024-09-30", UNTIL, [D.PERIOD]),
        ("xong trước tháng 6/2024", "2024-06-01", BEFORE, [D.PERIOD]),
        ("hoàn thành trong năm 2024", "2024-12-31", UNTIL, [D.PERIOD]),
    ],
)
def test_a_deadline_is_the_day_as_printed(text: str, due: str, kind: DueKind, doubts: list[DoubtKind]) -> None:
    one = only(text)
    assert one.due == date.fromisoformat(due)
    assert one.due_kind is kind
    assert [doubt.kind for doubt in one.doubts] == doubts
    assert one.words in " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("từ ngày 01/4/2024 đến hết ngày 30/4/2024 tổ chức tuyên truyền", D.STRETCH),
        ("các hồ sơ tiếp nhận trước ngày 01/4/2024", D.STRETCH),
        ("các văn bản được ban hành trước ngày 15/4/2024", D.STRETCH),
        ("số liệu tính đến ngày 15/4/2024", D.STRETCH),
        ("thông báo trong thời hạn 03 ngày làm việc kể từ ngày nhận đủ hồ sơ", D.STRETCH),
        ("trước ngày 31/02/2025", D.NO_SUCH_DAY),
        ("hoàn thành trong tháng 13/2024", D.NO_SUCH_DAY),
        ("trước ngày 01/3/2024", D.PAST),
        ("trước ngày 05/3/2024", D.PAST),  # its last day is the day before the letter
        ("trong thời hạn 999 ngày làm việc kể từ ngày ký", D.CALENDAR_UNKNOWN),
        ("thực hiện ngay sau khi nhận được văn bản này", D.AT_ONCE),
        ("báo cáo định kỳ 6 tháng", D.EVERY),
        ("báo cáo hằng tuần, trước ngày 15", D.EVERY),
        ("báo cáo trước ngày 30/11 hằng năm", D.EVERY),  # no period of a year ends before it
    ],
)
def test_what_is_no_deadline_to_follow_is_said_and_not_taken(text: str, doubt: DoubtKind) -> None:
    one = only(text)
    assert not one.taken
    assert doubt in {said.kind for said in one.doubts}


@pytest.mark.parametrize(
    "text",
    [
        "theo Công văn số 1297/VPCP-KSTT ngày 29/02/2024 của Văn phòng Chính phủ",
        "kể từ ngày 01/7/2025 không tổ chức cấp huyện",
        "kế hoạch cải cách hành chính hằng năm được thực hiện nghiêm túc",
        "khoản 1 Điều 11, 24/7, tỷ lệ 95/100",
    ],
)
def test_days_that_a_letter_only_cites_are_no_deadlines(text: str) -> None:
    assert deadlines(text, BY) == ()


@pytest.mark.parametrize(
    ("text", "kind", "every", "doubts"),
    [
        ("báo cáo hằng tháng, trước ngày 15", BEFORE, (1, 14, 15), [D.CLOSING_ASSUMED]),
        ("báo cáo trước ngày 20 hàng tháng", BEFORE, (1, 14, 20), [D.CLOSING_ASSUMED]),
        ("gửi báo cáo chậm nhất vào ngày 18 mỗi tháng", UNTIL, (1, 14, 18), [D.CLOSING_ASSUMED]),
        ("định kỳ hằng quý (trước ngày 15 của tháng cuối quý) báo cáo", BEFORE, (3, 14, 15), [D.CLOSING_ASSUMED]),
        ("báo cáo 6 tháng trước ngày 15/6 và 15/12 hằng năm", BEFORE, (6, 14, 15), [D.CLOSING_ASSUMED]),
        ("báo cáo năm trước ngày 15/12 hằng năm", BEFORE, (12, 14, 15), [D.CLOSING_ASSUMED]),
        (
            "định kỳ hằng tháng báo cáo (số liệu từ ngày 15 tháng trước đến ngày 14 tháng báo cáo), gửi trước ngày 16",
            BEFORE,
            (1, 14, 16),
            [],
        ),
        ("hằng tháng tổng hợp số liệu từ ngày 01 đến ngày 30, gửi trước ngày 05", BEFORE, (1, 30, 5), []),
    ],
)
def test_what_comes_again_has_its_period_and_its_day(
    text: str, kind: DueKind, every: tuple[int, int, int], doubts: list[DoubtKind]
) -> None:
    one = only(text)
    months, closing, day = every
    assert one.every == Recurrence(months=months, closing_day=closing, due_day=day)
    assert (one.due, one.due_kind, [doubt.kind for doubt in one.doubts]) == (None, kind, doubts)


def test_two_periods_in_one_sentence_are_two_duties() -> None:
    half, year = deadlines("báo cáo 6 tháng (trước ngày 15/6), năm (trước ngày 15/12)", BY)
    assert (half.every, year.every) == (
        Recurrence(months=6, closing_day=14, due_day=15),
        Recurrence(months=12, closing_day=14, due_day=15),
    )


@pytest.mark.parametrize(
    ("cell", "due", "every"),
    [
        ("15/10/2024", "2024-10-15", None),
        ("Trước 15/10/2024", "2024-10-15", None),
        ("Tháng 9/2024", "2024-09-30", None),
        ("Quý IV/2024", "2024-12-31", None),
        ("Năm 2024", "2024-12-31", None),
        ("Ngày 20 hằng tháng", None, Recurrence(months=1, closing_day=14, due_day=20)),
    ],
)
def test_a_cell_of_a_table_holds_a_day_alone(cell: str, due: str | None, every: Recurrence | None) -> None:
    (one,) = in_cell(cell, BY)
    assert (one.due and one.due.isoformat(), one.every) == (due, every)


def test_a_cell_that_says_no_day_has_no_deadline() -> None:
    assert in_cell("Thường xuyên", BY) == ()


def test_before_11_march_2024_is_friday_the_8th_because_of_a_weekend() -> None:
    off = days_off(date(2024, 3, 10), date(2024, 3, 8), CALENDAR)
    assert [(one.day.isoformat(), one.note) for one in off] == [("2024-03-10", None), ("2024-03-09", None)]


def test_days_off_that_a_document_makes_are_named_by_it() -> None:
    off = days_off(date(2026, 5, 1), CALENDAR.working_day_before(date(2026, 5, 2)), CALENDAR)
    assert [one.day.isoformat() for one in off] == ["2026-05-01", "2026-04-30"]
    assert all(one.note and one.note.document for one in off)


@given(
    st.dates(date(2024, 3, 6), date(2026, 12, 31)), st.sampled_from(["trước ngày", "chậm nhất ngày", "đến hết ngày"])
)
def test_any_day_after_the_letter_is_read_as_it_is_printed(day: date, before: str) -> None:
    one = only(f"báo cáo UBND tỉnh {before} {day.day}/{day.month}/{day.year} để tổng hợp.")
    last = day - timedelta(days=1) if before == "trước ngày" else day
    assert one.due == day
    off = D.DAY_OFF in {doubt.kind for doubt in one.doubts}
    assert off is (one.due_kind is UNTIL and not CALENDAR.is_working_day(last))


@given(st.text(alphabet="0123456789/.- ngàytrướcđếnhếtchậmnhấtthángquýnăm;,()", max_size=120))
def test_no_text_breaks_the_reading(text: str) -> None:
    ends = [0]
    for one in deadlines(text, BY):
        assert ends[-1] <= one.start < one.end <= len(text)
        ends.append(one.end)
