"""The text of a PDF: in the order in which it was set, with the spaces that stand on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from monitor.core.order_text import Printed
from monitor.sources.sheet import FileRefused, storable

MOST_PAGES = 200
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
        return Printed(lines=tuple(storable(line) for page in reader.pages for line in _lines(page)), wrapped=True)
    except FileRefused:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError) as error:
        raise FileRefused("tệp PDF hỏng hoặc viết theo kiểu lạ; in lại thành PDF, hoặc dùng bản DOCX") from error


def _lines(page: Any) -> list[str]:
    set_so = str(page.extract_text())
    seen = _as_seen(page)
    if len(seen.split()) < _BROKEN * len(set_so.split()):
        return list(respaced(set_so.splitlines(), seen))
    return set_so.splitlines()


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
