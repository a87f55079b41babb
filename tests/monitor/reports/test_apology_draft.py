"""The draft of an apology: the form of its time, every fact in its place, who the applicant is left blank."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader

from monitor.core.dossier import Dossier
from monitor.law import load_law
from monitor.register import load_register
from monitor.reports.apology_draft import ApologyDraft, NoAppointment, apology_draft
from tests.monitor.reports.conftest import moment

REGISTER = load_register("thanh-hoa")
LAW = load_law(REGISTER.hours_of())
NOW = moment("25/11/2026 08:30")
DOSSIER = Dossier(
    source="mot-cua",
    code="000.00.16.H56-261102-0007",
    procedure="2.000004",
    procedure_name="Đăng ký hoạt động khuyến mại",
    filed=moment("19/11/2026 08:00"),
    received=moment("19/11/2026 09:00"),
    appointment=moment("27/11/2026 17:00"),
    handling_unit="Phòng Quản lý thương mại",
    handling_agency="so-cong-thuong",
    officer="Cán bộ Riêng",
    as_of=NOW,
    first_seen=NOW,
)


def draft(dossier: Dossier = DOSSIER, *, now: datetime = NOW, **given: object) -> ApologyDraft:
    return apology_draft(REGISTER, LAW, dossier, now=now, **given)  # type: ignore[arg-type]


def read(one: ApologyDraft) -> tuple[str, str]:
    """What the Word file says, and what the print says, each on one line."""
    word, printed = one.files()
    assert (word.name, printed.name) == (f"{one.stem}.docx", f"{one.stem}.pdf")
    document = Document(BytesIO(word.content))
    cells = [p.text for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    body = [p.text for p in document.paragraphs]
    pages = " ".join(page.extract_text() for page in PdfReader(BytesIO(printed.content)).pages)
    return " ".join(" ".join((*cells, *body)).split()), " ".join(pages.split())


def test_a_draft_says_what_is_known_and_leaves_blank_what_is_a_persons_to_say() -> None:
    for text in read(draft()):
        for said in (
            "SỞ CÔNG THƯƠNG", "ỦY BAN NHÂN DÂN TỈNH THANH HÓA", "/SCT", "năm 2026", "DỰ THẢO",
            "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT", "được tiếp nhận ngày 19/11/2026",
            "Đăng ký hoạt động khuyến mại (2.000004)", "000.00.16.H56-261102-0007", "Phòng Quản lý thương mại",
            "17:00 27/11/2026", "Kính gửi: ……", "Địa chỉ: ……", "Lý do: ……", "… giờ … phút, ngày … tháng … năm ……",
            "GIÁM ĐỐC", "./.",
        ):  # fmt: skip
            assert said in text
        assert "Riêng" not in text


def test_a_person_may_say_the_reason_and_the_new_day() -> None:
    for text in read(draft(new=date(2026, 12, 4), reason="  Chờ ý kiến của Sở Tài chính. ")):
        assert "Lý do: Chờ ý kiến của Sở Tài chính. " in text
        assert "gia hạn thời gian giải quyết hồ sơ đến: 04/12/2026." in text


def test_before_september_2025_it_is_the_slip_of_2018() -> None:
    early = replace(DOSSIER, received=moment("03/03/2025 09:00"), appointment=moment("10/03/2025 17:00"))
    for text in read(draft(early, now=moment("06/03/2025 08:30"))):
        assert "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ" in text
        assert "hẹn trả kết quả giải quyết hồ sơ vào:" in text


def test_a_new_day_is_proposed_only_where_the_rules_give_more_time_than_was_printed() -> None:
    short = replace(DOSSIER, appointment=moment("25/11/2026 17:00"))
    assert draft(short).sheet.facts["new_date"] == "27/11/2026"  # five working days, a holiday between
    assert draft(DOSSIER).sheet.facts["new_date"].startswith("…")
    assert draft(short, now=moment("27/11/2026 08:30")).sheet.facts["new_date"].startswith("…")
    assert draft(replace(short, received=None)).sheet.facts["new_date"].startswith("…")
    assert draft(replace(short, received=moment("19/11/2030 09:00"))).sheet.facts["new_date"].startswith("…")


def test_what_a_source_does_not_say_is_left_for_the_unit_to_fill_in() -> None:
    bare = Dossier(source="mot-cua", code="H56/../1", appointment=date(2026, 11, 27), as_of=NOW, first_seen=NOW)
    made = draft(bare)
    assert made.stem == "du-thao-xin-loi-H56-..-1"
    for text in read(made):
        assert "(cơ quan giải quyết)" in text
        assert "được tiếp nhận ngày … tháng … năm ……" in text
    with pytest.raises(NoAppointment):
        draft(replace(bare, appointment=None))


def test_the_same_dossier_gives_the_same_bytes_and_an_offices_own_words_are_printed_too(tmp_path: Path) -> None:
    assert [one.content for one in draft().files()] == [one.content for one in draft().files()]
    own = Document()
    own.add_paragraph("Mẫu riêng của cơ quan")
    for name in ("agency", "procedure", "code", "received", "appointment", "reason", "new_date"):
        own.add_paragraph(f"{name}: {{{{ {name} }}}}")
    (tmp_path / "templates").mkdir()
    own.save(str(tmp_path / "templates" / "xin-loi-gia-han.docx"))
    for text in read(draft(var_dir=tmp_path)):
        assert text.startswith("Mẫu riêng của cơ quan agency: SỞ CÔNG THƯƠNG")
        assert "DỰ THẢO" not in text


def test_no_draft_is_longer_than_it_must_be_however_long_the_names_are() -> None:
    long = replace(DOSSIER, procedure_name="Thủ tục có tên rất dài " * 20, handling_unit="Phòng " * 40)
    word, printed = draft(long, reason="Lý do dài " * 60).files()
    pages = PdfReader(BytesIO(printed.content)).pages
    assert len(pages) == 2
    assert "2" in pages[1].extract_text()[:3]
    assert len(word.content) < 60_000


def test_the_officer_and_the_moment_stay_out_of_the_files_properties() -> None:
    word, printed = draft(now=NOW + timedelta(hours=1)).files()
    said = Document(BytesIO(word.content)).core_properties
    assert (said.author, said.title) == (
        "Sở Công Thương",
        "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết: 000.00.16.H56-261102-0007",
    )
    info = PdfReader(BytesIO(printed.content)).metadata
    assert info is not None
    assert (info.author, info.title) == (said.author, said.title)
