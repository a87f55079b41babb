"""danh-ba.xlsx goes out to be filled in, and comes back with a preview of what it would change."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from monitor.core.agency import Role
from monitor.register import Register, RegisterError, contacts, load_register

HEAD = "so-cong-thuong/head"
Fill = Callable[..., Path]


@pytest.fixture
def fill(own, tmp_path: Path) -> Fill:
    """Write the file out, put values into cells, and hand it back."""
    path = tmp_path / "danh-ba.xlsx"

    def filled(**cells: dict[str, object]) -> Path:
        contacts.write_xlsx(own.load(), path)
        book = load_workbook(path)
        sheet = book.active
        assert sheet is not None
        top = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "Mã")
        headings = {sheet.cell(top, column).value: column for column in range(1, 12)}
        rows = {sheet.cell(row, 1).value: row for row in range(top + 1, sheet.max_row + 1)}
        for post, values in cells.items():
            row = rows.get(post.replace("__", "/").replace("_", "-"), sheet.max_row + 1)
            for heading, value in values.items():
                sheet.cell(row, headings[heading]).value = value  # type: ignore[index]
        book.save(path)
        return path

    return filled


def good(register: Register, path: Path) -> list[contacts.Change]:
    """The changes of a file in which every row is good."""
    changes, mistakes = contacts.examine(register, path)
    assert mistakes == []
    return changes


def test_the_file_has_vietnamese_headings_every_post_and_open_columns_for_people_alone(own, tmp_path: Path) -> None:
    contacts.write_xlsx(own.load(), tmp_path / "danh-ba.xlsx")
    sheet = load_workbook(tmp_path / "danh-ba.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    top = next(number for number, row in enumerate(rows) if row[0].value == "Mã")
    headings = ["Mã", "Cơ quan", "Chức danh", "Vai trò", "Họ tên", "E-mail", "Điện thoại"]
    headings += ["E-mail dự phòng", "Kênh khác", "Từ ngày", "Đến ngày"]
    assert [cell.value for cell in rows[top]] == headings
    assert len(rows) - top - 1 == len(own.load().posts)
    assert sheet.protection.sheet
    assert {tuple(cell.protection.locked for cell in row) for row in rows[top + 1 :]} == {(True,) * 4 + (False,) * 7}


def test_what_would_change_is_shown_first(own, fill: Fill) -> None:
    path = fill(so_cong_thuong__head={"Họ tên": "Nguyễn Văn Mẫu", "E-mail": " gd@thanhhoa.gov.vn "})
    changes = good(own.load(), path)
    assert [change.as_row() for change in changes] == [
        (HEAD, "Giám đốc Sở Công Thương", "Họ tên", "–", "Nguyễn Văn Mẫu"),
        (HEAD, "Giám đốc Sở Công Thương", "E-mail", "–", "gd@thanhhoa.gov.vn"),
    ]
    assert own.load().posts[HEAD].address == ""


def test_what_is_applied_is_what_was_shown_and_nothing_is_left_to_change(own, fill: Fill) -> None:
    path = fill(
        so_cong_thuong__head={"E-mail": "gd@thanhhoa.gov.vn", "Điện thoại": 912345678},
        xa_nga_son__head={"Họ tên": 'Lê "Tư" \\ Văn\tMẫu'},
    )
    register = own.load()
    contacts.apply(str(own.folder), good(register, path))
    changed = own.load().posts
    assert (changed[HEAD].address, changed[HEAD].phone) == ("gd@thanhhoa.gov.vn", "0912345678")
    assert changed["xa-nga-son/head"].person == 'Lê "Tư" \\ Văn Mẫu'
    assert good(own.load(), path) == []
    assert {k: p for k, p in changed.items() if p.person or p.address}.keys() == {HEAD, "xa-nga-son/head"}


def test_an_office_passes_from_one_to_another_on_a_day_and_has_addresses_in_reserve(own, fill: Fill) -> None:
    path = fill(
        so_cong_thuong__head={
            "Họ tên": "Nguyễn Văn Mẫu",
            "E-mail": "cu@b.vn",
            "E-mail dự phòng": " vt@b.vn;mailto:tk@b.vn ",
            "Kênh khác": "sms: 0912 345 678 ; zalo:1234567",
            "Đến ngày": date(2026, 11, 30),
        },
        moi={"Mã": HEAD, "Họ tên": "Lê Thị Mới", "E-mail": "moi@b.vn", "Từ ngày": "01/12/2026"},
    )
    changes = good(own.load(), path)
    assert [change.as_row()[2:] for change in changes] == [
        ("Họ tên", "–", "Nguyễn Văn Mẫu"),
        ("E-mail", "–", "cu@b.vn"),
        ("E-mail dự phòng", "–", "vt@b.vn; tk@b.vn"),
        ("Kênh khác", "–", "sms:0912345678; zalo:1234567"),
        ("Đến ngày", "–", "30/11/2026"),
        ("Họ tên (người thứ 2)", "–", "Lê Thị Mới"),
        ("E-mail (người thứ 2)", "–", "moi@b.vn"),
        ("Từ ngày (người thứ 2)", "–", "01/12/2026"),
    ]
    contacts.apply(str(own.folder), changes)
    register = own.load()
    before, after = register.on(date(2026, 11, 30)), register.on(date(2026, 12, 1))
    assert (before.posts[HEAD].address, before.posts[HEAD].fallbacks) == ("cu@b.vn", ("vt@b.vn", "tk@b.vn"))
    assert (after.posts[HEAD].person, after.posts[HEAD].fallbacks) == ("Lê Thị Mới", ())
    assert after.on(date(2026, 11, 30)).posts_of("so-cong-thuong", {Role.HEAD})[0].address == "cu@b.vn"
    assert after.on(date(2026, 12, 2)) is after
    assert good(register, path) == []
    contacts.write_xlsx(register, path)
    assert good(register, path) == []


def test_rows_of_one_post_must_not_meet_and_a_file_without_days_does_not_mix_them_up(own, fill: Fill) -> None:
    own.add("contacts.toml", f'[[contact]]\npost = "{HEAD}"\naddress = "a@b.vn"\nuntil = 2026-11-30\n')
    own.add("contacts.toml", f'[[contact]]\npost = "{HEAD}"\naddress = "c@b.vn"\nsince = 2026-12-01\n')
    path = fill(
        so_cong_thuong__head={"Từ ngày": "31/02/2026"},
        so_cong_thuong__duty={"E-mail dự phòng": "khong phai", "Kênh khác": "0912345678"},
        xa_nga_son__head={"Từ ngày": "02/12/2026", "Đến ngày": "01/12/2026"},
        moi={"Mã": HEAD, "E-mail": "d@b.vn", "Đến ngày": "15/12/2026"},
    )
    changes, mistakes = contacts.examine(own.load(), path)
    told = " / ".join(str(one) for one in mistakes)
    assert changes == []
    for words in (
        "“31/02/2026” ở cột Từ ngày", "“khong phai” ở cột E-mail dự phòng", "“0912345678” ở cột Kênh khác",
        "Đến ngày trước Từ ngày", "đã có ở dòng",
    ):  # fmt: skip
        assert words in told
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Mã", "E-mail"])
    sheet.append([HEAD, "e@b.vn"])
    book.save(path)
    (mistake,) = contacts.examine(own.load(), path)[1]
    assert "không có cột ngày – xuất lại danh bạ" in str(mistake)


def test_an_emptied_cell_takes_the_address_away_and_the_rest_stays(own, fill: Fill) -> None:
    own.add("contacts.toml", f'[[contact]]\npost = "{HEAD}"\nperson = "A"\naddress = "a@b.vn"\n')
    own.add("contacts.toml", '[[contact]]\npost = "so-cong-thuong/duty"\naddress = "truc@b.vn"\n')
    changes = good(own.load(), fill(so_cong_thuong__head={"E-mail": None}))
    assert [change.as_row()[2:] for change in changes] == [("E-mail", "a@b.vn", "(bỏ trống)")]
    contacts.apply(str(own.folder), changes)
    posts = own.load().posts
    assert (posts[HEAD].person, posts[HEAD].address) == ("A", "")
    assert posts["so-cong-thuong/duty"].address == "truc@b.vn"


def test_every_row_that_cannot_be_used_is_named_by_its_number(own, fill: Fill) -> None:
    path = fill(
        so_cong_thuong__head={"E-mail": "gd@"},
        xa_nga_son__head={"Mã": "xa-nga-sơn/head"},
        xa_nga_an__head={"Mã": HEAD},
        moi={"Họ tên": "Người không có mã", "E-mail": "a@b.vn"},
    )
    changes, mistakes = contacts.examine(own.load(), path)
    told = [str(mistake) for mistake in mistakes]
    assert len(told) == 4
    assert changes == []
    assert all(line.startswith("danh-ba.xlsx: dòng ") for line in told)
    for words in ("“gd@” không phải địa chỉ", "không có chức danh “xa-nga-sơn/head”", "đã có ở dòng", "thiếu mã"):
        assert any(words in line for line in told)


def test_a_bad_row_hides_no_good_one_and_two_addresses_in_a_cell_are_one_too_many(own, fill: Fill) -> None:
    path = fill(so_cong_thuong__head={"E-mail": "a@b.vn; c@b.vn"}, xa_nga_son__head={"E-mail": "d@b.vn"})
    (change,), (mistake,) = contacts.examine(own.load(), path)
    assert (change.post, change.after) == ("xa-nga-son/head", "d@b.vn")
    assert str(mistake).endswith("không phải một địa chỉ thư điện tử – mỗi ô chỉ một địa chỉ")


@pytest.mark.parametrize(
    "formula", ['=HYPERLINK("http://x","A")', "+84912345678", "@SUM(A1)", "-1", "=cmd|' /C calc'!A0"]
)
def test_nothing_a_person_wrote_goes_out_as_a_formula(own, tmp_path: Path, formula: str) -> None:
    own.add("contacts.toml", f"[[contact]]\npost = \"{HEAD}\"\nperson = '''{formula}'''\n")
    contacts.write_xlsx(own.load(), tmp_path / "danh-ba.xlsx")
    sheet = load_workbook(tmp_path / "danh-ba.xlsx").active
    assert sheet is not None
    (cell,) = [row[4] for row in sheet.iter_rows() if row[0].value == HEAD]
    assert (cell.value, cell.data_type) == (formula, "s")


def test_the_columns_may_stand_in_another_order_with_others_between(own, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Danh bạ"],
        [],
        ["Ghi chú", "E-MAIL", "ma"],
        ["x", "mailto:gd@thanhhoa.gov.vn", HEAD],
        [None, None, None],
    ):
        sheet.append(row)
    book.save(tmp_path / "khac.xlsx")
    (change,) = good(own.load(), tmp_path / "khac.xlsx")
    assert (change.post, change.after) == (HEAD, "gd@thanhhoa.gov.vn")


@pytest.mark.parametrize("content", [b"", b"khong phai bang tinh", b"PK\x03\x04 hong"])
def test_a_file_that_is_no_workbook_is_named(own, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hong.xlsx"
    path.write_bytes(content)
    with pytest.raises(RegisterError, match=r"hong\.xlsx: không đọc được tệp"):
        contacts.examine(own.load(), path)


def test_a_workbook_without_the_headings_is_named(own, tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "trong.xlsx")
    with pytest.raises(RegisterError, match="không thấy dòng tiêu đề"):
        good(own.load(), tmp_path / "trong.xlsx")


def test_the_register_that_comes_with_the_program_is_not_written_to() -> None:
    load_register("thanh-hoa")
    with pytest.raises(RegisterError, match="tthc init danh-muc"):
        contacts.apply("thanh-hoa", [])


def test_the_file_of_contacts_is_not_for_everybody_and_leaves_nothing_beside_it(own, fill: Fill) -> None:
    contacts.apply(str(own.folder), good(own.load(), fill(so_cong_thuong__head={"E-mail": "a@b.vn"})))
    path = own.folder / "contacts.toml"
    assert stat.S_IMODE(path.stat().st_mode) & 0o007 == 0
    assert [p.name for p in own.folder.iterdir() if p.name.startswith(".")] == []


def test_a_place_that_cannot_be_written_to_is_named(own, tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="không ghi được"):
        contacts.write_xlsx(own.load(), tmp_path / "khong-co" / "danh-ba.xlsx")
