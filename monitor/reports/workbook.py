"""Tables as a workbook: every figure as a number, every moment as a date, so that it can be reckoned again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from io import BytesIO
from typing import Any

from monitor.core.period import ict
from monitor.reports.official.document import plain
from monitor.reports.uptime_log import UptimeLog
from monitor.reports.uptime_tables import Cell, Sheet, sheets, words

FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 13},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#EDF1F4", "border": 1},
    "text": {"text_wrap": True, "valign": "top"},
    "number": {"num_format": "#,##0.###", "valign": "top", "align": "right"},
    "ratio": {"num_format": "0.00######%", "valign": "top", "align": "right"},
    "moment": {"num_format": "hh:mm:ss dd/mm/yyyy", "valign": "top", "align": "left"},
}


def xlsx(log: UptimeLog) -> bytes:
    """The workbook; the same bytes for the same log."""
    return book_of(words()["title"], log.as_of, sheets(log))


def book_of(title: str, as_of: datetime, some: Iterable[Sheet]) -> bytes:
    """A workbook of tables, the first of which bears its title; the same bytes for the same tables."""
    import xlsxwriter

    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title, "created": ict(as_of).replace(tzinfo=None)})
        formats = {name: book.add_format({"font_name": "Times New Roman", **f}) for name, f in FORMATS.items()}
        for number, one in enumerate(some):
            _sheet(book, formats, one, title if number == 0 else one.title)
    return out.getvalue()


def _sheet(book: Any, formats: dict[str, Any], one: Sheet, title: str) -> None:
    sheet = book.add_worksheet(one.title)
    for column, width in enumerate(one.widths):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, title, formats["title"])
    for column, heading in enumerate(one.headings):
        sheet.write_string(2, column, heading, formats["head"])
    sheet.freeze_panes(3, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    last = 2
    for last, row in enumerate(one.rows, 3):
        for column, value in enumerate(row):
            _write(sheet, formats, last, column, value)
    if last == 2:
        sheet.write_string(3, 0, words()["none"], formats["text"])


def _write(sheet: Any, formats: dict[str, Any], row: int, column: int, value: Cell) -> None:
    match value:
        case None:
            sheet.write_blank(row, column, None, formats["text"])
        case datetime():
            sheet.write_datetime(row, column, ict(value).replace(tzinfo=None), formats["moment"])
        case str():
            sheet.write_string(row, column, plain(value), formats["text"])
        case Fraction():
            sheet.write_number(row, column, float(value), formats["ratio"])
        case _:
            sheet.write_number(row, column, value, formats["number"])
