"""What a short message says, and what it never does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitor.core.ladder import SubjectKind
from monitor.core.period import ICT
from monitor.reports.brief_words import LONGEST, Brief, Stop, brief_words
from monitor.reports.item import Item, Section
from notifiers.plain import parts, unaccented

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=ICT)
LINK = "https://giamsat.thanhhoa.gov.vn"
LONG = "Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại theo hình thức khuyến mại mang tính may rủi " * 4


def late(number: int = 7, section: Section = Section.LATE, name: str = "Đăng ký hoạt động khuyến mại") -> Item:
    return Item(
        section=section, kind=SubjectKind.RESULT, stage="late", nth=1, skipped=(), source="mot-cua",
        code=f"H56.02-261116-{number:04}", procedure="2.001474", procedure_name=name, agency="Sở Công Thương",
        unit="Phòng Quản lý thương mại", due=NOW - timedelta(days=2), days=2, hours=None, cut_off=None, last_call=False,
        projected=False, rules=(), as_of=NOW,
    )  # fmt: skip


def test_one_dossier_is_named_with_its_procedure_and_due_time_and_no_unit() -> None:
    said = brief_words(Brief(items=(late(),), link=LINK))
    assert said.subject == "Hồ sơ H56.02-261116-0007"
    assert said.text == (
        "Giám sát TTHC: hồ sơ H56.02-261116-0007 (Đăng ký hoạt động khuyến mại): quá hạn 2 ngày làm việc. "
        f"Hẹn trả 07:30 23/11/2026. {LINK}"
    )


def test_several_are_counted_and_what_else_there_is_too() -> None:
    items = (late(1), late(2), late(3, Section.TODAY))
    said = brief_words(Brief(items=items, others={SubjectKind.DUTY: 2}, lost=True))
    assert said.subject == "3 hồ sơ cần xem"
    assert said.text == (
        "Giám sát TTHC: 3 hồ sơ: 2 quá hạn, 1 hôm nay đến hạn. 2 việc: nhiệm vụ được giao. "
        "Thư gửi đồng chí không tới được hộp thư."
    )


def test_a_service_is_down_and_works_again() -> None:
    down = Stop(service="2.001474", procedure="Khuyến mại", since=NOW, back=None)
    over = Stop(service="2.001474", procedure="Khuyến mại", since=NOW, back=NOW + timedelta(hours=1))
    assert "2.001474 (Khuyến mại) ĐANG GIÁN ĐOẠN từ 07:30 25/11/2026." in brief_words(Brief(stop=down)).text
    assert "đã hoạt động lại lúc 08:30 25/11/2026, gián đoạn từ 07:30" in brief_words(Brief(stop=over)).text
    assert brief_words(Brief(stop=over)).subject == "Dịch vụ công 2.001474 đã hoạt động lại"


def test_what_has_nothing_to_name_still_says_where_to_read() -> None:
    assert brief_words(Brief(link=LINK)).text == f"Giám sát TTHC: có một thư cần đọc. {LINK}"


@pytest.mark.parametrize(
    "link", ["", LINK, f"{LINK}/{'x' * 120}", f"{LINK}/{'x' * 400}"], ids=["none", "short", "long", "endless"]
)
@pytest.mark.parametrize("others", [{}, dict.fromkeys(SubjectKind, 1000)], ids=["alone", "with all else"])
def test_nothing_is_longer_than_two_parts_and_an_address_is_whole_or_left_out(
    link: str, others: dict[SubjectKind, int]
) -> None:
    text = brief_words(Brief(items=(late(name=LONG),), others=others, link=link, lost=True)).text
    for form in (text, unaccented(text)):
        assert len(form) <= LONGEST
        assert not link or "https" not in form or form.endswith(link)
    assert parts(unaccented(text)) <= 2
    if not others:
        assert "H56.02-261116-0007" in text
