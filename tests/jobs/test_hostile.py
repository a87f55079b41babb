"""Hostile files: each is refused in words, none kills or fills the program, and the next good file is read."""

from __future__ import annotations

import json
import resource
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import reading
from jobs.report import Report
from tests.jobs.conftest import Office
from tests.monitor.sources import made

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ROOT = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELS}/{{kind}}" Target="{{target}}"/></Relationships>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_BOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="{_RELS}">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def workbook(path: Path, sheet: str) -> Path:
    """An XLSX with a worksheet written by hand."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _ROOT.format(kind="officeDocument", target="xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", _ROOT.format(kind="worksheet", target="worksheets/sheet1.xml"))
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def sheet(data: str, doctype: str = "") -> str:
    return f'<?xml version="1.0"?>{doctype}<worksheet xmlns="{_MAIN}"><sheetData>{data}</sheetData></worksheet>'


def cell(place: str, words: str = "x") -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


def zip_bomb(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", _BOOK)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry:
            for _ in range(1_200):
                entry.write(b" " * 1024**2)
    return path


def lying_zip(path: Path) -> Path:
    """A bomb whose directory says that it is small."""
    workbook(path, sheet("".join(f'<row r="{n}">{cell(f"A{n}", " " * 30_000)}</row>' for n in range(1, 12_000))))
    content = bytearray(path.read_bytes())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(content)
    return path


def far_apart(path: Path) -> Path:
    rows = f'<row r="1">{cell("A1")}</row><row r="1048576">{cell("XFD1048576")}</row>'
    return workbook(path, sheet(rows))


def huge_dimension(path: Path) -> Path:
    text = sheet(f'<row r="1">{cell("A1")}</row>')
    return workbook(path, text.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'))


def absurd_place(path: Path) -> Path:
    return workbook(path, sheet(f'<row r="4294967295">{cell("ZZZZZZ4294967295")}</row><row r="1">{cell("A1")}</row>'))


def far_shared_formula(path: Path) -> Path:
    formula = '<c r="A1"><f t="shared" ref="A1:XFD1048576" si="0">1+1</f><v>2</v></c>'
    return workbook(path, sheet(f'<row r="1">{formula}</row>'))


def million_columns_csv(path: Path) -> Path:
    path.write_text("Mã hồ sơ,Trạng thái" + ",x" * 1_000_000 + "\n", "utf-8")
    return path


def million_columns_html(path: Path) -> Path:
    path.write_text("<table><tr>" + "<td>x</td>" * 1_000_000 + "</tr></table>", "utf-8")
    return path


def billion_laughs(path: Path) -> Path:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE w [<!ENTITY l0 "ha">{laughs}]>'
    return workbook(path, sheet(f'<row r="1">{cell("A1", "&l11;")}</row>', doctype))


def laughing_html(path: Path) -> Path:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    path.write_text(
        f'<!DOCTYPE w [<!ENTITY l0 "ha">{laughs}]><table><tr><td>&l11;</td><td>b</td></tr></table>', "utf-8"
    )
    return path


def huge_spans(path: Path) -> Path:
    row = '<tr><td rowspan="999999999" colspan="999999999">x</td></tr>'
    path.write_text(f"<table>{row * 50}</table>", "utf-8")
    return path


def deep_html(path: Path) -> Path:
    path.write_text("<table><tr><td>" * 30_000, "utf-8")
    return path


def binary(path: Path) -> Path:
    path.write_bytes(b"M\xe3 h\x00\x00\x00\xff\xfe\x01\x02" * 500)
    return path


def unclosed_quote(path: Path) -> Path:
    path.write_text('Mã hồ sơ,Trạng thái\n"H56.02-261116-0001,4\n' + "H56,4\n" * 200_000, "utf-8")
    return path


def deep_json(path: Path) -> Path:
    path.write_text('{"data":' + "[" * 500_000, "utf-8")
    return path


def wrong_json(path: Path) -> Path:
    path.write_text('{"data":[{"MaHoSo":{"a":[1]},"TrangThaiHoSo":["4"],"NgayNopHoSo":{"b":2}}]}', "utf-8")
    return path


def truncated(path: Path) -> Path:
    made.xlsx(path)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


def picture(path: Path) -> Path:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10)
    return path


HOSTILE: tuple[Callable[[Path], Path], ...] = (
    zip_bomb, lying_zip, far_apart, absurd_place, million_columns_csv, million_columns_html, billion_laughs,
    laughing_html, huge_spans, deep_html, binary, unclosed_quote, deep_json, wrong_json, truncated, empty, picture,
    huge_dimension, far_shared_formula,
)  # fmt: skip


def take(office: Office, path: Path) -> Report:
    return reading.take_in(office.app, path, "mot-cua", office.clock.now())


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.__name__)
def test_a_hostile_file_is_refused_in_words_and_the_next_one_is_read(
    hostile: Callable[[Path], Path], sqlite_office: Office, tmp_path: Path
) -> None:
    path = hostile(tmp_path / "xau.xlsx")
    before, begin = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    report = take(sqlite_office, path)
    assert report.failed
    assert len(report.row.why) > 10
    assert time.monotonic() - begin < 120
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024
    assert take(sqlite_office, made.html(tmp_path / "tot.xls")).row.new == 1


def test_a_nul_in_a_list_is_no_reason_to_lose_the_others(sqlite_office: Office, tmp_path: Path) -> None:
    rows = [(*made.ROW[:4], f"H56.02-261116-{n:04}", *made.ROW[5:]) for n in range(3)]
    text = made.csv_text((made.HEADINGS, *rows)).replace("261116-0001", "261116\x00-0001")
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    report = take(sqlite_office, path)
    assert report.row.new + report.row.set_aside == 3 or "nhị phân" in report.row.why


@pytest.mark.parametrize("mark", ["\ud800", "\0"])
def test_a_letter_that_no_database_takes_costs_no_dossier(office: Office, tmp_path: Path, mark: str) -> None:
    rows = [(*made.ROW[:4], f"H56.02-261116-{n:04}", *made.ROW[5:]) for n in range(100)]
    told = [dict(zip(("MaHoSo", "TrangThaiHoSo", "DonViXuLy"), (row[4], "4", "Sở CT"), strict=True)) for row in rows]
    told[-1]["DonViXuLy"] += mark
    message = tmp_path / "a.json"
    message.write_text(json.dumps({"service": "DongBoHoSoMC", "data": told}), "utf-8")
    assert (take(office, message).row.new, take(office, message).already) == (100, True)
    if mark == "\0":
        listed = tmp_path / "a.csv"
        text = made.csv_text((made.HEADINGS, *rows)).replace("261116-0099", f"261117-0099{mark}")
        listed.write_text(text.replace("Sở CT", "Sở Công Thương"), "utf-8")
        assert not take(office, listed).failed
