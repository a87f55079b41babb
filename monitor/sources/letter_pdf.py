"""The text of a PDF: in the order in which it was set, with the spaces that stand on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.core.order_tables import has_heading
from monitor.core.order_text import Printed
from monitor.sources.letter_grids import Page, Table, tables
from monitor.sources.sheet import FileRefused, storable

MOST_PAGES = 200
_SAME, _SURE = 3.0, 12
_BROKEN = 0.9
"""Where the page as it looks has so much fewer words, changes of font were taken for spaces."""


def printed(path: Path) -> Printed:
    """The lines of all pages; raise FileRefused where it cannot be read, or is too long to be a letter."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise FileRefused("có mật khẩu; mở rồi lưu lại không đặt mật khẩu")
        pages = len(reader.pages)
        if pages > MOST_PAGES:
            raise FileRefused(f"có {pages} trang, nhiều hơn {MOST_PAGES}; tách riêng phần công văn rồi làm lại")
        lines, grids = list[str](), list[_Grid]()
        for page in reader.pages:
            lines += map(storable, _lines(page, grids))
    except FileRefused:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError) as error:
        raise FileRefused("tệp PDF hỏng hoặc viết theo kiểu lạ; in lại thành PDF, hoặc dùng bản DOCX") from error
    return Printed(lines=tuple(lines), grids=tuple(tuple(one.rows) for one in grids), wrapped=True)


@dataclass(slots=True)
class _Grid:
    """A table, over as many pages as it goes."""

    edges: tuple[float, ...]
    rows: list[tuple[str, ...]]

    def goes_on_in(self, other: Table) -> bool:
        """Whether a table of the next page has the same columns."""
        return len(self.edges) == len(other.edges) and all(
            abs(one - another) < _SAME for one, another in zip(self.edges, other.edges, strict=True)
        )


def _lines(page: Any, grids: list[_Grid]) -> list[str]:
    """The page's lines but for tables with headings that are known, which go to the grids."""
    drawn = Page()
    set_so = str(page.extract_text(visitor_text=drawn.text, visitor_operand_before=drawn.operand))
    seen = _as_seen(page)
    broken = len(seen.split()) < _BROKEN * len(set_so.split())
    lines = set_so.splitlines()
    for table in tables(drawn):
        rows = [tuple(_cell(cell, seen if broken else "") for cell in row) for row in table.rows]
        if has_heading(tuple(rows)):
            grids.append(_Grid(table.edges, rows))
        elif grids and grids[-1].goes_on_in(table):
            grids[-1].rows += rows
        else:
            continue
        lines = list(_without(lines, table))
    return list(respaced(lines, seen)) if broken else lines


def _cell(lines: tuple[str, ...], seen: str) -> str:
    return storable(" ".join(respaced(lines, seen) if seen else lines))


def _without(lines: Iterable[str], table: Table) -> Iterator[str]:
    """The lines that are not a table's: its text stands among them in the same order."""
    inside, at = "".join("".join(piece.text.split()) for piece in table.pieces), 0
    for line in lines:
        word = "".join(line.split())
        if word and inside.startswith(word, at):
            at += len(word)
        elif len(word) <= _SURE or word not in inside:
            yield line


def _as_seen(page: Any) -> str:
    """The page as it looks, column beside column; nothing where that cannot be told."""
    try:
        return str(page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, ZeroDivisionError, NotImplementedError):
        return ""


def respaced(lines: Iterable[str], seen: str) -> Iterator[str]:
    """The lines with spaces only where the page as it looks has them; a line that is not found there stays as it is."""
    letters, spaced = [], []
    before = True
    for one in seen:
        if one.isspace():
            before = True
        else:
            letters.append(one)
            spaced.append(before)
            before = False
    page, at = "".join(letters), 0
    for line in lines:
        word = "".join(line.split())
        found = page.find(word, at) if word else -1
        found = found if found >= 0 else page.find(word)
        if not word or found < 0:
            yield line
            continue
        at = found + len(word)
        yield "".join(f" {one}" if spaced[found + n] and n else one for n, one in enumerate(word))
