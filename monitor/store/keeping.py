"""Files of evidence, each named by the digest of what is in it, under VAR_DIR/evidence."""

from __future__ import annotations

import os
import threading
from hashlib import sha256
from pathlib import Path


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
    try:
        os.utime(path)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        growing = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        growing.write_bytes(content)
        growing.replace(path)
    return digest
