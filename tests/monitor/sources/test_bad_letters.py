"""Letters' files that are broken, made to harm, or no text at all: each is refused in a line that names the mend."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from monitor.sources.letter_pdf import MOST_PAGES
from monitor.sources.letter_text import LARGEST_UNZIPPED, NoText, printed
from monitor.sources.sheet import FileRefused
from tests.letters.made import made, scan

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pages(folder: Path, number: int, *, password: str = "") -> Path:
    writer = PdfWriter()
    for _ in range(number):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password)
    path = folder / "trang.pdf"
    writer.write(path)
    return path


def locked(folder: Path) -> Path:
    """A letter that everybody may open, but for a password that limits what may be done with it."""
    writer = PdfWriter(clone_from=PdfReader(made("05-so-gui-xa", folder)))
    writer.encrypt("", owner_password="chu")
    path = folder / "khoa.pdf"
    writer.write(path)
    return path


def zipped(folder: Path, **parts: bytes) -> Path:
    path = folder / "cong-van.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return path


def with_document(folder: Path, document: bytes) -> Path:
    """A whole Word file but for its text."""
    source = made("01-ra-soat-dich-vu", folder)
    path = folder / "khac.docx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, document if name == "word/document.xml" else old.read(name))
    return path


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def cut(folder: Path, name: str) -> Path:
    whole = made(name, folder)
    whole.write_bytes(whole.read_bytes()[:3000])
    return whole


LAUGHS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 20}">' for n in range(1, 9))
OPEN, CLOSE = f'<w:document xmlns:w="{WORD}"><w:body>', "</w:body></w:document>"
BOMB = f'<!DOCTYPE d [<!ENTITY e0 "ha">{LAUGHS}]>{OPEN}<w:p><w:r><w:t>&e8;</w:t></w:r></w:p>{CLOSE}'
DEEP = f"{OPEN}{'<w:sdt><w:sdtContent>' * 60}<w:p/>{'</w:sdtContent></w:sdt>' * 60}{CLOSE}"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda folder: written(folder, "rong.docx", b""), "tệp rỗng"),
        (lambda folder: pages(folder, 1, password="bi-mat"), "có mật khẩu; mở rồi lưu lại không đặt mật khẩu"),
        (lambda folder: pages(folder, MOST_PAGES + 1), f"có {MOST_PAGES + 1} trang, nhiều hơn {MOST_PAGES}"),
        (lambda folder: cut(folder, "04-ho-so-qua-han"), "tệp PDF hỏng"),
        (lambda folder: written(folder, "a.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 20), "tệp PDF hỏng"),
        (lambda folder: cut(folder, "01-ra-soat-dich-vu"), "tệp hỏng hoặc chép chưa xong"),
        (lambda folder: zipped(folder, word__document_xml=bytes(LARGEST_UNZIPPED + 1)), "bung ra quá lớn"),
        (lambda folder: zipped(folder, word__document_xml=b"<a/>"), "tệp Word hỏng"),
        (lambda folder: with_document(folder, BOMB.encode()), "tệp Word hỏng"),
        (lambda folder: with_document(folder, DEEP.encode()), "tệp Word hỏng"),
        (lambda folder: with_document(folder, b"<khong"), "tệp Word hỏng"),
        (lambda folder: zipped(folder, mot_xml=b""), "không phải văn bản Word (DOCX)"),
        (lambda folder: written(folder, "cu.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)), "lưu dạng DOCX"),
        (lambda folder: written(folder, "nen.rar", b"Rar!\x1a\x07\x00"), "là tệp nén"),
        (lambda folder: written(folder, "la.bin", b"abc\x00\x01\x02 def"), "không phải văn bản"),
    ],
    ids=[
        *("empty", "password", "pages", "cut PDF", "noise", "cut DOCX", "bomb", "no parts", "laughs", "deep", "no XML"),
        *("other ZIP", "DOC", "RAR", "binary"),
    ],
)  # fmt: skip
def test_what_is_no_letter_is_refused_with_the_mend(make: Callable[[Path], Path], what: str, tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        printed(make(tmp_path))
    assert what in str(refused.value)
    assert "\n" not in str(refused.value)
    assert ";" in str(refused.value)


@pytest.mark.parametrize(
    "make",
    [
        scan,
        lambda folder: pages(folder, 2),
        lambda folder: written(folder, "chup.png", b"\x89PNG\r\n\x1a\n"),
        lambda folder: written(folder, "chup.jpg", b"\xff\xd8\xff\xe0"),
    ],
    ids=["picture in a PDF", "blank pages", "PNG", "JPEG"],
)
def test_a_picture_of_a_letter_has_no_text(make: Callable[[Path], Path], tmp_path: Path) -> None:
    with pytest.raises(NoText):
        printed(make(tmp_path))


def test_a_password_that_only_forbids_changes_is_no_hindrance(tmp_path: Path) -> None:
    assert any("Kính gửi" in line for line in printed(locked(tmp_path)).lines)


def test_word_prints_what_stands_after_changes_that_were_tracked(tmp_path: Path) -> None:
    document = (
        f"{OPEN}<w:sdt><w:sdtContent><w:p><w:r><w:t>báo cáo </w:t></w:r>"
        "<w:del><w:r><w:delText>trước ngày 10/3/2024</w:delText><w:t>cũ</w:t></w:r></w:del>"
        "<w:ins><w:r><w:t>trước ngày</w:t><w:tab/><w:t>11/3/2024</w:t></w:r></w:ins><w:r><w:br/><w:t>hết</w:t></w:r>"
        f"</w:p></w:sdtContent></w:sdt>{CLOSE}"
    )
    assert printed(with_document(tmp_path, document.encode())).lines == ("báo cáo trước ngày 11/3/2024", "hết")


def test_plain_text_in_an_older_encoding_is_read(tmp_path: Path) -> None:
    text = "Số: 12/UBND-TH\nKính gửi: Sở Công Thương.\nBáo cáo trước ngày 11/3/2024./."
    for encoding in ("utf-8-sig", "utf-16"):
        assert printed(written(tmp_path, "a.txt", text.encode(encoding))).lines == tuple(text.splitlines())
