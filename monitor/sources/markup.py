"""HTML tables, which provincial systems save as .xls: merged cells spread out, one row at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.sources.sheet import WIDEST, FileRefused, Row, Sheet

_DEEPEST_SPAN = 100_000


def sheets(path: Path, encoding: str) -> Iterator[Sheet]:
    """All tables of a page one under the other, as one sheet; a row is counted as Excel would."""
    yield Sheet("", _rows(path, encoding))


def _rows(path: Path, encoding: str) -> Iterator[Row]:
    from lxml import etree

    lxml_name = {"utf-8-sig": "utf-8", "cp1258": "windows-1258"}.get(encoding, encoding)
    running: dict[int, tuple[int, str]] = {}
    table: Any = None
    try:
        # Opened by number, since lxml would ask the file for its name, which need not be text.
        with open(os.open(path, os.O_RDONLY | os.O_CLOEXEC), "rb") as file:
            for _, element in etree.iterparse(
                file, events=("end",), tag="tr", html=True, encoding=lxml_name, huge_tree=True, no_network=True
            ):
                if element.find(".//tr") is None:
                    owner = next(element.iterancestors("table"), None)
                    if owner is not table:
                        table, running = owner, {}
                    yield _spread(element, running)
                _forget(element)
    except etree.LxmlError as error:
        raise FileRefused("trang HTML hỏng, không đọc được bảng; xuất lại tệp") from error


def _forget(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _spread(element: Any, running: dict[int, tuple[int, str]]) -> Row:
    """One row's texts, with those of cells above that reach down into it; a wide cell's text stands at its left."""
    row: dict[int, str] = {}
    for column, (left, text) in list(running.items()):
        row[column] = text
        if left <= 1:
            del running[column]
        else:
            running[column] = (left - 1, text)
    column = 0
    for cell in element.iterchildren("td", "th"):
        while column in row:
            column += 1
        text = " ".join("".join(cell.itertext()).split())
        wide, deep = _span(cell, "colspan", WIDEST), _span(cell, "rowspan", _DEEPEST_SPAN)
        for offset in range(wide):
            row[column + offset] = text if offset == 0 else ""
            if deep > 1:
                running[column + offset] = (deep - 1, text if offset == 0 else "")
        column += wide
        if column > 2 * WIDEST:
            raise FileRefused(
                f"bảng có trên {2 * WIDEST} cột, không phải danh sách hồ sơ; xuất lại danh sách rồi thả lại"
            )
    return [row.get(at, "") for at in range(max(row, default=-1) + 1)]


def _span(cell: Any, name: str, most: int) -> int:
    try:
        return min(max(int(cell.get(name, "1")), 1), most)
    except ValueError:
        return 1
