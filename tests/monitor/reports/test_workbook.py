"""The workbook, opened again: figures are numbers, moments are dates, and nothing in it can be a formula."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from monitor.core.look import Cause, Verdict
from monitor.core.uptime import figures
from monitor.reports import workbook
from monitor.reports.uptime_log import UptimeLog

Watch = Callable[..., Any]
SHEETS = [
    "Tổng hợp",
    "Gián đoạn",
    "Không xác định",
    "Lượt kiểm tra",
    "Tốc độ",
    "Kiểm tra thủ công",
    "Thông báo tạm ngừng",
    "Nghi gián đoạn",
    "So sánh các kỳ",
    "Hoạt động của giám sát",
    "Diễn tập",
    "Chứng thư",
    "Niêm phong",
    "Diễn biến",
]


@pytest.fixture
def log(watch: Watch) -> UptimeLog:
    seen = watch(internal_target="0.99")
    seen.finds("18/11/2026 13:00", "18/11/2026 17:00", Cause.CHALLENGED)
    seen.finds("21/11/2026 21:10", "21/11/2026 22:40", Cause.ACTION_MISSING)
    seen.finds("22/11/2026 23:30", "24/11/2026 00:00", Cause.CONNECT)
    seen.looks("10/11/2026 00:00", "23/11/2026 07:00")
    seen.person_saw("18/11/2026 14:30", Verdict.UP, '=HYPERLINK("http://xau.example";"mở")')
    made: UptimeLog = seen.log("2026-W47", "23/11/2026 07:30")
    return made


def rows(log: UptimeLog, sheet: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(BytesIO(workbook.xlsx(log)))
    assert book.sheetnames == SHEETS
    return [tuple(cell.value for cell in row) for row in book[sheet].iter_rows(min_row=4)]


def test_the_summary_has_the_parts_in_seconds_and_their_sum(log: UptimeLog) -> None:
    told = dict(row[:2] for row in rows(log, "Tổng hợp"))
    assert told["Hoạt động (giây)"] * 1000 == log.account.up_ms
    assert told["Gián đoạn (giây)"] * 1000 == log.account.down_ms
    assert told["Không xác định (giây)"] * 1000 == log.account.unknown_ms
    assert told["Cộng (giây)"] == 7 * 86_400
    assert told["Từ"] == datetime(2026, 11, 16)  # noqa: DTZ001 - a cell has Vietnamese time and no zone
    assert told["Mục tiêu nội bộ"] == 0.99
    assert told["So với mục tiêu nội bộ"] == "không đạt"


def test_a_ratio_is_a_number_that_prints_as_percent_and_never_as_the_whole(log: UptimeLog) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook.xlsx(log)))
    cells = {row[0].value: row[1] for row in book["Tổng hợp"].iter_rows(min_row=4)}
    measured = cells["Tỷ lệ hoạt động đo được"]
    assert measured.data_type == "n"
    assert measured.number_format.endswith("%")
    assert measured.value == float(figures(log.account)["measured"])
    assert measured.value <= log.account.measured


def test_each_interruption_has_its_times_and_bounds(log: UptimeLog) -> None:
    first, second = rows(log, "Gián đoạn")
    assert first[2] == "không có chức năng nộp hồ sơ trực tuyến"
    assert [f"{when:%H:%M}" for when in first[3:7]] == ["21:06", "21:11", "22:36", "22:41"]
    assert first[7:11] == (90 * 60, 85 * 60, 95 * 60, 90 * 60)
    assert second[6] == "chưa khắc phục"
    assert second[7] is None


def test_the_course_covers_the_week_without_a_gap(log: UptimeLog) -> None:
    course = rows(log, "Diễn biến")
    assert [row[1] for row in course[:-1]] == [row[0] for row in course[1:]]
    assert sum(row[4] for row in course) == 7 * 86_400
    assert ("không xác định", "bị lớp chống truy cập tự động chặn") in {row[2:4] for row in course}


def test_the_course_tells_the_time_before_the_monitor_from_a_monitor_that_did_not_look(watch: Watch) -> None:
    seen = watch()
    seen.looks("18/11/2026 00:00", "20/11/2026 00:00")
    course = rows(seen.log("2026-W47", "23/11/2026 07:30"), "Diễn biến")
    assert course[0][3] == "chưa theo dõi (trước khi bắt đầu giám sát)"
    assert course[0][1] == datetime(2026, 11, 18, 0, 1)  # noqa: DTZ001 - a cell has Vietnamese time and no zone
    assert course[-1][3] == "không có lượt kiểm tra"


def test_words_of_a_person_are_text_and_never_a_formula(log: UptimeLog) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook.xlsx(log)))
    cell = book["Kiểm tra thủ công"].cell(4, 4)
    assert cell.data_type == "s"
    assert str(cell.value).startswith("=HYPERLINK")


def test_a_letter_that_no_file_can_hold_breaks_no_workbook(watch: Watch) -> None:
    seen = watch()
    seen.looks("16/11/2026 00:00", "16/11/2026 02:00")
    seen.person_saw("16/11/2026 01:30", Verdict.UP, "đã\ufffe xem")
    assert rows(seen.log("2026-W47", "23/11/2026 07:30"), "Kiểm tra thủ công")[0][3] == "đã xem"


def test_weeks_before_the_monitor_began_say_so(log: UptimeLog) -> None:
    weeks = rows(log, "So sánh các kỳ")
    assert [row[0] for row in weeks[:3]] == ["tuần 47/2026", "tuần 46/2026", "tuần 45/2026"]
    assert weeks[1][6] == 0
    assert weeks[2][2] == "chưa theo dõi"


def test_an_empty_week_has_every_sheet_and_says_that_there_is_nothing(watch: Watch) -> None:
    empty = watch().log("2026-W47", "23/11/2026 07:30")
    assert rows(empty, "Gián đoạn")[0][0] == "Không có."
    assert rows(empty, "Kiểm tra thủ công")[0][0] == "Không có."
    assert dict(row[:2] for row in rows(empty, "Tổng hợp"))["Tỷ lệ hoạt động đo được"] == "không có dữ liệu"


def test_the_same_log_makes_the_same_bytes(log: UptimeLog) -> None:
    assert workbook.xlsx(log) == workbook.xlsx(log)
