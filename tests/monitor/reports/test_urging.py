"""Letters to agencies about their late dossiers: every delay in the appendix, the same in Word and in print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from pypdf import PdfReader

from monitor.core.apology import Apology
from monitor.core.dossier import Dossier
from monitor.core.explanation import DelayCause, Explanation, Road, delay_of
from monitor.core.finding import Finding, FindingKind, Standing
from monitor.core.official_letter import DispatchKind
from monitor.law import load_law
from monitor.register import load_register
from monitor.reports.drafts import Draft
from monitor.reports.lists.overdue import Overdue
from monitor.reports.urging import urging
from tests.monitor.reports.conftest import moment

REGISTER = load_register("thanh-hoa")
LAW = load_law(REGISTER.hours_of())
NOW = moment("25/11/2026 08:30")
SCT = "so-cong-thuong"
FIGURES = {"mot-cua": moment("25/11/2026 00:00")}
"""The files of Tuesday: newer than most words of the dossiers, and the one moment that list and page name."""
LONG = "Đăng ký hoạt động khuyến mại đối với chương trình khuyến mại mang tính may rủi " * 2


def late(number: int, kind: FindingKind = FindingKind.RESULT, **changes: object) -> Overdue:
    dossier = Dossier(
        source="mot-cua",
        code=f"000.00.16.H56-261102-{number:04d}",
        procedure="2.000004",
        procedure_name=LONG if number % 5 == 0 else "Thông báo hoạt động khuyến mại",
        filed=moment("02/11/2026 08:00"),
        appointment=moment("20/11/2026 17:00"),
        handling_unit="Phòng Quản lý thương mại <b>#x",
        handling_agency=SCT,
        matter=number,
        as_of=NOW - timedelta(hours=number),
        first_seen=NOW,
    )
    rules = ("reception_hours",) if kind is FindingKind.RECEPTION else ()
    finding = Finding(kind=kind, standing=Standing.LATE, due=dossier.appointment, agency=SCT, rules=rules)
    facts = {"delay": delay_of(dossier, kind), "agency": SCT, "group": SCT, "unit": dossier.handling_unit}
    made = Overdue(dossier=dossier, finding=finding, days=number or None, **facts)  # type: ignore[arg-type]
    return replace(made, **changes)  # type: ignore[arg-type]


def drafted(some: Iterable[Overdue], kind: DispatchKind = DispatchKind.URGE, **more: str) -> Draft:
    return urging(REGISTER, LAW, kind, SCT, tuple(some), now=NOW, figures=FIGURES, handle="DT7", **more)


def read(draft: Draft) -> tuple[str, list[tuple[str, ...]], list[str]]:
    """The Word file's text, the rows of its last table, the pages in print."""
    word, printed = draft.files()
    document = Document(BytesIO(word.content))
    rows = [tuple(cell.text for cell in row.cells) for row in document.tables[-1].rows]
    pages = [page.extract_text() for page in PdfReader(BytesIO(printed.content)).pages]
    return "\n".join(one.text for one in document.paragraphs), rows, pages


APOLOGY = Apology(
    matter=2, agency=SCT, document="12/PXL-SCT", dated=date(2026, 11, 19), old=NOW, new=NOW, at=NOW, by="A"
)


def test_every_delay_stands_in_the_appendix_with_what_was_done_about_it() -> None:
    one = late(2, apologies=(APOLOGY,))
    said = Explanation(
        delay=one.delay, agency=SCT, at=NOW, cause=DelayCause.COORDINATION, text="", road=Road.LETTER, given_by="A",
        entered_by="B",
    )  # fmt: skip
    some = [replace(one, explanation=said), late(0, FindingKind.RECEPTION), *(late(n) for n in range(3, 46))]
    draft = drafted(some)
    text, rows, pages = read(draft)
    assert draft.stem == "du-thao-don-doc-so-cong-thuong-DT7"
    assert len(rows) == len(some) + 1
    assert rows[1] == (
        "1", "000.00.16.H56-261102-0002", "Thông báo hoạt động khuyến mại", "Phòng Quản lý thương mại <b>#x",
        "Trả kết quả", "17:00 20/11/2026", "2", "12/PXL-SCT ngày 19/11/2026", "chờ ý kiến của cơ quan phối hợp",
    )  # fmt: skip
    assert rows[2][4:] == ("Tiếp nhận", "17:00 20/11/2026", "–", "chưa có", "chưa có")
    for words in (
        "có 45 hồ sơ quá hạn (1 hồ sơ chậm tiếp nhận, 44 hồ sơ quá hạn trả kết quả), lâu nhất 45 ngày làm việc",
        "1 hồ sơ đã ghi nhận văn bản xin lỗi. 1 hồ sơ đã được giải trình nguyên nhân.",
        "tính đến hết ngày 24/11/2026",
        "Quá hạn được xét theo giờ, phút.",
        "trong 01 ngày làm việc kể từ ngày nhận được văn bản này",
    ):
        assert words in text
        assert words in " ".join(pages[0].split())
    everything = "".join("".join(page.split()) for page in pages[1:])
    assert all("".join(row[1].split()) in everything for row in rows[1:])
    assert "DT7" not in text + "".join(pages)


def test_the_letter_stands_upright_and_its_list_lies_down_numbered_apart() -> None:
    draft = drafted(late(n) for n in range(1, 46))
    word, printed = draft.files()
    sections = Document(BytesIO(word.content)).sections
    assert [one.orientation for one in sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE]
    pages = PdfReader(BytesIO(printed.content)).pages
    assert pages[0].mediabox.width < pages[0].mediabox.height
    assert all(page.mediabox.width > page.mediabox.height for page in pages[1:])
    assert pages[1].extract_text().startswith("Phụ lục")
    assert pages[2].extract_text().startswith("2")


@pytest.mark.parametrize("kind", DispatchKind)
def test_number_day_and_signature_are_left_blank_and_the_same_list_gives_the_same_bytes(kind: DispatchKind) -> None:
    some = [late(1), late(2, FindingKind.RECEPTION)]
    draft = drafted(some, kind)
    text, _, pages = read(draft)
    assert pages[0].count("DỰ THẢO") == 1
    assert "ngày     tháng     năm 2026" in pages[0].replace("\u00a0", " ")
    assert text.count("Trân trọng./.") == pages[0].count("Trân trọng./.") == 1
    assert [one.content for one in draft.files()] == [one.content for one in drafted(some, kind).files()]


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ((FindingKind.RESULT,), "có 1 hồ sơ quá hạn trả kết quả, lâu nhất 2 ngày làm việc"),
        ((FindingKind.RECEPTION,), "có 1 hồ sơ quá hạn tiếp nhận, lâu nhất 2 ngày làm việc"),
    ],
)
def test_a_letter_asks_only_for_what_there_is(kinds: tuple[FindingKind, ...], said: str) -> None:
    text, _, _ = read(drafted(late(2, kind) for kind in kinds))
    assert said in text
    assert ("chỉ được hẹn lại một lần" in text) is (FindingKind.RESULT in kinds)


def test_who_asks_why_asks_for_cause_duty_remedy_and_apology_and_may_be_another_agency() -> None:
    text, rows, pages = read(drafted([late(2)], DispatchKind.EXPLAIN, sender="vp-ubnd-tinh"))
    for words in ("Nguyên nhân để quá hạn", "Trách nhiệm của bộ phận", "Biện pháp khắc phục", "số, ngày văn bản"):
        assert words in text
    assert "VĂN PHÒNG UBND TỈNH" in pages[0]
    assert len(rows) == 2


def test_an_unread_calendar_or_rule_is_no_figure() -> None:
    bare = replace(LAW, rules={})
    draft = urging(REGISTER, bare, DispatchKind.URGE, SCT, [late(0)], now=NOW, figures=FIGURES, handle="DT7")
    text, rows, _ = read(draft)
    assert "lâu nhất" not in text
    assert rows[1][6] == "–"
