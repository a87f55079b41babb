"""How polled sources are written in the register: every mistake in one line that names its mend."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from monitor.core.place import ApiPlace, Auth, Paging
from monitor.core.source import SourceKind
from monitor.register.entries import SourcesFile
from monitor.register.places import AdapterEntry, ApiEntry
from monitor.register.polled import COLUMNS, source_flaws
from monitor.sources.columns import NATIONAL
from monitor.sources.fetchers import FETCHERS

SOURCES = Path(__file__).parents[3] / "docs" / "sources.md"
HEAD = '\n[[source]]\nkey = "may-chu"\nname = "Máy chủ"\nkind = "{kind}"\n'
API = (
    HEAD.format(kind="api")
    + """
[source.api]
url = "https://mc.thanhhoa.gov.vn/ho-so"
fields = { code = "maHoSo", status = "tt" }
"""
)
ADAPTER = (
    HEAD.format(kind="adapter")
    + """
[source.adapter]
url = "https://truc.thanhhoa.gov.vn/goi"
login_url = "https://truc.thanhhoa.gov.vn/dang-nhap"
unit = "000.00.00.H56"
"""
)


def test_a_source_is_as_it_is_written(own) -> None:
    own.add("sources.toml", API + 'paging = "cursor"\nnext_cursor = "tiep"\nauth = "oauth2"\n'
            'token_url = "https://mc.thanhhoa.gov.vn/token"\nsince_name = "tu"\nsince_field = "capNhat"\n')  # fmt: skip
    spec = own.load().sources["may-chu"]
    assert spec.kind is SourceKind.API
    assert isinstance(spec.place, ApiPlace)
    assert (spec.place.paging, spec.place.auth) == (Paging.CURSOR, Auth.OAUTH2)


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ('paging = "cursor"', 'paging = "cursor" mà không có next_cursor'),
        ('next_cursor = "tiep"', "next_cursor không dùng với"),
        ('total = "tong"', "total không dùng với"),
        ('more = "con"', "more không dùng với"),
        ('paging = "number"\nsize_name = "co"\ntotal = "tong["', "không phải biểu thức JMESPath"),
        ('records = "a..b"', "“a..b” không phải biểu thức JMESPath"),
        ('since_name = "tu"', "có since_name mà không có since_field"),
        ('since_field = "capNhat"', "có since_field mà không có since_name"),
        ('since_first = "20260101"', "có since_first mà không có since_name"),
        ('auth = "oauth2"', 'auth = "oauth2" mà không có token_url'),
        ('token_scope = "doc"', 'token_scope chỉ dùng với auth = "oauth2"'),
        ('auth_header = "X-Khoa"', 'auth_header không dùng với auth = "none"'),
        ('auth = "token"\nauth_header = "X Khoa"', "“X Khoa” không phải tên header"),
        (
            'headers = { Authorization = "Basic abc" }',
            "header Authorization mang mật khẩu, khóa – bỏ đi, ghi ở SOURCE_",
        ),
        ('query = { api_key = "abc" }', "tham số api_key mang mật khẩu, khóa vào địa chỉ"),
        ("body = '{\"tu\": 1}'", 'body không gửi được bằng method = "GET"'),
        ('method = "POST"\nbody = "tu=1"', "body không phải một đối tượng JSON"),
        ('method = "POST"\nbody = \'{"password": 1}\'', "body mang mật khẩu, khóa"),
        ('ca_file = "/khong/co.pem"', "không có tệp /khong/co.pem"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_settings_that_cannot_work_are_mistakes(added: str, told: str) -> None:
    (line,) = flaws(f"{API}{added}\n")
    assert told in line


def flaws(text: str) -> list[str]:
    """What is wrong with the last source of a file: what, and how to mend it."""
    entry = SourcesFile.model_validate(tomllib.loads(text)).source[-1]
    return [f"{what} – {mend}" for _, what, mend in source_flaws(entry)]


def test_a_mistake_is_told_with_its_place(own) -> None:
    added = 'url2 = "x"\npaging = "cursor"\n'
    (unknown,) = own.add("sources.toml", f"{API}{added}").mistakes()
    assert "mục url2: không có mục nào tên như vậy" in unknown
    (line,) = own.change("sources.toml", 'url2 = "x"\n', "").mistakes()
    assert re.match(r"sources\.toml: dòng \d+, source thứ 4, mục next_cursor: paging = .* – ghi biểu thức", line)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"https://mc', '"http://mc', "sẽ gửi mật khẩu và hồ sơ không mã hóa – dùng https://"),
        ('"https://mc', '"tcp://mc', "không phải địa chỉ web"),
        ('"https://mc', '"https://ten:mat@mc', "có tên, mật khẩu trong địa chỉ"),
        ('code = "maHoSo", ', "", "thiếu code – thêm code"),
        (', status = "tt"', "", "thiếu status – thêm status"),
        ('status = "tt"', 'status = "tt", chu_ho_so = "ten"', "“chu_ho_so” không phải cột được giữ"),
        ('status = "tt"', 'status = "tt["', "status = “tt[” không phải biểu thức JMESPath"),
        ('status = "tt"', 'status = "tt", officer = "canBo"', "không được giữ tên người xử lý – ghi officers = true"),
        ('kind = "api"', 'kind = "sql"', 'có bảng [source.api] mà kind = "sql"'),
        ('kind = "api"', 'kind = "sql"', 'kind = "sql" mà không có bảng [source.sql]'),
        ('kind = "api"', 'kind = "api"\nlayouts = ["phu-luc-1"]', "bản ghi lấy về sẽ không được đọc"),
    ],
    ids=["http", "scheme", "password", "code", "status", "column", "JMESPath", "officer", "table", "none", "layouts"],
)
def test_what_cannot_be_asked_or_kept_is_a_mistake(old: str, new: str, told: str) -> None:
    assert old in API
    lines = flaws(API.replace(old, new, 1))
    assert any(told in line for line in lines), lines


def test_this_machine_may_be_asked_without_encryption(own) -> None:
    own.add("sources.toml", API.replace("https://mc.thanhhoa.gov.vn", "http://127.0.0.1:8080"))
    assert own.load().sources["may-chu"].place.url.startswith("http://")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"https://truc.thanhhoa.gov.vn/dang', '"http://truc.thanhhoa.gov.vn/dang', "login_url"),
        ('unit = "000.00.00.H56"', 'unit = ""', "để trống"),
        ('unit = "000', 'services = ["LayDonVi"]\nunit = "000', "DongBoHoSoMC"),
        ('unit = "000', 'services = ["TraCuuHoSo", "TraCuuHoSo"]\nunit = "000', "một dịch vụ ghi hai lần"),
    ],
    ids=["http", "unit", "service", "twice"],
)
def test_an_adapter_that_cannot_be_asked_is_a_mistake(old: str, new: str, told: str, own) -> None:
    (line,) = own.add("sources.toml", ADAPTER.replace(old, new, 1)).mistakes()
    assert told in line


EXAMPLES = [
    text
    for text in re.findall(r"^```toml\n(.*?)^```", SOURCES.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    if "[[source]]" in text
]


@pytest.mark.parametrize("example", EXAMPLES, ids=[str(number) for number in range(len(EXAMPLES))])
def test_every_example_of_the_documentation_loads(example: str, own) -> None:
    text = "\n" + example.replace("SHA256:…", f"SHA256:{'A' * 43}")
    assert set(own.load().sources) < set(own.add("sources.toml", text).load().sources)


def test_the_documentation_tells_every_field_of_what_is_asked() -> None:
    text = SOURCES.read_text("utf-8")
    fields = {*ApiEntry.model_fields, *AdapterEntry.model_fields}
    assert {name for name in fields if not re.search(rf"\b{name}\b", text)} == set()


def test_every_column_has_its_name_in_the_national_format() -> None:
    assert set(COLUMNS) == set(NATIONAL)


def test_every_polled_kind_of_source_is_fetched() -> None:
    assert {SourceKind.API, SourceKind.ADAPTER} <= set(FETCHERS)
    assert SourceKind.FILES not in FETCHERS
