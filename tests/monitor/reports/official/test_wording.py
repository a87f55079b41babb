"""Lines of a template as blocks, and the mark of an agency."""

from __future__ import annotations

import pytest

from monitor.reports.official.document import Grid, Heading, Paragraph
from monitor.reports.official.letterhead import initials
from monitor.reports.official.wording import WIDTHS, worded

GIVEN = Paragraph("bảng")
TEXT = """# I. Mục
## 1. Ý

Một  đoạn
~ Ghi chú
| Nơi | một | hai
| Lúc | 08:30
[[bảng]]
"""


def test_each_line_is_a_block_and_rows_that_follow_each_other_are_one_table() -> None:
    assert worded(TEXT, {"bảng": [GIVEN]}) == (
        Heading("I. Mục"),
        Heading("1. Ý", level=2),
        Paragraph("Một đoạn"),
        Paragraph("Ghi chú", italic=True),
        Grid(header=("Nội dung", "Ghi nhận"), rows=(("Nơi", "một | hai"), ("Lúc", "08:30")), widths=WIDTHS),
        GIVEN,
    )


@pytest.mark.parametrize("apart", ["\u2028", "\x0b", "\x85"], ids=ascii)
def test_what_only_looks_like_the_end_of_a_line_begins_no_block(apart: str) -> None:
    assert worded(f"Lời khai:{apart}# không phải đề mục", {}) == (Paragraph("Lời khai: # không phải đề mục"),)


def test_blocks_that_are_not_given_are_missed() -> None:
    with pytest.raises(KeyError, match="bảng"):
        worded("[[bảng]]", {})


@pytest.mark.parametrize(
    ("name", "mark"), [("Sở Công Thương", "SCT"), ("Văn phòng UBND tỉnh", "VPUT"), ("– Ban (x)", "B")]
)
def test_an_agencys_mark_is_made_of_its_name(name: str, mark: str) -> None:
    assert initials(name) == mark
