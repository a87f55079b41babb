"""The log as an official report: whole in every case, with what people said, and honest where something is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from time import perf_counter
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from monitor.core.life import Stretch
from monitor.core.look import Cause
from monitor.core.period import Span
from monitor.core.remark import Remark, RemarkKind, Ruling
from monitor.core.reporting import parse_period
from monitor.core.suspicion import Suspicion, SuspicionKind
from monitor.reports import tables_csv, uptime_json, uptime_report
from monitor.reports.official.document import Grid, Heading, Official, Paragraph
from monitor.reports.official.print import pdf
from monitor.reports.uptime_log import UptimeLog
from monitor.reports.uptime_official import official
from monitor.store import beats, remarks, suspicions, writing

Watch = Callable[..., Any]
MONDAY = "23/11/2026 07:30"


def moment(text: str) -> datetime:
    return datetime.strptime(f"{text} +0700", "%d/%m/%Y %H:%M %z")


def said(report: Official) -> str:
    """All its words."""
    blocks = [*report.body, *(block for one in report.appendices for block in one.blocks)]
    words = [report.title]
    for block in blocks:
        match block:
            case Paragraph() | Heading():
                words.append(block.text)
            case Grid():
                words += [cell for row in block.rows for cell in row]
    return "\n".join(words)


@pytest.fixture
def watched(watch: Watch) -> Any:
    """A week with one interruption of 90 minutes."""
    seen = watch()
    seen.finds("21/11/2026 21:10", "21/11/2026 22:40", Cause.ACTION_MISSING)
    seen.looks("14/11/2026 00:00", "23/11/2026 07:00")
    return seen


def test_what_people_said_of_an_interruption_stands_in_every_form(watched: Any) -> None:
    target = watched.service.targets[0].key
    began = moment("21/11/2026 21:11")

    def remark(kind: RemarkKind, text: str, **more: Any) -> int:
        at = moment("22/11/2026 09:00")
        one = Remark(
            service="2.001474", target=target, first_bad=began, at=at, kind=kind, text=text, by="Người thử", **more
        )
        with writing(watched.engine) as db:
            return remarks.add(db, one)

    remark(RemarkKind.CAUSE, "Nâng cấp phần mềm không báo trước")
    remark(RemarkKind.ASKED, "Cục Cảnh sát QLHC", document="Công văn số 123/SCT-QLTM", dated=date(2026, 11, 22))
    reply = remark(RemarkKind.REPLY, "Không có gián đoạn")
    remark(RemarkKind.RULING, "có ảnh chụp", ruling=Ruling.REJECTED, answers=reply)
    remark(RemarkKind.FALLBACK, "Nộp trực tiếp tại Trung tâm")
    log = watched.log("2026-W47", MONDAY)
    for form in (said(official(log, None)), uptime_report.mail(log).text, str(uptime_json.as_json(log))):
        for words in ("Nâng cấp phần mềm không báo trước", "Công văn số 123/SCT-QLTM", "Nộp trực tiếp tại Trung tâm"):
            assert words in form
    assert "Không có gián đoạn [kết luận: không chấp nhận, có ảnh chụp]" in said(official(log, None))


def test_suspected_interruptions_stand_apart_and_alter_no_figure(watched: Any) -> None:
    before = watched.log("2026-W47", MONDAY)
    doubt = Suspicion(
        service="2.001474",
        kind=SuspicionKind.COMPLAINT,
        starts=moment("19/11/2026 10:00"),
        ends=None,
        entered_at=moment("19/11/2026 11:00"),
        text="Doanh nghiệp báo không nộp được",
        by="Người thử",
    )
    with writing(watched.engine) as db:
        suspicions.add(db, doubt)
    after = watched.log("2026-W47", MONDAY)
    assert after.account == before.account
    for form in (said(official(after, None)), uptime_report.mail(after).text):
        assert "10:00 19/11/2026" in form
        assert "hưa kết luận" in form


def test_what_a_complaint_says_stays_in_the_house(watched: Any) -> None:
    heard = Suspicion(
        service="2.001474",
        kind=SuspicionKind.COMPLAINT,
        starts=moment("19/11/2026 10:00"),
        ends=None,
        entered_at=moment("19/11/2026 11:00"),
        text="Bà Nguyễn Thị Thử không nộp được",
        by="Người thử",
    )
    with writing(watched.engine) as db:
        suspicions.add(db, heard)
    log = watched.log("2026-W47", MONDAY)
    tables = b"".join(tables_csv.tables(log).values()).decode()
    for form in (said(official(log, None)), uptime_report.mail(log).text, str(uptime_json.as_json(log)), tables):
        assert "Thị Thử" not in form
        assert "19/11/2026" in form or "2026-11-19" in form


def test_the_places_and_the_quorum_that_decide_the_figures_are_named(watched: Any) -> None:
    alone = watched.log("2026-W47", MONDAY)
    service = replace(watched.service, vantages=("thanh-hoa", "noi-khac"), quorum=2)
    log = replace(alone, service=service)
    named = "Kiểm tra từ 2 nơi đặt máy: thanh-hoa, noi-khac"
    for form in (said(official(log, None)), uptime_report.mail(log).text, uptime_report.mail(log).html):
        assert named in form
        assert "khi ít nhất 2 nơi cùng thấy gián đoạn" in form
    assert "nơi đặt máy" not in said(official(alone, None))


def test_the_monitor_says_when_it_did_not_live_itself(watched: Any) -> None:
    lived = [("16/11/2026 00:00", "18/11/2026 08:00"), ("18/11/2026 13:00", "23/11/2026 07:30")]
    with writing(watched.engine) as db:
        for began, last in lived:
            beats.keep(db, Stretch(began=moment(began), last=moment(last)))
    log = watched.log("2026-W47", MONDAY)
    told = uptime_json.as_json(log)["monitor"]
    assert told["absent_ms"] == 5 * 3_600_000
    assert told["alive_ms"] + told["absent_ms"] + told["before_ms"] == 7 * 86_400_000
    for form in (said(official(log, None)), uptime_report.mail(log).text):
        assert "hoạt động 97,02 % thời gian" in form
        assert "08:00:00 18/11/2026" in form


def test_a_week_without_anything_says_so_and_invents_nothing(watch: Watch) -> None:
    log = watch().log("2026-W47", MONDAY)
    words = said(official(log, None))
    assert "không có dữ liệu" in words
    assert words.count("Chưa có") >= 3
    assert "100,00 %" not in words
    assert official(log, None).appendices == ()


def test_number_date_and_signature_are_blank_and_the_agency_is_the_one_answerable(watched: Any) -> None:
    report = official(watched.log("2026-W47", MONDAY), None)
    assert report.draft
    assert (report.agency, report.symbol, report.place, report.signer) == (
        "Sở Công Thương",
        "/BC-SCT",
        "Thanh Hóa",
        "GIÁM ĐỐC",
    )
    assert report.addressees == ("Ủy ban nhân dân tỉnh Thanh Hóa",)
    assert report.number_line.replace("\u00a0", "") == "Số:/BC-SCT"


def crowded(watch: Watch) -> UptimeLog:
    """300 interruptions in a week."""
    seen = watch()
    for number in range(300):
        begins = moment("16/11/2026 00:02") + timedelta(minutes=33 * number)
        seen.during.append((begins, begins + timedelta(minutes=11), Cause.TIMEOUT))
    seen.looks("16/11/2026 00:00", "23/11/2026 07:00", seen.service.required_targets())
    made: UptimeLog = seen.log("2026-W47", MONDAY)
    return made


def test_three_hundred_interruptions_are_all_in_the_appendix_and_are_soon_printed(watch: Watch) -> None:
    report = official(crowded(watch), None)
    (appendix,) = report.appendices
    (grid,) = appendix.blocks
    assert isinstance(grid, Grid)
    assert [row[0] for row in grid.rows] == [str(number) for number in range(1, 301)]
    begins = perf_counter()
    pages = PdfReader(BytesIO(pdf(report))).pages
    assert perf_counter() - begins < 20  # 0.5 s on an idle machine; only what never ends is caught here
    assert len(pages) > 20


def test_names_as_long_as_they_come_are_printed_whole(watched: Any) -> None:
    long = "Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại " + "rất dài " * 60
    service = replace(watched.service, name=long)
    watched.register = replace(watched.register, services={**watched.register.services, service.code: service})
    made = uptime_report.files(watched.log("2026-W47", MONDAY))
    (word,) = (content for name, content in made.items() if name.endswith(".docx"))
    assert any(long.strip() in paragraph.text for paragraph in docx.Document(BytesIO(word)).paragraphs)
    assert any(name.endswith(".pdf") for name in made)


def test_the_same_log_gives_the_same_documents(watched: Any) -> None:
    log = watched.log("2026-W47", MONDAY)
    assert uptime_report.files(log) == uptime_report.files(log)


def test_a_quarter_is_one_report_with_a_row_a_day(watched: Any) -> None:
    period = parse_period("2026-Q4")
    log = watched.log("2026-Q4", "02/01/2027 07:30")
    assert "quý IV/2026" in official(log, None).title
    drawing = uptime_report.drawn(log)
    assert drawing.count("T2 ") == 13  # the Mondays name the rows
    assert Span(start=period.span.start, end=period.span.end).ms == log.account.window.ms
