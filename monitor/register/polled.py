"""What is wrong with polled sources: kind and table apart, settings that contradict each other, open connections."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from monitor.core.mistake import Mistake
from monitor.core.place import Auth, Paging
from monitor.core.service import Means
from monitor.core.source import DossierRow, SourceKind
from monitor.register import entries
from monitor.register.expressions import take_mistake
from monitor.register.parts import Parts
from monitor.register.places import AdapterEntry, ApiEntry

Flaw = tuple[tuple[str, ...], str, str]
"""Where in the entry, what is wrong, how to mend it."""

COLUMNS = tuple(name for name in DossierRow._fields if name not in {"raw", "days_only"})
"""What a record may be asked for."""
RECORDS = "dong-bo-ho-so"
"""The layout that reads what is brought home as records."""
_TABLES = tuple(kind.value for kind in SourceKind if kind is not SourceKind.FILES)
_SECRET = re.compile(r"authorization|cookie|secret|password|api[-_]?key|token|^key$", re.IGNORECASE)
_SECRETS = "bỏ đi, ghi ở SOURCE_SECRETS_FILE (auth cho biết cách gửi)"


def source_mistakes(parts: Parts) -> Iterator[Mistake]:
    """Every mistake in how sources are asked."""
    for placed in parts.sources:
        for where, what, mend in source_flaws(placed.entry):
            yield placed.mistake(what, mend, *where)


def source_flaws(entry: entries.SourceEntry) -> Iterator[Flaw]:
    """Every mistake in how one source is asked."""
    yield from _kind(entry)
    if entry.kind in {SourceKind.API, SourceKind.ADAPTER} and entry.layouts and RECORDS not in entry.layouts:
        yield ("layouts",), "bản ghi lấy về sẽ không được đọc", f'thêm "{RECORDS}", hoặc bỏ layouts'
    for table, flaws in (("api", _api(entry)), ("adapter", _adapter(entry))):
        for where, what, mend in flaws:
            yield (table, *where), what, mend


def _kind(entry: entries.SourceEntry) -> Iterator[Flaw]:
    """The kind and the table that says where it is go together."""
    for table in _TABLES:
        written = getattr(entry, table) is not None
        if written and table != entry.kind:
            yield ("kind",), f'có bảng [source.{table}] mà kind = "{entry.kind}"', f'ghi kind = "{table}", hoặc bỏ bảng'
        if table == entry.kind and not written:
            mend = f"thêm bảng [source.{table}] ngay dưới nguồn này: xem docs/sources.md"
            yield ("kind",), f'kind = "{table}" mà không có bảng [source.{table}]', mend


def _api(entry: entries.SourceEntry) -> Iterator[Flaw]:
    place = entry.api
    if place is None:
        return
    yield from _address("url", place.url)
    yield from _authority(place.ca_file)
    yield from _who(place)
    yield from _open_secrets(place)
    yield from _fields(place, officers=entry.officers)
    for name in ("records", "next_cursor", "more", "total", "since_field"):
        text = getattr(place, name)
        if text and (why := take_mistake(Means.JSON, text)):
            yield (name,), f"“{text}” {why}", f"sửa {name}"
    yield from _paging(place)
    yield from _since(place)
    yield from _sent(place)


def _address(name: str, url: str) -> Iterator[Flaw]:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        yield (name,), f"“{url}” không phải địa chỉ web", "ghi dạng https://may/duong-dan"
    elif parts.scheme == "http" and not _loopback(parts.hostname or ""):
        yield (name,), "sẽ gửi mật khẩu và hồ sơ không mã hóa", "dùng https://"
    if parts.username or parts.password:
        yield (name,), "có tên, mật khẩu trong địa chỉ", _SECRETS


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _authority(file: str | None) -> Iterator[Flaw]:
    if file and not Path(file).is_file():
        yield ("ca_file",), f"không có tệp {file}", "ghi đường dẫn tệp chứng thư gốc dạng PEM"


def _who(place: ApiEntry) -> Iterator[Flaw]:
    if place.auth is Auth.OAUTH2 and not place.token_url:
        yield ("token_url",), 'auth = "oauth2" mà không có token_url', "ghi địa chỉ cấp mã truy cập"
    if place.token_url:
        yield from _address("token_url", place.token_url)
    for name in ("token_url", "token_scope"):
        if getattr(place, name) and place.auth is not Auth.OAUTH2:
            yield (name,), f'{name} chỉ dùng với auth = "oauth2"', f"bỏ {name}, hoặc sửa auth"
    if "auth_header" in place.model_fields_set and place.auth in {Auth.NONE, Auth.BASIC}:
        yield ("auth_header",), f'auth_header không dùng với auth = "{place.auth}"', "bỏ auth_header, hoặc sửa auth"
    if take_mistake(Means.HEADER, place.auth_header):
        yield ("auth_header",), f"“{place.auth_header}” không phải tên header", "ghi dạng X-Api-Key"


def _open_secrets(place: ApiEntry) -> Iterator[Flaw]:
    """Passwords in a file that is no place for them, or in addresses, which every machine on the way writes down."""
    for name in place.headers:
        if take_mistake(Means.HEADER, name):
            yield ("headers",), f"“{name}” không phải tên header", "ghi dạng X-Don-Vi"
        elif _SECRET.search(name):
            yield ("headers",), f"header {name} mang mật khẩu, khóa", _SECRETS
    for name in place.query:
        if _SECRET.search(name):
            yield ("query",), f"tham số {name} mang mật khẩu, khóa vào địa chỉ", _SECRETS


def _fields(place: ApiEntry, *, officers: bool) -> Iterator[Flaw]:
    for name, text in place.fields.items():
        if name not in COLUMNS:
            yield ("fields",), f"“{name}” không phải cột được giữ", f"chọn trong: {', '.join(COLUMNS)}"
        elif why := take_mistake(Means.JSON, text):
            yield ("fields",), f"{name} = “{text}” {why}", "sửa biểu thức"
    for name in ("code", "status"):
        if name not in place.fields:
            mend = f"thêm {name}" + (
                " (nguồn không cho biết trạng thái: ghi status = \"'4'\")" if name == "status" else ""
            )
            yield ("fields",), f"thiếu {name}", mend
    if "officer" in place.fields and not officers:
        yield ("fields",), "có officer mà nguồn không được giữ tên người xử lý", "ghi officers = true, hoặc bỏ officer"


def _paging(place: ApiEntry) -> Iterator[Flaw]:
    if place.paging is Paging.CURSOR and not place.next_cursor:
        yield ("next_cursor",), 'paging = "cursor" mà không có next_cursor', "ghi biểu thức của con trỏ trang sau"
    if place.next_cursor and place.paging is not Paging.CURSOR:
        yield (
            ("next_cursor",),
            f'next_cursor không dùng với paging = "{place.paging}"',
            "bỏ next_cursor, hoặc sửa paging",
        )
    if place.total and place.paging not in {Paging.NUMBER, Paging.OFFSET}:
        yield ("total",), f'total không dùng với paging = "{place.paging}"', "bỏ total, hoặc sửa paging"
    if place.paging is Paging.NONE:
        for name in ("more", "size_name"):
            if getattr(place, name):
                yield (name,), f'{name} không dùng với paging = "none"', f"bỏ {name}, hoặc sửa paging"


def _since(place: ApiEntry) -> Iterator[Flaw]:
    if bool(place.since_name) != bool(place.since_field):
        there, lacking = ("since_name", "since_field") if place.since_name else ("since_field", "since_name")
        mend = "ghi cả hai: since_field là mục của bản ghi, since_name là tham số nhận giá trị lớn nhất đã thấy"
        yield (there,), f"có {there} mà không có {lacking}", mend
    if place.since_first and not place.since_name:
        yield ("since_first",), "có since_first mà không có since_name", "thêm since_name, hoặc bỏ since_first"


def _sent(place: ApiEntry) -> Iterator[Flaw]:
    if not place.body:
        return
    if place.method != "POST":
        yield ("body",), f'body không gửi được bằng method = "{place.method}"', 'ghi method = "POST", hoặc bỏ body'
    try:
        content: object = json.loads(place.body)
    except ValueError:
        content = None
    if not isinstance(content, Mapping):
        yield ("body",), "body không phải một đối tượng JSON", 'ghi dạng \'{"ten": "gia tri"}\''
    elif any(_SECRET.search(str(name)) for name in content):
        yield ("body",), "body mang mật khẩu, khóa", _SECRETS


def _adapter(entry: entries.SourceEntry) -> Iterator[Flaw]:
    place: AdapterEntry | None = entry.adapter
    if place is None:
        return
    yield from _address("url", place.url)
    yield from _address("login_url", place.login_url)
    yield from _authority(place.ca_file)
    if len(set(place.services)) < len(place.services):
        yield ("services",), "một dịch vụ ghi hai lần", "mỗi dịch vụ ghi một lần"
