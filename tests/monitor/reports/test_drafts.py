"""Drafts to operators: number, day and signature blank, every fact in its place, no words of strangers as markup."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from io import BytesIO
from typing import Any

import pytest

from monitor.core.attribution import Exhibit
from monitor.core.look import Cause
from monitor.core.period import Span
from monitor.core.remark import Remark, RemarkKind, Ruling
from monitor.core.uptime import Account, Gap
from monitor.reports.allow_list import Ourselves, allow_lists
from monitor.reports.drafts import Draft
from monitor.reports.handle import find
from monitor.reports.official.document import Form, Grid, Heading, Official, Paragraph
from monitor.reports.record import record_of
from monitor.reports.request import request
from monitor.store import looks, reading, remarks, writing
from tests.monitor.reports.conftest import CODE, Watch, Watched, moment

NOW = moment("25/11/2026 08:30")
US = Ourselves(addresses=("203.0.113.7",), user_agent="tthc-monitor/0.1 (+it@x.vn)", contact="it@x.vn")
HOSTILE = "| a | b # [[x]] <b>{{ 7*7 }}</b>\n# Đề mục giả"


@pytest.fixture
def watched(watch: Watch) -> Watched:
    """A page that was down on Monday morning, with the exhibit of one failed look."""
    told = watch()
    told.finds("23/11/2026 08:30", "23/11/2026 09:10", Cause.STATUS)
    for target in told.service.required_targets():
        made = [told.look(target, moment("23/11/2026 08:01") + timedelta(minutes=5 * n)) for n in range(24)]
        failed = next(one for one in made if one.cause)
        exhibit = Exhibit(target=failed.target, vantage=failed.vantage, at=failed.at, digest="ab" * 32)
        with writing(told.engine) as db:
            looks.add(db, made, [exhibit])
    return told


def allow_list(watched: Watched, us: Ourselves = US, *, gap: Gap = Gap.CHALLENGED) -> Draft:
    week = Span(start=NOW - timedelta(days=7), end=NOW)
    account = Account(
        window=week,
        up_ms=0,
        down_ms=0,
        maintenance_ms=0,
        excluded_ms=0,
        unknown_ms=week.ms,
        unknown_by={gap: week.ms},
        measured=None,
        lower=None,
        upper=None,
        coverage=Fraction(0),
    )
    (made,) = allow_lists(watched.register, watched.law, watched.service, account, us, now=NOW)
    return made


def asked(watched: Watched, text: str = "2026-11-23T08:31") -> Draft:
    with reading(watched.engine) as db:
        service, one = find(db, watched.register, watched.law, text)
        record = record_of(db, watched.register, watched.law, service, one, now=NOW)
    return request(watched.register, watched.law, record, now=NOW)


def said(document: Official) -> str:
    """Everything in the letter."""
    lines: list[str] = [document.title, *document.addressees, *document.recipients]
    for block in (*document.body, *(one for appendix in document.appendices for one in appendix.blocks)):
        match block:
            case Paragraph() | Heading():
                lines.append(block.text)
            case Grid():
                lines += [" | ".join(row) for row in block.rows]
            case _:
                pass
    return "\n".join(lines)


@pytest.mark.parametrize("draft", [allow_list, asked])
def test_a_draft_is_a_letter_whose_number_day_and_signature_are_blank(watched: Watched, draft: Any) -> None:
    document = draft(watched).document
    assert (document.form, document.draft, document.signer) == (Form.LETTER, True, "GIÁM ĐỐC")
    assert document.parent == "Ủy ban nhân dân tỉnh Thanh Hóa"
    assert document.agency == "Sở Công Thương"
    assert document.number_line.split() == ["Số:", "/SCT-…"]
    assert document.date_line.split() == ["Thanh", "Hóa,", "ngày", "tháng", "năm", "2026"]
    assert document.addressees == ("Cơ quan quản lý, vận hành hệ thống dichvucong.gov.vn",)
    assert "không gửi" in said(document)


def test_the_allow_listing_request_states_who_looks_how_often_at_what_and_why(watched: Watched) -> None:
    text = said(allow_list(watched).document)
    for wanted in (
        "203.0.113.7",
        "tthc-monitor/0.1 (+it@x.vn)",
        "5 phút một lượt",
        "https://dichvucong.gov.vn/p/home/dvc-chi-tiet-thu-tuc-nganh-doc.html?ma_thu_tuc=2.001474",
        "trang có chữ “Nộp trực tuyến” của chức năng nộp trực tuyến (không bấm thử)",
        "Nghị định 224/2026/NĐ-CP, Điều 19 khoản 1, khoản 2 (căn cứ chưa xác nhận)",
        "chỉ cho biết được 0,00 % thời gian",
        "Trong 168 giờ, lớp chống truy cập tự động",
        "không nộp hồ sơ thử",
    ):
        assert wanted in text


def test_where_no_shield_was_met_the_letter_says_that_it_only_asks_beforehand(watched: Watched) -> None:
    text = said(allow_list(watched, gap=Gap.NOT_LOOKED).document)
    assert "không có thời gian nào bị mất vì lớp chống truy cập tự động. Văn bản này đề nghị trước" in text
    for false in ("Vì vậy", "chưa có căn cứ", "bấm được", "chỉ cho biết được", "kiểm tra thủ công"):
        assert false not in text


def test_an_address_that_is_not_known_is_left_to_be_filled_in(watched: Watched) -> None:
    text = said(allow_list(watched, Ourselves(addresses=(), user_agent="x", contact="")).document)
    assert "địa chỉ IP công cộng của máy đo, cơ quan điền" in text


def test_a_request_tells_times_with_their_bounds_cause_harm_and_evidence(watched: Watched) -> None:
    document = asked(watched).document
    text = said(document)
    for wanted in (
        "Bắt đầu | 08:31:00 23/11/2026 (lượt hỏng đầu tiên); không sớm hơn 08:26:00 23/11/2026",
        "Kết thúc | 09:11:00 23/11/2026 (lượt tốt đầu tiên); không sớm hơn 09:06:00 23/11/2026",
        "Loại | sự cố",
        "ngày nộp hồ sơ qua dịch vụ công trực tuyến là ngày hệ thống ghi nhận",
        "Nghị định 224/2026/NĐ-CP, Điều 13 khoản 1 điểm b (căn cứ chưa xác nhận)",
        "Trả lời bằng văn bản trước ngày …",
        "ab" * 32,
    ):
        assert wanted in text
    assert [one.title for one in document.appendices] == [
        "Các lượt kiểm tra trong thời gian gián đoạn",
        "Bằng chứng lưu giữ",
    ]


def test_a_claim_of_force_majeure_goes_along_with_the_ruling_on_it(watched: Watched) -> None:
    with reading(watched.engine) as db:
        _, one = find(db, watched.register, watched.law, "2026-11-23T08:31")
    claim = Remark(
        service=CODE, target=one.target, first_bad=one.first_bad, at=NOW, kind=RemarkKind.FORCE_MAJEURE,
        text="Bão số 9", by="Chủ tịch", document="3/UBND", dated=NOW.date(),
    )  # fmt: skip
    with writing(watched.engine) as db:
        number = remarks.add(db, claim)
        told = replace(claim, kind=RemarkKind.RULING, text="không có bão", ruling=Ruling.REJECTED, answers=number)
        remarks.add(db, replace(told, document="", dated=None))
    wanted = "Bất khả kháng | Bão số 9, 3/UBND ngày 25/11/2026; kết luận: không chấp nhận"
    assert wanted in said(asked(watched).document)


def test_what_people_said_goes_along_and_their_words_stay_words(watched: Watched) -> None:
    with reading(watched.engine) as db:
        _, one = find(db, watched.register, watched.law, "2026-11-23T08:31")
    for kind in (RemarkKind.CAUSE, RemarkKind.OWNER, RemarkKind.ASKED):
        remark = Remark(
            service=CODE, target=one.target, first_bad=one.first_bad, at=NOW, kind=kind, text=HOSTILE, by="Người ghi"
        )
        with writing(watched.engine) as db:
            remarks.add(db, remark)
    document = asked(watched).document
    assert [block.text for block in document.body if isinstance(block, Heading)] == [
        "1. Ghi nhận",
        "2. Ảnh hưởng",
        "3. Đề nghị",
    ]
    (grid,) = (block for block in document.body if isinstance(block, Grid))
    assert dict(grid.rows)["Nguyên nhân đã biết"] == " ".join(HOSTILE.split())
    assert "49" not in said(document).replace("2.001474", "")


@pytest.mark.parametrize("draft", [allow_list, asked])
def test_a_draft_comes_as_word_and_as_pdf(watched: Watched, draft: Any) -> None:
    from docx import Document
    from pypdf import PdfReader

    word, printed = draft(watched).files()
    assert (word.name.rpartition(".")[2], printed.name.rpartition(".")[2]) == ("docx", "pdf")
    assert "/" not in word.name.replace("du-thao", "")
    assert Document(BytesIO(word.content)).tables
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(printed.content)).pages)
    assert "DỰ THẢO" in text
    assert "Kính gửi" in text
