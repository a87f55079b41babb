"""Forty bad files, each real: what can be read is, once; the rest is set aside or refused in a clear line."""

from __future__ import annotations

import json
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from monitor.core.source import BadRow, DossierRow
from monitor.sources.files import rows
from monitor.sources.layout import load_layouts
from monitor.sources.sheet import FileRefused
from tests.monitor.sources import made
from tests.monitor.sources.made import HEADINGS, LIST, MESSAGE, ROW

LAYOUTS = load_layouts()
Make = Callable[[Path], Path]


def other(number: int = 2, **cells: object) -> tuple[object, ...]:
    """A second dossier, by heading."""
    changed = dict(zip(HEADINGS, ROW, strict=True)) | {"Mã hồ sơ": f"H56.02-261116-{number:04}"} | cells
    return tuple(changed[heading] for heading in HEADINGS)


def raw(content: bytes) -> Make:
    def make(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return make


def text(words: str, encoding: str = "utf-8") -> Make:
    return raw(words.encode(encoding))


def html(*listed: tuple[object, ...], headings: tuple[object, ...] = HEADINGS) -> Make:
    return lambda path: made.html(path, (headings, *listed))


def xlsx(*listed: tuple[object, ...], headings: tuple[object, ...] = HEADINGS) -> Make:
    return lambda path: made.xlsx(path, (headings, *listed))


def message(*records: object, **head: object) -> Make:
    return text(json.dumps({"service": "DongBoHoSoMC", "data": records} | head))


def csv(*listed: tuple[object, ...]) -> str:
    return made.csv_text((HEADINGS, *listed))


def zipped(**entries: str) -> Make:
    def make(path: Path) -> Path:
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in entries.items():
                archive.writestr(name.replace("__", "/"), content)
        return path

    return make


def half(kind: Callable[..., Path]) -> Make:
    def make(path: Path) -> Path:
        kind(path)
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return path

    return make


def with_a_macro(path: Path) -> Path:
    made.xlsx(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0Attribute VB_Name")
    return path


def with_formulas(path: Path) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(list(HEADINGS))
    book.active.append(["=1+1" if heading == "Địa chỉ" else cell for heading, cell in zip(HEADINGS, ROW, strict=True)])
    book.save(path)
    return path


def with_merged_headings(path: Path) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["STT", "Mã hồ sơ", "Trạng thái", "Ngày", None, None, "Đơn vị xử lý"])
    sheet.append([None, None, None, "nộp", "tiếp nhận", "hẹn trả", None])
    sheet.append([1, "H56.02-261116-0001", "Đang xử lý", "16/11/2026", "16/11/2026", "27/11/2026", "Sở CT"])
    sheet.merge_cells("D1:F1")
    book.save(path)
    return path


def a_folder(path: Path) -> Path:
    path.mkdir()
    return path


def locked() -> bytes:
    """The container that Excel writes for a workbook with a password: two streams, in a directory of one sector."""

    def entry(name: str, kind: int, *, child: int, right: int, start: int, size: int) -> bytes:
        named = name.encode("utf-16-le")
        head = named.ljust(64, b"\0") + struct.pack("<HBBIII", len(named) + 2, kind, 1, 0xFFFFFFFF, right, child)
        return head + bytes(36) + struct.pack("<IQ", start, size)

    none = 0xFFFFFFFF
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0
    )
    header += struct.pack("<I", none) * 108
    chains = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 10), 0xFFFFFFFE, *range(11, 18), 0xFFFFFFFE]
    table = struct.pack("<128I", *chains, *[none] * (128 - len(chains)))
    directory = entry("Root Entry", 5, child=1, right=none, start=0xFFFFFFFE, size=0)
    directory += entry("EncryptionInfo", 2, child=none, right=2, start=2, size=4096)
    directory += entry("EncryptedPackage", 2, child=none, right=none, start=10, size=4096)
    return header[:512].ljust(512, b"\xff") + table + directory.ljust(512, b"\0") + bytes(8192)


GOOD = 1
REFUSED: dict[str, tuple[Make, str]] = {
    "empty": (raw(b""), "rỗng"),
    "only a byte order mark": (raw(b"\xef\xbb\xbf"), "tiêu đề|rỗng"),
    "only spaces and lines": (text(" \n\r\n \n"), "tiêu đề"),
    "a PDF called XLSX": (raw(b"%PDF-1.7\n1 0 obj"), "không phải bảng"),
    "a picture called XLS": (raw(b"\x89PNG\r\n\x1a\n" + bytes(200)), "không phải bảng"),
    "a RAR archive": (raw(b"Rar!\x1a\x07\x00" + bytes(60)), "không phải bảng"),
    "a gzip archive": (raw(b"\x1f\x8b\x08" + bytes(60)), "không phải bảng"),
    "a ZIP of text files": (zipped(a="x"), "giải nén"),
    "a Word document": (zipped(word__document="<w/>"), "giải nén"),
    "half an XLSX": (half(made.xlsx), "hỏng|chép"),
    "half an XLS": (half(made.xls), "hỏng|mở|đọc"),
    "an encrypted workbook": (raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)), "mật khẩu|mở|đọc"),
    "a workbook with a password": (raw(locked()), "tệp Excel có mật khẩu"),
    "a text called XLSX": (text("Kính gửi: Sở Công Thương\n"), "không phải tệp Excel"),
    "half a JSON message": (text('{"service":"DongBoHoSoMC","data":[{"MaHoSo":"H56'), "hỏng"),
    "JSON of another service": (message(MESSAGE, service="LayDonVi"), "LayDonVi"),
    "JSON without records": (message(), "data"),
    "JSON of words": (text('["a", "b"]'), "data"),
    "JSON records without codes": (message({"TrangThaiHoSo": "4"}), "DongBoHoSoMC"),
    "JSON that answers with an error": (text('{"error_code":"01","message":"het phien"}'), "data"),
    "a log-in page saved as XLS": (text("<html><body><form>Đăng nhập</form></body></html>"), "bảng|tiêu đề"),
    "an MHT page": (text("MIME-Version: 1.0\nContent-Type: multipart/related"), "MHT"),
    "an XML 2003 workbook": (
        text('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'), "XML 2003"
    ),
    "no heading of ours": (text("Tên,Giá\nGạo,20\n"), "tiêu đề"),
    "headings and no code column": (html(ROW[1:4], headings=HEADINGS[1:4]), "tiêu đề"),
    "NUL bytes within cells": (text(csv(ROW, other()).replace("12 Lê Lợi", "12\0Lê")), "nhị phân"),
    "a cell of five megabytes": (text(csv(other(**{"Địa chỉ": "x" * 5_000_000}), ROW)), "ô quá dài"),
    "real dates among written ones, swapped": (
        xlsx(
            *(other(n, **{"Ngày nộp hồ sơ": datetime(2026, n, 11, 8)})  # noqa: DTZ001 - as Excel has it
            for n in range(1, 13)),
            *(other(n, **{"Ngày nộp hồ sơ": f"{n}/11/2026 08:00:00"}) for n in range(13, 25)),
        ),
        "đổi chỗ",
    ),
}  # fmt: skip

READ: dict[str, tuple[Make, int, int]] = {
    "macros beside the sheet": (with_a_macro, 1, 0),
    "formula cells": (with_formulas, 1, 0),
    "merged headings of two levels": (with_merged_headings, 1, 0),
    "the heading again in the middle": (html(ROW, HEADINGS, other()), 2, 0),
    "a heading twice in one row": (html((*ROW, "khác"), headings=(*HEADINGS, "Mã hồ sơ")), 1, 0),
    "a row without a code": (html(other(**{"Mã hồ sơ": ""}), ROW), 1, 1),
    "a date that is none": (html(other(**{"Ngày nộp hồ sơ": "31/02/2026"}), ROW), 1, 1),
    "a date in words": (html(other(**{"Ngày hẹn trả": "tuần sau"}), ROW), 1, 1),
    "a code of a page's length": (html(other(**{"Mã hồ sơ": "1A" * 3000}), ROW), 1, 1),
    "0001-01-01 for no date": (message(MESSAGE | {"NgayHenTra": "0001-01-01T00:00:00"}), 1, 0),
    "null and numbers for texts": (message(MESSAGE | {"NgayHenTra": None, "TrangThaiHoSo": 4}), 1, 0),
    "serial dates": (xlsx(other(**{"Ngày nộp hồ sơ": 46342.5, "Ngày nhận": 46342.6})), 1, 0),
    "trailing and hard spaces": (html(tuple(f" {cell}\u00a0 " for cell in ROW)), 1, 0),
    "UTF-16 without a mark's company": (text(csv(ROW), "utf-16"), 1, 0),
    "a line cut off in the middle": (text(csv(ROW) + "2,Bộ phận"), 1, 0),
    "blank lines between the rows": (text(csv(ROW).replace("\n", "\n\r\n\n")), 1, 0),
    "a status of another world": (html(other(**{"Trạng thái": "Đang bay"})), 1, 0),
    "the sum at the end": (html(ROW, ("Tổng cộng", "", "1 hồ sơ", *[""] * (len(HEADINGS) - 3))), 1, 0),
    "decomposed letters": (lambda path: made.html(path, [[decomposed(cell) for cell in one] for one in LIST]), 1, 0),
    "a step whose moment is none": (
        text(json.dumps({"service": "CapNhatTienDoHoSoMC", "data": [{"MaHoSo": "H56.02-261116-0001"}]})), 0, 0
    ),
}  # fmt: skip


def decomposed(cell: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFD", cell)


def test_there_are_at_least_forty() -> None:
    assert len(REFUSED) + len(READ) >= 40


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_holds_no_list_is_refused_in_one_line_that_says_why(name: str, tmp_path: Path) -> None:
    make, words = REFUSED[name]
    with pytest.raises(FileRefused) as refused:
        list(rows(make(tmp_path / "xấu.xlsx"), LAYOUTS))
    said = str(refused.value)
    assert re.search(words, said), said
    assert "\n" not in said
    assert len(said) > 15


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_once_and_the_rest_is_set_aside_with_its_row(name: str, tmp_path: Path) -> None:
    make, good, bad = READ[name]
    found = list(rows(make(tmp_path / "xấu.xlsx"), LAYOUTS))
    read = [one for one in found if isinstance(one, DossierRow)]
    aside = [one for one in found if isinstance(one, BadRow)]
    assert (len(read), len(aside)) == (good, bad), found
    assert len({one.code for one in read}) == good, "nothing doubled"
    assert all(one.row > 0 and len(one.reason) > 15 for one in aside)
    assert all("\0" not in "".join(map(str, one)) for one in read)


def test_a_folder_with_the_name_of_a_file_is_no_file(tmp_path: Path) -> None:
    with pytest.raises((FileRefused, IsADirectoryError)):
        list(rows(a_folder(tmp_path / "a.xlsx"), LAYOUTS))
