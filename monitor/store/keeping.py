"""Files of evidence, each named by the digest of what is in it, under VAR_DIR/evidence."""

from __future__ import annotations

import os
import re
import threading
from hashlib import sha256
from pathlib import Path

from monitor.store.whole_file import sync

_SUFFIX = re.compile(r"[a-z0-9]{1,8}")


def place(var_dir: Path, digest: str, suffix: str) -> Path:
    """Where a piece of evidence is, or would be, kept."""
    return var_dir / "evidence" / digest[:2] / f"{digest}.{suffix}"


def find(var_dir: Path, digest: str) -> Path | None:
    """The file of that digest, whatever its suffix."""
    return next(iter(sorted((var_dir / "evidence" / digest[:2]).glob(f"{digest}.*"))), None)


def keep(var_dir: Path, content: bytes, suffix: str) -> str:
    """Write a file whole or not at all, once for its content; its SHA-256. Raises OSError where the disk refuses it.

    One that is there already is young again: what is kept for good is told from leftovers by rows that name it, and
    the row of this one is still to come.
    """
    digest = sha256(content).hexdigest()
    path = place(var_dir, digest, suffix)
    if _whole(path, len(content)):
        os.utime(path)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        growing = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        growing.write_bytes(content)
        growing.replace(path)
    return digest


def keep_for_good(var_dir: Path, content: bytes, suffix: str) -> str:
    """The same for a file that a person gave: it outlasts a power cut from now on. Raises OSError as `keep` does."""
    digest = keep(var_dir, content, suffix)
    path = place(var_dir, digest, suffix)
    for one in (path, path.parent, path.parent.parent, var_dir):
        sync(one)
    return digest


def keep_given(var_dir: Path, source: Path) -> str:
    """Keep a file that a person names, for good; its SHA-256. Raises OSError where it cannot be read or written."""
    return keep_for_good(var_dir, source.read_bytes(), suffix_of(source.name))


def suffix_of(name: str) -> str:
    """Under which suffix a file that a person gave is kept; whatever else stands after a dot may be somebody's name."""
    suffix = Path(name).suffix.lstrip(".").lower()
    return suffix if _SUFFIX.fullmatch(suffix) else "bin"


def _whole(path: Path, size: int) -> bool:
    """Whether a file is there and not cut short, as a power cut may leave it."""
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False
