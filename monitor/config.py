"""Settings from the environment and `.env`; all mistakes are reported at once."""

from __future__ import annotations

import difflib
import logging
import os
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Annotated

from dotenv.parser import parse_stream
from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from monitor import setting_values
from monitor.core.mistake import Mistake, Mistakes, in_vietnamese


class ConfigError(Mistakes):
    """The settings cannot be used; `mistakes` names every reason."""


class Settings(BaseSettings):
    """How this installation runs. Called directly it reads nothing from outside; `load_settings` does.

    The attributes that may hold a password are left out of `repr`.
    """

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, env_ignore_empty=True)

    var_dir: Path = Path("var")
    database_url: Annotated[str, setting_values.or_empty(setting_values.database_url)] = Field(default="", repr=False)
    register_name: str = Field(default="thanh-hoa", alias="register", min_length=1)
    web_bind: Annotated[str, AfterValidator(setting_values.web_bind)] = "127.0.0.1:8080"
    public_url: Annotated[str, setting_values.or_empty(setting_values.public_url)] = ""
    smtp_url: Annotated[str, setting_values.or_empty(setting_values.smtp_url)] = Field(default="", repr=False)
    smtp_from: Annotated[str, AfterValidator(setting_values.smtp_from)] = ""
    smtp_per_minute: Annotated[int, Field(ge=0, le=100_000)] = 0
    bounces_url: Annotated[str, setting_values.or_empty(setting_values.bounces_url)] = Field(default="", repr=False)
    contact: Annotated[str, setting_values.or_empty(setting_values.contact)] = ""
    pilot_address: Annotated[str, setting_values.or_empty(setting_values.mail_address)] = ""
    outgoing_address: Annotated[str, setting_values.or_empty(setting_values.outgoing_addresses)] = ""
    proxy_url: Annotated[str, setting_values.or_empty(setting_values.proxy_url)] = Field(default="", repr=False)
    no_proxy: str = ""
    ca_file: Annotated[str, setting_values.or_empty(setting_values.ca_file)] = ""
    chromium_path: str = Field(default_factory=setting_values.chromium)
    vantage: Annotated[str, AfterValidator(setting_values.vantage)] = "trung-tam"
    seal_key_file: str = ""
    vantage_keys: Annotated[str, AfterValidator(setting_values.vantage_keys)] = ""
    report_to: Annotated[str, setting_values.or_empty(setting_values.report_to)] = ""
    report_key: Annotated[str, AfterValidator(setting_values.report_key)] = Field(default="", repr=False)
    source_secrets_file: Annotated[str, setting_values.or_empty(setting_values.secrets_file)] = ""
    channels: Annotated[str, AfterValidator(setting_values.channels)] = ""
    channel_secrets_file: Annotated[str, setting_values.or_empty(setting_values.channel_secrets_file)] = ""
    on_time_by: Annotated[str, AfterValidator(setting_values.on_time_by)] = "timestamp"
    drill: Annotated[str, AfterValidator(setting_values.on_or_off)] = "on"
    deadman_url: Annotated[str, setting_values.or_empty(setting_values.deadman_url)] = Field(default="", repr=False)
    audit_to: Annotated[str, setting_values.or_empty(setting_values.mail_addresses)] = ""
    audit_smtp_url: Annotated[str, setting_values.or_empty(setting_values.smtp_url)] = Field(default="", repr=False)
    audit_url: Annotated[str, setting_values.or_empty(setting_values.deadman_url)] = Field(default="", repr=False)
    badges: Annotated[str, AfterValidator(setting_values.on_or_off)] = "off"
    log_level: Annotated[str, AfterValidator(setting_values.log_level)] = "INFO"

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

    @property
    def channels_on(self) -> tuple[str, ...]:
        """The ways besides mail that are on, by name."""
        return tuple(filter(None, self.channels.split(",")))

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
