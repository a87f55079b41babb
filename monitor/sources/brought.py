"""From one file as a stranger sent it to the files the reader takes: itself, or what its archive holds."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.sources.polling import Asked, Brought, NotFetched, Page
from monitor.sources.unpacked import NotUnpacked, Unpacked, harmless, is_archive, unpack, wanted

READABLE = ("*.xlsx", "*.xlsm", "*.xls", "*.ods", "*.csv", "*.txt", "*.htm", "*.html", "*.json", "*.zip")
"""Names of files that may hold dossiers, where the register names none: a signature's picture is none."""

_OWN = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG})


@dataclass(frozen=True, slots=True, kw_only=True)
class Come:
    """A file as it came, complete, in a folder of ours: what its sender calls it, and what it is known by."""

    path: Path
    name: str
    key: str
    at: datetime


@contextmanager
def coming(asked: Asked) -> Iterator[Path]:
    """A folder for what is under way, empty; what an ended poll left there is gone."""
    folder = asked.folder / "new"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unreachable(where: str, error: OSError) -> NotFetched:
    """What keeps a server from being reached; or this machine from keeping what it told."""
    why = error.strerror or type(error).__name__
    if error.errno in _OWN:
        return NotFetched(f"máy giám sát không ghi được tệp lấy về ({why}); dọn đĩa chứa VAR_DIR")
    return NotFetched(f"không kết nối được {where} ({why}); xem lại host, port và tường lửa")


def left_alone(note: str) -> Page:
    """Something that is not brought home, and why (Vietnamese)."""
    return Page(whole=False, note=note)


def names_of(patterns: Sequence[str]) -> Sequence[str]:
    """The patterns of the register; where it has none, those of what can be read."""
    return patterns or READABLE


def may_hold(name: str, patterns: Sequence[str]) -> bool:
    """Whether a file is wanted, or may be an archive of what is wanted."""
    return wanted(name, names_of(patterns)) or wanted(name, ("*.zip",))


def brought(come: Come, patterns: Sequence[str], known: frozenset[str], folder: Path) -> Iterator[Brought | Page]:
    """The file, or those of an archive one by one; only the last has the key of all, so that a poll cut short goes on.

    An archive whose own name is wanted gives all that can be read in it, any other those files that are wanted.
    """
    name = harmless(come.name)
    if not is_archive(come.path):
        if wanted(name, names_of(patterns)):
            yield Brought(path=come.path, name=name, key=come.key, at=come.at)
        return
    inside = READABLE if wanted(name, names_of(patterns)) else names_of(patterns)
    files: list[Unpacked] = []
    for one in unpack(come.path, folder, inside):
        match one:
            case Unpacked():
                files.append(one)
            case NotUnpacked():
                yield left_alone(f"{name}: {one}")
    for number, file in enumerate(files, 1):
        key = come.key if number == len(files) else f"{come.key}/{file.place}"
        if key not in known:
            yield Brought(path=file.path, name=f"{Path(name).stem}-{file.name}", key=key, at=come.at)
    come.path.unlink()
