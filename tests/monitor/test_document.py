"""A mistake in a file is named with its line, however the entry is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.core.mistake import Mistake
from monitor.document import Document, Entry, Loc, read

TEXT = """\
name = "x"

[[service]]
code = "1"
[[service.target]]
key = "a"
steps = [
  { url = "b" },
  { url = "c", method = "GET" },
]
[[service.target]]
key = "d"

[[service]]
note = "name = 1"
name = "y"
"""


class Step(Entry):
    count: int


@pytest.mark.parametrize(
    ("loc", "place"),
    [
        ((), ""),
        (("name",), "dòng 1, mục name"),
        (("service", 0, "code"), "dòng 4, service thứ 1, mục code"),
        (("service", 0, "name"), "dòng 3, service thứ 1, mục name"),
        (("service", 0, "target", 0, "steps", 1, "url"), "dòng 9, service thứ 1, target thứ 1, steps thứ 2, mục url"),
        (("service", 0, "target", 1, "key"), "dòng 12, service thứ 1, target thứ 2, mục key"),
        (("service", 1, "name"), "dòng 16, service thứ 2, mục name"),
        (("service", 1), "dòng 14, service thứ 2"),
    ],
)  # fmt: skip
def test_a_place_is_named_as_a_person_finds_it(loc: Loc, place: str) -> None:
    assert Document("t.toml", TEXT, {}, []).place(loc) == place


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a = 1\na = 2\n", "một tên được ghi hai lần – bỏ một trong hai"),
        (b"a = \n", "t.toml: dòng 1, cột 5: không đúng cách viết TOML – chữ đặt trong ngoặc kép"),
        ("a = 'ạ'".encode("utf-16"), "t.toml: không phải UTF-8 – lưu lại tệp dạng UTF-8"),
        (None, "t.toml: không đọc được (không có tệp hoặc thư mục này) – chép lại tệp đi kèm"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_how_to_mend_it(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    mistakes: list[Mistake] = []
    if content is not None:
        (tmp_path / "t.toml").write_bytes(content)
    assert read(tmp_path / "t.toml", "t.toml", mistakes) is None
    assert told in str(mistakes[0])


def test_a_value_of_another_kind_is_never_converted() -> None:
    document = Document("t.toml", 'count = "7"\n', {"count": "7"}, [])
    assert document.checked(Step) is None
    assert [str(m) for m in document.mistakes] == [
        "t.toml: dòng 1, mục count: phải là số nguyên – ghi số nguyên, không có ngoặc kép"
    ]
