"""Every mistake in a register is told at once, a line each: which file, where in it, how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

SERVICE = "services/2.001474.toml"


def test_mistakes_in_many_files_are_told_together(own) -> None:
    own.change("register.toml", 'centre = "trung-tam-pvhcc"', "centre = 7")
    own.change("agencies/tinh.toml", 'kind = "department"', 'kind = "departement"')
    own.change(SERVICE, 'kind = "browser"', 'kind = "brwoser"')
    own.change("posts.toml", 'role = "head"', 'rol = "head"')
    own.change("sources.toml", 'name = "Hệ thống', "name = Hệ thống")
    own.change("ladders.toml", "fraction_percent = 50", "fraction_percent = 150")
    own.change("duties.toml", "due = 2024-03-11", 'due = "2024-03-11"')
    own.add("contacts.toml", '[[contact]]\npost = "so-cong-thuong/head"\naddress = "a b@c"\n')
    told = own.mistakes()
    files = {line.partition(":")[0] for line in told}
    assert files == {
        "register.toml", "agencies/tinh.toml", SERVICE, "posts.toml", "sources.toml", "ladders.toml", "duties.toml",
        "contacts.toml",
    }  # fmt: skip
    assert all(" – " in line for line in told)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("register.toml", 'centre = "trung-tam-pvhcc"', 'centre = "x"', "mục centre: không có cơ quan “x”"),
        ("register.toml", 'province = "Thanh Hóa"', 'provinec = "Thanh Hóa"', "mục provinec: không có mục nào"),
        ("agencies/tinh.toml", 'parent = "ubnd-tinh"', 'parent = "ubnd"', "không có cơ quan cấp trên “ubnd”"),
        ("agencies/tinh.toml", 'key = "so-noi-vu"', 'key = "so-tai-chinh"', "mã cơ quan “so-tai-chinh” đã có ở"),
        ("agencies/tinh.toml", 'key = "so-noi-vu"', 'key = "Sở Nội vụ"', "chỉ chữ thường không dấu"),
        ("agencies/tinh.toml", "\nstart = 2025-03-01", "\nstart = 2025-3-1", "cột 13: không đúng cách viết TOML"),
        ("agencies/tinh.toml", "end = 2025-02-28", "end = 2025-02-28\nstart = 2026-01-01", "end trước start"),
        ("agencies/tinh.toml", 'successor = "so-tai-chinh"', 'successor = "so-x"', "không có cơ quan kế thừa “so-x”"),
        ("agencies/tinh.toml", 'aliases = ["Sở NV"]', 'aliases = ["Sở TC"]', "tên “so tc” chỉ cả “so-noi-vu”"),
        ("agencies/tinh.toml", 'aliases = ["Sở NV"]', 'hours = "mua-he"', "“mua-he” – chọn một trong: default"),
        ("agencies/tinh.toml", 'aliases = ["Sở NV"]', 'aliases = "Sở NV"', "phải là danh sách"),
        ("agencies/xa-phuong.toml", 'code = "14797" }', 'cod = "14797" }', "dòng 17, agency thứ 1, mục cod"),
        ("agencies/xa-phuong.toml", 'parent = "ubnd-tinh"', "parent = 1", "mục parent: phải là chữ"),
        ("posts.toml", 'agency = "so-cong-thuong"', 'agency = "so-ct"', "không có cơ quan “so-ct”"),
        ("sources.toml", 'key = "cong-dvcqg"', 'key = "mot-cua"', "mã nguồn “mot-cua” đã có ở sources.toml dòng"),
        ("ladders.toml", '"receiving:service_centre"', '"handling:chief"', "không hiểu “handling:chief”"),
        ("ladders.toml", '"told:duty"', '"told:service_centre"', "không có chức danh nào nhận “told:service_centre”"),
        ("ladders.toml", "fraction_percent = 50", "fraction_percent = 50\nworking_days = 1", "vừa theo phần trăm"),
        ("ladders.toml", 'name = "last_hour"', 'name = "half"', "bậc “half” đã có ở"),
        ("duties.toml", 'agencies = ["trung-tam-pvhcc"]', "agencies = []", "mục agencies: danh sách để trống"),
        ("duties.toml", "due = 2024-03-11", "every_months = 1\nclosing_day = 14", "nhiệm vụ định kỳ thiếu due_day"),
        ("duties.toml", "due = 2024-03-11", "due = 2024-03-11\nevery_months = 1\nclosing_day = 1\ndue_day = 9", "vừa"),
        ("duties.toml", "due = 2024-03-11", "every_months = 2\nclosing_day = 14\ndue_day = 20", "mục every_months"),
        ("duties.toml", "due = 2024-03-11", "closing_day = 14", "mà không có every_months"),
        ("ladders.toml", 'name = "superior"', 'name = "superior"\nurgency = "waking"', "nhiệm vụ chỉ báo theo phiên"),
        ("duties.toml", 'report_to = "ubnd-tinh"', 'report_to = "tinh"', "không có cơ quan “tinh”"),
        (SERVICE, 'owner = "so-cong-thuong"', 'owner = "sct"', "mục owner: không có cơ quan “sct”"),
        (SERVICE, 'code = "2.001474"', 'code = "1474"', "không phải mã thủ tục"),
        (SERVICE, 'internal_target = ""', 'internal_target = "99"', "không phải tỷ lệ"),
        (SERVICE, "interval_s = 900", "interval_s = 60", "dày hơn 5 phút một lần – đặt interval_s từ 300 trở lên"),
        (SERVICE, "recheck_s = 60", "recheck_s = 5", "bị xem lại quá nhanh"),
        (SERVICE, "deadline_s = 20", "deadline_s = 300", "thời gian chờ dài hơn khoảng cách"),
        (SERVICE, 'kind = "browser"', 'kind = "browser"\npublic = false', "máy dichvucong.gov.vn không phải của mình"),
        (SERVICE, "control = true", "control = true\nca_file = '/khong/co.pem'", "không có tệp /khong/co.pem"),
        (SERVICE, "control = true", "control = true\nproxy = 'may:3128'", "không phải địa chỉ proxy"),
        (SERVICE, 'want = "text", value = "2.001474"', 'want = "selector", value = "a["', "không phải bộ chọn CSS"),
        (SERVICE, 'want = "text", value = "2.001474"', 'want = "json", value = "a[?"', "không phải biểu thức JMESPath"),
        (SERVICE, 'want = "text", value = "2.001474"', 'want = "text", value = " "', "chỉ có dấu cách"),
        (SERVICE, 'want = "status", value = "200"', 'want = "status", value = "ok"', "không phải các mã HTTP"),
        (SERVICE, 'url = "https://', 'url = "dvc://', "không phải địa chỉ – ghi dạng https"),
        (SERVICE, 'ma_thu_tuc=2.001474"', 'ma_thu_tuc=2.001474"\nmethod = "POST"', "trình duyệt chỉ mở trang bằng GET"),
        (SERVICE, 'key = "2.001474-dvcqg-http"', 'key = "doi-chieu-tinh"', "mã “doi-chieu-tinh” đã dùng cho"),
        (SERVICE, 'kind = "browser"', 'kind = "browser"\nrequired = false', "không có địa chỉ nào bắt buộc"),
        (SERVICE, "required = false\ncontrol = true", "control = true", "nơi đối chiếu không thể là bắt buộc"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place_and_mend(own, file: str, old: str, new: str, told: str) -> None:
    own.change(file, old, new)
    (line,) = [line for line in own.mistakes() if told in line]
    assert line.startswith(file)
    assert " – " in line


def test_a_required_address_must_say_what_the_page_shows(own) -> None:
    text = (own.folder / SERVICE).read_text("utf-8")
    at = text.index("assertions = [\n")
    end = text.index("]\n", at) + 2
    own.change(SERVICE, text[at:end], "")
    assert any("mã HTTP 200 không chứng minh trang dùng được" in line for line in own.mistakes())


def test_a_circle_of_parents_is_named_and_ends(own) -> None:
    own.change("agencies/tinh.toml", 'kind = "province"', 'kind = "province"\nparent = "vp-ubnd-tinh"')
    assert any("là cấp trên của chính nó" in line for line in own.mistakes())


def test_one_name_for_two_agencies_is_allowed_on_different_days(own) -> None:
    own.change("agencies/tinh.toml", 'aliases = ["Sở NV"]', 'aliases = [{ name = "Sở Cũ", end = 2025-02-28 }]')
    own.change("agencies/tinh.toml", 'aliases = ["Sở TC"]', 'aliases = [{ name = "Sở Cũ", start = 2025-03-01 }]')
    assert own.load()
    own.change("agencies/tinh.toml", "end = 2025-02-28 }", "end = 2025-03-01 }")
    (line,) = own.mistakes()
    assert "từ ngày 01/03/2025" in line


def test_an_unknown_owner_is_named_beside_another_mistake_in_the_same_entry(own) -> None:
    own.change(SERVICE, 'owner = "', 'owner = "khong-co-').change(SERVICE, "interval_s = ", "interval_s = -")
    own.change("duties.toml", "due = 2024-03-11", "due = 7").change("duties.toml", 'report_to = "', 'report_to = "la-')
    told = own.mistakes()
    assert any(line.startswith(SERVICE) and "không có cơ quan “khong-co-" in line for line in told)
    assert any(line.startswith(SERVICE) and "interval_s" in line for line in told)
    assert any(line.startswith("duties.toml") and "không có cơ quan “la-" in line for line in told)


def test_references_are_not_judged_while_a_file_cannot_be_read(own) -> None:
    own.change("agencies/tinh.toml", "\n[[agency]]\n", "\n[[agency]\n")
    (line,) = own.mistakes()
    assert line.startswith("agencies/tinh.toml: dòng")


@pytest.mark.parametrize("file", ["register.toml", "posts.toml", "sources.toml", "ladders.toml"])
def test_a_file_that_is_missing_is_named(own, file: str) -> None:
    (own.folder / file).unlink()
    assert f"{file}: thiếu tệp này – chép lại từ danh mục đi kèm (tthc init)" in own.mistakes()


@pytest.mark.parametrize("file", ["contacts.toml", "duties.toml"])
def test_a_file_that_may_be_missing_is_not_asked_for(own, file: str) -> None:
    (own.folder / file).unlink(missing_ok=True)
    assert own.load()


@pytest.mark.parametrize("file", ["dich-vu.toml", "agencies/sau/them.toml", "service/2.000004.toml"])
def test_a_file_that_would_not_be_read_is_named(own, file: str) -> None:
    (own.folder / file).parent.mkdir(exist_ok=True, parents=True)
    own.add(file, "")
    assert any(line.startswith(f"{file}: tệp lạ") for line in own.mistakes())


def test_a_file_that_is_not_utf_8_is_named(own) -> None:
    (own.folder / "duties.toml").write_bytes("[[duty]]\ntitle = 'nhiệm vụ'".encode("utf-16"))
    assert "duties.toml: không phải UTF-8 – lưu lại tệp dạng UTF-8" in own.mistakes()


def test_a_file_saved_by_notepad_is_read(own) -> None:
    path = own.folder / "duties.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(own.load().duties) == 2


def test_an_empty_folder_is_told_what_belongs_into_it(tmp_path: Path, own) -> None:
    own.folder = tmp_path / "trong"
    own.folder.mkdir()
    told = own.mistakes()
    assert len(told) == 6
    assert any(line.startswith("agencies/: không có tệp .toml nào") for line in told)


def test_hosts_of_the_offices_own_may_be_looked_at_closely(own) -> None:
    own.add(
        SERVICE,
        '\n[[service.target]]\nkey = "noi-bo"\nname = "Nội bộ"\npublic = false\nrequired = false\ninterval_s = 30\n'
        'deadline_s = 5\n[[service.target.step]]\nurl = "https://motcua.thanhhoa.gov.vn/"\n',
    )
    target = own.load().target("noi-bo")
    assert target is not None
    assert (target.interval_s, target.recheck_s) == (30, 5)
    assert {t.recheck_s for t in own.load().targets() if t.public} == {20, 60}
