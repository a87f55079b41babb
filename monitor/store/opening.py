"""Opening the database: its folder made, its tables brought to this program's, what is wrong said in one line."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError

from monitor.core.mistake import why
from monitor.store.engine import engine_of, file_of, url_of
from monitor.store.migrating import migrate
from monitor.store.refusal import StoreError


def open_store(url: str) -> Engine:
    """The database at a URL, made where it is missing and brought to this program's tables; raise StoreError."""
    place = url_of(url)
    if place.get_backend_name() == "sqlite":
        _make_folder(file_of(place))
    engine = engine_of(place)
    try:
        migrate(engine)
    except DBAPIError as error:
        engine.dispose()
        raise StoreError(_not_opened(place, error)) from error
    except StoreError:
        engine.dispose()
        raise
    return engine


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"Không tạo được thư mục {file.parent}: {why(error)}; sửa quyền hoặc VAR_DIR") from error


_REASONS = {
    "file is not a database": "tệp này không phải cơ sở dữ liệu",
    "database disk image is malformed": "tệp bị hỏng",
    "unable to open database file": "không mở được tệp",
    "attempt to write a readonly database": "không có quyền ghi",
    "disk I/O error": "lỗi đọc, ghi đĩa",
    "database or disk is full": "đĩa đầy",
    "database is locked": "tiến trình khác đang ghi quá lâu",
}
"""SQLite's commonest complaints."""


def _not_opened(url: URL, error: DBAPIError) -> str:
    told = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    if url.get_backend_name() == "sqlite":
        said = _REASONS.get(told, told)
        return f"Không mở được cơ sở dữ liệu {url.database}: {said}; kiểm tra quyền, đĩa, hoặc tthc restore TỆP"
    return f"Không kết nối được cơ sở dữ liệu {url.render_as_string(hide_password=True)}: {told}; kiểm tra DATABASE_URL"
