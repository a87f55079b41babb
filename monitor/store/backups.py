"""Copies of a running SQLite database, and putting one back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine

from monitor.core.mistake import why
from monitor.core.period import ict
from monitor.store import events
from monitor.store.engine import file_of, url_of, writing
from monitor.store.holding import hold_file
from monitor.store.migrating import newest
from monitor.store.opening import open_store
from monitor.store.refusal import StoreError
from monitor.store.states import EventKind

_MAGIC = b"SQLite format 3\0"
_LOGS = ("-wal", "-shm", "-journal")


def backup(engine: Engine, file: Path, *, replace: bool = False) -> None:
    """Copy the database as it stands at one moment into a file, check the copy, and only then give it its name.

    Writers go on meanwhile. Raise StoreError where the file is there already (unless `replace`), where the copy is not
    sound, and on PostgreSQL.
    """
    if engine.dialect.name != "sqlite":
        raise StoreError("Cơ sở dữ liệu là PostgreSQL: sao lưu bằng pg_dump --format=custom, khôi phục bằng pg_restore")
    if file.exists() and not replace:
        raise StoreError(f"{file} đã có: chọn tên khác, hoặc chuyển tệp cũ đi")
    with _beside(file) as copy:
        counted = _copy(file_of(engine.url), copy)
        if _checked(copy) != counted:
            raise StoreError(f"Bản sao {file} không đủ dòng so với cơ sở dữ liệu: kiểm tra đĩa rồi chạy lại")
        if replace:
            copy.replace(file)
        else:
            _name_once(copy, file)
        _sync(file.parent)


def restore(file: Path, database_url: str, now: datetime) -> Path | None:
    """Put a backup in the database's place; where the old one was kept, None where there was none.

    The backup is checked, and brought to this program's tables, before anything is touched. Raise StoreError for a
    backup that is not sound, while a daemon or anybody else uses the database, and on PostgreSQL.
    """
    url = _replaceable(file, database_url)
    target = file_of(url)
    target.parent.mkdir(parents=True, exist_ok=True)
    held = hold_file(url)
    try:
        with _beside(target) as copy:
            _checked(file)
            _copy(file, copy)
            _note_restored(url.set(database=str(copy)), now)
            return _exchange(target, copy, f".truoc-khoi-phuc-{ict(now):%Y%m%d-%H%M%S}")
    finally:
        held.release()


def may_restore(file: Path, database_url: str) -> None:
    """Raise StoreError where `restore` would, before anybody is asked."""
    url = _replaceable(file, database_url)
    _checked(file)
    if file_of(url).exists():
        hold_file(url).release()


def _replaceable(file: Path, database_url: str) -> URL:
    url = url_of(database_url)
    if url.get_backend_name() != "sqlite":
        raise StoreError("Cơ sở dữ liệu là PostgreSQL: khôi phục bằng pg_restore từ bản của pg_dump")
    target = file_of(url)
    if target.exists() and target.samefile(file):
        raise StoreError(f"{file} chính là cơ sở dữ liệu đang dùng: chọn một bản sao lưu")
    return url


@contextmanager
def unpacked(file: Path) -> Iterator[Engine]:
    """A backup opened on a copy of its own, brought to this program's tables, to see what is in it.

    Raise StoreError where it is no sound backup.
    """
    _checked(file)
    with tempfile.TemporaryDirectory(prefix="tthc-") as folder:
        copy = Path(folder) / "ban-sao.db"
        _copy(file, copy)
        engine = open_store(f"sqlite:///{copy}")
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A file not there yet, on the same disk as another, and gone afterwards unless it was given a name."""
    copy = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    _remove(copy)
    try:
        yield copy
    except OSError as error:
        if not file.parent.is_dir():
            raise StoreError(f"Không có thư mục {file.parent}: tạo trước (mkdir -p), hoặc chọn nơi khác") from error
        raise StoreError(f"Không ghi được {file}: {why(error)}; kiểm tra quyền và dung lượng đĩa") from error
    finally:
        _remove(copy)


def _remove(file: Path) -> None:
    for name in ("", *_LOGS):
        file.with_name(file.name + name).unlink(missing_ok=True)


def _copy(source: Path, copy: Path) -> dict[str, int]:
    """Copy by SQLite's own means, in one step that sees one moment; how many rows each table had then."""
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(_opened(source)) as old, closing(sqlite3.connect(copy, isolation_level=None)) as new:
        try:
            old.execute("BEGIN")
            counted = _counts(old)
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")  # one file alone, not a database with a log beside it
        except sqlite3.Error as error:
            raise StoreError(f"Không sao chép được {source}; kiểm tra dung lượng và tình trạng đĩa") from error
    _sync(copy)
    return counted


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _counts(db: sqlite3.Connection) -> dict[str, int]:
    tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608


def _checked(file: Path) -> dict[str, int]:
    """How many rows each table has; raise StoreError where the file is no sound database of this program's."""
    try:
        with closing(_opened(file)) as db:
            found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise StoreError(f"{file} bị hỏng: dùng bản sao lưu khác")
            stands = db.execute("SELECT version_num FROM alembic_version").fetchone()
            if stands is None or stands[0] > newest():
                raise StoreError(f"{file} do phiên bản mới hơn của chương trình ghi: cài phiên bản mới rồi khôi phục")
            return _counts(db)
    except sqlite3.Error as error:
        raise StoreError(f"{file} không phải bản sao lưu của chương trình, hoặc bị hỏng: dùng tệp khác") from error


def _note_restored(url: URL, now: datetime) -> None:
    engine = open_store(url.render_as_string(hide_password=False))
    with writing(engine) as db:
        events.add(db, now, EventKind.RESTORED, "")
    engine.dispose()
    _settled(file_of(url))


def _settled(file: Path) -> bool:
    """Make a database one file alone, its log taken in; False where it is ruined: then it is left as it is, log too.

    Raise StoreError where anybody else has it open.
    """
    with file.open("rb") as content:
        if content.read(len(_MAGIC)) != _MAGIC:  # SQLite would throw away the log of what it takes for no database
            return False
    try:
        with closing(sqlite3.connect(file, timeout=2, isolation_level=None)) as db:
            alone = db.execute("PRAGMA journal_mode = DELETE").fetchone()[0] == "delete"
    except sqlite3.OperationalError:
        alone = False
    except sqlite3.DatabaseError:
        return False
    if not alone:
        raise StoreError(f"{file} đang được một tiến trình khác mở: dừng nó rồi khôi phục lại")
    return True


def _exchange(target: Path, copy: Path, suffix: str) -> Path | None:
    """Put the copy in the target's place at one stroke; the old one stays under a name of its own."""
    kept = None
    if target.exists():
        kept = target.with_name(target.name + suffix)
        if not _settled(target):
            for log in _LOGS:
                beside = target.with_name(target.name + log)
                if beside.exists():
                    beside.replace(kept.with_name(kept.name + log))
        _name_once(target, kept)
    _sync(copy)
    copy.replace(target)
    _sync(target.parent)
    return kept


def _name_once(file: Path, name: Path) -> None:
    """Give a file a second name that nothing has yet; where the disk knows no second names, a copy of it."""
    try:
        os.link(file, name)
    except FileExistsError as error:
        raise StoreError(f"{name} đã có: chọn tên khác, hoặc chuyển tệp cũ đi") from error
    except OSError:
        shutil.copy2(file, name)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
