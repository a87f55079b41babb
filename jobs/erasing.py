"""One dossier erased everywhere: rows, copies of letters, and the files that told of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from sqlalchemy.exc import OperationalError

from jobs import project, reading
from jobs.app import App
from monitor.core.blot import Blot
from monitor.store import EventKind, access, erasing, events, evidence_rows, keeping, letters, writing
from monitor.store import reading as reading_from
from monitor.store.erasing import Found
from monitor.store.ledger_tables import Deed
from notifiers.mailbox import file_name

_LARGEST = 512 * 1024**2
"""A file that is larger is not searched; that it told of the dossier shows by its digest alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be erased: rows as found, files that would go, reports whose lines would be blotted out."""

    code: str
    found: Found
    source: str
    remove: tuple[Path, ...]
    rewrite: tuple[Path, ...]
    mailbox: tuple[Path, ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing leads to the dossier at all."""
        return self.found.nothing and not (self.remove or self.rewrite)


def plan(app: App, code: str, source: str = "") -> Plan:
    """What there is of a dossier by now; nothing is changed."""
    code = code.strip().upper()
    with reading_from(app.engine) as db:
        found = erasing.find(db, code, source)
        copies = [file_name(row.message) for number in found.letters if (row := letters.get(db, number))]
    blot = Blot.of(found.codes)
    remove, rewrite = [], []
    for path in _raw_files(app.settings.var_dir):
        with contextlib.suppress(OSError):  # it went meanwhile
            if path.suffix == ".txt" and path.with_suffix("").exists():
                if blot.in_bytes(path.read_bytes()):
                    rewrite.append(path)
            elif _tells(path, found, blot):
                remove.append(path)
    mailbox = (app.settings.var_dir / "mailbox" / name for name in copies)
    return Plan(
        code=code,
        found=found,
        source=source,
        remove=tuple(remove),
        rewrite=tuple(rewrite),
        mailbox=tuple(path for path in mailbox if path.exists()),
    )


def _raw_files(var_dir: Path) -> Iterator[Path]:
    """Files that were taken in, were refused or wait, and what polls brought home."""
    for pattern in ("inbox/*", "inbox/*/*", "inbox/*/*/*", "polls/*/*", "polls/*/*/*"):
        for path in sorted(var_dir.glob(pattern)):
            if path.is_file() and not path.is_symlink() and path.name not in {"lock", "state.json"}:
                yield path


def _tells(path: Path, found: Found, blot: Blot) -> bool:
    if path.stat().st_size > _LARGEST:
        return _digest(path) in found.files
    content = path.read_bytes()
    return _digest(path) in found.files or blot.in_text(path.name) or blot.in_bytes(content)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return file_digest(file, "sha256").digest()


def erase(app: App, planned: Plan, *, reason: str, by: str, now: datetime) -> None:
    """Erase what was planned, and what came since. Waits while a file is being taken in.

    Files go first, then rows in one transaction: broken off in between, the rows tell what to ask for again.
    """
    blot = Blot.of(planned.found.codes)
    with reading.alone(app):
        for path in planned.rewrite:
            path.write_text(blot.out_of(path.read_text("utf-8", "replace")), "utf-8")
        for path in (*planned.remove, *planned.mailbox):
            path.unlink(missing_ok=True)
        with reading_from(app.engine) as db:
            found = erasing.find(db, planned.code, planned.source)
        why = blot.out_of(reason)
        with writing(app.engine) as db:
            erasing.erase(db, found, source=planned.source, reason=why, at=now, by=by)
            events.add(db, now, EventKind.ERASED, f"{by}: {why}")
            access.note(db, now, by, access.COMMAND, Deed.ERASE, "(đã xóa)")
        _remove_kept(app, found)
    _truncate(app)
    project.catch_up(app, now)


def _remove_kept(app: App, found: Found) -> None:
    """Files that people gave and that no row names any more."""
    if not found.kept_files:
        return
    with reading_from(app.engine) as db:
        named = set(evidence_rows.of_people(db))
    for digest in found.kept_files - named:
        path = keeping.find(app.settings.var_dir, digest)
        if path is not None:
            path.unlink(missing_ok=True)


def _truncate(app: App) -> None:
    """Have an SQLite database's log hold nothing of it either; where somebody reads just now, a later commit does."""
    if app.engine.dialect.name != "sqlite":
        return
    with contextlib.suppress(OperationalError), app.engine.connect() as db:
        db.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
