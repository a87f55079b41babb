"""An official document as a Word file, out of a template that an office can edit in Word."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from markupsafe import Markup

from monitor.reports.official.document import (
    Block,
    Grid,
    Heading,
    Official,
    Paragraph,
    Picture,
    around,
    closed,
    headed,
    plain,
)
from monitor.reports.render import TEMPLATES

FOLDER = TEMPLATES / "official"
BODY, CELL, SMALL_CELL, CAPTION = "Văn bản", "Ô bảng", "Ô bảng phụ lục", "Chú thích hình"
"""The template's styles: who changes them in Word changes every document."""
FIRST_LINE_MM, LINE_MM, LANDSCAPE_MM = 12.7, 165, 252
WHOLE = 9
"""A table of no more rows stays on one page."""
PROPERTY = 255
"""The most letters that a property of a Word file holds; the text itself has no such bound."""
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)


def docx(document: Official, *, folder: Path = FOLDER) -> bytes:
    """The document for Word, out of the folder's template of its form. The same bytes for the same document."""
    from docxtpl import DocxTemplate

    template = DocxTemplate(str(folder / f"{document.form.value}.docx"))
    template.init_docx()
    template.render({**around(document), "body": _body(template, document)}, autoescape=True)
    for number, under, one in headed(document):
        _append(template.docx, number, under, one.title, landscape=one.landscape)
        _fill(template.docx, one.blocks, SMALL_CELL, LANDSCAPE_MM if one.landscape else LINE_MM)
    _dated(template.docx.core_properties, document)
    out = BytesIO()
    template.docx.save(out)
    return repacked(out.getvalue(), document.created)


def _body(template: Any, document: Official) -> Markup:
    """The blocks as the template's `{{p body }}` takes them: built aside, with the template's styles and pictures."""
    from docx import Document
    from lxml import etree

    aside = Document()
    aside._part = template.docx.part
    for old in list(aside.element.body):
        if old.tag != _W + "sectPr":
            aside.element.body.remove(old)
    _fill(aside, closed(document.body), CELL, LINE_MM)
    parts = (one for one in aside.element.body if one.tag != _W + "sectPr")
    return Markup("".join(etree.tostring(one, encoding="unicode") for one in parts))  # noqa: S704 - our own, escaped


def _fill(into: Any, blocks: tuple[Block, ...], cell: str, line_mm: float) -> None:
    for block in blocks:
        match block:
            case Paragraph():
                _paragraph(into, block)
            case Heading():
                into.add_paragraph(plain(block.text), style=f"Heading {min(block.level, 2)}")
            case Grid():
                _grid(into, block, cell, line_mm)
            case Picture():
                _picture(into, block, line_mm)


def _paragraph(into: Any, block: Paragraph) -> None:
    from docx.shared import Mm

    made = into.add_paragraph(style=BODY)
    if block.indent:
        made.paragraph_format.first_line_indent = Mm(FIRST_LINE_MM)
    made.paragraph_format.keep_with_next = block.text.endswith(":") or None
    run = made.add_run(plain(block.text))
    run.bold, run.italic = block.bold or None, block.italic or None


def _picture(into: Any, block: Picture, line_mm: float) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    into.add_picture(BytesIO(block.png), width=Mm(line_mm))
    held = into.paragraphs[-1]
    held.alignment = WD_ALIGN_PARAGRAPH.CENTER
    held.paragraph_format.keep_with_next = bool(block.caption)
    for described in held._p.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"):
        described.set("descr", plain(block.alt))
    if block.caption:
        into.add_paragraph(plain(block.caption), style=CAPTION)


def _grid(into: Any, block: Grid, style: str, line_mm: float) -> None:
    """A table with its header on every page, no row parted between two. Written as XML: by cells it takes minutes."""
    from docx.oxml import parse_xml

    shares = [share / sum(block.shares) for share in block.shares]
    widths = [round(share * line_mm / 25.4 * 1440) for share in shares]
    table = into.add_table(rows=0, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table._tbl.tblGrid, widths, strict=True):
        column.set(_W + "w", str(width))
    name = into.styles[style].style_id
    rows = ((block.header, True), *((row, False) for row in block.rows))
    for place, (cells, heading) in enumerate(rows):
        if not cells:
            continue
        band = not heading and place - 1 in block.bands
        bold = heading or band or place - 1 in block.sums
        sides = ("center",) * len(widths) if heading else block.sides
        whole = heading or band or (len(block.rows) <= WHOLE and place < len(block.rows))
        line = [sum(widths)] if band else widths
        row = _row(
            cells,
            line,
            ("left",) if band else sides,
            name,
            bold=bold,
            heading=heading,
            whole=whole,
            points=block.points,
            columns=len(widths),
        )
        table._tbl.append(parse_xml(row))
    into.add_paragraph(style=style)


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _row(
    cells: tuple[str, ...],
    widths: list[int],
    sides: tuple[str, ...],
    style: str,
    *,
    bold: bool,
    heading: bool,
    whole: bool,
    points: float | None = None,
    columns: int,
) -> str:
    again = "<w:tblHeader/>" if heading else ""
    across = f'<w:gridSpan w:val="{columns}"/>' if len(cells) < columns else ""
    made = (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{across}</w:tcPr>'
        f"{_cell(text, side, style, bold=bold, whole=whole, points=points)}</w:tc>"
        for text, width, side in zip(cells, widths, sides, strict=True)
    )
    return f"<w:tr {_NAMESPACE}><w:trPr><w:cantSplit/>{again}</w:trPr>{''.join(made)}</w:tr>"


def _cell(text: str, side: str, style: str, *, bold: bool, whole: bool, points: float | None) -> str:
    from xml.sax.saxutils import escape

    sized = f'<w:sz w:val="{round(points * 2)}"/>' if points is not None else ""
    looks = ("<w:b/>" if bold else "") + sized
    thick = f"<w:rPr>{looks}</w:rPr>" if looks else ""
    lines = plain(text).replace("\t", " ").split("\n")
    words = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(one)}</w:t>' for one in lines)
    with_next = "<w:keepNext/>" if whole else ""
    form = f'<w:pPr><w:pStyle w:val="{style}"/>{with_next}<w:jc w:val="{side}"/></w:pPr>'
    return f"<w:p>{form}<w:r>{thick}{words}</w:r></w:p>"


def _append(into: Any, number: str, under: str, title: str, *, landscape: bool) -> None:
    """A new section: pages of its own, numbered from 1, lying down where the appendix is wide."""
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement

    section = into.add_section(WD_SECTION.NEW_PAGE)
    short, long = sorted((section.page_width, section.page_height))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.different_first_page_header_footer = True
    for old in section._sectPr.findall(_W + "pgNumType"):
        section._sectPr.remove(old)
    restart = OxmlElement("w:pgNumType")
    restart.set(_W + "start", "1")
    section._sectPr.insert_element_before(restart, "w:cols", "w:titlePg", "w:docGrid")
    for words, bold, italic in ((number, True, False), (title.upper(), True, False), (under, False, True)):
        line = into.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = line.add_run(plain(words))
        run.bold, run.italic = bold or None, italic or None


def _dated(properties: Any, document: Official) -> None:
    made = document.created.replace(tzinfo=None)
    properties.title, properties.author = plain(document.title)[:PROPERTY], plain(document.agency)[:PROPERTY]
    properties.language = "vi-VN"
    properties.created = properties.modified = made
    properties.last_modified_by, properties.revision, properties.comments = "", 1, ""


def repacked(content: bytes, made: datetime = _EARLIEST) -> bytes:
    """The same file with one date on all its parts, so that it does not depend on when it was packed."""
    out = BytesIO()
    moment = max(made, _EARLIEST)
    stamp = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second // 2 * 2)
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, stamp)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system, part.external_attr = 3, 0o600 << 16
            new.writestr(part, old.read(name))
    return out.getvalue()
