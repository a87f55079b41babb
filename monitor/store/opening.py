"""Opening the database: its folder made, its tables brought to this program's, what is wrong said in one line."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, Engine
from sqlalchemy.exc import DBAPIError

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
        raise StoreError(f"Không tạo được thư mục {file.parent}: {error.strerror}; sửa quyền hoặc VAR_DIR") from error


def _not_opened(url: URL, error: DBAPIError) -> str:
    why = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    if url.get_backend_name() == "sqlite":
        return f"Không mở được cơ sở dữ liệu {url.database}: {why}; kiểm tra quyền, đĩa, hoặc tthc restore TỆP"
    return f"Không kết nối được cơ sở dữ liệu {url.render_as_string(hide_password=True)}: {why}; kiểm tra DATABASE_URL"
