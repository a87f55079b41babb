from __future__ import annotations

import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from unicodedata import normalize

import docx as python_docx
import pytest
from pypdf import PdfReader

from monitor.reports.official import press, word
from monitor.reports.official import print as printing
from monitor.reports.official.document import (
    Appendix,
    Form,
    Grid,
    Heading,
    Official,
    Paragraph,
    Picture,
    closed,
    listed,
    plain,
)

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 6"><rect width="60" height="6"/></svg>'
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
NASTY = '#set text(red) $x$ *đậm* <b>&amp;</b> {{ agency }} {% raw %} \\ "nháy" _gạch_ @nhan'
LONG = "a3f9" * 40


def document(form: Form = Form.REPORT, **changes: object) -> Official:
    made = Official(
        form=form,
        parent="Ủy ban nhân dân tỉnh Thanh Hóa",
        agency="Sở Công Thương",
        symbol="/BC-SCT" if form is Form.REPORT else "/SCT-QLTM",
        place="Thanh Hóa",
        year=2026,
        title="Tình hình hoạt động của dịch vụ công trực tuyến",
        addressees=("Văn phòng Ủy ban nhân dân tỉnh",),
        body=(
            Heading("I. Kết quả"),
            Paragraph(NASTY),
            Grid(header=("Trạng thái", "Thời gian"), rows=(("Hoạt động", "167 giờ"), ("Cộng", "168 giờ"))),
            Picture(png=DOT, svg=SVG, alt="dải thời gian", caption="Hình 1"),
            Paragraph(LONG),
            Paragraph("Đề nghị xem xét."),
        ),
        recipients=("Như trên", "Lưu: VT, QLTM"),
        signer="Giám đốc",
    )
    return replace(made, **changes)


def pages(content: bytes) -> list[str]:
    return [normalize("NFC", page.extract_text()) for page in PdfReader(BytesIO(content)).pages]


def words(content: bytes) -> str:
    """All a Word file says, cells of tables included, in the order it stands."""
    body = python_docx.Document(BytesIO(content)).element.body
    return "\n".join("".join(part.text or "" for part in line.iter(f"{{{W}}}t")) for line in body.iter(f"{{{W}}}p"))


W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def printed() -> dict[tuple[Form, str], str]:
    said = {}
    for form in Form:
        said[form, "pdf"] = "\n".join(pages(printing.pdf(document(form))))
        said[form, "docx"] = words(word.docx(document(form)))
    return said


@pytest.mark.parametrize("kind", ["pdf", "docx"])
@pytest.mark.parametrize("form", list(Form), ids=str)
@pytest.mark.parametrize(
    "said",
    [
        "ỦY BAN NHÂN DÂN TỈNH THANH HÓA",
        "SỞ CÔNG THƯƠNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "DỰ THẢO",
        "ngày tháng năm 2026",
        "Kính gửi: Văn phòng Ủy ban nhân dân tỉnh.",
        "I. Kết quả",
        "Trạng thái",
        "168 giờ",
        "Hình 1",
        "Đề nghị xem xét./.",
        "Nơi nhận:",
        "- Như trên;",
        "- Lưu: VT, QLTM.",
        "GIÁM ĐỐC",
        NASTY,
        LONG,
    ],
)
def test_both_files_say_what_the_decree_asks_for_and_nothing_is_markup(
    printed: dict[tuple[Form, str], str], form: Form, kind: str, said: str
) -> None:
    assert squeezed(said) in squeezed(printed[form, kind])


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_a_report_is_titled_and_a_letter_says_what_it_is_about(printed: dict[tuple[Form, str], str], kind: str) -> None:
    report, letter = printed[Form.REPORT, kind], printed[Form.LETTER, kind]
    assert "BÁO CÁO" in report
    assert "V/v" not in report
    assert "Số:/BC-SCT" in squeezed(report)
    assert "V/vTìnhhìnhhoạtđộng" in squeezed(letter)
    assert "BÁO CÁO" not in letter
    assert "Số:/SCT-QLTM" in squeezed(letter)


DIGEST = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
ADDRESS = "https://dichvucong.gov.vn/p/home/dvc-chi-tiet-thu-tuc-nganh-doc.html?ma_thu_tuc=2.001474&muc=nop-ho-so"
HANDLE = "2026-11-23T08:30:05/2.001474-dvcqg-browser"


def test_what_is_long_can_be_copied_from_a_pdf_and_sought_in_it(tmp_path: Path) -> None:
    said = f"Lần {HANDLE}, tại {ADDRESS}, niêm phong {DIGEST}."
    rows = tuple((str(number), long) for number, long in enumerate((HANDLE, ADDRESS, DIGEST)))
    cells = Grid(header=("Số", "Chuỗi"), rows=rows, widths=(3, 1))
    content = printing.pdf(document(body=(Paragraph(said), Paragraph(f"Và {said}"), cells)))
    (tmp_path / "bao-cao.pdf").write_bytes(content)
    read = ["\n".join(pages(content))]
    if tool := shutil.which("pdftotext"):
        read.append(
            subprocess.run([tool, tmp_path / "bao-cao.pdf", "-"], capture_output=True, check=True).stdout.decode()
        )
    for text in read:
        assert "\u200b" not in text
        for long in (HANDLE, ADDRESS, DIGEST):
            assert text.replace("\n", "").count(long) == 3


def test_nothing_long_leaves_its_column() -> None:
    narrow = Grid(header=("a", "b", "c"), rows=((DIGEST, ADDRESS, LONG),), widths=(1, 1, 1))
    said = "\n".join(pages(printing.pdf(document(body=(narrow,)))))
    assert max(len(line) for line in said.splitlines() if line in DIGEST + LONG) <= 32


@pytest.mark.parametrize("make", [printing.pdf, word.docx], ids=["pdf", "docx"])
def test_one_document_gives_the_same_bytes_whenever_it_is_made(make: object, tmp_path: Path) -> None:
    made = document(made=datetime(2026, 11, 23, 1, 30, 15, tzinfo=UTC))
    first = make(made)  # type: ignore[operator]
    assert make(made) == first  # type: ignore[operator]
    assert make(replace(made, made=datetime(2026, 11, 24, tzinfo=UTC))) != first  # type: ignore[operator]


def test_the_files_carry_the_moment_of_the_figures_not_of_the_printing() -> None:
    made = document(made=datetime(2026, 11, 23, 1, 30, 15, tzinfo=UTC))
    file = word.docx(made)
    assert python_docx.Document(BytesIO(file)).core_properties.created == datetime(2026, 11, 23, 1, 30, 15, tzinfo=UTC)
    with zipfile.ZipFile(BytesIO(file)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(2026, 11, 23, 1, 30, 14)}
    assert PdfReader(BytesIO(printing.pdf(made))).metadata["/CreationDate"].startswith("D:20261123013015")  # type: ignore[index]


def appended(**changes: object) -> Official:
    rows = tuple((str(number), "Cổng Dịch vụ công quốc gia") for number in range(80))
    wide = Appendix(title="Danh sách", landscape=True, blocks=(Grid(header=("Lần", "Nơi kiểm tra"), rows=rows),))
    return document(appendices=(wide, Appendix(title="Cách tính", blocks=(Paragraph("Nội dung."),))), **changes)


def test_pages_are_numbered_from_the_second_on_and_each_appendix_apart() -> None:
    made = pages(printing.pdf(appended(body=tuple(Paragraph("Dòng chữ.") for _ in range(60)))))
    firsts = [page.split()[0] for page in made]
    body = firsts.index("Phụ")
    assert firsts[1:body] == [str(number) for number in range(2, body + 1)]
    assert firsts[0] == "ỦY"
    assert firsts[body + 1 : -1] == [str(number) for number in range(2, len(firsts) - body)]
    assert firsts[-1] == "Phụ"


def test_the_header_of_a_table_stands_on_every_page_it_goes_over() -> None:
    made = pages(printing.pdf(appended()))
    over = [page for page in made if "Cổng Dịch vụ công quốc gia" in page]
    assert len(over) > 2
    assert all("Nơi kiểm tra" in page for page in over)


def test_a_wide_appendix_lies_down_in_both_files() -> None:
    sizes = [page.mediabox for page in PdfReader(BytesIO(printing.pdf(appended()))).pages]
    assert sizes[0].height > sizes[0].width
    assert sizes[1].width > sizes[1].height
    assert sizes[-1].height > sizes[-1].width
    sections = python_docx.Document(BytesIO(word.docx(appended()))).sections
    assert [one.page_width > one.page_height for one in sections] == [False, True, False]
    assert all(one.different_first_page_header_footer for one in sections)
    numbering = [one._sectPr.find(f"{{{W}}}pgNumType") for one in sections]
    assert [one if one is None else one.get(f"{{{W}}}start") for one in numbering] == [None, "1", "1"]


@pytest.mark.parametrize(
    "make", [lambda d: "\n".join(pages(printing.pdf(d))), lambda d: words(word.docx(d))], ids=["pdf", "docx"]
)
def test_appendices_are_numbered_in_roman_and_one_alone_is_not(make: object) -> None:
    two = make(appended())  # type: ignore[operator]
    assert "Phụ lục I" in two
    assert "Phụ lục II" in two
    assert "(KèmtheoBáocáosố/BC-SCTngàythángnăm2026củaSởCôngThương)" in squeezed(two)
    one = make(document(appendices=(Appendix(title="Danh sách", blocks=()),)))  # type: ignore[operator]
    assert "Phụ lục I" not in one
    assert "DANH SÁCH" in one


@pytest.mark.parametrize(
    "make", [lambda d: "\n".join(pages(printing.pdf(d))), lambda d: words(word.docx(d))], ids=["pdf", "docx"]
)
def test_several_addressees_stand_one_a_line(make: object) -> None:
    said = make(document(addressees=("Sở Công Thương", "Sở Tư pháp;")))  # type: ignore[operator]
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "- Sở Công Thương;" in lines
    assert "- Sở Tư pháp." in lines
    assert "Kính gửi:" in lines


@pytest.mark.parametrize(
    "make", [lambda d: "\n".join(pages(printing.pdf(d))), lambda d: words(word.docx(d))], ids=["pdf", "docx"]
)
def test_what_is_not_given_leaves_no_empty_words(make: object) -> None:
    said = make(document(addressees=(), recipients=(), parent="", draft=False))  # type: ignore[operator]
    for absent in ("Kính gửi", "Nơi nhận", "DỰ THẢO", "None"):
        assert absent not in said


def test_every_cell_of_a_word_file_has_a_paragraph_as_word_demands() -> None:
    file = python_docx.Document(BytesIO(word.docx(document(addressees=(), recipients=(), parent="", draft=False))))
    assert all(cell.paragraphs for table in file.tables for row in table.rows for cell in row.cells)


def test_a_template_that_the_office_changed_in_word_is_used(tmp_path: Path) -> None:
    changed = python_docx.Document(str(word.FOLDER / "bao-cao.docx"))
    changed.paragraphs[0].runs[0].text = "BÁO CÁO TUẦN"
    changed.save(str(tmp_path / "bao-cao.docx"))
    assert "BÁO CÁO TUẦN" in words(word.docx(document(), folder=tmp_path))


def test_the_templates_are_what_their_script_makes(tmp_path: Path) -> None:
    import subprocess
    import sys

    root = Path(__file__).parents[4]
    subprocess.run([sys.executable, str(root / "scripts" / "make-official-templates"), str(tmp_path)], check=True)
    for name in ("bao-cao.docx", "cong-van.docx"):
        with zipfile.ZipFile(tmp_path / name) as made, zipfile.ZipFile(word.FOLDER / name) as kept:
            assert made.read("word/document.xml") == kept.read("word/document.xml")


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("Đề nghị xem xét.", "Đề nghị xem xét./."),
        ("Đề nghị xem xét", "Đề nghị xem xét./."),
        ("Đề nghị xem xét./.", "Đề nghị xem xét./."),
        ("Gồm:", "Gồm./."),
    ],
)
def test_the_text_ends_once_as_the_decree_ends_it(text: str, ends: str) -> None:
    assert closed((Paragraph(text),))[-1] == Paragraph(ends)
    assert closed((Heading("I"),))[-1] == Paragraph("./.")


def test_recipients_are_punctuated_once() -> None:
    assert listed(("Như trên", "- UBND tỉnh;", "Lưu: VT.")) == ("- Như trên;", "- UBND tỉnh;", "- Lưu: VT.")
    assert listed(()) == ()


def test_text_is_composed_and_holds_no_character_that_a_file_cannot() -> None:
    assert plain("Thanh Ho\u0301a\x00\x0b\ud800\n") == "Thanh Hóa\n"
    word.docx(document(title="Báo\x00cáo\x0b"))


@pytest.mark.parametrize("letter", ["\ufffe", "\uffff", "\ufdd0", "\U0001fffe", "\x0b", "\x85"])
def test_no_letter_of_a_strangers_keeps_a_document_from_being_made(letter: str) -> None:
    said = f"chứng thư cấp cho {letter} tên khác"
    made = document(body=(Paragraph(said), Grid(header=("Nơi",), rows=((said,),))))
    held = "".join(python_docx.Document(BytesIO(word.docx(made))).element.itertext())
    assert "cấp cho  tên khác" in held
    assert letter not in held
    assert printing.pdf(made).startswith(b"%PDF-")


def test_a_document_that_cannot_be_set_in_time_is_an_error_with_a_name() -> None:
    with pytest.raises(printing.NotPrinted, match="no document after"):
        printing.pdf(document(), timeout=0.001)


def test_the_typeface_is_one_that_can_write_vietnamese() -> None:
    face = printing.typeface()
    assert face in {*press.TYPEFACES, press.ALWAYS_THERE}
    fonts = {
        str(font["/BaseFont"]).split("+")[-1].replace("-", "")
        for page in PdfReader(BytesIO(printing.pdf(document()))).pages
        for font in (one.get_object() for one in page["/Resources"]["/Font"].values())  # type: ignore[index, attr-defined]
    }
    assert all(name.startswith(face.replace(" ", "")) for name in fonts), fonts
