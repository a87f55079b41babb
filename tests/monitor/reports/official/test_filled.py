"""Forms in Word that an office may edit: checked, filled as text, the same bytes, and printed as they stand."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Mm
from pypdf import PdfReader

from monitor.reports.official.apart import filled_apart
from monitor.reports.official.filled import Fields, Sheet, TemplateWrong, filled, template_path
from monitor.reports.official.form_print import form_pdf
from monitor.reports.official.print import NotPrinted
from monitor.reports.official.word import FOLDER

FIELDS = Fields(needed=frozenset({"code"}), known=frozenset({"code", "reason"}))
MADE = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
HOSTILE = "{{ 7*7 }} {% for x in y %} <w:p> & \" ' ẵ\x00\ud800 #[typst] $x$ *đậm*"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

Made = Callable[..., Path]


@pytest.fixture
def template(tmp_path: Path) -> Made:
    """A template of these paragraphs."""

    def made(*lines: str, name: str = "mau.docx") -> Path:
        document = Document()
        for line in lines:
            document.add_paragraph(line)
        document.core_properties.author = document.core_properties.last_modified_by = "Trần Thị Riêng"
        document.core_properties.comments = "Riêng"
        document.save(str(tmp_path / name))
        return tmp_path / name

    return made


def sheet(path: Path, **facts: str) -> Sheet:
    known = {"code": "H56-1", "reason": "", **facts}
    return Sheet(path=path, fields=FIELDS, facts=known, title="Phiếu: H56-1", author="Sở Công Thương", made=MADE)


def words(word: bytes) -> str:
    return "\n".join(one.text for one in Document(BytesIO(word)).paragraphs)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param(("Hồ sơ {{ reason }}",), "thiếu trường {{ code }}", id="lacking"),
        pytest.param(("Hồ sơ {{ code }} {{ ten_nguoi_nop }}",), "không biết {{ ten_nguoi_nop }}", id="unknown"),
        pytest.param(("Hồ sơ {{ code ",), "mau.docx", id="open-brace"),
        pytest.param(("Hồ sơ {{ code }} {% if %}",), "mau.docx", id="broken-language"),
    ],
)
def test_a_template_that_cannot_be_used_is_named_in_one_line(template: Made, lines: tuple[str, ...], said: str) -> None:
    with pytest.raises(TemplateWrong) as why:
        filled(sheet(template(*lines)))
    assert said in str(why.value)
    assert "\n" not in str(why.value)


def test_what_is_no_word_file_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "mau.docx").write_bytes(b"\xd0\xcf\x11\xe0 old Word")
    with pytest.raises(TemplateWrong, match=r"\.docx"):
        filled(sheet(tmp_path / "mau.docx"))


def test_nothing_of_this_machine_is_reached_from_between_the_braces(template: Made) -> None:
    path = template("{{ code }} {{ code.__class__.__mro__[1].__subclasses__() }}")
    with pytest.raises(TemplateWrong, match="unsafe"):
        filled(sheet(path))


def test_facts_are_text_whatever_stands_in_them(template: Made) -> None:
    word = filled(sheet(template("Mã {{ code }}", "Lý do: {{ reason }}"), reason=HOSTILE))
    assert words(word) == "Mã H56-1\nLý do: {{ 7*7 }} {% for x in y %} <w:p> & \" ' ẵ #[typst] $x$ *đậm*"
    printed = PdfReader(BytesIO(form_pdf(word))).pages[0].extract_text()
    assert "#[typst] $x$ *đậm*" in printed


def test_the_same_form_gives_the_same_bytes_and_says_nobodys_name_in_its_properties(template: Made) -> None:
    path = template("Mã {{ code }}")
    word = filled(sheet(path))
    assert word == filled(sheet(path))
    assert form_pdf(word) == form_pdf(word)
    said = Document(BytesIO(word)).core_properties
    assert (said.title, said.author, said.last_modified_by, said.comments) == ("Phiếu: H56-1", "Sở Công Thương", "", "")
    assert said.created == said.modified == MADE


def test_the_offices_own_template_comes_first(template: Made, tmp_path: Path) -> None:
    mine = template("{{ code }}", name="xin-loi-gia-han.docx")
    assert template_path(mine.name, tmp_path) == mine
    assert template_path(mine.name, None) == FOLDER / mine.name
    assert template_path("xin-loi-hen-lai.docx", tmp_path) == FOLDER / "xin-loi-hen-lai.docx"


def test_the_print_says_what_the_word_file_says_where_it_says_it(tmp_path: Path) -> None:
    document = Document()
    table = document.add_table(rows=2, cols=2)
    table.style = "Table Grid"
    for place, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"Ô {place}"
    heading = document.add_paragraph("PHIẾU {{ code }}")
    heading.alignment = 1
    heading.runs[0].bold = heading.runs[0].underline = True
    document.add_paragraph("")
    for number in range(60):
        text = document.add_paragraph(f"Đoạn {number}: lời văn của cơ quan, dài hơn một chút để có chữ xuống dòng.")
        text.paragraph_format.first_line_indent, text.paragraph_format.line_spacing = Mm(12.7), 1.5
    document.save(str(tmp_path / "mau.docx"))
    pages = PdfReader(BytesIO(form_pdf(filled(sheet(tmp_path / "mau.docx"))))).pages
    text = "\n".join(page.extract_text() for page in pages)
    places = [text.index(one) for one in ("Ô 0", "Ô 1", "Ô 2", "Ô 3", "PHIẾU H56-1", "Đoạn 0:", "Đoạn 59:")]
    assert places == sorted(places)
    assert len(pages) > 2
    assert pages[1].extract_text().startswith("2")
    assert not pages[0].extract_text().startswith("1")


def test_a_form_with_pictures_is_not_printed_without_them(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("{{ code }}")
    document.add_picture(BytesIO(PIXEL))
    document.save(str(tmp_path / "mau.docx"))
    word = filled(sheet(tmp_path / "mau.docx"))
    with pytest.raises(NotPrinted, match="pictures"):
        form_pdf(word)


def test_forms_filled_apart_are_the_same_and_one_that_cannot_be_harms_no_other(template: Made) -> None:
    good, bad = sheet(template("Mã {{ code }}")), sheet(template("Không có mã", name="sai.docx"))
    first, why, last = filled_apart([good, bad, good])
    assert first == last == filled(good)
    assert isinstance(why, str)
    assert "sai.docx" in why
    assert list(filled_apart([good], timeout=timedelta(milliseconds=1).total_seconds())) == [
        "Không soạn được (TimeoutExpired)"
    ]
