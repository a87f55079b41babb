"""The certificate in its forms: what it names beyond each clock, and that the same facts give the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from docx import Document

from monitor.core.agency import Agency, AgencyKind
from monitor.core.circumstances import NOTHING_KNOWN, Circumstances
from monitor.core.law import Law
from monitor.register import load_register, register_of
from monitor.reports.deadline_sheet import as_known, blocks, file_name, official
from monitor.reports.explain import Explanation, explanation
from monitor.reports.official.print import pdf
from monitor.reports.official.word import docx
from tests.monitor.core.deadline_facts import (
    BY_DATE,
    LAW,
    apology,
    approved,
    asked,
    handled,
    moment,
    step,
    with_limit,
)

REGISTER = register_of(
    agencies=(
        Agency(key="trung-tam", name="Trung tâm Phục vụ hành chính công tỉnh", kind=AgencyKind.CENTRE),
        Agency(key="so-cong-thuong", name="Sở Công Thương", kind=AgencyKind.DEPARTMENT),
    ),
    centre="trung-tam",
)
KNOWN = Circumstances(
    steps=(step("02/11/2026 08:00", "Bộ phận Một cửa", "2"), step("03/11/2026 07:30", "Phòng A", "4")),
    apologies=(apology("06/11/2026", "09/11/2026 17:00", "16/11/2026 17:00"),),
    pauses=(approved("05/11/2026 08:00 – 05/11/2026 10:00"),),
)
PAPERS = asked("03/11/2026 09:00 – 04/11/2026 09:00")


def told(now: str = "20/11/2026 08:00", law: Law = LAW, known: Circumstances = KNOWN, **changed: Any) -> Explanation:
    return explanation(handled(**changed), moment(now), law, REGISTER, known)


@pytest.mark.parametrize(
    "line",
    [
        "ngày hẹn lại ở văn bản xin lỗi đã ghi nhận; nguồn vẫn ghi hẹn trả 17:00 09/11/2026",
        "Hẹn lại: 17:00 16/11/2026 (thứ Hai)",
        "Số 1/SCT: ngày 06/11/2026: hẹn trả 17:00 09/11/2026, hẹn lại 17:00 16/11/2026",
        "Nếu trừ gián đoạn được duyệt: 09:00 17/11/2026",
        "Văn bản duyệt: 15/QĐ (dịch vụ X gián đoạn từ 08:00 05/11/2026)",
        "CHUYỂN ĐƠN VỊ GIẢI QUYẾT: chậm",
        "Chờ người nộp bổ sung hồ sơ: từ 09:00 03/11/2026 đến 09:00 04/11/2026",
        "Thời hạn: 5 ngày làm việc",
        "Căn cứ: NĐ X (chưa xác nhận).",
        "Nếu không tạm dừng: 09/11/2026 (thứ Hai), đến hết ngày",
        "Trừ thời gian tạm dừng (cách tính của chỉ số Quyết định 766/QĐ-TTg): 10/11/2026",
        "Tính lại từ đầu khi nhận đủ hồ sơ: 11/11/2026 (thứ Tư), đến hết ngày – Nghị định 118/2025/NĐ-CP",
        "17:00 09/11/2026, nằm trong khoảng giữa các cách tính trên",
        "Phòng A: ",
        "Chờ người nộp hồ sơ (bổ sung, nghĩa vụ tài chính): 8 giờ làm việc (1 ngày theo đồng hồ)",
        "CHỈ SỐ QUYẾT ĐỊNH 766/QĐ-TTg, CÔNG THỨC 2.1, TÍNH ĐẾN LÚC LẬP BẢNG: quá hạn",
        "Chuyển đơn vị giải quyết chậm: hạn là 02/11/2026 (thứ Hai), đến hết ngày",
        "so theo thời điểm",
    ],
)
def test_it_names_everything_that_was_counted_by(line: str) -> None:
    assert line in told(law=with_limit("5 days"), supplements=PAPERS).as_text()


def test_each_way_of_comparing_is_printed() -> None:
    assert "so theo ngày: xong trong ngày đến hạn là đúng hạn" in told(law=BY_DATE).as_text()


def test_a_limit_that_runs_the_clock_says_that_it_is_no_appointment() -> None:
    law = with_limit("5 days", "Nguyễn Văn A")
    text = told(law=law, known=Circumstances(), appointment=None).as_text()
    assert "tính theo thời hạn quy định, vì nguồn không ghi ngày hẹn trả" in text
    assert "NĐ X (đã xác nhận: Nguyễn Văn A)" in text
    assert "TRẢ KẾT QUẢ: quá hạn" in text
    noted = told(law=with_limit("5 days"), known=Circumstances(), appointment=None).as_text()
    assert "Không có ngày hẹn trả: theo thời hạn quy định chưa xác nhận là 09/11/2026 (thứ Hai), đến hết ngày" in noted
    assert "TRẢ KẾT QUẢ" not in noted


def test_a_financial_duty_and_a_refusal_have_their_words() -> None:
    fee = Circumstances(steps=(step("03/11/2026 08:00", "Phòng A", "6"),))
    assert "Căn cứ tạm dừng vì nghĩa vụ tài chính: Chưa tìm được văn bản" in told(known=fee, status="6").as_text()
    refused = told(
        known=Circumstances(), status="3", received=None, appointment=None, refused=moment("05/11/2026 08:00")
    )
    assert "TIẾP NHẬN: đã từ chối tiếp nhận, chậm" in refused.as_text()
    assert "Đã từ chối: 08:00 05/11/2026" in refused.as_text()


def test_of_what_ended_nobody_says_when_no_clock_goes_on() -> None:
    """Neither does a hand-over that no step told of, nor does the index call it late."""
    text = told(known=NOTHING_KNOWN, status="7").as_text()
    assert "HAI ĐỒNG HỒ" not in text
    assert "đã kết thúc mà nguồn không ghi lúc nào" in text
    assert "TÍNH ĐẾN LÚC LẬP BẢNG: không tính" in text
    here = Circumstances(steps=(step("02/11/2026 08:00", "Bộ phận Một cửa"),))
    assert "CHUYỂN ĐƠN VỊ" in told(known=here).as_text()
    assert "CHUYỂN ĐƠN VỊ" not in told(known=here, status="7").as_text()


def test_papers_without_the_stamp_of_their_coming_are_said_and_both_figures_stand_beside_each_other() -> None:
    text = told(
        law=with_limit("5 days"), known=Circumstances(), appointment=None, supplements=asked("04/11/2026 09:00")
    ).as_text()
    assert (
        "Nguồn chưa ghi ngày bổ sung, nên chưa tính được thời hạn: không trừ thời gian chờ thì hạn là 09/11/2026"
        in text
    )
    assert "Nếu không tạm dừng: 09/11/2026" in text
    assert "đến hết ngày (tính đến lúc lập bảng, vì nguồn chưa ghi ngày bổ sung)" in text
    assert "từ 09:00 04/11/2026 nguồn chưa ghi đến lúc nào" in text


def test_of_an_appointment_that_the_source_gave_days_off_are_only_between() -> None:
    text = told(known=Circumstances()).as_text()
    result = text[text.index("TRẢ KẾT QUẢ") : text.index("VĂN BẢN XIN LỖI")]
    assert "Ngày nghỉ ở giữa: thứ Bảy, Chủ nhật: 07/11/2026, 08/11/2026" in result
    assert "Ngày không tính" not in result


def test_lengths_are_printed_to_the_minute_and_no_small_table_has_heads() -> None:
    known = Circumstances(steps=(step("02/11/2026 08:00", "A"), step("03/11/2026 07:30", "B")))
    one = replace(told(known=known), now=moment("03/11/2026 10:00"))
    seconds = explanation(handled(), moment("03/11/2026 10:00") + timedelta(seconds=47), LAW, REGISTER, known)
    assert seconds.dual is not None
    assert seconds.dual.working_s % 60 == 47
    assert "giây" not in seconds.as_text()
    text = "\n".join(
        cell.text for table in Document(BytesIO(docx(official(one, REGISTER)))).tables for cell in table._cells
    )
    assert "Ghi nhận" not in text
    assert "Hẹn trả" in text


def test_a_procedure_that_the_source_does_not_name_is_called_as_the_register_calls_it() -> None:
    register = load_register("thanh-hoa")
    one = explanation(handled(procedure="2.001474"), moment("20/11/2026 08:00"), LAW, register)
    service = register.service("2.001474")
    assert service is not None
    assert f"Thủ tục: 2.001474 {service.name}" in one.as_text()


def test_programs_get_the_same_figures() -> None:
    found = json.loads(json.dumps(told(law=with_limit("5 days"), supplements=PAPERS).as_json()))
    assert found["compared"] == "timestamp"
    assert found["by_rule"]["subtracted"] == "2026-11-10"
    assert found["by_rule"]["restarted"] == "2026-11-11"
    assert sum(one["working_s"] for one in found["dual_clock"]["shares"]) == found["dual_clock"]["working_s"]
    assert found["index_766"]["supplement"] == 86400
    assert found["handover"]["done"] == "2026-11-03T07:30:00+07:00"


def test_the_same_facts_give_the_same_bytes_in_print_and_in_word() -> None:
    document = official(told(law=with_limit("5 days"), supplements=PAPERS), REGISTER)
    again = official(told(law=with_limit("5 days"), supplements=PAPERS), REGISTER)
    assert pdf(document) == pdf(again)
    assert docx(document) == docx(again)
    read = Document(BytesIO(docx(document)))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    assert "09/11/2026 (thứ Hai), đến hết ngày" in cells
    assert any("Bảng tính thời hạn giải quyết hồ sơ" in one.text for one in read.paragraphs)


def test_a_unit_that_is_named_like_markup_stays_a_name() -> None:
    odd = told(known=Circumstances(), handling_unit="# Phòng | A\n~ B")
    assert "# Phòng / A ~ B" in odd.as_text()
    facts = [row for block in blocks(odd) if hasattr(block, "rows") for row in block.rows]
    assert ("Đơn vị", "# Phòng / A ~ B – Sở Công Thương") in facts


def test_any_code_makes_a_name_for_files() -> None:
    one = replace(told(), dossier=handled(code="../H56 / lạ"))
    assert file_name(one) == "bang-tinh-thoi-han-..-H56-l-"


def test_it_can_be_had_by_what_was_known_at_a_moment() -> None:
    first, second = (replace(handled(), told=moment(text)) for text in ("03/11/2026 08:00", "10/11/2026 08:00"))
    second = replace(second, appointment=moment("16/11/2026 17:00"))
    known = replace(KNOWN, history=(first,))
    assert as_known(second, known, moment("02/11/2026 08:00")) is None
    then = as_known(second, known, moment("09/11/2026 08:00"))
    assert then is not None
    assert (then[0].appointment, then[1].history) == (first.appointment, ())
    assert then[1].steps == KNOWN.steps
    now = as_known(second, known, moment("11/11/2026 08:00"))
    assert now is not None
    assert (now[0].appointment, now[1].history) == (second.appointment, (first,))
