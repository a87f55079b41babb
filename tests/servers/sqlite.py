"""SQLite files with the tables of the program in them: made once by the migrations, copied for each test."""

from __future__ import annotations

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from monitor.store import open_store
from monitor.store.engine import wait_for_no_disk


def new_store(file: Path) -> Engine:
    """The database in a file, new where there is none, opened as the program opens one; but it waits for no disk."""
    engine = open_store(laid(file))
    wait_for_no_disk(engine)
    return engine


def laid(file: Path) -> str:
    """The URL of a file that stands as `open_store` leaves a new one, where there is none: to migrate costs 0.1 s."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_migrated(), file)
    return f"sqlite:///{file}"


@cache
def _migrated() -> Path:
    """The file that this test process copies, whole: nothing of it is left in a write-ahead log."""
    folder = TemporaryDirectory(prefix="tthc-tables-")
    atexit.register(folder.cleanup)
    file = Path(folder.name) / "tthc.db"
    open_store(f"sqlite:///{file}").dispose()
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    return file
