"""Every mistake in settings, register and law, and every outside address tried, for `tthc check`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from dotenv import dotenv_values

from jobs.clock import Clock
from jobs.network import NETWORK_HEADINGS, Row, rows
from monitor.config import ConfigError, Settings, load_settings
from monitor.core.look import Kind
from monitor.core.mistake import Mistake
from monitor.law import LawError, load_law
from monitor.register import Register, RegisterError, load_register
from monitor.sources.layout import LayoutError, load_layouts

__all__ = ["NETWORK_HEADINGS", "Row", "check", "network"]


def check(env_file: str | Path) -> list[Mistake]:
    """Everything that is wrong with an installation, at once."""
    mistakes: list[Mistake] = []
    settings: Settings | None = None
    try:
        settings = load_settings(env_file)
    except ConfigError as error:
        mistakes.extend(error.mistakes)
    register = _register(settings.register if settings else _named(env_file), mistakes)
    if settings is not None:
        mistakes.extend(_layouts(settings, register))
        mistakes.extend(machine(settings, register))
    return mistakes


def network(settings: Settings, clock: Clock) -> tuple[Row, ...]:
    """Every outside address really tried, the mail server, the database and the clock among them."""
    return tuple(rows(settings, load_register(settings.register), clock))


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


def _named(env_file: str | Path) -> str:
    """The register meant, where the settings as a whole cannot be read."""
    written: str | None = None
    with suppress(OSError, UnicodeDecodeError):
        written = dotenv_values(env_file).get("REGISTER")
    return os.environ.get("REGISTER") or written or "thanh-hoa"


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


def _writable(folder: Path) -> Iterator[Mistake]:
    nearest = next((path for path in (folder, *folder.absolute().parents) if path.exists()), Path("/"))
    try:
        if not nearest.is_dir():
            raise NotADirectoryError(20, "không phải thư mục")
        with tempfile.NamedTemporaryFile(dir=nearest):
            return
    except OSError as error:
        mend = f"cho tài khoản chạy chương trình quyền ghi vào {nearest}, hoặc đặt VAR_DIR khác"
        yield Mistake(file="VAR_DIR", place=str(folder), what=f"không ghi được ({error.strerror})", mend=mend)


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
