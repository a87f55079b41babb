"""danh-ba.xlsx as a file: the posts written out to be filled in, and the rows read back."""

from __future__ import annotations

import re
import unicodedata
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from monitor.core.agency import NOBODY, Holder, Role
from monitor.core.mistake import Mistake
from monitor.register.folder import RegisterError
from monitor.register.names import plain, spelled
from monitor.register.register import Register

COLUMNS = {
    "key": ("Mã", 34),
    "agency": ("Cơ quan", 38),
    "title": ("Chức danh", 52),
    "role": ("Vai trò", 22),
    "person": ("Họ tên", 28),
    "address": ("E-mail", 34),
    "phone": ("Điện thoại", 18),
    "fallbacks": ("E-mail dự phòng", 34),
    "channels": ("Kênh khác", 28),
    "since": ("Từ ngày", 13),
    "until": ("Đến ngày", 13),
}
"""The columns of the file by field, each with heading and width."""

FILLED = {
    "person": "Họ tên",
    "address": "E-mail",
    "phone": "Điện thoại",
    "fallbacks": "E-mail dự phòng",
    "channels": "Kênh khác",
    "since": "Từ ngày",
    "until": "Đến ngày",
}
"""The columns that are the office's to fill in; a file of an earlier version lacks the last four."""

ROLES: Mapping[Role, str] = {
    Role.CHAIRMAN: "Chủ tịch UBND tỉnh",
    Role.HEAD: "Thủ trưởng",
    Role.DEPUTY: "Cấp phó phụ trách",
    Role.FOCAL_POINT: "Đầu mối kiểm soát TTHC",
    Role.SERVICE_CENTRE: "Bộ phận Một cửa",
    Role.DUTY: "Trực sự cố",
}

_BROKEN = (OSError, EOFError, KeyError, ValueError, TypeError, IndexError, BadZipFile, zlib.error, ParseError)
"""What openpyxl raises for a file that is no workbook, or half of one."""

_NOTES = (
    "Chỉ điền các cột từ Họ tên trở đi; các cột khác đã khóa, không sửa cột Mã. Để trống ô là không có.",
    "Mỗi ô E-mail một địa chỉ; hai chức danh dùng chung một địa chỉ thì ghi ở cả hai dòng, chỉ một thư được gửi.",
    "E-mail dự phòng: địa chỉ thử tiếp khi thư không tới, cách nhau bằng dấu ; theo thứ tự thử.",
    "Kênh khác: nơi báo ngoài thư (khi thư không tới, khi khẩn), dạng sms:0912345678; zalo:1234567890 theo thứ tự thử.",
    "Từ ngày, Đến ngày (25/11/2026): người giữ chức danh trong khoảng ấy; người kế nhiệm ghi ở một dòng nữa cùng Mã.",
    "Điền xong: tthc contacts import <tệp này> để xem trước thay đổi, thêm --apply để ghi.",
)


def write_xlsx(register: Register, path: Path) -> None:
    """Write the file to be filled in; raise RegisterError where it cannot be written."""
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("Danh bạ")
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    title, note = book.add_format({"bold": True, "font_size": 14}), book.add_format({"italic": True})
    sheet.write_string(0, 0, f"DANH BẠ NHẬN THƯ – {register.name}", title)
    for row, words in enumerate(_NOTES, start=1):
        sheet.write_string(row, 0, words, note)
    _write_table(book, sheet, register, len(_NOTES) + 2)
    try:
        book.close()
    except FileCreateError as error:
        mend = "đóng tệp nếu đang mở, hoặc chọn nơi khác có quyền ghi"
        raise RegisterError([Mistake(file=str(path), place="", what="không ghi được", mend=mend)]) from error


def _write_table(book: Any, sheet: Any, register: Register, top: int) -> None:
    heading = book.add_format({"bold": True, "border": 1, "bg_color": "#D9E2F3", "text_wrap": True})
    locked = book.add_format({"border": 1, "bg_color": "#F2F2F2"})
    open_ = book.add_format({"border": 1, "locked": False, "num_format": "@"})
    for column, (field, (words, width)) in enumerate(COLUMNS.items()):
        below = field in FILLED or field == "key"  # whoever comes next to a post takes a row of their own
        sheet.set_column(column, column, width, open_ if below else None)
        sheet.write_string(top, column, words, heading)
    row = top
    for row, cells in enumerate(_rows(register), start=top + 1):
        for column, (field, value) in enumerate(cells.items()):
            sheet.write_string(row, column, value, open_ if field in FILLED else locked)
    sheet.freeze_panes(top + 1, 1)
    sheet.repeat_rows(top)
    sheet.autofilter(top, 0, row, len(COLUMNS) - 1)
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True})


def _rows(register: Register) -> Iterator[dict[str, str]]:
    """One for each that holds a post, held it, or will; one for a post that nobody holds."""
    for post in register.posts.values():
        place = {
            "key": post.key,
            "agency": register.agency_name(post.agency),
            "title": post.title,
            "role": ROLES[post.role],
        }
        for fields in written(register, post.key) or (fields_of(NOBODY),):
            yield place | fields


def written(register: Register, post: str) -> tuple[dict[str, str], ...]:
    """Those who hold a post, held it, or will, in their order, as the cells of the file."""
    return tuple(fields_of(one) for one in register.holders.get(post, ()))


def fields_of(holder: Holder) -> dict[str, str]:
    """One of them as cells, under FILLED."""
    return {
        "person": holder.person,
        "address": holder.address,
        "phone": holder.phone,
        "fallbacks": "; ".join(holder.fallbacks),
        "channels": "; ".join(holder.channels),
        "since": f"{holder.since:%d/%m/%Y}" if holder.since else "",
        "until": f"{holder.until:%d/%m/%Y}" if holder.until else "",
    }


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the headings that hold anything of ours, with their numbers in the file."""
    columns: dict[str, int] = {}
    for number, cells in enumerate(_read(path), start=1):
        if not columns:
            columns = _columns(cells)
            continue
        row = {field: _text(field, cells[at]) if at < len(cells) else "" for field, at in columns.items()}
        if any(row.values()):
            yield number, row
    if not columns:
        mend = "dùng tệp do `tthc contacts export` ghi ra, giữ nguyên dòng tiêu đề"
        raise RegisterError(
            [Mistake(file=path.name, place="", what="không thấy dòng tiêu đề có cột Mã, E-mail", mend=mend)]
        )


def _columns(cells: Sequence[object]) -> dict[str, int]:
    names = {plain(spelled(words)): field for field, (words, _) in COLUMNS.items() if field == "key" or field in FILLED}
    found = {names[name]: at for at, cell in enumerate(cells) if (name := plain(spelled(str(cell or "")))) in names}
    return found if {"key", "address"} <= set(found) else {}


def _read(path: Path) -> list[tuple[object, ...]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what Excel adds and openpyxl drops; only the cells' values matter here
            book = load_workbook(path, read_only=True, data_only=True)
            rows: list[tuple[object, ...]] = [tuple(row) for row in book.worksheets[0].iter_rows(values_only=True)]
            book.close()
    except (*_BROKEN, InvalidFileException) as error:
        mend = "dùng tệp .xlsx do `tthc contacts export` ghi ra"
        raise RegisterError([Mistake(file=path.name, place="", what="không đọc được tệp", mend=mend)]) from error
    return rows


def _text(field: str, value: object) -> str:
    """A cell as text. A spreadsheet makes a date of a day, and of a telephone a number that lost its first nought."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if field == "phone" and isinstance(value, int):
        return f"0{value}" if not str(value).startswith(("0", "84")) else str(value)
    if field in ("since", "until") and isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    words = " ".join(
        unicodedata.normalize("NFC", str(value if value is not None else "")).replace("\u200b", "").split()
    )
    if field == "channels":
        return "; ".join(part for one in re.split(r"[;,]", words) if (part := "".join(one.split())))
    if field == "fallbacks":
        return "; ".join(part for one in re.split(r"[;,]", words) if (part := one.strip().removeprefix("mailto:")))
    return words.removeprefix("mailto:") if field == "address" else words
