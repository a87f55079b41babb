"""Which agency a unit's name stands for, on which day."""

from __future__ import annotations

import timeit
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.agency import Agency, AgencyKind
from monitor.register import Register, load_register, register_of

SHIPPED = load_register("thanh-hoa")
NOW, OLD = date(2026, 11, 24), date(2024, 3, 1)


@pytest.mark.parametrize(
    ("unit", "on", "agency"),
    [
        ("Sở Công Thương", NOW, "so-cong-thuong"),
        ("Sở CT", NOW, "so-cong-thuong"),
        ("SỞ CÔNG THƯƠNG TỈNH THANH HÓA", NOW, "so-cong-thuong"),
        ("so cong thuong", NOW, "so-cong-thuong"),
        ("  Sở   Công\u00a0Thương. ", NOW, "so-cong-thuong"),
        ("Sở Công Thương - Phòng Quản lý thương mại", NOW, "so-cong-thuong-qltm"),
        ("Bộ phận Một cửa xã Nga Sơn", NOW, "xa-nga-son"),
        ("Bộ phận TN&TKQ xã Nga Sơn", NOW, "xa-nga-son"),
        ("Bộ phận tiếp nhận và trả kết quả UBND xã Nga Sơn", NOW, "xa-nga-son"),
        ("UBND xã Nga Sơn", NOW, "xa-nga-son"),
        ("Uỷ ban nhân dân Xã Nga Sơn", NOW, "xa-nga-son"),
        ("xã Nga Sơn, tỉnh Thanh Hoá", NOW, "xa-nga-son"),
        ("Trung tâm Phục vụ hành chính công xã Nga Sơn", NOW, "xa-nga-son"),
        ("TT PVHCC phường Hạc Thành", NOW, "phuong-hac-thanh"),
        ("P. Hạc Thành", NOW, "phuong-hac-thanh"),
        ("Phòng Kinh tế xã Nga Sơn", NOW, "xa-nga-son"),
        ("Nga Sơn", NOW, "xa-nga-son"),
        ("Trung tâm Phục vụ hành chính công tỉnh Thanh Hóa", NOW, "trung-tam-pvhcc"),
        ("Trung tâm phục vụ hành chính công", NOW, "trung-tam-pvhcc"),
        ("Văn phòng HĐND và UBND tỉnh", NOW, "vp-ubnd-tinh"),
        ("UBND tỉnh Thanh Hóa", NOW, "ubnd-tinh"),
        # What was, and what became of it.
        ("UBND huyện Nga Sơn", OLD, "huyen-nga-son"),
        ("UBND huyện Nga Sơn", date(2025, 6, 30), "huyen-nga-son"),
        ("UBND huyện Nga Sơn", date(2025, 7, 1), ""),
        ("UBND xã Nga Sơn", date(2025, 6, 30), ""),
        ("UBND xã Nga Sơn", date(2025, 7, 1), "xa-nga-son"),
        ("Nga Sơn", OLD, "huyen-nga-son"),
        ("UBND huyện Đông Sơn", date(2025, 1, 1), "thanh-pho-thanh-hoa"),
        ("Sở TN&MT", date(2025, 2, 28), "so-tai-nguyen-moi-truong"),
        ("Sở TN&MT", date(2025, 3, 1), "so-nong-nghiep-moi-truong"),
        # Two places whose names differ by their marks only.
        ("Đông Tiến", NOW, "phuong-dong-tien"),
        ("Đồng Tiến", NOW, "xa-dong-tien"),
        ("Dong Tien", NOW, ""),
        ("phuong dong tien", NOW, "phuong-dong-tien"),
        # Nobody's name, or not certain whose.
        ("Công an xã Nga Sơn", NOW, ""),
        ("Chi nhánh Văn phòng đăng ký đất đai Nga Sơn", NOW, ""),
        ("Sở Y tế; Sở Tư pháp", NOW, ""),
        ("Sở", NOW, ""),
        ("xã", NOW, ""),
        ("Bộ phận Một cửa", NOW, ""),
        ("", NOW, ""),
        (" - ", NOW, ""),
    ],
)  # fmt: skip
def test_a_name_stands_for_an_agency_on_a_day(unit: str, on: date, agency: str) -> None:
    assert SHIPPED.resolve(unit, on) == agency


def without_marks(text: str) -> str:
    return "".join(
        c
        for c in unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
        if not unicodedata.combining(c)
    )


WRITTEN = st.sampled_from(
    [
        str,
        str.upper,
        str.lower,
        without_marks,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: f"  {text.replace(' ', '   ')}\t",
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: f"{text}, tỉnh Thanh Hóa",
        lambda text: f"{text}.",
    ]
)
BEFORE = st.sampled_from(
    ["", "UBND ", "Bộ phận Một cửa ", "Bộ phận Một cửa UBND ", "Trung tâm PVHCC ", "Ủy ban nhân dân "]
)


@given(st.sampled_from(sorted(SHIPPED.agencies)), WRITTEN, BEFORE, st.dates(date(2023, 1, 1), date(2027, 12, 31)))
def test_however_a_communes_name_is_written_it_is_the_same_commune(key: str, write, before: str, on: date) -> None:
    agency = SHIPPED.agencies[key]
    if agency.kind is not AgencyKind.COMMUNE:
        return
    exists = agency.start is not None and agency.start <= on
    assert SHIPPED.resolve(write(before + agency.name.removeprefix("UBND ")), on) == (key if exists else "")


@given(st.sampled_from(sorted(SHIPPED.agencies)), WRITTEN, st.dates(date(2023, 1, 1), date(2027, 12, 31)))
def test_every_name_and_alias_stands_for_its_agency_while_both_hold(key: str, write, on: date) -> None:
    agency = SHIPPED.agencies[key]
    if not (agency.start or on) <= on <= (agency.end or on):
        return
    for name in (agency.name, *(a.name for a in agency.aliases if (a.start or on) <= on <= (a.end or on))):
        assert SHIPPED.resolve(write(name), on) == key


@given(st.text(), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_any_text_stands_for_an_agency_that_exists_then_or_for_none(unit: str, on: date) -> None:
    found = SHIPPED.resolve(unit, on)
    if found:
        agency = SHIPPED.agencies[found]
        assert (agency.start or on) <= on <= (agency.end or on)


@given(st.lists(st.sampled_from(["Nga Sơn", "Sở CT", "UBND huyện Nga Sơn", "x", "xã Nga Sơn - Sở CT"]), max_size=6))
def test_an_answer_does_not_depend_on_what_was_asked_before(units: list[str]) -> None:
    fresh = [register_of(agencies=SHIPPED.agencies.values(), province="Thanh Hóa").resolve(unit, OLD) for unit in units]
    asked = register_of(agencies=SHIPPED.agencies.values(), province="Thanh Hóa")
    assert [asked.resolve(unit, OLD) for unit in units] == fresh
    assert [asked.resolve(unit, OLD) for unit in units] == fresh


def agency(key: str, name: str, **more: object) -> Agency:
    return Agency(key=key, name=name, kind=AgencyKind.DEPARTMENT, **more)  # type: ignore[arg-type]


def test_a_succession_is_followed_to_its_end_and_a_circle_ends() -> None:
    register = register_of(
        agencies=[
            agency("a", "Sở A", end=date(2021, 12, 31), successor="b"),
            agency("b", "Sở B", start=date(2022, 1, 1), end=date(2023, 12, 31), successor="c"),
            agency("c", "Sở C", start=date(2024, 1, 1), end=date(2024, 12, 31), successor="a"),
        ]
    )
    asked = [register.resolve("Sở A", date(year, 6, 1)) for year in (2021, 2022, 2024, 2025)]
    assert asked == ["a", "b", "c", ""]


def test_a_name_taken_over_by_another_goes_before_an_inherited_one() -> None:
    register = register_of(
        agencies=[
            agency("cu", "Sở Du lịch", end=date(2021, 12, 31), successor="khac"),
            agency("khac", "Sở Văn hóa"),
            agency("moi", "Sở Du lịch", start=date(2024, 1, 1)),
        ]
    )
    asked = [register.resolve("Sở Du lịch", date(year, 6, 1)) for year in (2021, 2022, 2024)]
    assert asked == ["cu", "khac", "moi"]


def test_a_name_asked_before_is_answered_in_about_a_microsecond() -> None:
    register: Register = SHIPPED
    register.resolve("Bộ phận Một cửa xã Nga Sơn", NOW)
    best = min(timeit.repeat(lambda: register.resolve("Bộ phận Một cửa xã Nga Sơn", NOW), number=10_000, repeat=5))
    assert best / 10_000 < 3e-6
