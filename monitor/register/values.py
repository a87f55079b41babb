"""What single values of the register must look like; each raises ValueError "what – how to mend it"."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.core.address import resolver_of
from monitor.core.journey import NAME

SCHEMES = frozenset({"http", "https", "dns", "tls", "tcp"})
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def is_address(text: str) -> bool:
    """Whether this is one e-mail address that a mail server will take."""
    local, _, host = text.partition("@")
    sound = not local.startswith(".") and not local.endswith(".") and ".." not in local
    return bool(_ADDRESS.fullmatch(text)) and sound and all(not part.startswith("-") for part in host.split("."))


def key(value: str) -> str:
    """A key: it goes into file names, addresses and history."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*", value):
        raise ValueError(f"mã “{value}” không dùng được – chỉ chữ thường không dấu, số, gạch nối, gạch dưới, dấu chấm")
    return value


def key_or_empty(value: str) -> str:
    """A key, or none."""
    return key(value) if value else value


def address(value: str) -> str:
    """One e-mail address, or none."""
    if value and not is_address(value):
        raise ValueError(
            f"“{value}” không phải địa chỉ thư điện tử – ghi một địa chỉ dạng ten@thanhhoa.gov.vn, hoặc để trống"
        )
    return value


def is_channel(text: str) -> bool:
    """Whether this is the name of a way to a person, and where they are there."""
    return bool(re.fullmatch(r"[a-z]+:[^\s;,]+", text))


def channel(value: str) -> str:
    """Another way to a person: its name and where they are there."""
    if not is_channel(value):
        raise ValueError(f"“{value}” không phải kênh báo – ghi dạng ten-kenh:dia-chi, ví dụ sms:0912345678")
    return value


def url(value: str) -> str:
    """The address of a page, or of a look of another kind."""
    try:
        parts = urlsplit(value)
        sound = parts.scheme in SCHEMES and bool(parts.hostname) and (parts.port != 0 or "{" in parts.netloc)
    except ValueError:
        sound = "{" in value  # a port that a variable chooses: refused with its own words
    if not sound or any(c.isspace() for c in value):
        raise ValueError(
            f"“{value}” không phải địa chỉ – ghi dạng https://may/duong-dan, dns://ten-mien, tls://may:443 hoặc "
            "tcp://may:cong, không có dấu cách"
        )
    return value


def resolver(value: str) -> str:
    """A resolver: "system", or an address with or without a port."""
    try:
        sound = value == "system" or bool(resolver_of(value))
    except ValueError:
        sound = False
    if not sound:
        raise ValueError(
            f'“{value}” không phải máy chủ DNS – ghi "system" hoặc địa chỉ IP dạng 10.0.0.2 hay 10.0.0.2:53'
        )
    return value


def resolver_or_empty(value: str) -> str:
    """A resolver, or none."""
    return resolver(value) if value else value


def variable(value: str) -> str:
    """The name of a value that a step takes."""
    if not re.fullmatch(NAME, value):
        raise ValueError(f"tên biến “{value}” không dùng được – chỉ chữ thường không dấu, số và gạch dưới")
    return value


def ip_or_empty(value: str) -> str:
    """The address of a machine in numbers, or none."""
    try:
        if value:
            ip_address(value)
    except ValueError as error:
        raise ValueError(f"“{value}” không phải địa chỉ IP – ghi dạng 192.168.1.1, hoặc để trống") from error
    return value


def proxy(value: str | None) -> str | None:
    """The address of a proxy, or none."""
    try:
        sound = not value or (
            urlsplit(value).scheme in {"http", "https", "socks5", "socks5h"} and bool(urlsplit(value).hostname)
        )
    except ValueError:
        sound = False
    if not sound:
        raise ValueError('không phải địa chỉ proxy – ghi dạng http://may:3128, hoặc "" để không qua proxy')
    return value


def ratio(value: str) -> str:
    """A share of one as a decimal, or none."""
    try:
        sound = not value or 0 < Decimal(value) <= 1
    except InvalidOperation:
        sound = False
    if not sound:
        raise ValueError(f'“{value}” không phải tỷ lệ – ghi số thập phân trong ngoặc kép, dạng "0.99"')
    return value


def procedure(value: str) -> str:
    """A national procedure code."""
    if not re.fullmatch(r"\d\.\d{6}(\.[A-Z0-9.]+)?", value):
        raise ValueError(f"“{value}” không phải mã thủ tục – ghi dạng 2.001474")
    return value
