"""Published documents, kept as files named by their digest and given back as they were."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from monitor.store.whole_file import sync


class NotAsPublished(Exception):
    """A document is not there any more, or is not what was published; the text names it and the mend."""


def place(var_dir: Path, digest: str, name: str) -> Path:
    """Where a document is, or would be, kept."""
    return var_dir / "published" / digest[:2] / f"{digest}{Path(name).suffix}"


def keep(var_dir: Path, documents: Mapping[str, bytes]) -> dict[str, str]:
    """Write documents so that they outlast a power cut; their digests by name. Raise OSError where the disk fails.

    A file that is there already is left alone if it holds what its name says, and put right if not.
    """
    return {name: _keep(var_dir, name, content) for name, content in documents.items()}


def _keep(var_dir: Path, name: str, content: bytes) -> str:
    digest = sha256(content).hexdigest()
    path = place(var_dir, digest, name)
    with suppress(OSError):
        if path.read_bytes() == content:
            return digest
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    growing = path.with_name(f".{path.name}.{os.getpid()}")
    with growing.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    growing.replace(path)
    # A name is as lasting as each folder that leads to it.
    for folder in (path.parent, path.parent.parent, var_dir):
        sync(folder)
    return digest


def read(var_dir: Path, digest: str, name: str) -> bytes:
    """A document as it was published; raise NotAsPublished where it is gone or changed."""
    path = place(var_dir, digest, name)
    mend = "lấy lại từ bản sao lưu hoặc từ thư đã gửi, đặt đúng chỗ ấy"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotAsPublished(f"Không đọc được tài liệu đã công bố {name} ({path}): {mend}") from error
    if sha256(content).hexdigest() != digest:
        raise NotAsPublished(f"Tài liệu đã công bố {name} đã bị sửa ({path} không còn khớp mã {digest[:16]}…): {mend}")
    return content
