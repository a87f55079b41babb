"""Files in folders of the drop folder that belong to no source: nobody reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

NOTE = "THU-MUC-NAY-KHONG-DUOC-DOC.txt"
"""The name of the note laid beside such files."""
_AFTERWARDS = frozenset({"done", "failed"})


def strays(inbox: Path, sources: Collection[str]) -> tuple[Path, ...]:
    """The folders that hold files which are not read, in order: of no source's name, or within a source's folder."""
    return tuple(folder for folder in sorted(_folders(inbox, sources)) if any(map(_counts, _within(folder))))


def _folders(inbox: Path, sources: Collection[str]) -> Iterator[Path]:
    for folder in _within(inbox):
        if folder.name in _AFTERWARDS or folder.name.startswith(".") or not folder.is_dir() or folder.is_symlink():
            continue
        if folder.name not in sources:
            yield folder
            continue
        for deeper in _within(folder):
            if deeper.name not in _AFTERWARDS and not deeper.name.startswith(".") and deeper.is_dir():
                yield deeper


def _within(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError:
        return


def _counts(path: Path) -> bool:
    return path.name != NOTE and not path.name.startswith(("~", ".")) and path.is_file()
