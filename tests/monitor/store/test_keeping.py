"""Evidence lies under its digest, whole, however often it is kept."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from monitor.store import keeping

CONTENT = "bản chụp công văn".encode()


@pytest.mark.parametrize("keep", [keeping.keep, keeping.keep_for_good])
@pytest.mark.parametrize("before", [None, b"", CONTENT[:5], CONTENT], ids=["nothing", "empty", "cut", "whole"])
def test_what_is_kept_is_whole_whatever_a_power_cut_left(
    tmp_path: Path, keep: Callable[[Path, bytes, str], str], before: bytes | None
) -> None:
    digest = sha256(CONTENT).hexdigest()
    path = keeping.place(tmp_path, digest, "pdf")
    if before is not None:
        path.parent.mkdir(parents=True)
        path.write_bytes(before)
    assert keep(tmp_path, CONTENT, "pdf") == digest
    assert path.read_bytes() == CONTENT
    assert keeping.find(tmp_path, digest) == path
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]
