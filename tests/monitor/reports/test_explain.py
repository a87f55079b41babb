"""The certificate of a dossier's deadlines: what it names, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from monitor.core.agency import Agency, AgencyKind
from monitor.core.dossier import Dossier, Status, Supplement
from monitor.core.finding import FindingKind, Standing
from monitor.core.law import Law
from monitor.core.period import ICT
from monitor.law import load_law
from monitor.register import register_of
from monitor.reports.counted import Clock
from monitor.reports.explain import explanation

LAW = load_law()
REGISTER = register_of(
    agencies=(
        Agency(key="trung-tam", name="Trung tâm Phục vụ hành chính công tỉnh", kind=AgencyKind.CENTRE),
        Agency(key="so-cong-thuong", name="Sở Công Thương", kind=AgencyKind.DEPARTMENT),
    ),
    centre="trung-tam",
)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ICT)


NOW = moment("23/11/2026 17:00")
WAITING = Dossier(
    source="mot-cua",
    code="H56.02-261123-0007",
    procedure="2.001474",
    procedure_name="Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại",
    channel="2",
    status="1",
    filed=moment("23/11/2026 16:00"),
    receiving_unit="Quầy Sở CT tại TTPVHCC",
    handling_unit="Phòng QLTM",
    receiving_agency="trung-tam",
    handling_agency="so-cong-thuong",
    as_of=moment("23/11/2026 16:05"),
    first_seen=moment("23/11/2026 16:05"),
)
HANDLED = replace(WAITING, status="4", received=moment("23/11/2026 16:30"), appointment=moment("30/11/2026 17:00"))


def clocks(dossier: Dossier, now: datetime = NOW, law: Law = LAW) -> dict[FindingKind, Clock]:
    return {clock.kind: clock for clock in explanation(dossier, now, law, REGISTER).clocks}


def text(dossier: Dossier, now: datetime = NOW, law: Law = LAW) -> str:
    return explanation(dossier, now, law, REGISTER).as_text()


def test_each_day_passed_over_is_named_with_the_document_that_makes_it_one() -> None:
    told = text(WAITING)
    assert "Nộp: 16:00 23/11/2026 (thứ Hai)" in told
    assert "24/11/2026 (thứ Ba): Ngày Văn hóa Việt Nam – Nghị quyết 28/2026/QH16" in told
    assert "Hạn tiếp nhận: 16:00 25/11/2026 (thứ Tư)" in told
    assert "8 giờ làm việc kể từ đúng lúc nộp" in told


def test_weekends_are_named_without_a_document_and_made_up_days_with_one() -> None:
    over = clocks(replace(WAITING, filed=moment("20/11/2026 16:00")))[FindingKind.RECEPTION]
    assert [(day.day.day, day.document) for day in over.days if not day.working] == [(21, ""), (22, "")]
    made_up = clocks(replace(WAITING, filed=moment("21/08/2026 16:00")))[FindingKind.RECEPTION]
    (day,) = made_up.days
    assert (day.day, day.working) == (date(2026, 8, 22), True)
    assert day.document
    assert "Ngày làm bù, có tính: 22/08/2026" in text(replace(WAITING, filed=moment("21/08/2026 16:00")))


def test_a_rule_nobody_confirmed_says_so_and_a_confirmed_one_by_whom() -> None:
    (rule,) = (rule for rule in LAW.rules["reception_hours"] if rule.end is None)
    confirmed = replace(LAW, rules={"reception_hours": (replace(rule, confirmed_by="Nguyễn Văn A, Sở Tư pháp"),)})
    assert f"{rule.citation}." in text(WAITING)  # which says so itself: "điều khoản chưa xác nhận"
    silent = replace(LAW, rules={"reception_hours": (replace(rule, citation="Nghị định X"),)})
    assert "Nghị định X (chưa xác nhận)." in text(WAITING, law=silent)
    assert f"{rule.citation} (đã xác nhận: Nguyễn Văn A, Sở Tư pháp)" in text(WAITING, law=confirmed)


def test_each_clock_names_the_unit_printed_and_the_agency_it_was_matched_to() -> None:
    told = text(HANDLED)
    assert "Đơn vị: Quầy Sở CT tại TTPVHCC – Trung tâm Phục vụ hành chính công tỉnh" in told
    assert "Đơn vị: Phòng QLTM – Sở Công Thương" in told
    assert "Phòng QLTM – chưa xác định đơn vị" in text(replace(HANDLED, handling_agency=""))
    assert "Đơn vị: Sở Công Thương\n" in text(replace(HANDLED, handling_unit="Sở Công Thương"))


@pytest.mark.parametrize(
    ("changed", "now", "says"),
    [
        ({}, "23/11/2026 17:00", "TIẾP NHẬN: đang trong hạn"),
        ({}, "25/11/2026 15:30", "TIẾP NHẬN: đến hạn"),
        ({}, "25/11/2026 16:01", "TIẾP NHẬN: chậm tiếp nhận"),
        ({"status": "3"}, "25/11/2026 16:01", "TIẾP NHẬN: đã từ chối tiếp nhận"),
        ({"status": "7"}, "25/11/2026 16:01", "TIẾP NHẬN: không còn chờ tiếp nhận"),
        ({"status": "11"}, "25/11/2026 16:01", "TIẾP NHẬN: không rõ, vì mã trạng thái lạ"),
        ({"status": "2", "received": moment("25/11/2026 16:00")}, "26/11/2026 07:00", "NHẬN: đã tiếp nhận trong hạn"),
        ({"status": "2", "received": moment("25/11/2026 16:01")}, "26/11/2026 07:00", "TIẾP NHẬN: đã tiếp nhận, chậm"),
    ],
)  # fmt: skip
def test_reception_is_said_in_the_offices_words(changed: dict[str, Any], now: str, says: str) -> None:
    assert says in text(replace(WAITING, **changed), moment(now))


@pytest.mark.parametrize(
    ("changed", "now", "says"),
    [
        ({}, "24/11/2026 17:00", "TRẢ KẾT QUẢ: đang trong hạn"),
        ({}, "25/11/2026 07:00", "TRẢ KẾT QUẢ: sắp đến hạn"),
        ({}, "30/11/2026 17:00", "TRẢ KẾT QUẢ: đến hạn"),
        ({}, "30/11/2026 17:01", "TRẢ KẾT QUẢ: quá hạn"),
        ({"status": "5"}, "30/11/2026 17:01", "TRẢ KẾT QUẢ: chờ người nộp hồ sơ"),
        ({"status": "9", "finished": moment("30/11/2026 17:00")}, "01/12/2026 08:00", "TRẢ KẾT QUẢ: đã xong trong hạn"),
        ({"status": "9", "finished": moment("30/11/2026 17:01")}, "01/12/2026 08:00", "TRẢ KẾT QUẢ: đã xong, quá hạn"),
        ({"status": "9"}, "01/12/2026 08:00", "TRẢ KẾT QUẢ: đã kết thúc, nguồn không ghi lúc nào"),
        ({}, "27/11/2026 17:00", "VĂN BẢN XIN LỖI (nếu thấy không kịp trả kết quả): đến hạn"),
        ({}, "28/11/2026 17:00", "VĂN BẢN XIN LỖI (nếu thấy không kịp trả kết quả): đã qua hạn gửi trước"),
        ({}, "01/12/2026 17:00", "VĂN BẢN XIN LỖI (nếu thấy không kịp trả kết quả): đã qua"),
    ],
)  # fmt: skip
def test_result_and_apology_are_said_in_the_offices_words(changed: dict[str, Any], now: str, says: str) -> None:
    assert says in text(replace(HANDLED, **changed), moment(now))


def test_the_apology_is_counted_back_from_the_appointment() -> None:
    apology = clocks(HANDLED)[FindingKind.APOLOGY]
    assert apology.due == date(2026, 11, 27)
    assert [day.day.day for day in apology.days] == [28, 29]
    assert "Hạn gửi: 27/11/2026 (thứ Sáu), đến hết ngày" in text(HANDLED)


def test_a_day_not_announced_yet_makes_it_expected() -> None:
    told = text(replace(WAITING, filed=moment("31/12/2026 16:00")), moment("31/12/2026 16:30"))
    assert "TIẾP NHẬN: đang trong hạn (dự kiến)" in told
    assert "16:00 04/01/2027 (thứ Hai) (dự kiến: có ngày chưa có thông báo nghỉ, làm bù)" in told


def test_a_filing_without_an_hour_says_that_it_is_compared_by_day() -> None:
    told = text(replace(WAITING, filed=date(2026, 11, 23)))
    assert "Nộp: 23/11/2026 (thứ Hai)" in told
    assert "so theo ngày" in told
    assert "Hạn tiếp nhận: 25/11/2026 (thứ Tư), đến hết ngày" in told


def test_outside_the_calendar_it_says_which_year_is_missing_and_goes_on() -> None:
    told = text(replace(HANDLED, appointment=moment("27/11/2029 17:00")))
    assert "Hẹn trả: 17:00 27/11/2029" in told
    assert "chưa có lịch làm việc năm 2029" in told
    assert "CẦN XEM\n  Chưa có lịch làm việc" in told
    assert "TIẾP NHẬN: đã tiếp nhận trong hạn" in told


def test_without_a_rule_it_says_so() -> None:
    told = text(WAITING, law=replace(LAW, rules={}))
    assert "không có quy định nào có hiệu lực ngày 23/11/2026" in told
    assert "(chưa có quy định)" in told


def test_what_a_person_must_look_at_stands_at_the_end() -> None:
    twice = (Supplement(asked=moment("24/11/2026 08:00")), Supplement(asked=moment("25/11/2026 08:00")))
    told = text(replace(HANDLED, status="99", supplements=twice))
    assert told.index("CẦN XEM") > told.index("TRẢ KẾT QUẢ")
    assert "Mã trạng thái lạ" in told
    assert "Yêu cầu bổ sung lần thứ hai" in told
    assert "99 – mã lạ, giữ nguyên như nguồn ghi" in told


def test_what_hangs_on_dates_that_cannot_be_is_not_counted_and_the_dates_are_named() -> None:
    wrong = replace(HANDLED, appointment=moment("20/11/2026 17:00"), told=NOW)
    told = text(wrong)
    assert clocks(wrong).keys() == {FindingKind.RECEPTION}
    assert "ngày hẹn trả trước ngày nộp" in told
    assert "nộp 16:00 23/11/2026; tiếp nhận 16:30 23/11/2026; hẹn trả 17:00 20/11/2026; số liệu đọc lúc" in told
    future = replace(WAITING, filed=moment("11/12/2026 08:00"), told=NOW)
    assert clocks(future) == {}
    assert "Không tính hạn nào, vì ngày ghi không thể đúng" in text(future)
    assert explanation(future, NOW, LAW, REGISTER).as_json()["contradictions"] == ["filed_later"]


@pytest.mark.parametrize("status", [*Status, "", "11"])
@pytest.mark.parametrize("bare", [True, False])
def test_every_dossier_can_be_explained(status: str, *, bare: bool) -> None:
    dossier = replace(HANDLED, status=status)
    if bare:
        dossier = Dossier(source="s", code="c", status=status, as_of=NOW, first_seen=NOW)
    told = explanation(dossier, NOW, LAW, REGISTER)
    assert dossier.code in told.as_text()
    json.dumps(told.as_json(), allow_nan=False)


def test_for_programs_it_is_plain_values_on_a_vietnamese_clock() -> None:
    told: Any = json.loads(json.dumps(explanation(WAITING, NOW, LAW, REGISTER).as_json()))
    (clock,) = told["clocks"]
    assert clock["kind"] == FindingKind.RECEPTION.value
    assert clock["standing"] == Standing.RUNNING.value
    assert clock["due"] == "2026-11-25T16:00:00+07:00"
    assert clock["next_change_at"] == "2026-11-25T10:00:00+07:00"
    assert clock["days"][0]["day"] == "2026-11-24"
    assert clock["rule"]["key"] == "reception_hours"
    assert clock["rule"]["confirmed_by"] == ""
    assert clock["calendar_version"] == LAW.calendars["default"].version
    assert told["law_version"] == LAW.version


def test_the_same_data_and_law_give_the_same() -> None:
    assert text(HANDLED) == text(HANDLED)
    assert LAW.version[:12] in text(HANDLED)
