"""Every mistake in settings, register and law, and every outside address tried, for `tthc check`."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

from dotenv import dotenv_values
from sqlalchemy.exc import DBAPIError

from jobs import channel_secrets, laws
from jobs.clock import Clock
from jobs.network import NETWORK_HEADINGS, Row, rows
from monitor.config import NAMES, ConfigError, Settings, load_settings
from monitor.core.look import Kind
from monitor.core.mistake import Mistake, Mistakes, why
from monitor.law import LawError, load_law
from monitor.register import Register, RegisterError, load_register
from monitor.reports import calendar_watch
from monitor.reports.render import environment
from monitor.sources.layout import LayoutError, load_layouts
from monitor.sources.secrets import SecretsUnusable, lacking, load_secrets
from monitor.store import StoreError
from monitor.store.seal_key import SealKeyUnusable, seal_key

__all__ = ["NETWORK_HEADINGS", "Row", "calendar", "check", "network", "notes", "secrets"]

_FREE = frozenset({"register", "var_dir", "chromium_path"})
"""Settings in which any text is one that can be tried."""
_SECRET = ("SMTP_URL", "DATABASE_URL", "PROXY_URL")
_ALL_SECRET = ("REPORT_KEY", "DEADMAN_URL")
"""Settings that are secret as a whole."""
_PASSWORD = re.compile("://.*:.*@")
"""An address with a password in it; the name before it may be an e-mail address, the password may hold anything."""


def check(env_file: str | Path) -> list[Mistake]:
    """Everything that is wrong with an installation, at once."""
    mistakes: list[Mistake] = []
    try:
        settings, sound = load_settings(env_file), True
    except ConfigError as error:
        mistakes.extend(error.mistakes)
        settings, sound = _meant(env_file), False
    mistakes.extend(secrets(env_file))
    register = _register(settings.register, mistakes)
    mistakes.extend(_layouts(settings, register))
    mistakes.extend(_templates(settings))
    mistakes.extend(machine(settings, register))
    mistakes.extend(_vantages(settings, register))
    if sound:
        mistakes.extend(_passwords(settings, register))
        mistakes.extend(_channels(settings, register))
    return mistakes


def notes(env_file: str | Path) -> list[str]:
    """What is no mistake yet and better mended before it is one."""
    if not _open_to_others(Path(env_file)) or any(secrets(env_file)):
        return []
    return [f"{env_file}: người khác trên máy đọc được; trước khi ghi mật khẩu, khóa vào đó: chmod 600 {env_file}"]


def calendar(env_file: str | Path, today: date) -> list[str]:
    """What to see to in the calendar, a line each; years whose days nobody confirmed, days a library counts otherwise.

    Nothing where settings, law or database cannot be read: that is said elsewhere.
    """
    with suppress(Mistakes, StoreError, DBAPIError):
        law, _ = laws.standing(load_settings(env_file))
        said = environment().get_template("calendar/_watch.txt").module
        found = [
            one
            for year in calendar_watch.years_watched(today)
            for one in calendar_watch.differences(law.calendars["default"], year, calendar_watch.library_days(year))
            if not one.settled
        ]
        lines = [said.year(one) for one in calendar_watch.doubtful(law, today)]  # type: ignore[attr-defined]
        lines += [f"{said.difference(one)}; {said.settle}" for one in found]  # type: ignore[attr-defined]
        return [str(line).strip() for line in lines]
    return []


def network(settings: Settings, clock: Clock) -> tuple[Row, ...]:
    """Every outside address really tried, the mail server, the database and the clock among them."""
    return tuple(rows(settings, load_register(settings.register), clock))


def _vantages(settings: Settings, register: Register | None) -> Iterator[Mistake]:
    """Places whose looks count and can never come in, and this machine, where its own would count for nothing."""
    for service in register.services.values() if register and not settings.report_to else ():
        place = f"dịch vụ {service.code}, mục vantages"
        if service.vantages and settings.vantage not in service.vantages:
            what = f"không có tên máy này ({settings.vantage}): mọi lượt kiểm tra của máy này sẽ không được tính"
            yield Mistake(file="services", place=place, what=what, mend="thêm tên ấy, hoặc sửa VANTAGE trong .env")
        for name in service.vantages:
            if name != settings.vantage and name not in settings.keys_of_vantages:
                what = f"điểm đo “{name}” chưa có khóa trong VANTAGE_KEYS, kết quả của nơi ấy không về được"
                yield Mistake(file="services", place=place, what=what, mend=f"chạy: tthc vantage key {name}")


def _passwords(settings: Settings, register: Register | None) -> Iterator[Mistake]:
    """The file with the passwords of polled sources, and those that are missing in it."""
    try:
        secrets = load_secrets(settings.source_secrets_file)
    except SecretsUnusable as error:
        yield from error.mistakes
        return
    if register:
        yield from lacking(register.sources.values(), secrets)


def _channels(settings: Settings, register: Register | None) -> Iterator[Mistake]:
    """The channels that are on, their file of keys, and the ways to people that the register names."""
    try:
        channel_secrets.load(settings)
    except channel_secrets.ChannelsUnusable as error:
        yield from error.mistakes
        return
    if register:
        yield from channel_secrets.of_posts(settings, register.posts.values())


def _layouts(settings: Settings, register: Register | None) -> Iterator[Mistake]:
    """The office's own layouts of files, and the layouts that the sources name."""
    try:
        known = [layout.key for layout in load_layouts(settings.var_dir / "layouts")]
    except LayoutError as error:
        yield from error.mistakes
        return
    for source in register.sources.values() if register else ():
        for key in source.layouts:
            if key not in known:
                what, mend = f"không có mẫu tệp “{key}”", f"chọn trong: {', '.join(sorted(known))}; để trống: mọi mẫu"
                yield Mistake(file="sources.toml", place=f"nguồn {source.key}, mục layouts", what=what, mend=mend)


def _templates(settings: Settings) -> Iterator[Mistake]:
    """The office's own Word templates."""
    from monitor.reports.apology_draft import OF_OFFICES
    from monitor.reports.official.filled import OWN, own_templates

    for wrong in own_templates(settings.var_dir / OWN, OF_OFFICES):
        yield Mistake(file="", place="", what=wrong)


def _written(env_file: str | Path) -> dict[str, str]:
    """What is set in the file, or outside it, whatever is wrong with it."""
    written: dict[str, str | None] = {}
    with suppress(OSError, UnicodeDecodeError):
        written = dotenv_values(env_file)
    return {name: value for name in NAMES if (value := os.environ.get(name) or written.get(name))}


def _meant(env_file: str | Path) -> Settings:
    """Register, folder and browser meant, where the settings as a whole cannot be used."""
    return Settings.model_validate(
        {key: value for name, value in _written(env_file).items() if (key := name.lower()) in _FREE}
    )


def secrets(env_file: str | Path) -> Iterator[Mistake]:
    """A file with a password in it that others than its owner may read."""
    if not _open_to_others(Path(env_file)):
        return
    try:
        written = dotenv_values(env_file)
    except (OSError, UnicodeDecodeError):
        return
    held = [name for name in _SECRET if _PASSWORD.search(written.get(name) or "")]
    held += [name for name in _ALL_SECRET if written.get(name)]
    if held:
        what = f"người khác trên máy đọc được tệp có mật khẩu, khóa ({', '.join(held)})"
        yield Mistake(file=str(env_file), place="", what=what, mend=f"chạy: chmod 600 {env_file}")


def _open_to_others(file: Path) -> bool:
    try:
        return bool(file.stat().st_mode & 0o077)
    except OSError:
        return False


def _register(name: str, mistakes: list[Mistake]) -> Register | None:
    """The register, checked against the working hours that the law knows."""
    try:
        hours = frozenset(load_law().calendars)
    except LawError as error:
        mistakes.extend(getattr(error, "mistakes", None) or [Mistake(file="monitor/law", place="", what=str(error))])
        hours = frozenset({"default"})
    try:
        return load_register(name, hours)
    except RegisterError as error:
        mistakes.extend(error.mistakes)
        return None


def machine(settings: Settings, register: Register | None) -> Iterator[Mistake]:
    """What is missing on this machine: a writable folder, a browser, a driver."""
    yield from _writable(settings.var_dir)
    looked_at = {target.kind for target in register.targets()} if register else set()
    if Kind.BROWSER in looked_at:
        yield from _browser(settings.chromium_path)
    if settings.database_url.startswith("postgresql") and not _installed("psycopg"):
        mend = 'cài thêm: pip install "tthc-monitor[postgres]", hoặc để trống để dùng SQLite'
        yield Mistake(file="DATABASE_URL", place="", what="thiếu thư viện PostgreSQL (psycopg)", mend=mend)
    yield from _key(settings.seal_key)


def _key(path: Path) -> Iterator[Mistake]:
    """A key for the day's seals that is there and cannot be used; one that is not there yet is made when needed."""
    try:
        if path.exists():
            seal_key(path)
    except (SealKeyUnusable, OSError):
        mend = "khôi phục tệp khóa từ bản sao, sửa quyền đọc, hoặc chuyển tệp đi để chương trình tạo khóa mới"
        yield Mistake(file="SEAL_KEY_FILE", place=str(path), what="không phải khóa niêm phong dùng được", mend=mend)


def _writable(folder: Path) -> Iterator[Mistake]:
    nearest = next((path for path in (folder, *folder.absolute().parents) if path.exists()), Path("/"))
    try:
        if not nearest.is_dir():
            raise NotADirectoryError(20, "không phải thư mục")
        with tempfile.NamedTemporaryFile(dir=nearest):
            return
    except OSError as error:
        mend = f"cho tài khoản chạy chương trình quyền ghi vào {nearest}, hoặc đặt VAR_DIR khác"
        yield Mistake(file="VAR_DIR", place=str(folder), what=f"không ghi được ({why(error)})", mend=mend)


def _browser(path: str) -> Iterator[Mistake]:
    if not os.access(path, os.X_OK):
        mend = 'cài Chromium (apt install chromium), hoặc đặt CHROMIUM_PATH; không thì bỏ các địa chỉ kind = "browser"'
        yield Mistake(file="CHROMIUM_PATH", place=path, what="không có trình duyệt để kiểm tra trang", mend=mend)
    if not _installed("playwright"):
        mend = 'cài thêm: pip install "tthc-monitor[browser]"'
        yield Mistake(
            file="CHROMIUM_PATH", place="", what="thiếu thư viện điều khiển trình duyệt (playwright)", mend=mend
        )


def _installed(module: str) -> bool:
    from importlib.util import find_spec

    return find_spec(module) is not None
