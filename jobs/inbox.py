"""The drop folder: files that have stopped growing are read, then stand in `done/` or `failed/` with a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog

from jobs import project, reading
from jobs.app import App
from jobs.report import Report
from monitor.core.source import SourceKind, SourceSpec
from monitor.reports.strays import NOTE, strays

log = structlog.get_logger()

STILL_S = 5.0
"""A file that has kept its size and time for so long is complete."""
_COMING = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".download")
_NOISE = frozenset({"thumbs.db", "desktop.ini"})
_LONGEST = 180


@dataclass(slots=True)
class Stillness:
    """Which files were seen, how large and old they were, and since when (monotonic seconds) that has not changed."""

    seen: dict[Path, tuple[tuple[int, int], float]] = field(default_factory=dict)

    def still(self, path: Path, state: tuple[int, int], moment: float) -> bool:
        """Whether a file has not changed for STILL_S."""
        before = self.seen.get(path)
        if before is None or before[0] != state or before[1] > moment:
            self.seen[path] = (state, moment)
            return False
        return moment - before[1] >= STILL_S

    def forget(self, path: Path) -> None:
        """A file is gone."""
        self.seen.pop(path, None)


_stillness = Stillness()


def scan(app: App, now: datetime, stillness: Stillness = _stillness) -> None:
    """Read every file that lies complete in the drop folder, the oldest first."""
    taken = False
    for path, source in sorted(_dropped(app), key=lambda found: (_modified(found[0]), found[0].name)):
        app.hearts.on()
        try:
            about = path.stat()
        except OSError:
            continue
        if stillness.still(path, (about.st_size, about.st_mtime_ns), app.clock.monotonic()):
            taken |= _take(app, path, source, now)
            stillness.forget(path)
    if taken:
        project.catch_up(app, now)
    _explain_strays(app)


def _dropped(app: App) -> Iterator[tuple[Path, str]]:
    """Files in the drop folder itself, of the first source, and in folders named like a source."""
    inbox = app.settings.var_dir / "inbox"
    lay_out(app)
    sources = tuple(app.register.sources)
    if not sources:
        return
    for folder, source in ((inbox, sources[0]), *((inbox / source, source) for source in sources)):
        if folder.is_dir() and not folder.is_symlink():
            yield from ((path, source) for path in folder.iterdir() if _wanted(path))


def lay_out(app: App) -> None:
    """Make the drop folder, and in it a folder for every source that is dropped as files, so that nobody guesses."""
    inbox = app.settings.var_dir / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    for source in app.register.sources.values():
        if source.kind is SourceKind.FILES:
            with suppress(FileExistsError):  # something else stands there, and is told of elsewhere
                (inbox / source.key).mkdir(exist_ok=True)


def _explain_strays(app: App) -> None:
    """Lay a note beside files that nobody will read, once."""
    for folder in strays(app.settings.var_dir / "inbox", app.register.sources):
        if (folder / NOTE).exists():
            continue
        log.warning("inbox.no_source", folder=folder.name)
        with suppress(OSError):  # the log has said it
            (folder / NOTE).write_text(_stray_note(app.register.sources), "utf-8")


def _stray_note(sources: Mapping[str, SourceSpec]) -> str:
    known = "\n".join(f"  inbox/{key}/  {source.name}" for key, source in sources.items())
    return (
        "Tệp trong thư mục này KHÔNG được đọc, vì tên thư mục không phải mã của nguồn nào trong danh mục.\n"
        f"Chuyển tệp vào thư mục của nguồn (không vào thư mục con):\n{known}\n"
        "hoặc khai thêm nguồn trong sources.toml của danh mục rồi khởi động lại chương trình.\n"
    )


def _wanted(path: Path) -> bool:
    name = path.name.lower()
    return (
        not name.startswith(("~$", ".", "~"))
        and not name.endswith(_COMING)
        and name not in _NOISE
        and path.name != NOTE
        and not path.is_symlink()
        and path.is_file()
    )


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _take(app: App, path: Path, source: str, now: datetime) -> bool:
    """Read one file and put it away; whether anything new may be in the database."""
    try:
        report = reading.take_in(app, path, source, now)
    except (FileNotFoundError, PermissionError) as error:
        log.warning("inbox.unreadable", source=source, error=type(error).__name__)
        return False
    put_away(path, report, path.parent)
    return not report.failed and not report.already


def put_away(path: Path, report: Report, dropped: Path) -> None:
    """Move a file to `done/` or `failed/` of a folder and lay its report beside it.

    A file that cannot be moved is known already when it is met again.
    """
    folder = dropped / ("failed" if report.failed else "done")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = free(folder, path.name)
        place.with_name(place.name + ".txt").write_text(report.as_text() + "\n", "utf-8")
        path.rename(place)
    except OSError as error:
        log.warning("inbox.not_moved", error=type(error).__name__)


def free(folder: Path, name: str) -> Path:
    """A name in a folder that is not taken, of printable letters and not too long for a report's ending."""
    clean = "".join(letter if letter.isprintable() else "_" for letter in name)
    stem, suffix = Path(clean).stem, Path(clean).suffix[:20]
    while len(stem.encode("utf-8", "surrogateescape")) > _LONGEST:
        stem = stem[:-1]
    place, number = folder / f"{stem}{suffix}", 1
    while place.exists() or place.with_name(place.name + ".txt").exists():
        number += 1
        place = folder / f"{stem}-{number}{suffix}"
    return place
