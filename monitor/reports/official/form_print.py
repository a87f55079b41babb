"""A filled Word form for print: what stands in the file, set by typst, so that both say what the office wrote."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from monitor.reports.official.print import SETTING_S, NotPrinted, typeset
from monitor.reports.official.word import FOLDER

TEMPLATE = FOLDER / "bieu-mau.typ"
_PICTURES = ("drawing", "pict", "object", "AlternateContent")
_USUAL_PT = 14.0
_SINGLE = 1.0
_SIDES = {0: "left", 1: "center", 2: "right", 3: "justify"}


def form_pdf(word: bytes, *, timeout: float = SETTING_S) -> bytes:
    """A form for print; raise NotPrinted where it holds what is not text or a table, or cannot be set."""
    from docx import Document

    document = Document(BytesIO(word))
    if any(one.tag.rpartition("}")[2] in _PICTURES for one in document.element.body.iter()):
        raise NotPrinted("the form holds pictures, shapes or objects")
    properties, section = document.core_properties, document.sections[0]
    made = properties.created.replace(tzinfo=UTC) if properties.created else datetime(2000, 1, 1, tzinfo=UTC)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    data = {
        "title": properties.title,
        "author": properties.author,
        "created": [made.year, made.month, made.day, made.hour, made.minute, made.second],
        "margins": [_mm(one) for one in margins],
        "blocks": list(_blocks(document)),
    }
    return typeset(TEMPLATE, data, made, timeout=timeout)


def _blocks(holder: Any) -> Iterator[dict[str, Any]]:
    from docx.table import Table

    for one in holder.iter_inner_content():
        yield _table(one) if isinstance(one, Table) else _paragraph(one)


def _paragraph(paragraph: Any) -> dict[str, Any]:
    side = _inherited(paragraph, "alignment")
    return {
        "kind": "paragraph",
        "side": _SIDES.get(int(side) if side is not None else 0, "left"),
        "first": _mm(_inherited(paragraph, "first_line_indent")),
        "left": _mm(_inherited(paragraph, "left_indent")),
        "right": _mm(_inherited(paragraph, "right_indent")),
        "before": _pt(_inherited(paragraph, "space_before"), 0.0),
        "after": _pt(_inherited(paragraph, "space_after"), 0.0),
        "spacing": _spacing(paragraph),
        "rule": paragraph._p.find(f"{_W}pPr/{_W}pBdr/{_W}top") is not None,
        "runs": [_run(one, paragraph) for one in paragraph.runs if one.text],
        "size": _size(paragraph.style, None),
    }


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _run(run: Any, paragraph: Any) -> dict[str, Any]:
    return {
        "text": run.text,
        "bold": _said(run.font.bold, paragraph.style, "bold"),
        "italic": _said(run.font.italic, paragraph.style, "italic"),
        "under": bool(run.font.underline),
        "size": _size(paragraph.style, run.font.size),
    }


def _said(own: bool | None, style: Any, name: str) -> bool:  # noqa: FBT001 - what the run itself says
    while own is None and style is not None:
        own, style = getattr(style.font, name), style.base_style
    return bool(own)


def _size(style: Any, own: Any) -> float:
    while own is None and style is not None:
        own, style = style.font.size, style.base_style
    return _pt(own, _USUAL_PT)


def _inherited(paragraph: Any, name: str) -> Any:
    value, style = getattr(paragraph.paragraph_format, name), paragraph.style
    while value is None and style is not None:
        value, style = getattr(style.paragraph_format, name), style.base_style
    return value


def _spacing(paragraph: Any) -> float:
    """Lines' distance as a multiple; one given in points is as many times the paragraph's own size."""
    given = _inherited(paragraph, "line_spacing")
    if given is None or isinstance(given, float):
        return float(given or _SINGLE)
    return max(_SINGLE, float(given.pt) / (1.15 * _size(paragraph.style, None)))


def _table(table: Any) -> dict[str, Any]:
    widths = [_mm(column.width) or 1.0 for column in table.columns]
    lined = table.style is not None and table.style.name == "Table Grid"
    lined = lined or table._tbl.find(f"{_W}tblPr/{_W}tblBorders") is not None
    rows = [[list(_blocks(cell)) for cell in row.cells] for row in table.rows]
    if any(len(row) != len(widths) for row in rows):
        raise NotPrinted("the form holds a table with joined columns")
    return {"kind": "table", "widths": widths, "lined": lined, "rows": rows}


def _mm(length: Any) -> float:
    return 0.0 if length is None else round(float(length.mm), 2)


def _pt(length: Any, otherwise: float) -> float:
    return otherwise if length is None else round(float(length.pt), 2)
