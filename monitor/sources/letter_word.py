"""A Word document as its paragraphs, numbered as Word numbers them, and its tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.core.order_tables import has_heading
from monitor.core.order_text import Grid, Printed
from monitor.sources.letter_numbers import Numbering
from monitor.sources.sheet import FileRefused, storable

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TRANSPARENT = frozenset({f"{_W}{name}" for name in ("sdt", "sdtContent", "ins", "smartTag", "customXml", "body")})
# Struck out, kept for older programs, or a drawing's own text, which `_lines` takes by itself.
_PASSED = frozenset({f"{_W}del", f"{_W}moveFrom", f"{_W}txbxContent"}) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_DEEPEST = 20


def printed(path: Path) -> Printed:
    """The document's text in its order; tables that lay out a letterhead or a signature are text, cell by cell."""
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import XMLSyntaxError

    try:
        document = Document(str(path))
        numbering, grids = Numbering(document), list[Grid]()
        lines = tuple(_lines(document.element.body, numbering, grids))
    except (PackageNotFoundError, XMLSyntaxError, KeyError, ValueError, AttributeError, OSError) as error:
        raise FileRefused("tệp Word hỏng hoặc viết theo kiểu lạ; mở bằng Word rồi lưu lại dạng DOCX") from error
    return Printed(lines=lines, grids=tuple(grids))


def _lines(parent: Any, numbering: Numbering, grids: list[Grid], depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    for child in parent:
        if child.tag in _TRANSPARENT:
            yield from _lines(child, numbering, grids, depth + 1)
        elif child.tag == f"{_W}p":
            yield from f"{numbering.before(child)}{_text(child)}".splitlines() or ("",)
            for box in child.iter(f"{_W}txbxContent"):
                if not any(above.tag in _PASSED for above in box.iterancestors()):
                    yield from _lines(box, numbering, grids, depth + 1)
        elif child.tag == f"{_W}tbl":
            grid = _grid(child)
            if has_heading(grid):
                grids.append(grid)
            else:
                for cell in child.iterfind(f"{_W}tr/{_W}tc"):
                    yield from _lines(cell, numbering, grids, depth + 1)


def _text(paragraph: Any) -> str:
    """The text as it stands, insertions taken and deletions left out."""
    parts: list[str] = []
    pending = [*reversed(paragraph)]
    while pending:
        node = pending.pop()
        if node.tag in _PASSED:
            continue
        if node.tag == f"{_W}t":
            parts.append(node.text or "")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            parts.append("\n")
        elif node.tag == f"{_W}tab":
            parts.append(" ")
        elif node.tag == f"{_W}noBreakHyphen":
            parts.append("-")
        else:
            pending.extend(reversed(node))
    return storable("".join(parts))


def _grid(table: Any) -> Grid:
    """The cells row by row: one that spans columns fills them all, one merged with that above says the same."""
    rows: list[tuple[str, ...]] = []
    for row in table.iterfind(f"{_W}tr"):
        cells: list[str] = []
        for cell in row.iterfind(f"{_W}tc"):
            text = "\n".join(_text(paragraph) for paragraph in cell.iterfind(f"{_W}p")).strip()
            about = cell.find(f"{_W}tcPr")
            span = about.find(f"{_W}gridSpan") if about is not None else None
            merged = about.find(f"{_W}vMerge") if about is not None else None
            if merged is not None and merged.get(f"{_W}val") != "restart" and rows and len(rows[-1]) > len(cells):
                text = rows[-1][len(cells)]
            wide = int(span.get(f"{_W}val", "1")) if span is not None else 1
            cells.extend([text] * min(max(wide, 1), 50))
        rows.append(tuple(cells))
    return tuple(rows)
