"""Settings from the environment and `.env`; all mistakes are reported at once."""

from __future__ import annotations

import difflib
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from io import StringIO
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

from dotenv.parser import parse_stream
from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from monitor.core.journal import OWN
from monitor.core.mistake import Mistake, Mistakes, in_vietnamese

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class ConfigError(Mistakes):
    """The settings cannot be used; `mistakes` names every reason."""


def _split(value: str, example: str, *schemes: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        known = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known:
        raise ValueError(f"không phải địa chỉ dùng được – ghi dạng {example}")
    return parts


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("không phải địa chỉ thư điện tử – ghi dạng ten@thanhhoa.gov.vn, chỉ một địa chỉ")
    return value


def _database(value: str) -> str:
    if not re.match(r"(sqlite:///.|postgresql(\+psycopg)?://)", value):
        raise ValueError(
            "không phải cơ sở dữ liệu dùng được – ghi sqlite:///var/tthc.db hoặc postgresql://user:matkhau@may/tthc"
        )
    return value


def _bind(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ValueError("không phải nơi nghe của trang web – ghi dạng 127.0.0.1:8080")
    if not _on_this_machine(host.strip("[]")):
        raise ValueError("mở trang cho cả mạng mà chưa có đăng nhập – chỉ dùng 127.0.0.1, ví dụ 127.0.0.1:8080")
    return value


def _on_this_machine(host: str) -> bool:
    """Whether only this machine reaches the host: the pages know no accounts yet."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _public_url(value: str) -> str:
    _split(value, "https://giamsat.thanhhoa.gov.vn", "http", "https")
    return value.rstrip("/")


def _smtp_url(value: str) -> str:
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


def _smtp_from(value: str, known: ValidationInfo) -> str:
    """The sender; asked for also where SMTP_URL is wrong, which is then not among what is known."""
    if not value and known.data.get("smtp_url", "wrong"):
        raise ValueError("để trống mà SMTP_URL đã đặt – đặt SMTP_FROM là địa chỉ gửi của cơ quan")
    return _address(value) if value else value


def _outgoing(value: str) -> str:
    try:
        return ", ".join(str(ip_address(one.strip())) for one in value.split(","))
    except ValueError:
        raise ValueError("không phải địa chỉ IP – ghi như 203.0.113.7, nhiều địa chỉ thì cách nhau dấu phẩy") from None


def _proxy_url(value: str) -> str:
    _split(value, "http://proxy.thanhhoa.gov.vn:3128", "http", "https", "socks5", "socks5h")
    return value


def _contact(value: str) -> str:
    if not value.isascii() or not value.isprintable() or not ("@" in value or "://" in value):
        raise ValueError("không dùng làm nơi liên hệ được – ghi địa chỉ thư điện tử hoặc trang web, chữ không dấu")
    return value


def _vantage(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", value):
        raise ValueError("không dùng làm tên điểm đo được – chỉ chữ thường không dấu, số và gạch nối, tối đa 40 ký tự")
    if value == OWN:
        raise ValueError(f"không dùng {OWN} làm tên điểm đo được – đó là tên một chuỗi của sổ niêm phong; đặt tên khác")
    return value


def _vantage_keys(value: str, known: ValidationInfo) -> str:
    for pair in value.split(",") if value else ():
        name, _, digest = pair.strip().partition("=")
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise ValueError("không phải danh sách khóa điểm đo – chạy `tthc vantage key TÊN` rồi chép dòng in ra")
        if _vantage(name) == known.data.get("vantage"):
            raise ValueError(f"có {name} là tên của chính máy này (VANTAGE) – mỗi máy đo một tên riêng")
    return value


def _report_to(value: str) -> str:
    parts = _split(value, "https://giamsat.thanhhoa.gov.vn", "https", "http")
    if parts.scheme == "http" and not _on_this_machine(parts.hostname or ""):
        raise ValueError("sẽ gửi khóa không mã hóa – dùng https://")
    return value.rstrip("/")


def _deadman_url(value: str) -> str:
    _split(value, "https://hc.thanhhoa.gov.vn/ping/ma-rieng", "https", "http")
    return value


def _report_key(value: str, known: ValidationInfo) -> str:
    if not value and known.data.get("report_to"):
        raise ValueError("để trống mà REPORT_TO đã đặt – chép khóa do máy chính cấp (tthc vantage key)")
    return value


def _level(value: str) -> str:
    if value.upper() not in _LEVELS:
        raise ValueError(f"không phải mức nhật ký – chọn một trong: {', '.join(_LEVELS)}")
    return value.upper()


def _on_or_off(value: str) -> str:
    if value.lower() not in {"on", "off"}:
        raise ValueError("không hiểu – ghi on hoặc off")
    return value.lower()


def _comparison(value: str) -> str:
    if value.lower() not in {"timestamp", "date"}:
        raise ValueError("không hiểu – ghi timestamp (so đến giờ phút) hoặc date (so theo ngày)")
    return value.lower()


def _secrets(value: str) -> str:
    if not Path(value).is_file():
        raise ValueError(
            "không có tệp này – tạo tệp TOML, mỗi nguồn một bảng, chỉ tài khoản chạy chương trình đọc được"
        )
    return value


def _file(value: str) -> str:
    if not Path(value).is_file():
        raise ValueError("không có tệp này – ghi đường dẫn tệp chứng thư gốc dạng PEM")
    return value


def _chromium() -> str:
    return next((path for path in map(shutil.which, _BROWSERS) if path), "/usr/bin/chromium")


def _or_empty(check: Any) -> AfterValidator:
    return AfterValidator(lambda value: check(value) if value else value)


class Settings(BaseSettings):
    """How this installation runs. Called directly it reads nothing from outside; `load_settings` does.

    The attributes that may hold a password are left out of `repr`.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, env_ignore_empty=True)

    var_dir: Path = Path("var")
    database_url: Annotated[str, _or_empty(_database)] = Field(default="", repr=False)
    register_name: str = Field(default="thanh-hoa", alias="register", min_length=1)
    web_bind: Annotated[str, AfterValidator(_bind)] = "127.0.0.1:8080"
    public_url: Annotated[str, _or_empty(_public_url)] = ""
    smtp_url: Annotated[str, _or_empty(_smtp_url)] = Field(default="", repr=False)
    smtp_from: Annotated[str, AfterValidator(_smtp_from)] = ""
    contact: Annotated[str, _or_empty(_contact)] = ""
    pilot_address: Annotated[str, _or_empty(_address)] = ""
    outgoing_address: Annotated[str, _or_empty(_outgoing)] = ""
    proxy_url: Annotated[str, _or_empty(_proxy_url)] = Field(default="", repr=False)
    no_proxy: str = ""
    ca_file: Annotated[str, _or_empty(_file)] = ""
    chromium_path: str = Field(default_factory=_chromium)
    vantage: Annotated[str, AfterValidator(_vantage)] = "trung-tam"
    seal_key_file: str = ""
    vantage_keys: Annotated[str, AfterValidator(_vantage_keys)] = ""
    report_to: Annotated[str, _or_empty(_report_to)] = ""
    report_key: Annotated[str, AfterValidator(_report_key)] = Field(default="", repr=False)
    source_secrets_file: Annotated[str, _or_empty(_secrets)] = ""
    on_time_by: Annotated[str, AfterValidator(_comparison)] = "timestamp"
    drill: Annotated[str, AfterValidator(_on_or_off)] = "on"
    deadman_url: Annotated[str, _or_empty(_deadman_url)] = Field(default="", repr=False)
    badges: Annotated[str, AfterValidator(_on_or_off)] = "off"
    log_level: Annotated[str, AfterValidator(_level)] = "INFO"

    @property
    def register(self) -> str:
        """Name of a shipped register, or a folder. (A field of that name would hide a method of the base class.)"""
        return self.register_name

    @property
    def seal_key(self) -> Path:
        """The file with the key that signs the day's heads."""
        return Path(self.seal_key_file) if self.seal_key_file else self.var_dir / "khoa-niem-phong.pem"

    @property
    def keys_of_vantages(self) -> Mapping[str, str]:
        """The SHA-256 of each other vantage's key, in hexadecimal, by its name."""
        pairs = (pair.strip().partition("=") for pair in self.vantage_keys.split(",") if pair.strip())
        return {name: digest for name, _, digest in pairs}

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.var_dir / 'tthc.db'}")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is handed over, so that tests and the demo are not swayed by where they run; readers say more."""
        if settings_cls is Settings:
            return (init_settings,)
        return init_settings, env_settings, dotenv_settings, file_secret_settings


def _reader(path: Path | None) -> type[Settings]:
    """The same, from the environment first and a file after it."""

    class Outside(Settings):
        model_config = SettingsConfigDict(env_file=path, env_file_encoding="utf-8")

    return Outside


NAMES: tuple[str, ...] = tuple((field.alias or name).upper() for name, field in Settings.model_fields.items())
"""Every setting as it is written in `.env`."""


def load_settings(env_file: str | Path = ".env") -> Settings:
    """The settings of this installation; a missing file is no mistake. Raise ConfigError with all that is wrong."""
    path = Path(env_file)
    logging.getLogger("dotenv.main").setLevel(logging.ERROR)  # what it warns of is among the mistakes, in better words
    lines, mistakes = _lines(path)
    mistakes.extend(_unknown(path, lines))
    try:
        read = _reader(path if lines else None)()
    except ValidationError as error:
        mistakes.extend(_told(path, lines, error))
        raise ConfigError(mistakes) from None
    if mistakes:
        raise ConfigError(mistakes)
    return Settings.model_validate(read.model_dump(by_alias=True))


def _lines(path: Path) -> tuple[dict[str, int], list[Mistake]]:
    """On which line of the file each name stands, and the lines that cannot be read."""
    found: dict[str, int] = {}
    mistakes: list[Mistake] = []

    def wrong(line: int, what: str, mend: str) -> None:
        mistakes.append(Mistake(file=str(path), place=f"dòng {line}", what=what, mend=mend))

    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return found, mistakes
    except (OSError, UnicodeDecodeError):
        wrong(1, "không đọc được tệp", "lưu tệp dạng UTF-8 và cho tài khoản chạy chương trình quyền đọc")
        return found, mistakes
    for binding in parse_stream(StringIO(text)):
        line = binding.original.line + len(binding.original.string) - len(binding.original.string.lstrip("\n"))
        if binding.error:
            wrong(
                line, "không hiểu dòng này", "ghi TÊN=giá trị; giá trị có dấu cách hoặc dấu # thì đặt trong ngoặc kép"
            )
        elif binding.key and binding.key.upper() in found:
            wrong(line, f"{binding.key} đã đặt ở dòng {found[binding.key.upper()]}", "bỏ một trong hai dòng")
        elif binding.key:
            found[binding.key.upper()] = line
    return found, mistakes


def _unknown(path: Path, lines: Mapping[str, int]) -> Iterator[Mistake]:
    for name, line in lines.items():
        if name in NAMES:
            continue
        near = difflib.get_close_matches(name, NAMES, n=1)
        mend = f"có phải {near[0]}?" if near else "xem config.example.env, sửa tên hoặc xóa dòng này"
        yield Mistake(file=str(path), place=f"dòng {line}", what=f"không có mục cấu hình {name}", mend=mend)


def _told(path: Path, lines: Mapping[str, int], error: ValidationError) -> Iterator[Mistake]:
    for detail in error.errors(include_url=False, include_input=False):
        name = str(detail["loc"][0]).upper() if detail["loc"] else ""
        if detail["type"] == "extra_forbidden" or (name and name not in NAMES):
            continue
        what, mend = in_vietnamese(detail["type"], detail.get("ctx", {}))
        outside = any(key.upper() == name and value for key, value in os.environ.items())
        file = "biến môi trường" if outside else str(path)
        place = f"dòng {lines[name]}" if name in lines and not outside else ""
        yield Mistake(file=file, place=place, what=f"{name} {what}".strip(), mend=mend)
