"""The text of an official letter's file, whatever it is: told by its content, read under limits."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from monitor.core.order_text import Grid, Printed
from monitor.sources.encoding import encoding_of
from monitor.sources.sheet import FileRefused, storable
from monitor.sources.tables import sheets

LARGEST = 20 * 1024**2
LARGEST_UNZIPPED = 200 * 1024**2
MOST_ROWS = 20_000
MOST_LETTERS = 1_000_000
FEWEST_LETTERS = 120
"""A letter has more; a file with fewer is taken for a scan."""

_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


class NoText(Exception):
    """The file is a picture of a letter, without a text layer."""


def printed(path: Path) -> Printed:
    """What a letter's file prints; raise FileRefused with the mend, or NoText for a scan."""
    found = _reader(path)(path)
    letters = sum(map(len, found.lines)) + sum(len(cell) for grid in found.grids for row in grid for cell in row)
    if letters > MOST_LETTERS:
        raise FileRefused("quá dài để là một văn bản chỉ đạo; tách riêng phần công văn rồi làm lại")
    return found


def _reader(path: Path) -> Callable[[Path], Printed]:
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("tệp rỗng (0 byte); chép lại tệp")
    if size > LARGEST:
        raise FileRefused(f"tệp lớn quá {LARGEST // 1024**2} MB; tách riêng phần công văn rồi làm lại")
    with path.open("rb") as file:
        head = file.read(1024)
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if b"%PDF-" in head:
        return _pdf
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # A workbook of before 2007 is opened as one, a document of that time by nobody.
        return _old
    if head.startswith(_IMAGES):
        raise NoText
    if head.startswith(_ARCHIVES):
        raise FileRefused("là tệp nén; giải nén rồi chỉ vào tệp công văn")
    return _plain


def _zipped(path: Path) -> Callable[[Path], Printed]:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefused("tệp hỏng hoặc chép chưa xong; chép lại tệp") from error
    if sum(sizes.values()) > LARGEST_UNZIPPED:
        raise FileRefused("tệp bung ra quá lớn, không an toàn để mở; lưu lại bằng Word rồi thử lại")
    if "word/document.xml" in sizes:
        return _word
    if any(name.startswith("xl/") or name == "content.xml" for name in sizes):
        return _workbook
    raise FileRefused("không phải văn bản Word (DOCX); mở bằng Word rồi lưu dạng DOCX")


def _word(path: Path) -> Printed:
    from monitor.sources import letter_word

    return letter_word.printed(path)


def _workbook(path: Path) -> Printed:
    grids = []
    for sheet in sheets(path):
        rows = tuple(tuple(_cell(value) for value in row) for row in islice(sheet.rows, MOST_ROWS + 1))
        if len(rows) > MOST_ROWS:
            raise FileRefused(f"có hơn {MOST_ROWS} dòng; chỉ để lại danh sách hồ sơ của văn bản này")
        grids.append(rows)
    return Printed(lines=(), grids=tuple(grids))


def _old(path: Path) -> Printed:
    try:
        return _workbook(path)
    except FileRefused as error:
        raise FileRefused("là tệp kiểu cũ (DOC) hoặc có mật khẩu; mở bằng Word rồi lưu dạng DOCX") from error


def _cell(value: object) -> str:
    return "" if value is None else storable(str(value)).strip()


def _plain(path: Path) -> Printed:
    try:
        text = path.read_text(encoding_of(path))
    except (UnicodeDecodeError, LookupError, FileRefused) as error:
        raise FileRefused(
            "không phải văn bản đọc được; cần DOCX, PDF, hoặc văn bản thường (TXT, MD) dạng UTF-8"
        ) from error
    lines = tuple(storable(line) for line in text.splitlines())
    rows = tuple(tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in lines if "|" in line)
    grid: Grid = rows or _separated(lines)
    return Printed(lines=tuple(line for line in lines if "|" not in line), grids=(grid,) if len(grid) > 1 else ())


def _separated(lines: tuple[str, ...]) -> Grid:
    """Rows of a CSV file, where the lines look like one."""
    mark = next((mark for mark in ";\t," if lines and all(mark in line for line in lines[:3] if line)), "")
    return tuple(tuple(cell.strip().strip('"') for cell in line.split(mark)) for line in lines) if mark else ()


def _pdf(path: Path) -> Printed:
    from monitor.sources import letter_pdf

    found = letter_pdf.printed(path)
    if sum(len(line.strip()) for line in found.lines) < FEWEST_LETTERS:
        raise NoText
    return found
