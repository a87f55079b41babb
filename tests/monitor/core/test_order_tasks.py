"""One paragraph of a letter: who leads, who helps, whom it is reported to, what it is called; by a small register."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.core.order import DoubtKind, DraftDuty
from monitor.core.order_deadline import Reckoning
from monitor.core.order_names import Group, group_of, is_vague, listed
from monitor.core.order_tasks import Above, Reader, duties_of, orders_in
from monitor.law import official_calendar

CENTRE, COUNCIL = "Trung tâm Phục vụ hành chính công tỉnh", "UBND tỉnh"
ALL, DISTRICTS, COMMUNES = (group.value for group in Group)
THERE = {
    "Sở Công Thương", "Sở Nội vụ", "Sở Tài chính", "Sở Tư pháp", "Sở Văn hóa, Thể thao và Du lịch", "Thanh tra tỉnh",
    "Văn phòng UBND tỉnh", "UBND xã Nga Sơn", "UBND phường Hạc Thành", CENTRE, COUNCIL,
}  # fmt: skip
ALIASES = {"Chủ tịch UBND tỉnh": COUNCIL, "xã Nga Sơn": "UBND xã Nga Sơn", "phường Hạc Thành": "UBND phường Hạc Thành"}


def known(name: str) -> str:
    return name if name in THERE else ALIASES.get(name, "")


READER = Reader(
    by=Reckoning(dated=date(2025, 9, 8), calendar=official_calendar(), closing_day=14),
    known=known,
    addressees=("Sở Nội vụ", COMMUNES),
)


def read(text: str, above: Above | None = None) -> DraftDuty:
    (one,) = duties_of(text, above or Above(), READER)
    return one


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Giám đốc các sở; Thủ trưởng các ban, ngành cấp tỉnh", [ALL]),
        ("Các sở, ban, ngành cấp tỉnh", [ALL]),
        ("các sở, ngành", [ALL]),
        ("Chủ tịch UBND các huyện, thị xã, thành phố", [DISTRICTS]),
        ("UBND các xã, phường, thị trấn", [COMMUNES]),
        ("Ủy ban nhân dân cấp xã và Giám đốc Sở Tài chính", [COMMUNES, "Sở Tài chính"]),
        ("Sở Văn hóa, Thể thao và Du lịch, Sở Nội vụ", ["Sở Văn hóa, Thể thao và Du lịch", "Sở Nội vụ"]),
        ("các Sở: Nội vụ, Văn hóa, Thể thao và Du lịch, Tài chính",
         ["Sở Nội vụ", "Sở Văn hóa, Thể thao và Du lịch", "Sở Tài chính"]),
        ("Sở Nội vụ, Tài chính và Tư pháp", ["Sở Nội vụ", "Sở Tài chính", "Sở Tư pháp"]),
        ("UBND các xã: Nga Sơn và phường Hạc Thành", ["UBND xã Nga Sơn", "UBND phường Hạc Thành"]),
        ("Chánh Văn phòng UBND tỉnh, Chánh Thanh tra tỉnh", ["Văn phòng UBND tỉnh", "Thanh tra tỉnh"]),
        ("Công an tỉnh, VNPT Thanh Hóa", ["Công an tỉnh", "VNPT Thanh Hóa"]),
        ("Sở Nội vụ giám định", ["Sở Nội vụ"]),
        ("Sở Nội vụ và các cơ quan, đơn vị có liên quan", ["Sở Nội vụ", "các cơ quan, đơn vị có liên quan"]),
    ],
)  # fmt: skip
def test_a_list_of_agencies_is_told_apart(text: str, names: list[str]) -> None:
    assert list(listed(text, known)) == names


def test_groups_and_nobody_in_particular_are_told_from_agencies() -> None:
    assert [group_of(name) for name in (ALL, DISTRICTS, COMMUNES, "Sở Nội vụ")] == [*Group, None]
    assert is_vague("các cơ quan, đơn vị, địa phương")
    assert not is_vague("Sở Nội vụ")


@pytest.mark.parametrize(
    ("text", "leads", "partners", "title"),
    [
        ("Sở Công Thương rà soát thủ tục khuyến mại.", ["Sở Công Thương"], [], "Rà soát thủ tục khuyến mại"),
        ("Giao Sở Nội vụ chủ trì, phối hợp với Sở Tài chính và các đơn vị liên quan rà soát biên chế.",
         ["Sở Nội vụ"], ["Sở Tài chính"], "Rà soát biên chế"),
        ("Giao Giám đốc Sở Nội vụ có trách nhiệm rà soát biên chế.", ["Sở Nội vụ"], [], "Rà soát biên chế"),
        ("Chủ tịch UBND tỉnh giao Sở Tư pháp thẩm định dự thảo.", ["Sở Tư pháp"], [], "Thẩm định dự thảo"),
        ("Đối với UBND các xã, phường: niêm yết thủ tục.", [COMMUNES], [], "Niêm yết thủ tục"),
        ("Sở Nội vụ, phối hợp cùng Sở Tư pháp tham mưu quy chế.", ["Sở Nội vụ"], ["Sở Tư pháp"], "Tham mưu quy chế"),
        ("Rà soát quy trình (Sở Tư pháp chủ trì, phối hợp với Sở Nội vụ).",
         ["Sở Tư pháp"], ["Sở Nội vụ"], "Rà soát quy trình"),
        ("Rà soát quy trình; Cơ quan chủ trì: Sở Tư pháp; Cơ quan phối hợp: Sở Nội vụ.",
         ["Sở Tư pháp"], ["Sở Nội vụ"], "Rà soát quy trình"),
        ("Thực hiện Công văn số 1/BTP ngày 01/9/2025, UBND tỉnh yêu cầu Sở Tư pháp tham mưu kế hoạch.",
         ["Sở Tư pháp"], [], "Tham mưu kế hoạch"),
        ("Tăng cường kiểm tra công vụ.", ["Sở Nội vụ", COMMUNES], [], "Tăng cường kiểm tra công vụ"),
    ],
)  # fmt: skip
def test_who_leads_and_who_helps(text: str, leads: list[str], partners: list[str], title: str) -> None:
    duty = read(text)
    assert (list(duty.leads), list(duty.partners), duty.title) == (leads, partners, title)


@pytest.mark.parametrize(
    ("text", "told", "doubts"),
    [
        ("báo cáo Chủ tịch UBND tỉnh trước ngày 11/11/2025 để xem xét, báo cáo Bộ Nội vụ", COUNCIL, []),
        ("gửi kết quả về Văn phòng UBND tỉnh trước ngày 11/11/2025", "Văn phòng UBND tỉnh", []),
        ("trước ngày 11/11/2025, gửi báo cáo về Sở Nội vụ để tổng hợp, báo cáo UBND tỉnh", "Sở Nội vụ", []),
        (f"báo cáo UBND tỉnh (qua {CENTRE}) trước ngày 11/11/2025", COUNCIL, [DoubtKind.REPORT_THROUGH]),
        ("theo báo cáo của Sở Nội vụ, hoàn thành trước ngày 11/11/2025", "", [DoubtKind.REPORT_BLANK]),
        ("báo cáo Tổng cục Thuế trước ngày 11/11/2025", "", [DoubtKind.REPORT_BLANK]),
        ("báo cáo Bộ Nội vụ trước ngày 11/11/2025", "Bộ Nội vụ", [DoubtKind.AGENCY_UNKNOWN]),
    ],
)
def test_to_whom_it_is_reported(text: str, told: str, doubts: list[DoubtKind]) -> None:
    duty = read(f"Sở Tài chính rà soát kinh phí; {text}.")
    assert (duty.report_to, duty.due) == (told, date(2025, 11, 11))
    assert [doubt.kind for doubt in duty.doubts] == doubts


def test_a_bullet_is_done_by_whom_the_heading_above_it_names() -> None:
    duty = read("Phối hợp với Sở Tư pháp rà soát.", Above(place="mục 2", leads=("Sở Nội vụ",), partners=(CENTRE,)))
    assert (duty.place, duty.leads, duty.partners) == ("mục 2", ("Sở Nội vụ",), ("Sở Tư pháp", CENTRE))


def test_nobody_in_particular_is_whoever_the_letter_goes_to() -> None:
    duty = read("Các cơ quan, đơn vị báo cáo kết quả về UBND tỉnh trước ngày 11/11/2025.")
    assert duty.leads == ("Sở Nội vụ", COMMUNES)
    assert [doubt.kind for doubt in duty.doubts] == [DoubtKind.GROUP_VAGUE]


def test_a_paragraph_that_turns_to_somebody_else_is_two() -> None:
    assert orders_in("Sở Nội vụ rà soát. Giao Sở Tư pháp thẩm định; yêu cầu UBND các xã, phường niêm yết.") == (
        "Sở Nội vụ rà soát.",
        "Giao Sở Tư pháp thẩm định;",
        "yêu cầu UBND các xã, phường niêm yết.",
    )


def test_several_deadlines_are_several_duties_and_said_to_be() -> None:
    text = "Sở Nội vụ xây dựng đề án trước ngày 10/10/2025; ban hành trước ngày 11/11/2025, báo cáo UBND tỉnh."
    first, second = duties_of(text, Above(), READER)
    assert (first.due, second.due) == (date(2025, 10, 10), date(2025, 11, 11))
    assert (first.leads, second.leads) == (("Sở Nội vụ",), ("Sở Nội vụ",))
    assert (first.title, second.report_to) == ("Xây dựng đề án", COUNCIL)
    assert all(DoubtKind.SEVERAL_DAYS in {doubt.kind for doubt in duty.doubts} for duty in (first, second))


def test_a_long_task_has_a_short_name() -> None:
    duty = read("Sở Nội vụ rà soát " + "quy trình giải quyết thủ tục hành chính " * 10 + ".")
    assert len(duty.title) <= 162
    assert duty.title.endswith(" …")
