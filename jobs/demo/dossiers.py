"""Made-up dossiers in the form of a provincial export; no person, company or dossier in it is real."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from monitor.core.period import ICT
from monitor.core.workdays import WorkCalendar

HEADINGS = (
    "STT", "Đơn vị tiếp nhận", "Người tiếp nhận", "Tên thủ tục hành chính", "Mã TTHC", "Mã hồ sơ", "Trạng thái", "Địa chỉ", "Chủ hồ sơ",
    "Kênh thực hiện", "Ngày nộp hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày kết thúc xử lý", "Đơn vị xử lý",
)

PROCEDURES = (
    ("2.001474", "Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại", 3),
    ("2.000033", "Thông báo hoạt động khuyến mại", 3),
    ("2.000004", "Đăng ký hoạt động khuyến mại đối với chương trình mang tính may rủi", 5),
    ("9.100001", "Cấp giấy phép xây dựng nhà ở riêng lẻ (thủ tục minh họa)", 15),
    ("9.100002", "Đăng ký biến động quyền sử dụng đất (thủ tục minh họa)", 10),
    ("9.100003", "Đăng ký khai sinh (thủ tục minh họa)", 1),
    ("9.100004", "Cấp bản sao trích lục hộ tịch (thủ tục minh họa)", 1),
    ("9.100005", "Hỗ trợ chi phí mai táng (thủ tục minh họa)", 10),
    ("9.100006", "Đăng ký thành lập hộ kinh doanh (thủ tục minh họa)", 3),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit as an export prints it."""

    receiving: str
    handling: str


class Province:
    """Dossiers of the working days before a moment; the same seed gives the same dossiers."""

    def __init__(self, units: Sequence[Unit], calendar: WorkCalendar, *, seed: int = 2026) -> None:
        self.units, self.calendar = units, calendar
        self.random = random.Random(seed)  # noqa: S311 - invented data, nothing secret

    def rows(self, count: int, now: datetime) -> Iterator[tuple[object, ...]]:
        """So many rows of an export made at `now` (aware)."""
        for number in range(1, count + 1):
            yield self._row(number, now)

    def _row(self, number: int, now: datetime) -> tuple[object, ...]:
        dice = self.random
        unit = dice.choice(self.units)
        code, name, days = dice.choices(PROCEDURES, weights=(2, 2, 1, 6, 8, 10, 8, 3, 6))[0]
        filed = self._moment(now.date() - timedelta(days=int(dice.triangular(0, 75, 12))))
        filed = min(filed, now - timedelta(minutes=dice.randint(5, 300)))
        slow = dice.random() < 0.03
        received = self.calendar.add_seconds(filed, dice.randint(600, 7 * 3600) + (9 * 3600 if slow else 0))
        appointment = datetime.combine(self.calendar.add_days(received.astimezone(ICT).date(), days), time(17), ICT)
        lateness = dice.choices((-1, 0, 1), weights=(70, 25, 3))[0]
        finished = self.calendar.add_seconds(received, max(3600, round(days * 28800 * dice.uniform(0.2, 0.95))))
        if lateness == 1:
            finished = self.calendar.add_seconds(appointment, dice.randint(1, 20) * 28800)
        status, received_, appointment_, finished_ = self._state(now, received, appointment, finished)
        return (
            number, unit.receiving, "(ẩn)", name, code, f"H56.{dice.randint(1, 60):02}-{filed.astimezone(ICT):%y%m%d}-{number:04}", status,
            "(ẩn)", "(ẩn)", "Trực tuyến" if dice.random() < 0.8 else "Trực tiếp", _text(filed), _text(received_), _text(appointment_),
            _text(finished_), unit.handling,
        )

    def _moment(self, day: date) -> datetime:
        clock = time(self.random.randint(7, 21), self.random.randint(0, 59))
        return datetime.combine(day, clock, ICT)

    def _state(
        self, now: datetime, received: datetime, appointment: datetime, finished: datetime
    ) -> tuple[str, datetime | None, datetime | None, datetime | None]:
        if received > now:
            return "Mới đăng ký", None, None, None
        if finished <= now:
            return ("Đã trả kết quả" if self.random.random() < 0.9 else "Đã xử lý xong"), received, appointment, finished
        if self.random.random() < 0.05:
            return "Yêu cầu bổ sung giấy tờ", received, appointment, None
        return "Đang xử lý", received, appointment, None


def _text(moment: datetime | None) -> str:
    return moment.astimezone(ICT).strftime("%d/%m/%Y %H:%M:%S") if moment else ""


def write_export(rows: Iterator[tuple[object, ...]], path: Path, title: str) -> None:
    """An export as the provincial system makes it: a title block, then the table."""
    import xlsxwriter

    part = path.with_name(path.name + ".part")
    with xlsxwriter.Workbook(part, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Danh sách")
        sheet.write_row(0, 0, ["UBND TỈNH THANH HÓA (DỮ LIỆU MINH HỌA)"])
        sheet.write_row(1, 0, [title])
        sheet.write_row(3, 0, HEADINGS)
        for number, row in enumerate(rows, start=4):
            sheet.write_row(number, 0, row)
    part.replace(path)
