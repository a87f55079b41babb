from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError, nodes

from monitor.core.agency import AgencyKind, Role
from monitor.core.dossier import Channel, Status
from monitor.core.finding import FindingKind, Standing
from monitor.core.ladder import SubjectKind
from monitor.core.look import Cause, Kind, Verdict
from monitor.core.message import Urgency
from monitor.core.order import DoubtKind
from monitor.core.period import ICT
from monitor.register import load_register
from monitor.reports.item import Section
from monitor.reports.letters import Occasion, Words, tidy, write
from monitor.reports.notified import Delivery
from monitor.reports.outage import Outage
from monitor.reports.render import (
    TEMPLATES,
    bieuhien,
    den,
    environment,
    gio,
    hoa,
    khoang,
    luc,
    moc,
    ngay,
    phantram,
    render,
    so,
    term,
    terms,
    thu,
    tuden,
)
from monitor.store import LetterState

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=ICT)
CLOSED = (
    AgencyKind,
    Cause,
    Channel,
    Delivery,
    DoubtKind,
    FindingKind,
    Kind,
    LetterState,
    Role,
    Section,
    Standing,
    Status,
    SubjectKind,
    Urgency,
    Verdict,
)
NAMES = sorted(
    path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt", ".svg"}
)


@pytest.mark.parametrize("name", NAMES)
def test_every_template_is_well_formed(name: str) -> None:
    environment().get_template(name)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith(".html")])
def test_shared_words_are_asked_for_under_an_html_name_where_they_become_html(name: str) -> None:
    source = (TEMPLATES / name).read_text("utf-8")
    asked = [
        node.template.value
        for kind in (nodes.Import, nodes.FromImport, nodes.Include, nodes.Extends)
        for node in environment().parse(source).find_all(kind)
        if isinstance(node.template, nodes.Const)
    ]
    assert [other for other in asked if other.endswith(".txt")] == []


def test_a_fact_that_is_missing_raises() -> None:
    with pytest.raises(UndefinedError):
        render("interruption.txt", occasion=Occasion(to_names=("Ai",), now=NOW, live=True))


@pytest.mark.parametrize("closed", CLOSED)
def test_every_value_of_a_closed_set_has_a_word(closed: type[Enum]) -> None:
    assert all(term(value) for value in closed)


def test_every_stage_of_the_shipped_ladders_has_a_word() -> None:
    names = {stage.name for ladder in load_register("thanh-hoa").ladders.values() for stage in ladder.stages}
    assert names <= terms()["Stage"].keys()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (ngay(date(2026, 11, 5)), "05/11/2026"),
        (ngay(datetime.fromisoformat("2026-11-24T17:30+00:00")), "25/11/2026"),
        (gio(datetime.fromisoformat("2026-11-25T00:30+00:00")), "07:30 25/11/2026"),
        (gio(date(2026, 11, 25)), "25/11/2026"),
        (luc(NOW), "07:30:00 25/11/2026"),
        (thu(date(2026, 11, 29)), "Chủ nhật"),
        (thu(date(2026, 11, 28)), "thứ Bảy"),
        (so(1234567), "1.234.567"),
        (hoa("đang"), "Đang"),
        (khoang(timedelta(hours=1, minutes=30)), "1 giờ 30 phút"),
        (khoang(999), "1 giây"),
        (khoang(999, up=False), "0 giây"),
        (khoang(0), "0 giây"),
        (khoang(timedelta(days=7, minutes=4), days=False), "168 giờ 4 phút"),
        (den(NOW, NOW + timedelta(hours=1, seconds=20, milliseconds=900)), "1 giờ 20 giây"),
        (den(NOW - timedelta(milliseconds=1), NOW + timedelta(minutes=5)), "5 phút 1 giây"),  # 07:29:59 is printed
        (den(NOW, NOW - timedelta(hours=1)), "0 giây"),
        (bieuhien(Cause.STATUS, 503), "máy chủ báo lỗi (HTTP 503)"),
        (bieuhien(Cause.STATUS, 404), "không có trang này (HTTP 404)"),
        (bieuhien(Cause.STATUS, None), "máy chủ báo lỗi"),
        (bieuhien(Cause.CONTENT, 200), "nội dung không đúng yêu cầu"),
        (khoang(timedelta(days=2, seconds=5)), "2 ngày 5 giây"),
        (phantram(None), "không có dữ liệu"),
        (phantram(Fraction(98424, 100000)), "98,42 %"),
        (phantram(Fraction(1)), "100,00 %"),
        (phantram(Fraction(0)), "0,00 %"),
        (phantram(Fraction(604780, 604800)), "99,99 %"),
        (phantram(Fraction(604780, 604800), up=True), "99,997 %"),
    ],
)
def test_figures_read_as_people_here_write_them(said: str, expected: str) -> None:
    assert said == expected


@given(st.fractions(0, 1).filter(lambda ratio: ratio < 1), st.booleans())
def test_less_than_one_never_prints_as_the_whole(ratio: Fraction, up: bool) -> None:
    said = phantram(ratio, up=up)
    shown = Fraction(said.removesuffix(" %").replace(",", ".")) / 100
    assert shown < 1
    assert shown >= ratio if up else shown <= ratio


def test_plain_text_has_no_ragged_lines() -> None:
    assert tidy("a  \n\n\n\nb\t\n") == "a\n\nb\n"


OUTAGE = Outage(
    service="2.001474",
    procedure="Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại",
    target="Cổng Dịch vụ công quốc gia",
    owner="Sở Công Thương",
    last_good=NOW - timedelta(hours=1, minutes=35),
    first_bad=NOW - timedelta(hours=1, minutes=30),
    last_bad=NOW - timedelta(minutes=5),
    first_good=None,
    cause=Cause.ACTION_MISSING,
)


def told(outage: Outage) -> Words:
    return write("interruption", Occasion(to_names=("Trực sự cố",), now=NOW, live=True), outage=outage)


@pytest.mark.parametrize("twin", ["text", "html"])
def test_a_beginning_says_since_when_what_is_seen_and_what_to_do(twin: str) -> None:
    said = getattr(told(OUTAGE), twin)
    for words in (
        "đang gián đoạn, từ 06:00 25/11/2026",
        "Không có chức năng nộp hồ sơ trực tuyến",
        "ít nhất 1 giờ 25 phút",
        "Khắc phục sự cố ngay",
        "Số liệu tính đến lượt kiểm tra lúc 07:25:00 25/11/2026",
    ):
        assert words in said


@pytest.mark.parametrize("twin", ["text", "html"])
def test_a_page_that_is_gone_is_told_with_its_code(twin: str) -> None:
    said = getattr(told(replace(OUTAGE, cause=Cause.STATUS, status=404)), twin)
    assert "Không có trang này (HTTP 404)" in said


@pytest.mark.parametrize("twin", ["text", "html"])
def test_an_end_tells_the_beginning_too_for_who_slept_through_it(twin: str) -> None:
    said = getattr(told(replace(OUTAGE, first_good=NOW)), twin)
    assert "đã hoạt động lại lúc 07:30 25/11/2026, sau khi gián đoạn 1 giờ 30 phút (từ 06:00 25/11/2026)" in said
    assert "ít nhất 1 giờ 25 phút, nhiều nhất 1 giờ 35 phút" in said


def test_an_outage_with_nothing_good_before_it_owns_up_to_that() -> None:
    words = told(replace(OUTAGE, last_good=None, first_good=NOW)).text
    assert "chưa có lượt nào" in words
    assert "không rõ nhiều nhất là bao lâu" in words


def test_a_name_of_the_register_is_never_markup_in_a_letter() -> None:
    assert "<script>" not in told(replace(OUTAGE, owner="<script>", target="<script>", procedure="<script>")).html


def test_a_letter_loads_nothing_from_outside() -> None:
    for path in TEMPLATES.rglob("*.html"):
        if "pages" not in path.parts:
            assert not re.search(r"(src|background)=\"https?:|<link|<script|@import|url\(", path.read_text("utf-8")), (
                path
            )


def test_templates_stand_where_the_package_ships_them() -> None:
    assert Path(TEMPLATES, "terms.toml").is_file()


def test_midnight_is_the_end_of_its_day_and_whole_days_are_named_as_days() -> None:
    first, midnight = datetime(2026, 11, 16, tzinfo=ICT), datetime(2026, 11, 25, tzinfo=ICT)
    noon = midnight - timedelta(hours=12)
    assert [moc(one) for one in (midnight, noon)] == ["hết ngày 24/11/2026", "12:00 24/11/2026"]
    assert tuden(first, midnight) == "từ ngày 16/11/2026 đến hết ngày 24/11/2026"
    assert tuden(first, noon) == "từ 00:00 16/11/2026 đến 12:00 24/11/2026"
