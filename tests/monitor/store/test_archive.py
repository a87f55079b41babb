"""Published documents are given back as they were, or named where they are not."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from monitor.store import archive

NAME, CONTENT = "bao-cao-tuan-2.001474-2026-W47.html", "<p>Báo cáo tuần</p>".encode()
DIGEST = sha256(CONTENT).hexdigest()


def test_a_document_is_kept_under_its_digest_and_given_back(tmp_path: Path) -> None:
    assert archive.keep(tmp_path, {NAME: CONTENT}) == {NAME: DIGEST}
    assert archive.read(tmp_path, DIGEST, NAME) == CONTENT
    assert archive.place(tmp_path, DIGEST, NAME).name == f"{DIGEST}.html"


def test_kept_twice_it_is_one_file(tmp_path: Path) -> None:
    archive.keep(tmp_path, {NAME: CONTENT})
    archive.keep(tmp_path, {NAME: CONTENT, "khác.html": CONTENT})
    assert [path.read_bytes() for path in (tmp_path / "published").rglob("*") if path.is_file()] == [CONTENT]


def test_a_changed_document_is_named(tmp_path: Path) -> None:
    archive.keep(tmp_path, {NAME: CONTENT})
    archive.place(tmp_path, DIGEST, NAME).write_bytes(CONTENT + b" ")
    with pytest.raises(archive.NotAsPublished, match=f"{NAME} đã bị sửa"):
        archive.read(tmp_path, DIGEST, NAME)


def test_a_lost_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(archive.NotAsPublished, match=f"Không đọc được tài liệu đã công bố {NAME}"):
        archive.read(tmp_path, DIGEST, NAME)


def test_a_file_left_half_written_is_put_right(tmp_path: Path) -> None:
    path = archive.place(tmp_path, DIGEST, NAME)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT[:5])
    archive.keep(tmp_path, {NAME: CONTENT})
    assert archive.read(tmp_path, DIGEST, NAME) == CONTENT
