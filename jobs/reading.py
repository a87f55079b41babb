"""Files become dossiers, taken in by a process of its own; nothing half done is ever seen."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import blake2b, file_digest
from pathlib import Path

import structlog
from sqlalchemy import Connection

from jobs.app import App
from jobs.read_apart import read_apart
from jobs.read_child import MEMORY, Task
from jobs.report import REASONS_SHOWN, Report
from monitor.core.mask import mask
from monitor.core.period import aware
from monitor.core.source import SourceKind, SourceSpec
from monitor.sources.files import MANNER
from monitor.sources.layout import Layout, load_layouts
from monitor.store import ImportRow, dossier_loading, imports, reading, writing

log = structlog.get_logger()

DISCARDED = 5_000

Read = Callable[[Task, int, Callable[[int], None] | None], str]
"""How a file is read: why it was refused, empty where it was not."""


def take_in(
    app: App,
    path: Path,
    source: str,
    now: datetime,
    *,
    complete: bool = True,
    memory: int = MEMORY,
    progress: Callable[[int], None] | None = None,
    read: Read = read_apart,
) -> Report:
    """Take a file in; the same bytes once. Raise KeyError for an unknown source, LayoutError for a layout of ours.

    Where it is not `complete`, what it leaves out means nothing. What it says is seen by readers when this returns, and
    in the projection after `project.catch_up`.
    """
    spec = app.register.sources[source]
    layouts = _layouts(app, spec)
    manner = blake2b(b"".join([MANNER, *(one.fingerprint for one in layouts)]), digest_size=8).digest()
    with alone(app) as lock:
        _discard_unfinished(app)
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").digest()
            about = os.fstat(file.fileno())
        with reading(app.engine) as db:
            known = imports.known(db, source, digest, manner)
            if known:
                return _report(db, known, already=True)
        with writing(app.engine) as db:
            number = imports.begin(
                db,
                source=source,
                name=_printable(path.name),
                size=about.st_size,
                digest=digest,
                manner=manner,
                at=now,
                complete=complete,
            )
        log.info("import.begun", source=source, size=about.st_size)
        task = Task(
            database=app.engine.url.render_as_string(hide_password=False),
            path=str(path.absolute()),
            source=source,
            kind=SourceKind.FILES,  # whatever brings it home, it is a file that is read
            layouts=spec.layouts,
            own_layouts=str(_own_layouts(app)),
            officers=spec.officers,
            scoped=spec.scope is not None,
            number=number,
            at=aware(now).isoformat(),
            modified=aware(datetime.fromtimestamp(about.st_mtime, UTC)).isoformat(),
            parent=os.getpid(),
            memory=memory,
        )
        why = read(task, lock, progress)
        return _concluded(app, number, why)


def _own_layouts(app: App) -> Path:
    return app.settings.var_dir / "layouts"


def _layouts(app: App, spec: SourceSpec) -> list[Layout]:
    known = load_layouts(_own_layouts(app), officers=spec.officers)
    return [one for one in known if not spec.layouts or one.key in spec.layouts]


def _printable(name: str) -> str:
    """A file's name as text: what is no letter of any alphabet becomes a question mark, what leads to a person goes."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return mask("".join(letter if letter.isprintable() else "?" for letter in text))[:255]


@contextmanager
def alone(app: App, *, wait: bool = True) -> Iterator[int]:
    """Hold the one place at which files are read; a process that reads holds it as well, and so outlives nobody.

    Raise BlockingIOError where it is taken and this is not to wait.
    """
    app.settings.var_dir.mkdir(parents=True, exist_ok=True)
    lock = os.open(app.settings.var_dir / "reading.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        with dossier_loading.alone(app.engine, wait=wait):
            yield lock
    finally:
        os.close(lock)


def _concluded(app: App, number: int, why: str) -> Report:
    """What really became of an import, whatever its process had to say last."""
    with reading(app.engine) as db:
        if number not in imports.unfinished(db):
            return _logged(_report(db, imports.get(db, number)))
    _discard(app, number, why or "việc đọc tệp bị ngắt giữa chừng; thả lại tệp")
    with reading(app.engine) as db:
        return _logged(_report(db, imports.get(db, number)))


def _report(db: Connection, row: ImportRow, *, already: bool = False) -> Report:
    return Report(row=row, bad=imports.set_aside(db, row.id, REASONS_SHOWN), already=already)


def _logged(report: Report) -> Report:
    row = report.row
    log.info(
        "import.failed" if report.failed else "import.taken",
        source=row.source, read=row.read, new=row.new, changed=row.changed, unchanged=row.unchanged, older=row.older,
        set_aside=row.set_aside,
    )  # fmt: skip
    return report


def _discard_unfinished(app: App) -> None:
    """Remove what a reader left that did not live to finish; only to be called while alone."""
    with reading(app.engine) as db:
        left = imports.unfinished(db)
    for number in left:
        log.warning("import.interrupted", number=number)
        _discard(app, number, "chương trình bị dừng khi đang đọc; tệp được đọc lại từ đầu")


def _discard(app: App, number: int, why: str) -> None:
    more = True
    while more:
        with writing(app.engine) as db:
            more = imports.discard(db, number, DISCARDED)
    with writing(app.engine) as db:
        imports.fail(db, number, why)


def recover(app: App) -> None:
    """Tidy up after a crash; where somebody is reading just now, the next to read will."""
    try:
        with alone(app, wait=False):
            _discard_unfinished(app)
    except BlockingIOError:
        log.info("reading.busy")
