"""A file that gets its name only once it is whole on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_once(path: Path, content: Iterable[bytes]) -> None:
    """Write a file that nobody else may read, whole or not at all; raise FileExistsError rather than replace another.

    Raises other OSErrors where the disk or the folder refuses it.
    """
    with written_once(path) as file:
        for some in content:
            file.write(some)


@contextmanager
def written_once(path: Path) -> Iterator[BinaryIO]:
    """The same for who writes here and there in the file; what raises leaves nothing behind."""
    if path.exists():
        raise FileExistsError(path)
    growing = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with os.fdopen(os.open(growing, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _name_once(growing, path)
        sync(path.parent)
    finally:
        growing.unlink(missing_ok=True)


def _name_once(growing: Path, path: Path) -> None:
    try:
        path.hardlink_to(growing)
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no second names
        if path.exists():
            raise FileExistsError(path) from None
        growing.rename(path)


def sync(path: Path) -> None:
    """Have what is known of a file, or of the names in a folder, on the disk for good."""
    place = os.open(path, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
