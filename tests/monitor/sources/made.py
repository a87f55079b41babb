"""Files of every kind with the same list of dossiers in them; all invented."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

HEADINGS = (
    "STT", "Đơn vị tiếp nhận", "Tên thủ tục hành chính", "Mã TTHC", "Mã hồ sơ", "Trạng thái", "Địa chỉ", "Chủ hồ sơ",
    "Kênh thực hiện", "Ngày nộp hồ sơ", "Ngày nhận", "Ngày hẹn trả", "Ngày kết thúc xử lý", "Đơn vị xử lý",
)  # fmt: skip
ROW = (
    "1", "Bộ phận Một cửa xã Nga Sơn", "Thông báo hoạt động khuyến mại", "2.000033", "H56.02-261116-0001", "Đang xử lý",
    "12 Lê Lợi", "NGUYỄN VĂN THỬ", "Trực tuyến", "16/11/2026 08:05:00", "16/11/2026 09:00", "27/11/2026", "", "Sở CT",
)  # fmt: skip
TITLE = (("UBND TỈNH THANH HÓA",), ("DANH SÁCH HỒ SƠ THEO DÕI",), ("(Số liệu tính đến 15:30 ngày 23/11/2026)",), ())

Rows = Sequence[Sequence[object]]
LIST: Rows = (*TITLE, HEADINGS, ROW)


def xlsx(path: Path, rows: Rows = LIST) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Danh sách")
        days = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, days)
                elif cell is not None and cell != "":
                    sheet.write(at, column, cell)
    return path


def openpyxl_xlsx(path: Path, rows: Rows = LIST) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def xls(path: Path, rows: Rows = LIST) -> Path:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Danh sách")
    days = xlwt.easyxf(num_format_str="dd/mm/yyyy hh:mm")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell, days) if isinstance(cell, datetime) else sheet.write(at, column, cell)
    book.save(str(path))
    return path


def ods(path: Path, rows: Rows = LIST) -> Path:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'
            if cell
            else "<table:table-cell/>"
            for cell in row or ("",)
        )
        + "</table:table-row>"
        for row in rows
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="S">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def csv_text(rows: Rows = LIST, delimiter: str = ",") -> str:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def csv_file(encoding: str, delimiter: str) -> Callable[..., Path]:
    def made(path: Path, rows: Rows = LIST) -> Path:
        path.write_bytes(csv_text(rows, delimiter).encode(encoding))
        return path

    return made


def windows_1258(path: Path, rows: Rows = LIST) -> Path:
    """Vietnamese Windows wrote the tone after its letter."""
    import unicodedata

    text = csv_text(rows, ";")
    parts = []
    for letter in unicodedata.normalize("NFC", text):
        try:
            parts.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            marks = unicodedata.normalize("NFD", letter)
            tones = "\u0300\u0301\u0303\u0309\u0323"
            base = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in tones))
            parts.append(base.encode("cp1258") + "".join(mark for mark in marks if mark in tones).encode("cp1258"))
    path.write_bytes(b"".join(parts))
    return path


def html(path: Path, rows: Rows = LIST) -> Path:
    lines = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    page = f'<html><head><meta charset="utf-8"></head><body><table border="1">{lines}</table></body></html>'
    path.write_text(page, "utf-8")
    return path


KINDS: Mapping[str, Callable[..., Path]] = {
    "xlsx": xlsx,
    "xlsx by openpyxl": openpyxl_xlsx,
    "xls": xls,
    "ods": ods,
    "csv": csv_file("utf-8", ","),
    "csv with a mark, semicolons": csv_file("utf-8-sig", ";"),
    "csv in UTF-16 with tabs": csv_file("utf-16", "\t"),
    "csv in Windows-1258": windows_1258,
    "html called xls": html,
}

MESSAGE: dict[str, object] = {
    "MaHoSo": "H56.02-240226-0007",
    "MaTTHC": "2.001474",
    "TenTTHC": "Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại",
    "MaLinhVuc": "G02-XTTM",
    "KenhThucHien": "2",
    "NoiNopHoSo": "1",
    "LoaiDoiTuong": "2",
    "ChuHoSo": "CÔNG TY TNHH VÍ DỤ",
    "SoDienThoai": "0912345678",
    "Email": "vidu@vidu.invalid",
    "NgayNopHoSo": "20240226163000",
    "NgayTiepNhan": "",
    "NgayHenTra": "",
    "TrangThaiHoSo": "1",
    "NgayKetThucXuLy": "",
    "NgayTra": "",
    "DonViXuLy": "Sở Công Thương",
    "TaiLieuNop": [],
    "DanhSachHoSoBoSung": [],
}


def message(path: Path, *records: Mapping[str, object]) -> Path:
    sent = {"service": "DongBoHoSoMC", "isUpdating": "False", "data": [MESSAGE | record for record in records]}
    path.write_text(json.dumps(sent, ensure_ascii=False), "utf-8")
    return path
