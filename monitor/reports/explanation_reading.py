"""A workbook that a unit filled in: the rows that can be used, and what is wrong with the others."""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hmac import compare_digest
from pathlib import Path
from typing import Any
from unicodedata import normalize
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from monitor.core.answer import tidied
from monitor.core.explanation import DelayCause
from monitor.core.finding import FindingKind
from monitor.core.typed import day_typed
from monitor.reports.explanation_sheet import FILLED, mark_of, words
from monitor.reports.render import term

MOST_FILE = 10 * 1024 * 1024
MOST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = 50_000
_BROKEN = (
    OSError,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    BadZipFile,
    zlib.error,
    ParseError,
)
"""What openpyxl raises for a file that is no workbook, or half of one."""
_MEND = "dùng tệp .xlsx do tthc explanations export ghi ra, hoặc tệp đính kèm thư nhắc"
_KINDS = (FindingKind.RECEPTION, FindingKind.RESULT)
_MARK = re.compile(r"(\d{1,18})-[0-9a-f]{16}")
_SERIAL_FROM = date(1899, 12, 30)


class SheetUnusable(Exception):
    """The file as a whole cannot be used; its text is one Vietnamese line that names the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One row in which a cause was chosen; `number` is that of the request it answers, `row` its place in the file."""

    row: int
    number: int
    code: str
    kind: FindingKind
    cause: DelayCause
    text: str
    remedy: str
    expected: date | None
    given_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One row that cannot be used, and what mends it."""

    row: int
    code: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a file holds; `blank` rows name no cause and say nothing yet."""

    filled: tuple[Filled, ...]
    wrong: tuple[Wrong, ...]
    blank: int


def read(path: Path, key: str) -> Read:
    """Read a file that was filled in; raise SheetUnusable. `key` is what signed its rows."""
    filled: list[Filled] = []
    wrong: list[Wrong] = []
    blank, given_by, seen = 0, "", dict[int, int]()
    for row, cells, formulas in _rows(path):
        if not any(cells[name] for name in FILLED if name != "given_by"):
            given_by = cells["given_by"] or given_by
            blank += bool(cells["code"])
            wrong += [Wrong(row=row, code=cells["code"], words=_UNCOUNTED)] if formulas and not cells["cause"] else []
            continue
        given_by = cells["given_by"] or given_by
        try:
            one = _filled(row, cells | {"given_by": given_by}, formulas, key)
        except _RowRefused as refused:
            wrong.append(Wrong(row=row, code=cells["code"], words=str(refused)))
            continue
        if one.number in seen:
            said = f"dòng này lặp lại dòng {seen[one.number]}: giữ lại một dòng."
            wrong.append(Wrong(row=row, code=one.code, words=said))
            continue
        seen[one.number] = row
        filled.append(one)
    return Read(filled=tuple(filled), wrong=tuple(wrong), blank=blank)


class _RowRefused(Exception):
    """A row cannot be used; the text names the mend."""


_UNCOUNTED = "ô là công thức chưa có kết quả: mở tệp bằng Excel, chép thành giá trị, lưu rồi nhập lại."


def _filled(row: int, cells: Mapping[str, str], formulas: frozenset[str], key: str) -> Filled:
    if formulas:
        raise _RowRefused(_UNCOUNTED)
    kind = _of(_KINDS, cells["kind"])
    mark = _MARK.fullmatch(cells["mark"])
    if mark is None:
        raise _RowRefused(f"mất khóa của dòng (cột ẩn cuối): xuất lại tệp rồi điền vào tệp mới; {_MEND}.")
    number = int(mark[1])
    if kind is None or not compare_digest(mark_of(key, number, cells["code"], kind), cells["mark"]):
        raise _RowRefused(
            "mã hồ sơ hoặc loại chậm đã bị sửa, hoặc chép từ dòng khác: xuất lại tệp, chỉ điền cột trắng."
        )
    cause = _of(tuple(DelayCause), cells["cause"])
    if cause is None:
        said = f"nguyên nhân “{cells['cause']}” không có trong danh sách" if cells["cause"] else "chưa chọn nguyên nhân"
        raise _RowRefused(f"{said}: chọn trong danh sách thả xuống.")
    expected = day_typed(cells["expected"]) if cells["expected"] else None
    if cells["expected"] and expected is None:
        raise _RowRefused(f"ngày dự kiến “{cells['expected']}” không hiểu được: ghi dạng 30/11/2026.")
    return Filled(
        row=row,
        number=number,
        code=cells["code"],
        kind=kind,
        cause=cause,
        text=cells["text"],
        remedy=cells["remedy"],
        expected=expected,
        given_by=cells["given_by"],
    )


def _of(known: Sequence[Any], said: str) -> Any:
    """The value of a closed set that people call so, however it is capitalised."""
    wanted = normalize("NFC", said).casefold().strip(" .")
    return next((one for one in known if term(one).casefold() == wanted), None)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str], frozenset[str]]]:
    """The rows below the headings with their numbers, as texts by column; of formulas without a result the columns."""
    values, formulas = _sheet(path, data_only=True), _sheet(path, data_only=False)
    columns: dict[str, int] = {}
    for number, (cells, written) in enumerate(zip(values, formulas, strict=True), start=1):
        if not columns:
            columns = _columns(cells)
            continue
        row = {name: _text(name, cells[at]) if at < len(cells) else "" for name, at in columns.items()}
        if any(row.values()):
            uncounted = (name for name in FILLED if not row[name] and _is_formula(written, columns[name]))
            yield number, row, frozenset(uncounted)
    if not columns:
        raise SheetUnusable(f"{path.name}: không thấy dòng tiêu đề có cột Mã hồ sơ, Nguyên nhân và cột khóa; {_MEND}")


def _is_formula(cells: Sequence[object], at: int) -> bool:
    return at < len(cells) and str(cells[at] or "").startswith("=")


def _columns(cells: Sequence[object]) -> dict[str, int]:
    names = {_plain(column["heading"]): column["name"] for column in words()["column"]}
    names[_plain(words()["key_heading"])] = "mark"
    found = {names[name]: at for at, cell in enumerate(cells) if (name := _plain(cell)) in names}
    return found if {"code", "kind", "mark", *FILLED} <= set(found) else {}


def _plain(value: object) -> str:
    return tidied(str(value if value is not None else "")).casefold()


def _sheet(path: Path, *, data_only: bool) -> list[list[object]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        _bound(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what Excel adds and openpyxl drops; only the cells' values matter here
            book = load_workbook(path, data_only=data_only)
        named = [sheet for sheet in book.worksheets if _plain(sheet.title) == _plain(words()["sheet"])]
        sheet = (named or book.worksheets)[0]
        rows: list[list[object]] = [
            list(row) for row in sheet.iter_rows(values_only=True, max_row=min(sheet.max_row, MOST_ROWS))
        ]
        for one in sheet.merged_cells.ranges:
            _spread(rows, one.bounds)
    except (*_BROKEN, InvalidFileException) as error:
        raise SheetUnusable(f"{path.name}: không đọc được tệp; {_MEND}") from error
    return rows


def _spread(rows: list[list[object]], bounds: tuple[int, int, int, int]) -> None:
    """What stands in merged cells is said of all of them."""
    left, top, right, bottom = bounds
    if top <= len(rows):
        said = rows[top - 1][left - 1]
        for row in rows[top - 1 : bottom]:
            row[left - 1 : right] = [said] * (min(right, len(row)) - left + 1)


def _bound(path: Path) -> None:
    """Refuse what is far larger than any such workbook, packed or unpacked."""
    if path.stat().st_size > MOST_FILE:
        raise SheetUnusable(f"{path.name}: tệp lớn quá {MOST_FILE // 1024**2} MB; {_MEND}")
    with ZipFile(path) as packed:
        if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
            raise SheetUnusable(f"{path.name}: tệp nén quá lớn khi mở ra; {_MEND}")


def _text(name: str, value: object) -> str:
    """A cell as one line of text; a day however the spreadsheet keeps it."""
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%d/%m/%Y}"
        case date():
            return f"{value:%d/%m/%Y}"
        case float() | int() if name == "expected" and 36_526 <= value <= 109_574:  # 2000–2199 as serial days
            return f"{_SERIAL_FROM + timedelta(days=int(value)):%d/%m/%Y}"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return tidied(str(value).replace("\u200b", ""))
