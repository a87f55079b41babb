"""The workbook in which a unit explains: what is asked stands locked, what is to be answered is open."""

from __future__ import annotations

import hmac
import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import Any

from monitor.core.explanation import DelayCause
from monitor.core.finding import FindingKind
from monitor.core.message import Attachment
from monitor.core.period import Stamp, at, ict
from monitor.core.phase import handling_unit, receiving_unit
from monitor.reports.explaining import Owing
from monitor.reports.listing import XLSX
from monitor.reports.render import TEMPLATES, hoa, term

FILLED = ("cause", "text", "remedy", "expected", "given_by")
"""The columns that are the unit's to fill in."""
HEADINGS_AT = 3
_FIRST = HEADINGS_AT + 1
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 13},
    "note": {"italic": True},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#D9E2F3", "border": 1},
    "locked": {"text_wrap": True, "valign": "top", "bg_color": "#F2F2F2", "border": 1},
    "moment": {
        "valign": "top", "bg_color": "#F2F2F2", "border": 1, "num_format": "hh:mm dd/mm/yyyy", "align": "left",
    },
    "day": {"valign": "top", "bg_color": "#F2F2F2", "border": 1, "num_format": "dd/mm/yyyy", "align": "left"},
    "open": {"text_wrap": True, "valign": "top", "border": 1, "locked": False, "num_format": "@"},
    "open_day": {"valign": "top", "border": 1, "locked": False, "num_format": "dd/mm/yyyy", "align": "left"},
    "line": {"text_wrap": True, "valign": "top"},
}  # fmt: skip


@cache
def words() -> dict[str, Any]:
    """Names of the sheets and columns, and what the guide says."""
    return tomllib.loads((TEMPLATES / "explanation_sheet.toml").read_text("utf-8"))


def causes() -> tuple[str, ...]:
    """What a unit may choose from, as it reads there."""
    return tuple(hoa(term(cause)) for cause in DelayCause)


def mark_of(key: str, number: int, code: str, kind: FindingKind) -> str:
    """What a row is known by: the number of its request, and proof that code and kind are still those asked of."""
    said = f"giai-trinh\n{number}\n{code}\n{kind.value}".encode()
    return f"{number}-{hmac.new(key.encode(), said, sha256).hexdigest()[:16]}"


def sheet(owing: Sequence[Owing], agency: str, made: datetime, key: str) -> Attachment:
    """The workbook of what one agency must explain; the same bytes for the same facts."""
    name = f"{words()['file']}-{ict(made):%Y%m%d-%H%M}.xlsx"
    return Attachment(name=name, media_type=XLSX, content=xlsx(owing, agency, made, key))


def xlsx(owing: Sequence[Owing], agency: str, made: datetime, key: str) -> bytes:
    """The workbook's bytes; `agency` is its name, `key` what signs its rows."""
    import xlsxwriter

    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": words()["title"].format(agency), "created": ict(made).replace(tzinfo=None)})
        formats = {name: book.add_format({"font_name": "Times New Roman", **f}) for name, f in _FORMATS.items()}
        _asked(book.add_worksheet(words()["sheet"]), formats, owing, agency, key)
        _guide(book.add_worksheet(words()["guide_sheet"]), formats)
        _choices(book.add_worksheet(words()["causes_sheet"]), formats)
    return out.getvalue()


def _asked(sheet_: Any, formats: dict[str, Any], owing: Sequence[Owing], agency: str, key: str) -> None:
    columns = words()["column"]
    last = len(columns)
    sheet_.write_string(0, 0, words()["title"].format(agency), formats["title"])
    sheet_.write_string(1, 0, words()["note"], formats["note"])
    for at_, column in enumerate(columns):
        sheet_.set_column(at_, at_, column["width"])
        sheet_.write_string(HEADINGS_AT, at_, column["heading"], formats["head"])
    sheet_.set_column(last, last, 24, None, {"hidden": True})
    sheet_.write_string(HEADINGS_AT, last, words()["key_heading"], formats["head"])
    for row, one in enumerate(owing, _FIRST):
        _row(sheet_, formats, row, one)
        dossier, kind = one.late.dossier, one.late.delay.kind
        sheet_.write_string(row, last, mark_of(key, one.request.number, dossier.code, kind), formats["locked"])
    _checked(sheet_, columns, _FIRST + max(len(owing), 1) - 1)
    _printed(sheet_, last, _FIRST + max(len(owing), 1) - 1)


def _row(sheet_: Any, formats: dict[str, Any], row: int, one: Owing) -> None:
    dossier, kind = one.late.dossier, one.late.delay.kind
    values: dict[str, str | int | Stamp | None] = {
        "place": row - _FIRST + 1,
        "code": dossier.code,
        "kind": hoa(term(kind)),
        "procedure": dossier.procedure_name or dossier.procedure,
        "unit": receiving_unit(dossier) if kind is FindingKind.RECEPTION else handling_unit(dossier),
        "due": one.late.finding.due,
        "explain_by": one.request.due,
    }
    for at_, column in enumerate(words()["column"]):
        name = column["name"]
        if name in FILLED:
            sheet_.write_blank(row, at_, None, formats["open_day" if name == "expected" else "open"])
        else:
            _locked(sheet_, formats, row, at_, values[name])


def _locked(sheet_: Any, formats: dict[str, Any], row: int, column: int, value: str | int | Stamp | None) -> None:
    match value:
        case None:
            sheet_.write_blank(row, column, None, formats["locked"])
        case str():
            sheet_.write_string(row, column, value, formats["locked"])
        case int():
            sheet_.write_number(row, column, value, formats["locked"])
        case datetime():
            sheet_.write_datetime(row, column, ict(value).replace(tzinfo=None), formats["moment"])
        case _:
            sheet_.write_datetime(row, column, ict(at(value)).replace(tzinfo=None), formats["day"])


def _checked(sheet_: Any, columns: Sequence[Any], last_row: int) -> None:
    """What may be chosen, and that a day is a day, wherever the workbook is filled in."""
    places = {column["name"]: number for number, column in enumerate(columns)}
    listed = f"='{words()['causes_sheet']}'!$A$1:$A${len(causes())}"
    cause = {"validate": "list", "source": listed, "error_title": "?", "error_message": words()["wrong_cause"]}
    sheet_.data_validation(_FIRST, places["cause"], last_row, places["cause"], cause)
    sheet_.data_validation(
        _FIRST, places["expected"], last_row, places["expected"],
        {
            "validate": "date", "criteria": "between", "minimum": datetime(2020, 1, 1), "maximum": datetime(2100, 1, 1),  # noqa: DTZ001 - a cell has no zone
            "error_title": "?", "error_message": words()["wrong_day"],
        },
    )  # fmt: skip


def _printed(sheet_: Any, last: int, last_row: int) -> None:
    sheet_.freeze_panes(_FIRST, 2)
    sheet_.autofilter(HEADINGS_AT, 0, last_row, last)
    sheet_.set_landscape()
    sheet_.set_paper(9)
    sheet_.fit_to_pages(1, 0)
    sheet_.repeat_rows(HEADINGS_AT)
    allowed = {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True}
    sheet_.protect("", {**allowed, "select_locked_cells": True})


def _guide(sheet_: Any, formats: dict[str, Any]) -> None:
    sheet_.set_column(0, 0, 110)
    for row, line in enumerate(words()["guide"]):
        sheet_.write_string(row, 0, f"{row + 1}. {line}", formats["line"])
    sheet_.protect("")


def _choices(sheet_: Any, formats: dict[str, Any]) -> None:
    sheet_.set_column(0, 0, 50)
    for row, cause in enumerate(causes()):
        sheet_.write_string(row, 0, cause, formats["line"])
    sheet_.protect("")


__all__ = ["FILLED", "HEADINGS_AT", "causes", "mark_of", "sheet", "words", "xlsx"]
