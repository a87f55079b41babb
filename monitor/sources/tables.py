"""A file as sheets of rows, whatever it is: told by its content, never by its name."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from pathlib import Path

from monitor.sources.sheet import FileRefused, Sheet

LARGEST = 2 * 1024**3
LARGEST_UNZIPPED = 1024**3
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The stream in which Office keeps a workbook that has a password, as the directory of its container names it."""


def sheets(path: Path) -> Iterator[Sheet]:
    """Every sheet of a file; raise FileRefused."""
    size = path.stat().st_size
    if size == 0:
        raise FileRefused("tệp rỗng (0 byte); chép hoặc xuất lại tệp")
    if size > LARGEST:
        raise FileRefused("tệp quá lớn (trên 2 GB); tách thành nhiều tệp")
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _contained(path)
    return _textual(path, head)


def _contained(path: Path) -> Iterator[Sheet]:
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        if content.find(_ENCRYPTED) >= 0:
            raise FileRefused("tệp Excel có mật khẩu; mở bằng Excel, bỏ mật khẩu, lưu lại rồi thả lại")
    return _workbook(path)


def _zipped(path: Path) -> Iterator[Sheet]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {entry.filename: entry.file_size for entry in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefused("tệp hỏng hoặc chép chưa xong (không mở được tệp nén); chép lại tệp rồi thả lại") from error
    if not any(name.startswith("xl/") or name == "content.xml" for name in names):
        raise FileRefused("tệp nén không phải bảng tính XLSX hay ODS; giải nén rồi thả từng tệp")
    if sum(names.values()) > LARGEST_UNZIPPED:
        raise FileRefused("tệp bung ra quá lớn, không an toàn để mở; xuất lại tệp từ hệ thống")
    return _workbook(path)


def _workbook(path: Path) -> Iterator[Sheet]:
    from monitor.sources import workbook

    return workbook.sheets(path)


def _textual(path: Path, head: bytes) -> Iterator[Sheet]:
    from monitor.sources import markup, records, separated
    from monitor.sources.encoding import encoding_of

    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise FileRefused("không phải bảng: cần XLSX, XLS, ODS, CSV, bảng HTML hoặc JSON")
    encoding = encoding_of(path)
    begin = head.decode(encoding, "ignore").lstrip("\ufeff \t\r\n").lower()
    if begin.startswith("mime-version"):
        raise FileRefused("trang web lưu dạng MHT chưa đọc được; mở bằng Excel rồi lưu lại dạng XLSX")
    if begin.startswith(("{", "[")):
        return records.sheets(path, encoding)
    if begin.startswith("<"):
        if "urn:schemas-microsoft-com:office:spreadsheet" in begin:
            raise FileRefused("bảng tính XML 2003 chưa đọc được; mở bằng Excel rồi lưu lại dạng XLSX")
        return markup.sheets(path, encoding)
    return separated.sheets(path, encoding)
