"""CSV: comma, semicolon, tab or bar, whichever shows a known heading."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from monitor.sources.headings import fold
from monitor.sources.sheet import WIDEST, FileRefused, Row, Sheet

DELIMITERS = (",", ";", "\t", "|")
_LONGEST_CELL = 200_000


def sheets(path: Path, encoding: str) -> Iterator[Sheet]:
    """The one table of a CSV file."""
    csv.field_size_limit(_LONGEST_CELL)
    yield Sheet("", _rows(path, encoding, _delimiter(path, encoding)))


def _delimiter(path: Path, encoding: str) -> str:
    """The one that splits the first lines into most cells that look like a heading row."""
    with path.open(encoding=encoding, newline="") as file:
        first = [line[:20_000] for line in islice(iter(lambda: file.readline(20_000), ""), 100)]
    if first and first[0].lower().startswith("sep=") and len(first[0].strip()) == 5:
        return first[0][4]

    def cells(delimiter: str) -> int:
        try:
            rows = list(csv.reader(first, delimiter=delimiter))
        except csv.Error:
            return 0
        return max((sum(1 for cell in row if fold(cell[:60]) and not cell.isdigit()) for row in rows), default=0)

    return max(DELIMITERS, key=cells)


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    with path.open(encoding=encoding, newline="") as file:
        # NUL is a letter to csv, and none to a database.
        lines = (line.replace("\0", "\ufffd") if "\0" in line else line for line in file)
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            for row in reader:
                if len(row) > WIDEST:
                    raise FileRefused(
                        f"dòng {reader.line_num} có {len(row)} cột, không phải danh sách hồ sơ; xuất lại danh sách"
                    )
                yield row  # type: ignore[misc] # list[str] is read only
        except csv.Error as error:
            raise FileRefused(
                f"CSV hỏng ở dòng {reader.line_num}: dấu ngoặc kép không khép hoặc ô quá dài; xuất lại tệp"
            ) from error
