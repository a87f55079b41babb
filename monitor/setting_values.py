"""What each setting may hold: the value as it is used, or ValueError with what is wrong and the mend."""

from __future__ import annotations

import re
import shutil
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, ValidationInfo

from monitor.core.address import loopback
from monitor.core.journal import OWN

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
CHANNELS = ("sms", "zalo", "zbs", "teams", "webhook", "apprise")
"""Every way besides mail; each is made by the one of its name in notifiers."""
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _split(value: str, example: str, *schemes: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        known = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known:
        raise ValueError(f"không phải địa chỉ dùng được – ghi dạng {example}")
    return parts


def mail_address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("không phải địa chỉ thư điện tử – ghi dạng ten@thanhhoa.gov.vn, chỉ một địa chỉ")
    return value


def mail_addresses(value: str) -> str:
    for one in value.split(","):
        if not _ADDRESS.fullmatch(one.strip()):
            raise ValueError(f"{one.strip()} không phải địa chỉ thư điện tử – nhiều địa chỉ thì cách nhau dấu phẩy")
    return value


def database_url(value: str) -> str:
    if not re.match(r"(sqlite:///.|postgresql(\+psycopg)?://)", value):
        raise ValueError(
            "không phải cơ sở dữ liệu dùng được – ghi sqlite:///var/tthc.db hoặc postgresql://user:matkhau@may/tthc"
        )
    return value


def web_bind(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError("không phải nơi nghe của trang web – ghi dạng 127.0.0.1:8080")
    if not loopback(host):  # the pages know no accounts yet
        raise ValueError("mở trang cho cả mạng mà chưa có đăng nhập – chỉ dùng 127.0.0.1, ví dụ 127.0.0.1:8080")
    return value


def public_url(value: str) -> str:
    _split(value, "https://giamsat.thanhhoa.gov.vn", "http", "https")
    return value.rstrip("/")


def smtp_url(value: str) -> str:
    parts = _split(value, "smtp://user:matkhau@may:587?starttls hoặc smtps://user:matkhau@may:465", "smtp", "smtps")
    if parts.query not in {"", "starttls"} or (parts.query and parts.scheme == "smtps"):
        raise ValueError("phần sau dấu ? không hiểu được – chỉ smtp:// mới có ?starttls, không có tham số nào khác")
    if parts.username and parts.scheme == "smtp" and not parts.query:
        raise ValueError("sẽ gửi mật khẩu không mã hóa – dùng smtps:// hoặc thêm ?starttls")
    if parts.path not in {"", "/"} or parts.fragment:
        raise ValueError(
            "thừa phần sau tên máy – mật khẩu có ký tự / ? # @ thì mã hóa phần trăm (ví dụ %40 thay cho @)"
        )
    return value


def smtp_from(value: str, known: ValidationInfo) -> str:
    """The sender; asked for also where SMTP_URL is wrong, which is then not among what is known."""
    if not value and known.data.get("smtp_url", "wrong"):
        raise ValueError("để trống mà SMTP_URL đã đặt – đặt SMTP_FROM là địa chỉ gửi của cơ quan")
    return mail_address(value) if value else value


def bounces_url(value: str) -> str:
    scheme, _, path = value.partition("://")
    if scheme in {"maildir", "mbox"}:
        if not path.startswith("/"):
            raise ValueError("ghi đường dẫn đầy đủ với ba dấu gạch chéo, như maildir:///var/mail/tthc")
        return value
    parts = _split(value, "imaps://user:matkhau@may:993/INBOX, maildir:///thu-muc hoặc mbox:///tep", "imaps", "imap")
    if parts.query not in {"", "starttls"} or (parts.query and parts.scheme == "imaps"):
        raise ValueError("phần sau dấu ? không hiểu được – chỉ imap:// mới có ?starttls, không có tham số nào khác")
    if parts.scheme == "imap" and not parts.query and not loopback(parts.hostname or ""):
        raise ValueError("sẽ gửi mật khẩu không mã hóa – dùng imaps:// hoặc thêm ?starttls")
    if not parts.username or not parts.password:
        raise ValueError("thiếu tên hoặc mật khẩu – ghi như imaps://user:matkhau@may:993/INBOX")
    return value


def outgoing_addresses(value: str) -> str:
    try:
        return ", ".join(str(ip_address(one.strip())) for one in value.split(","))
    except ValueError:
        raise ValueError("không phải địa chỉ IP – ghi như 203.0.113.7, nhiều địa chỉ thì cách nhau dấu phẩy") from None


def proxy_url(value: str) -> str:
    _split(value, "http://proxy.thanhhoa.gov.vn:3128", "http", "https", "socks5", "socks5h")
    return value


def contact(value: str) -> str:
    if not value.isascii() or not value.isprintable() or not ("@" in value or "://" in value):
        raise ValueError("không dùng làm nơi liên hệ được – ghi địa chỉ thư điện tử hoặc trang web, chữ không dấu")
    return value


def vantage(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", value):
        raise ValueError("không dùng làm tên điểm đo được – chỉ chữ thường không dấu, số và gạch nối, tối đa 40 ký tự")
    if value == OWN:
        raise ValueError(f"không dùng {OWN} làm tên điểm đo được – đó là tên một chuỗi của sổ niêm phong; đặt tên khác")
    return value


def vantage_keys(value: str, known: ValidationInfo) -> str:
    for pair in value.split(",") if value else ():
        name, _, digest = pair.strip().partition("=")
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise ValueError("không phải danh sách khóa điểm đo – chạy `tthc vantage key TÊN` rồi chép dòng in ra")
        if vantage(name) == known.data.get("vantage"):
            raise ValueError(f"có {name} là tên của chính máy này (VANTAGE) – mỗi máy đo một tên riêng")
    return value


def report_to(value: str) -> str:
    parts = _split(value, "https://giamsat.thanhhoa.gov.vn", "https", "http")
    if parts.scheme == "http" and not loopback(parts.hostname or ""):
        raise ValueError("sẽ gửi khóa không mã hóa – dùng https://")
    return value.rstrip("/")


def deadman_url(value: str) -> str:
    _split(value, "https://hc.thanhhoa.gov.vn/ping/ma-rieng", "https", "http")
    return value


def report_key(value: str, known: ValidationInfo) -> str:
    if not value and known.data.get("report_to"):
        raise ValueError("để trống mà REPORT_TO đã đặt – chép khóa do máy chính cấp (tthc vantage key)")
    return value


def log_level(value: str) -> str:
    if value.upper() not in _LEVELS:
        raise ValueError(f"không phải mức nhật ký – chọn một trong: {', '.join(_LEVELS)}")
    return value.upper()


def on_or_off(value: str) -> str:
    if value.lower() not in {"on", "off"}:
        raise ValueError("không hiểu – ghi on hoặc off")
    return value.lower()


def on_time_by(value: str) -> str:
    if value.lower() not in {"timestamp", "date"}:
        raise ValueError("không hiểu – ghi timestamp (so đến giờ phút) hoặc date (so theo ngày)")
    return value.lower()


def secrets_file(value: str) -> str:
    if not Path(value).is_file():
        raise ValueError(
            "không có tệp này – tạo tệp TOML, mỗi nguồn một bảng, chỉ tài khoản chạy chương trình đọc được"
        )
    return value


def channels(value: str) -> str:
    """Names of ways besides mail, each once, in their order."""
    names = dict.fromkeys(part for one in value.lower().split(",") if (part := one.strip()))
    strange = [name for name in names if name not in CHANNELS]
    if strange:
        raise ValueError(f"không có kênh “{strange[0]}” – chọn trong: {', '.join(CHANNELS)}, cách nhau dấu phẩy")
    return ",".join(names)


def channel_secrets_file(value: str) -> str:
    if not Path(value).is_file():
        raise ValueError("không có tệp này – tạo tệp TOML, mỗi kênh một bảng, chỉ tài khoản chạy chương trình đọc được")
    return value


def ca_file(value: str) -> str:
    if not Path(value).is_file():
        raise ValueError("không có tệp này – ghi đường dẫn tệp chứng thư gốc dạng PEM")
    return value


def chromium() -> str:
    return next((path for path in map(shutil.which, _BROWSERS) if path), "/usr/bin/chromium")


def or_empty(check: Any) -> AfterValidator:
    return AfterValidator(lambda value: check(value) if value else value)
