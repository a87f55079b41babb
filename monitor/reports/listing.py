"""Every dossier of a digest as a workbook, for those whose letter shows the worst only."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Any

from monitor.core.message import Attachment
from monitor.core.period import at, ict
from monitor.reports.digest import Digest
from monitor.reports.item import Item
from monitor.reports.render import TEMPLATES, environment, hoa, term

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 5_000
"""So many rows are filled in memory, which is quicker; more go through files row by row."""
Cell = str | int | datetime | None
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 13},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#EDF1F4", "border": 1},
    "text": {"text_wrap": True, "valign": "top"},
    "moment": {"num_format": "hh:mm dd/mm/yyyy", "valign": "top", "align": "left"},
}


@cache
def words() -> dict[str, Any]:
    """Names of the sheet, the file and the columns."""
    return tomllib.loads((TEMPLATES / "listing.toml").read_text("utf-8"))


def listing(digest: Digest) -> Attachment:
    """The workbook that goes with a letter; the same bytes for the same digest."""
    name = f"{words()['file']}-{ict(digest.slot):%Y%m%d-%H%M}.xlsx"
    return Attachment(name=name, media_type=XLSX, content=_xlsx(digest))


def _xlsx(digest: Digest) -> bytes:
    import xlsxwriter

    out = BytesIO()
    where = {"in_memory": True} if digest.count <= IN_MEMORY else {"constant_memory": True}
    options = {**where, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": words()["title"], "created": ict(digest.slot).replace(tzinfo=None)})
        formats = {name: book.add_format({"font_name": "Times New Roman", **f}) for name, f in _FORMATS.items()}
        _sheet(book.add_worksheet(words()["sheet"]), formats, digest)
    return out.getvalue()


def _sheet(sheet: Any, formats: dict[str, Any], digest: Digest) -> None:
    columns = words()["column"]
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column["width"])
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.freeze_panes(3, 3)
    sheet.autofilter(2, 0, 2 + digest.count, len(columns) - 1)
    sheet.write_string(0, 0, words()["title"], formats["title"])
    sheet.write_string(1, 0, words()["compared"].format(by=term(digest.compared)))
    for number, column in enumerate(columns):
        sheet.write_string(2, number, column["heading"], formats["head"])
    for row, cells in enumerate(_rows(digest), 3):
        _write(sheet, formats, row, cells)


def _write(sheet: Any, formats: dict[str, Any], row: int, cells: Iterable[Cell]) -> None:
    for column, value in enumerate(cells):
        match value:
            case None:
                continue
            case datetime():
                sheet.write_datetime(row, column, ict(value).replace(tzinfo=None), formats["moment"])
            case str():
                sheet.write_string(row, column, value, formats["text"])
            case _:
                sheet.write_number(row, column, value, formats["text"])


def _rows(digest: Digest) -> Iterator[tuple[Cell, ...]]:
    """A row a dossier; the last two columns are for the unit to fill in."""
    said = environment().get_template("_dossier.txt").module
    every = (item for part in digest.parts for item in part.dossiers)
    for number, item in enumerate(every, 1):
        yield (number, *_cells(item), hoa(str(said.what(item)).strip()), item.as_of, "", "")  # type: ignore[attr-defined]


def _cells(item: Item) -> tuple[Cell, ...]:
    due = item.due if isinstance(item.due, datetime) or item.due is None else at(item.due)
    days = item.days if item.days is None or item.late else -item.days
    return (
        term(item.section),
        item.code,
        item.procedure,
        item.procedure_name,
        item.place,
        item.agency,
        term(item.kind),
        due,
        days,
    )
