"""Official letters, as files, come to the draft that a clerk would write: the founding one, and ten in its form."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.order_file import OrderFile
from jobs.orders import masked
from monitor.config import load_settings
from monitor.core.order import DraftDuty, DraftOrder
from monitor.core.order_reading import read
from monitor.core.order_tables import dossiers_in, is_usual
from monitor.core.order_text import Printed, parts
from monitor.law import load_law
from monitor.register import load_register
from monitor.reports.order_draft import closing_day_of, file_of, known_on, with_dossiers
from monitor.sources.letter_text import printed
from tests.letters.made import FOUNDING, HERE, NAMES, data_of, made

TODAY = date(2026, 11, 25)
REGISTER = load_register(load_settings(Path("khong-co.env")).register)
LAW = load_law(REGISTER.hours_of())


def drafted(path: Path, dated: date | None = None) -> DraftOrder:
    """As the command drafts it, in this process."""
    text = printed(path)
    found = read(text, known_on(REGISTER), LAW.calendars["default"], closing_day_of(LAW), today=TODAY, dated=dated)
    listed = dossiers_in(text.grids, parts(text).appendix)
    return with_dossiers(masked(found), listed, [one.code for one in listed if not is_usual(one.code)])


def shown(duty: DraftDuty) -> dict[str, Any]:
    """What is expected of every duty."""
    every = duty.every
    return {
        "place": duty.place,
        "leads": list(duty.leads),
        "partners": list(duty.partners),
        "report_to": duty.report_to,
        "due": duty.due.isoformat() if duty.due else "",
        "due_kind": duty.due_kind.value if duty.due or every else "",
        "every": [every.months, every.closing_day, every.due_day] if every else [],
        "dossiers": [[one.code, one.unit] for one in duty.dossiers],
        "doubts": sorted({doubt.kind.value for doubt in duty.doubts}),
    }


PRINTED = ("02-ke-hoach-bang", "06-bao-cao-dinh-ky", "10-cong-dien")
"""Word letters that are read as PDF too: with tables, cells that span rows or columns, points a and b."""


@pytest.mark.parametrize(("name", "kind"), [*((name, "") for name in NAMES), *((name, "pdf") for name in PRINTED)])
def test_a_letter_comes_to_its_draft(name: str, kind: str, tmp_path: Path) -> None:
    expected = data_of(name)["expected"]
    draft = drafted(made(name, tmp_path, kind))
    head = {key: expected[key] for key in ("document", "issuer", "subject", "signer")}
    assert {key: getattr(draft, key) for key in head} == head
    assert draft.dated == date.fromisoformat(expected["dated"])
    assert sorted(doubt.kind.value for doubt in draft.doubts) == expected["doubts"]
    blank: dict[str, Any] = {"partners": [], "report_to": "", "due": "", "due_kind": "", "every": [], "dossiers": []}
    wanted = [
        {**blank, "doubts": [], **{key: value for key, value in duty.items() if key not in ("title", "hides")}}
        for duty in expected["duty"]
    ]
    assert [shown(duty) for duty in draft.duties] == wanted
    for duty, said in zip(draft.duties, expected["duty"], strict=True):
        assert duty.title == said.get("title", duty.title)
        assert said.get("hides", "\0") not in duty.text


def test_a_pdf_that_changes_fonts_within_words_is_read_as_it_looks() -> None:
    draft, expected = drafted(HERE / "trinh-duyet.pdf"), data_of("03-thong-bao-ket-luan")["expected"]
    assert {key: getattr(draft, key) for key in ("document", "issuer", "subject", "signer")} == {
        key: expected[key] for key in ("document", "issuer", "subject", "signer")
    }
    assert [duty.title for duty in draft.duties][:1] == [expected["duty"][0]["title"]]
    assert [(list(duty.leads), duty.due and duty.due.isoformat()) for duty in draft.duties] == [
        (duty["leads"], duty.get("due")) for duty in expected["duty"]
    ]


def test_a_table_on_a_page_is_said_to_be_unread_and_makes_no_duty() -> None:
    lines = (
        *("Số: 215/KH-UBND", "Thanh Hóa, ngày 03 tháng 10 năm 2025", "KẾ HOẠCH", "Dịch vụ công", "I. NHIỆM VỤ"),
        *("TT Nhiệm vụ Cơ quan chủ trì Thời hạn", "1 Rà soát Sở Nội vụ trước ngày 20/11/2025"),
        "2. Sở Tư pháp thẩm định./.",
    )
    text = Printed(lines=lines, wrapped=True)
    draft = read(text, known_on(REGISTER), LAW.calendars["default"], closing_day_of(LAW), today=TODAY)
    assert "table_unread" in {doubt.kind.value for doubt in draft.doubts}
    assert [duty.leads for duty in draft.duties] == [("Sở Tư pháp",)]
    assert any("Rà soát" in one for one in draft.aside)


def test_the_founding_letter_gives_exactly_two_dated_duties() -> None:
    draft = drafted(FOUNDING)
    dated = [duty for duty in draft.duties if duty.due or duty.every]
    assert [(duty.place, duty.due, duty.due_kind.value, duty.due_words) for duty in dated] == [
        ("mục 2", date(2024, 3, 11), "before", "trước ngày 11/3/2024"),
        ("mục 3", date(2024, 3, 11), "before", "trước ngày 11/3/2024"),
    ]
    centre, trade = dated
    assert (centre.leads, centre.report_to) == (("Trung tâm Phục vụ hành chính công tỉnh",), "UBND tỉnh Thanh Hóa")
    assert centre.partners == ("Các sở, ban, ngành cấp tỉnh", "UBND các huyện, thị xã, thành phố")
    assert (trade.leads, trade.partners) == (("Sở Công Thương",), ("Trung tâm Phục vụ hành chính công tỉnh",))
    assert trade.report_to == "UBND tỉnh Thanh Hóa"
    assert "Phụ lục II" in centre.text


def test_the_founding_letters_general_tasks_have_no_day_and_its_head_is_blank() -> None:
    draft = drafted(FOUNDING)
    general = [duty for duty in draft.duties if duty.place.startswith("mục 1")]
    assert [duty.due for duty in general] == [None, None]
    assert all(len(duty.leads) == 4 for duty in general)
    assert [doubt.kind.value for doubt in draft.doubts] == ["date_blank", "number_blank"]
    assert (draft.document, draft.dated, draft.reckoned_on) == ("/UBND-KSTTHCNC", None, date(2024, 2, 29))
    assert [one.partition(",")[0] for one in draft.aside][-1] == "Trong quá trình triển khai thực hiện nhiệm vụ"
    assert drafted(FOUNDING, date(2024, 3, 5)).reckoned_on == date(2024, 3, 5)


SAID = (
    "Giao Sở Công Thương chủ trì, phối hợp với UBND các xã, phường rà soát; báo cáo UBND tỉnh (qua Sở Nội vụ) trước "
    "ngày 11/3/2025 1. a) - + I. II. các sở, ban, ngành hằng tháng quý năm 6 tháng ( ) : . ; Phụ lục Nơi nhận: ./. "
    'KT. CHỦ TỊCH Kính gửi: \\ " “ ” # {{ % [[x]] \x01 \x7f ngày tháng V/v Số: 1/UBND H56-250101-0001'
)
LINES = st.lists(st.lists(st.sampled_from(SAID.split(" ")), max_size=25).map(" ".join), max_size=12)


@given(LINES, st.booleans())
def test_whatever_a_letter_says_its_draft_can_be_read_back(lines: list[str], wrapped: bool) -> None:
    text = Printed(lines=tuple(lines), wrapped=wrapped)
    found = read(text, known_on(REGISTER), LAW.calendars["default"], closing_day_of(LAW), today=TODAY)
    name = 'thư "a"\x01.docx'
    file = tomllib.loads(file_of(masked(found), REGISTER, LAW, file=name, sha256="", today=TODAY))
    assert OrderFile.model_validate(file)
    assert file["van_ban"]["tep"] == name
    assert [one["cho"] for one in file["nhiem_vu"]] == [duty.place for duty in found.duties] or not found.duties
