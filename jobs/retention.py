"""How long evidence is kept: each night the files go that no interruption, person or publication needs any more."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from jobs.app import App
from jobs.kept import Kept, kept_of
from monitor.core.period import to_ms
from monitor.store import EventKind, events, reading, watches, writing

log = structlog.get_logger()

LEFTOVER = timedelta(days=1)
"""A file is written before the row that names it; one that no row names after a day, none ever will."""

MOST_STRANGERS = 200
"""So many lists that no exhibit names are no crash's leftovers: the database is another one, or an old backup put back.
Then nothing goes; a person has to look."""

_NAME = re.compile(r"([0-9a-f]{64})\.[a-z0-9]{1,8}")
_SEALED = "retention/sealed"
_GOING = ".going-"


def run(app: App, _due: datetime, now: datetime) -> None:
    """Remove what is kept no longer. Its rows stay, sealed as they are: only the files go, and an event says how many.

    They are moved aside first, then counted and sealed, then deleted: a night that is broken off is ended by the next.
    """
    folder = app.settings.var_dir / "evidence"
    if not folder.is_dir():
        return
    going = _going(app, folder, now)
    kept = kept_of(app, now)
    if (strangers := _strangers(folder, kept, now)) > MOST_STRANGERS:
        log.error("retention.strange_database", lists=strangers, folder=str(folder))
        return
    spared = _move_aside(folder, kept, going, now)
    count, size = _counted(going)
    if count:
        with writing(app.engine) as db:
            events.add(db, now, EventKind.EVIDENCE_REMOVED, f"{count} tệp, {size} byte")
            watches.set_mark(db, _SEALED, going.name)
    _delete(going)
    log.info("retention.removed", files=count, bytes=size, spared=spared)
    if kept.lists_lost:
        log.warning("retention.lists_lost", lists=kept.lists_lost, since=kept.lost.isoformat(), spared=spared)


def _going(app: App, folder: Path, now: datetime) -> Path:
    """Where to move what goes: into what a broken-off night left, unless that was sealed and has only to be deleted."""
    with reading(app.engine) as db:
        sealed = watches.get_mark(db, _SEALED)
    left = [place for place in sorted(folder.glob(f"{_GOING}*")) if place.is_dir()]
    for place in left:
        if place.name == sealed:
            _delete(place)
    unsealed = [place for place in left if place.name != sealed]
    return unsealed[0] if unsealed else folder / f"{_GOING}{to_ms(now)}"


def _strangers(folder: Path, kept: Kept, now: datetime) -> int:
    """How many lists there are that no exhibit names, but for those written just now."""
    lists = (path for path in _files(folder) if path.suffix == ".json" and _NAME.fullmatch(path.name))
    return sum(not kept.names(path.stem) and path.stat().st_mtime <= (now - LEFTOVER).timestamp() for path in lists)


def _move_aside(folder: Path, kept: Kept, going: Path, now: datetime) -> int:
    """Move away what is named by nothing that stays, a file after the other; how many are spared for a lost list."""
    going.mkdir(mode=0o700, exist_ok=True)
    spared = 0
    for path in _files(folder):
        named = _NAME.fullmatch(path.name)
        if named and kept.has(named[1]):
            continue
        if named is None and not path.name.startswith("."):
            continue
        try:
            age = path.stat().st_mtime
            if age > (now - LEFTOVER).timestamp():
                continue
            if path.suffix in {".html", ".png"} and age >= (kept.lost - LEFTOVER).timestamp():
                spared += 1
                continue
            _move(path, going / path.name, now)
        except FileNotFoundError:
            continue
    return spared


def _files(folder: Path) -> Iterator[Path]:
    for place in sorted(folder.glob("[0-9a-f][0-9a-f]")):
        with os.scandir(place) as some:
            yield from [Path(one.path) for one in some if one.is_file(follow_symlinks=False)]


def _move(path: Path, aside: Path, now: datetime) -> None:
    """Move a file away, and back if it was wanted again at that moment: `keeping.keep` makes young what it finds."""
    path.replace(aside)
    if aside.stat().st_mtime > (now - LEFTOVER).timestamp():
        aside.replace(path)


def _counted(going: Path) -> tuple[int, int]:
    with os.scandir(going) as some:
        sizes = [one.stat().st_size for one in some]
    return len(sizes), sum(sizes)


def _delete(going: Path) -> None:
    with os.scandir(going) as some:
        for one in some:
            os.unlink(one.path)
    going.rmdir()
