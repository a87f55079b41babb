"""A paper of exactly one A4 page: a head, a table, short sections; for print the largest letters with which it fits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from monitor.reports.official.document import Grid, plain
from monitor.reports.render import TEMPLATES

TEMPLATE = TEMPLATES / "lists" / "mot-trang.typ"
MARGIN_MM = 15
POINTS = 9.0
"""The size of letters in Word, where the page is measured by whoever opens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and the lines under it."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePage:
    """What the page says. `basis` stands small at its foot; `made` goes into the files' properties only."""

    agency: str
    title: str
    under: str
    grid: Grid
    sections: tuple[Section, ...]
    basis: str
    made: datetime


def pdf(page: OnePage) -> bytes:
    """For print; raise NotPrinted."""
    from monitor.reports.official.print import typeset

    made = page.made.astimezone(UTC)
    grid = page.grid
    data = {
        "agency": plain(page.agency).upper(),
        "title": plain(page.title),
        "under": plain(page.under),
        "header": [plain(cell) for cell in grid.header],
        "rows": [[plain(cell) for cell in row] for row in grid.rows],
        "widths": list(grid.shares),
        "align": list(grid.sides),
        "sums": sorted(grid.sums),
        "sections": [asdict(one) | {"lines": [plain(line) for line in one.lines]} for one in page.sections],
        "basis": plain(page.basis),
        "created": [made.year, made.month, made.day, made.hour, made.minute, made.second],
    }
    return typeset(TEMPLATE, data, made)


def docx(page: OnePage) -> bytes:
    """For Word. The same bytes for the same page."""
    from docx import Document
    from docx.shared import Mm, Pt

    from monitor.reports.official.word import repacked

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN_MM)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(POINTS)
    normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.line_spacing = 1.0
    _line(document, page.agency.upper(), bold=True)
    _line(document, page.title.upper(), bold=True, centred=True, points=POINTS + 3)
    _line(document, page.under, italic=True, centred=True)
    _table(document, page.grid)
    for one in page.sections:
        _line(document, one.heading, bold=True, above=6, below=2)
        for text in one.lines:
            _line(document, text)
    _line(document, page.basis, italic=True, points=POINTS - 2, above=3)
    properties = document.core_properties
    made = page.made.astimezone(UTC)
    properties.title, properties.author, properties.language = (
        plain(page.title)[:255],
        plain(page.agency)[:255],
        "vi-VN",
    )
    properties.created = properties.modified = made.replace(tzinfo=None)
    properties.last_modified_by, properties.revision, properties.comments = "", 1, ""
    out = BytesIO()
    document.save(out)
    return repacked(out.getvalue(), made)


def _line(
    into: Any,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    centred: bool = False,
    points: float = POINTS,
    above: float = 0,
    below: float = 0,
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    made = into.add_paragraph()
    made.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else None
    made.paragraph_format.space_before, made.paragraph_format.space_after = Pt(above), Pt(below)
    run = made.add_run(plain(text))
    run.bold, run.italic, run.font.size = bold or None, italic or None, Pt(points)


def _table(document: Any, grid: Grid) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    sides = {"left": WD_ALIGN_PARAGRAPH.LEFT, "right": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER}
    table = document.add_table(rows=1 + len(grid.rows), cols=len(grid.header))
    table.style, table.autofit = "Table Grid", False
    widths = [Mm((210 - 2 * MARGIN_MM) * share / sum(grid.shares)) for share in grid.shares]
    for place, (cells, row) in enumerate(zip((grid.header, *grid.rows), table.rows, strict=True)):
        for cell, text, width, side in zip(row.cells, cells, widths, grid.sides, strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.alignment = sides[side if place else "center"]
            paragraph.add_run(plain(text)).bold = (not place or place - 1 in grid.sums) or None
