"""`tthc obligations list`: the duties of letters, how they stand, and the last day on which an office is in time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from jobs.cli.main import tthc
from monitor.config import NAMES
from monitor.register import copy_shipped


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The command on a register whose duties are changed."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    copy_shipped(tmp_path / "danh-muc")
    (tmp_path / ".env").write_text(f"REGISTER={tmp_path / 'danh-muc'}\nVAR_DIR={tmp_path / 'var'}\n")
    duties = tmp_path / "danh-muc" / "duties.toml"

    def run(*options: str, without: tuple[str, ...] = ()) -> str:
        text = duties.read_text("utf-8")
        for field in without:
            text = text.replace(f"\n{field} =", f"\n# {field} =")
        duties.write_text(text, "utf-8")
        done = CliRunner().invoke(tthc, ["--env", str(tmp_path / ".env"), "obligations", "list", *options])
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def test_the_duties_of_2024_are_closed_and_shown_only_when_asked_for(listed) -> None:
    assert "thêm --all" in listed()
    everything = json.loads(listed("--all", "--json"))
    assert [duty["key"] for duty in everything] == ["2024-1297-khuyen-mai", "2024-1297-trung-tam"]
    assert {duty["state"] for duty in everything} == {"closed"}


def test_before_11_march_2024_ends_with_friday_the_8th(listed) -> None:
    (first, _) = json.loads(listed("--json", without=("closed",)))
    assert (first["due"], first["last_working_day"], first["state"]) == ("2024-03-11", "2024-03-08", "late")


def test_a_duty_without_a_day_is_a_standing_one(listed) -> None:
    (first, _) = json.loads(listed("--json", without=("closed", "due")))
    assert (first["due"], first["last_working_day"], first["state"]) == (None, None, "standing")


def test_people_read_the_letters_own_day_and_the_last_working_one(listed) -> None:
    told = listed("--all").splitlines()
    assert told[:3] == [
        "2024-1297-khuyen-mai · đã hoàn thành",
        "  Kiểm tra, khắc phục gián đoạn dịch vụ “Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại”",
        "  Sở Công Thương · hạn: trước 11/03/2024 (ngày làm việc cuối: 08/03/2024)",
    ]
