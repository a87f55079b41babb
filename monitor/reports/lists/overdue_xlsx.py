"""The list of late dossiers as a workbook, row by row, so that twenty thousand take seconds and little memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

from monitor.core.period import ict
from monitor.reports.basis import words
from monitor.reports.lists.overdue_tables import Cell, OverdueTable
from monitor.reports.official.document import plain
from monitor.reports.render import so

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 13},
    "under": {"italic": True},
    "head": {"bold": True, "text_wrap": True, "valign": "vcenter", "align": "center", "bg_color": "#EDF1F4"},
    "group": {"bold": True, "bg_color": "#F6F8FA"},
    "text": {"text_wrap": True, "valign": "top"},
    "number": {"num_format": "#,##0", "valign": "top", "align": "right"},
    "moment": {"num_format": "dd/mm/yyyy hh:mm", "valign": "top", "align": "left"},
    "day": {"num_format": "dd/mm/yyyy", "valign": "top", "align": "left"},
}  # fmt: skip


def xlsx(table: OverdueTable) -> bytes:
    """The workbook: the list under its agencies, what could not be judged, how it was counted."""
    import xlsxwriter

    out = BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": table.title(), "created": ict(table.told.made_at).replace(tzinfo=None)})
        book.set_size(2400, 1400)
        formats = {name: book.add_format({"font_name": "Times New Roman", **f}) for name, f in _FORMATS.items()}
        writer = _Writer(formats)
        _list(book, writer, table)
        _apart(book, writer, table)
        _method(book, writer, table)
    return out.getvalue()


_composed = lru_cache(maxsize=8192)(plain)
"""Units, procedures and causes repeat from row to row."""


class _Writer:
    """Cells by what they hold; a text is always a text, whatever it looks like."""

    def __init__(self, formats: dict[str, Any]) -> None:
        self.formats = formats

    def row(self, sheet: Any, number: int, cells: Iterable[Cell]) -> None:
        text, moment = self.formats["text"], self.formats["moment"]
        for column, value in enumerate(cells):
            if value is None or value == "":
                continue
            if isinstance(value, str):
                sheet.write_string(number, column, _composed(value), text)
            elif isinstance(value, datetime):
                sheet.write_datetime(number, column, ict(value).replace(tzinfo=None), moment)
            elif isinstance(value, date):
                sheet.write_datetime(number, column, value, self.formats["day"])
            else:
                sheet.write_number(number, column, value, self.formats["number"])

    def head(self, sheet: Any, number: int, headings: Sequence[str]) -> None:
        for column, heading in enumerate(headings):
            sheet.write_string(number, column, heading, self.formats["head"])


def _sheet(book: Any, name: str, widths: Iterable[int]) -> Any:
    sheet = book.add_worksheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(0)  # Printed too: a border a cell would have to be written for each empty one.
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&C&P/&N")
    return sheet


def _list(book: Any, writer: _Writer, table: OverdueTable) -> None:
    said, widths = words()["overdue"], words()["overdue_width"]
    sheet = _sheet(book, said["sheet"], (widths[column][0] for column in table.columns))
    sheet.write_string(0, 0, table.title().upper(), writer.formats["title"])
    sheet.write_string(1, 0, ". ".join(table.under()) + ".", writer.formats["under"])
    method = dict(table.method())
    shown = words()["method"]
    for row, key in enumerate(("convention", "figures"), 2):
        sheet.write_string(row, 0, f"{shown[key]}: {method[shown[key]]}.", writer.formats["under"])
    top = 4
    writer.head(sheet, top, [table.heading(column) for column in table.columns])
    sheet.freeze_panes(top + 1, table.columns.index("code") + 1)
    sheet.repeat_rows(top)
    number = top + 1
    for group, some in table.told.numbered():
        label = said["group"].format(agency=table.name(group), count=so(len(some)))
        for column in range(len(table.columns)):
            sheet.write_string(number, column, label if column == 0 else "", writer.formats["group"])
        for offset, (place, one) in enumerate(some, 1):
            writer.row(sheet, number + offset, table.cells(place, one))
        number += len(some) + 1
    if not table.told.rows:
        sheet.write_string(number, 0, said["none"])
    sheet.autofilter(top, 0, max(number - 1, top), len(table.columns) - 1)


def _apart(book: Any, writer: _Writer, table: OverdueTable) -> None:
    said = words()["overdue"]
    sheet = _sheet(book, said["sheet_apart"], (6, 27, 34, 30, 17, 70))
    sheet.write_string(0, 0, said["apart"], writer.formats["title"])
    writer.head(sheet, 2, list(words()["apart_column"].values()))
    sheet.freeze_panes(3, 0)
    for number, cells in enumerate(table.apart(), 3):
        writer.row(sheet, number, cells)


def _method(book: Any, writer: _Writer, table: OverdueTable) -> None:
    sheet = _sheet(book, words()["overdue"]["sheet_method"], (28, 120))
    writer.head(sheet, 0, list(words()["method_column"].values()))
    for number, cells in enumerate(table.method(), 1):
        writer.row(sheet, number, cells)
