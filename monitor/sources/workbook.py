"""Workbooks (XLSX, XLS, ODS) through calamine, XLSX also through openpyxl where calamine cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from monitor.sources.sheet import LATEST_START, WIDEST, FileRefused, Row, Sheet

_Cell = tuple[int, int]


def sheets(path: Path) -> Iterator[Sheet]:
    """Every visible worksheet; raise FileRefused."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    try:
        with path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
        for number, about in enumerate(book.sheets_metadata):
            if about.visible is SheetVisibleEnum.Visible and about.typ is SheetTypeEnum.WorkSheet:
                yield from _sheet(book.get_sheet_by_index(number))
    except PasswordError as error:
        raise FileRefused("tệp có mật khẩu; bỏ mật khẩu rồi thả lại") from error
    except (CalamineError, OSError) as error:
        yield from _other_way(path, error)


def _sheet(sheet: Any) -> Iterator[Sheet]:
    if sheet.start is None:
        return
    if sheet.total_width > WIDEST:
        raise FileRefused(
            f"bảng tính có {sheet.total_width} cột, không phải danh sách hồ sơ; xuất lại danh sách rồi thả lại"
        )
    if sheet.start[0] > LATEST_START:
        raise FileRefused(
            f"bảng tính chỉ bắt đầu từ dòng {sheet.start[0] + 1}, không phải danh sách hồ sơ; xóa dòng trống phía trên"
        )
    rows = iter(sheet.iter_rows())
    merged = sheet.merged_cell_ranges
    yield Sheet(sheet.name, _filled(rows, merged) if merged else rows)


def _filled(rows: Iterator[Row], merged: Sequence[tuple[_Cell, _Cell]]) -> Iterator[Row]:
    """The rows with what is merged downwards repeated in each row it covers."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for (top, left), (bottom, _) in merged:
        if bottom > top:
            starts.setdefault(top, []).append((left, bottom))
    running: dict[int, tuple[int, object]] = {}
    for number, row in enumerate(rows):
        for column, (bottom, value) in list(running.items()):
            if number > bottom:
                del running[column]
            elif column < len(row) and row[column] in ("", None):
                row[column] = value
        for left, bottom in starts.get(number, ()):
            if left < len(row):
                running[left] = (bottom, row[left])
        yield row


def _other_way(path: Path, error: Exception) -> Iterator[Sheet]:
    """openpyxl is slower and reads less, yet forgives what calamine does not."""
    import warnings

    from openpyxl import load_workbook

    refusal = FileRefused(
        "tệp hỏng hoặc không phải bảng tính; chép lại tệp rồi thả lại, hoặc mở bằng Excel rồi lưu lại dạng XLSX"
    )
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            raise refusal from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(path, read_only=True, data_only=True)
            for sheet in book.worksheets:
                if sheet.sheet_state == "visible":
                    rows: Iterator[Row] = (list(row) for row in sheet.iter_rows(values_only=True, max_col=WIDEST))
                    yield Sheet(sheet.title, islice(rows, 2_000_000))
        except Exception as second:  # openpyxl lets many kinds of error through for a damaged file
            raise refusal from second
