from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.core.message import Message
from notifiers import NotSent
from notifiers.mailbox import Mailbox, file_name
from notifiers.mime import to_bytes


def letter(**changes: object) -> Message:
    facts: dict[str, object] = {
        "key": "slot/1",
        "message_id": "<1@thanhhoa.gov.vn>",
        "date": datetime(2026, 11, 25, 0, 30, tzinfo=UTC),
        "sender": "giamsat@thanhhoa.gov.vn",
        "to_address": "",
        "to_names": ("Chủ tịch UBND xã Đông Sơn",),
        "subject": "12 hồ sơ quá hạn",
        "text": "Kính gửi",
    }
    return Message(**(facts | changes))  # type: ignore[arg-type]


def test_a_letter_is_one_file_that_tells_when_and_whose(tmp_path: Path) -> None:
    box = Mailbox(tmp_path / "mailbox")
    box.send(letter())
    box.send(letter())
    (file,) = (tmp_path / "mailbox").iterdir()
    assert file.name.startswith("20261125-0730-chu-tich-ubnd-xa-dong-son-")
    assert file.read_bytes() == to_bytes(letter())


def test_two_letters_of_one_minute_are_two_files() -> None:
    assert file_name(letter()) != file_name(letter(key="slot/2"))


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "", "   ", "\x00"])
def test_no_name_leaves_the_folder(name: str) -> None:
    assert Path(file_name(letter(to_names=(name,)))).name == file_name(letter(to_names=(name,)))


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSent, match="không ghi được"):
        Mailbox(tmp_path / "file" / "mailbox").send(letter())
