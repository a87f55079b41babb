"""What people write loses what leads to a person, and keeps when it was."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.mask import HIDDEN, mask


@pytest.mark.parametrize(
    "text",
    [
        "03-11-2026 08:30",
        "ngày 03.11.2026 08:30 không nộp được",
        "từ 08:30 03-11-2026 đến 09:00 04-11-2026",
        "từ 03-11-2026 08:30 đến 04-11-2026 17:05.",
        "(3.1.2026), 03/11/2026 08:30",
        "hồ sơ H56.01-261123-0012 ngày 03-11-2026",
    ],
)
def test_days_and_hours_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("gọi 0912-345-678 ngày 03-11-2026 08:30", "gọi *** ngày 03-11-2026 08:30"),
        ("03-11-2026 0912345678", "03-11-2026 ***"),
        ("03-11-2026, 0912.345.678", "03-11-2026, ***"),
        ("09-12-2034-567", "***"),
        ("09.12.2034.567", "***"),
        ("09.12.2034 567", "***"),
        ("0912 2034 567", "***"),
        ("cccd 038201001234 lúc 03-11-2026 08:30", "cccd *** lúc 03-11-2026 08:30"),
        ("a.b@c.vn 03-11-2026 08:30", "*** 03-11-2026 08:30"),
    ],
)
def test_what_leads_to_a_person_goes_beside_a_day_too(text: str, masked: str) -> None:
    assert mask(text) == masked


IDENTITY = (
    "038199012345",
    "038 199 012 345",
    "038.199.012.345",
    "038-199-012-345",
    "171234567",
    "171 234 567",
    "171.234.567",
)
NUMBERS = (
    *IDENTITY, "171-234-567", "số038199012345", "CMND171234567", "cccd_038199012345.pdf", "CCCD:038199012345.",
    "0912345678", "0912 345 678", "0912.345.678", "0912-345-678", "0912_345_678", "0912\u2013345\u2013678",
    "091 234 5678", "84912345678", "+84912345678", "+84 912 345 678", "(+84) 912 345 678", "0084912345678",
    "02373851234", "(0237) 385 1234", "ĐT0912345678", "0912345678/0987654321", "\uff10\uff19\uff11\uff12345678",
)  # fmt: skip
MAILS = ("a@b.vn", "chu.ho+1@nha.com.vn", "CHU@NHA.VN", "mailto:chu@nha.vn", "<chu@nha.vn>", "chủ@nhà.vn")
CODES = (
    "H56-210531-0001", "H56.14-240823-0001", "000.00.06.H56-240229-0001", "G09.20-20260609-0092637",
    "000.26.15.H56-261116-0001", "H56.02-261116-0001",
)  # fmt: skip
STAYS = (
    *CODES, "03/11/2026", "17:00 20/11/2026", "2026-11-20", "20261120170000", "xuat_03-11-2026_08.xlsx",
    "1.250.000 đồng", "125.000.000 đồng", "125.000.000.000 đồng", "1.250.000.000 VND", "số 123/QĐ-UBND",
    "118/2025/NĐ-CP", "2.000033", "1.001234.000.00.00.H56", "123456/CV-SCT", "192.168.10.12",
)  # fmt: skip
CODE = re.compile(r"[0-9A-Z]{1,4}(\.[0-9A-Z]{1,4}){0,3}-\d{6,8}-\d{4,7}")
PERSONAL = re.compile(r"(?<!\d)(?:\d{9}|\d{12}|(?:0|84)\d{9})(?!\d)|\S@\w+\.\w")


@pytest.mark.parametrize("text", [*NUMBERS, *MAILS])
@pytest.mark.parametrize("around", ["{}", "của bà A: {}, đã gọi", "({})"])
def test_numbers_and_addresses_of_people_go(text: str, around: str) -> None:
    hidden = mask(around.format(text))
    assert HIDDEN in hidden
    assert "@" not in hidden
    assert sum(letter.isdigit() for letter in hidden) < 3
    assert mask(hidden) == hidden


@pytest.mark.parametrize("text", STAYS)
@pytest.mark.parametrize("around", ["{}", "theo {}, ngày 24/11/2026", "({})"])
def test_what_only_looks_like_them_stays(text: str, around: str) -> None:
    assert mask(around.format(text)) == around.format(text)


codes = st.one_of(
    st.sampled_from(CODES),
    st.builds(
        "{}-{}-{}".format,
        st.sampled_from(("H56", "H56.02", "000.00.06.H56", "G09.20")),
        st.from_regex(r"(20)?2[0-9](0[1-9]|1[0-2])[0-2][1-9]", fullmatch=True),
        st.from_regex(r"[0-9]{4,7}", fullmatch=True),
    ),
)
people = st.one_of(
    st.sampled_from((*NUMBERS, *MAILS)),
    st.from_regex(r"[0-9]{9}|[0-9]{12}|(0|84|\+84)[0-9]{9}|[a-z.]{1,6}@[a-z]{1,6}\.vn", fullmatch=True),
)
words = st.sampled_from(("hồ sơ", "chờ ý kiến", "số", "ngày 24/11/2026", "12", "ĐT", "x", ""))


@given(st.lists(st.one_of(codes, people, words), max_size=8), st.sampled_from((" ", ", ", "; ", "\n", " / ")))
def test_nothing_of_a_person_is_left_and_every_dossier_code_is(parts: list[str], between: str) -> None:
    hidden = mask(between.join(parts))
    assert not PERSONAL.search(hidden), hidden
    kept = [part for part in parts if CODE.fullmatch(part)]
    assert [hidden.count(code) >= kept.count(code) for code in kept] == [True] * len(kept), hidden
