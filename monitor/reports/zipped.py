"""A ZIP whose bytes follow from its content alone, and the list of SHA-256 by which each file in it is checked."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from monitor.core.period import ict

MANIFEST = "MANIFEST.sha256"
"""Every other file in the form that `sha256sum -c` reads."""

_PIECE = 256 * 1024
_LEVEL = 6
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3


class Zipped:
    """A ZIP being written: a file after the other, each with the same moment (to two seconds, Vietnamese time)."""

    def __init__(self, file: IO[bytes], stamp: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._stamp = max(ict(stamp).timetuple()[:6], _EARLIEST)
        self._digests: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End with the list of digests; after an error with nothing more."""
        if kind is None:
            self.add(MANIFEST, [self._manifest()])
        self._zip.close()

    @property
    def names(self) -> tuple[str, ...]:
        """What is in it so far."""
        return tuple(self._digests)

    def add(self, name: str, pieces: Iterable[bytes], *, dense: bool = False) -> str:
        """Write one file; the SHA-256 of what was written. `dense`: it would not become smaller."""
        told = zipfile.ZipInfo(name, self._stamp)
        told.compress_type = zipfile.ZIP_STORED if dense else zipfile.ZIP_DEFLATED
        told.create_system, told.external_attr = _UNIX, _PLAIN_FILE
        digest = sha256()
        with self._zip.open(told, "w") as entry:
            for piece in pieces:
                digest.update(piece)
                entry.write(piece)
        self._digests[name] = digest.hexdigest()
        return digest.hexdigest()

    def _manifest(self) -> bytes:
        return "".join(f"{digest}  {name}\n" for name, digest in sorted(self._digests.items())).encode()


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file, piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, read piece by piece. Raises OSError."""
    digest = sha256()
    for piece in pieces_of(path):
        digest.update(piece)
    return digest.hexdigest()
