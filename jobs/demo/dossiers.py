"""Made-up dossiers in the form of a provincial export; no person, company or dossier in it is real."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import escape
from itertools import chain
from pathlib import Path

from monitor.core.period import ICT
from monitor.core.workdays import WorkCalendar

HEADINGS = (
    "STT",
    "Đơn vị tiếp nhận",
    "Người tiếp nhận",
    "Tên thủ tục hành chính",
    "Mã TTHC",
    "Mã hồ sơ",
    "Trạng thái",
    "Địa chỉ",
    "Chủ hồ sơ",
    "Kênh thực hiện",
    "Ngày nộp hồ sơ",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày kết thúc xử lý",
    "Đơn vị xử lý",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One dossier from its filing to its end, of which an export shows what has happened so far."""

    code: str
    unit: Unit
    procedure: str
    name: str
    online: bool
    filed: datetime
    received: datetime
    appointment: datetime
    finished: datetime
    returned: bool
    waits_for_papers: bool

    def row(self, number: int, now: datetime) -> tuple[object, ...]:
        """The dossier as an export made at `now` shows it."""
        received = self.received if self.received <= now else None
        finished = self.finished if self.finished <= now else None
        return (
            number,
            self.unit.receiving,
            "(ẩn)",
            self.name,
            self.procedure,
            self.code,
            self._status(now),
            "(ẩn)",
            "(ẩn)",
            "Trực tuyến" if self.online else "Trực tiếp",
            _text(self.filed),
            _text(received),
            _text(self.appointment if received else None),
            _text(finished),
            self.unit.handling,
        )

    def _status(self, now: datetime) -> str:
        if now < self.received:
            return "Mới đăng ký"
        if now >= self.finished:
            return "Đã trả kết quả" if self.returned else "Đã xử lý xong"
        return "Yêu cầu bổ sung giấy tờ" if self.waits_for_papers else "Đang xử lý"


class Province:
    """The dossiers of the ten weeks before a day and the week after it; the same seed gives the same dossiers."""

    def __init__(
        self, units: Sequence[Unit], calendar: WorkCalendar, *, anchor: date, count: int, seed: int = 2026
    ) -> None:
        self.units, self.calendar = units, calendar
        self.random = random.Random(seed)  # noqa: S311 - invented data, nothing secret
        self.lives = sorted((self._life(anchor, number) for number in range(1, count + 1)), key=lambda life: life.filed)

    def rows(self, now: datetime) -> Iterator[tuple[object, ...]]:
        """The rows of an export made at `now` (aware)."""
        for number, life in enumerate(self.lives, start=1):
            if life.filed > now:
                return
            yield life.row(number, now)

    def _life(self, anchor: date, number: int) -> Life:
        dice = self.random
        procedure, name, days = dice.choices(PROCEDURES, weights=(2, 2, 1, 6, 8, 10, 8, 3, 6))[0]
        day = anchor - timedelta(days=int(dice.triangular(-7, 70, 5)))
        filed = datetime.combine(day, time(dice.randint(7, 21), dice.randint(0, 59)), ICT)
        slow = dice.random() < 0.01
        received = self.calendar.add_seconds(filed, dice.randint(600, 6 * 3600) + (8 * 3600 if slow else 0))
        appointment = datetime.combine(self.calendar.add_days(received.astimezone(ICT).date(), days), time(17), ICT)
        share = dice.uniform(0.2, 0.9)
        finished = self.calendar.add_seconds(received, max(3600, round(days * 8 * 3600 * share)))
        if dice.random() < 0.012:
            finished = self.calendar.add_seconds(appointment, dice.randint(1, 15) * 8 * 3600)
        return Life(
            code=f"H56.{dice.randint(1, 60):02}-{filed:%y%m%d}-{number:04}",
            unit=dice.choice(self.units),
            procedure=procedure,
            name=name,
            online=dice.random() < 0.8,
            filed=filed,
            received=received,
            appointment=appointment,
            finished=finished,
            returned=dice.random() < 0.9,
            waits_for_papers=dice.random() < 0.03,
        )


def _text(moment: datetime | None) -> str:
    return moment.astimezone(ICT).strftime("%d/%m/%Y %H:%M:%S") if moment else ""


def write_export(rows: Iterable[tuple[object, ...]], path: Path, title: str) -> None:
    """An export as the provincial system makes it, a title block and the table; `.xls` is HTML, as it is there."""
    above = ("UBND TỈNH THANH HÓA (DỮ LIỆU MINH HỌA)", title)
    part = path.with_name(path.name + ".part")
    if path.suffix == ".xls":
        part.write_text(_page(above, rows), "utf-8")
    else:
        _write_workbook(above, rows, part)
    part.replace(path)


def _page(above: Sequence[str], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [f'<tr><td colspan="{len(HEADINGS)}">{text}</td></tr>' for text in above]
    lines.extend(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in chain((HEADINGS,), rows)
    )
    return '<html><head><meta charset="utf-8"></head><body><table>\n' + "\n".join(lines) + "\n</table></body></html>"


def _write_workbook(above: Sequence[str], rows: Iterable[tuple[object, ...]], path: Path) -> None:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = book.add_worksheet("Danh sách")
        for number, text in enumerate(above):
            sheet.write_string(number, 0, text)
        for number, row in enumerate(chain((HEADINGS,), rows), start=3):
            sheet.write_row(number, 0, row)
