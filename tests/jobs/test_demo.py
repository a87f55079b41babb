"""The demo as a person starts it: the story in the terminal, the pages left open, nothing left behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest
import requests

from jobs.demo.dossiers import Province, Unit, write_export
from jobs.demo.news import few_of
from jobs.demo.stage import AGENCIES, units
from jobs.demo.story import DOSSIERS, SCENES
from monitor.core.period import ICT
from monitor.core.source import DossierRow
from monitor.law import official_calendar
from monitor.register import Register
from monitor.sources.files import rows
from monitor.sources.layout import load_layouts

SHORT = "from jobs.demo import story; story.tell(stay=True, dossiers=300, end=story.moment(17, '08:00'))"

NOON = datetime(2026, 11, 16, 12, tzinfo=ICT)


def spoken(text: str) -> str:
    """The text without its line breaks and indents."""
    return " ".join(text.split())


@pytest.mark.slow
def test_the_whole_story_is_told_in_calm_lines_and_ends(tmp_path: Path) -> None:
    environment = os.environ | {"COLUMNS": "100", "TMPDIR": str(tmp_path)}
    argv = [sys.executable, "-c", "from jobs.cli import main; main()", "demo", "--exit"]
    done = subprocess.run(
        argv, check=False, env=environment, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = spoken(done.stdout)
    for scene in SCENES:
        assert scene.title in told
    for saying in (
        "đang chạy thử, chưa gửi cho ai",
        "Lượt kiểm tra: không xác định: mạng nội bộ",
        "Lượt kiểm tra: gián đoạn: không có chức năng nộp hồ sơ trực tuyến",
        "ĐANG GIÁN ĐOẠN: dịch vụ công trực tuyến 2.001474, từ 21:15 21/11/2026",
        "Báo cáo tuần 47/2026",
    ):
        assert saying in told
    assert done.stdout.count("GIÁN ĐOẠN: lượt hỏng") == 2
    assert "level=" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert list(tmp_path.iterdir()) == []


def test_it_leaves_its_pages_open_as_of_the_storys_now_even_where_the_port_is_taken(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8080))
            taken.listen()
        except OSError:
            pass  # somebody else has it: as good
        child = subprocess.Popen(
            [sys.executable, "-c", SHORT], env=os.environ | {"TMPDIR": str(tmp_path)}, stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert child.stdout is not None
        url = ""
        while not url and (line := child.stdout.readline()):
            found = re.search(r"(http://\S+)/  tình hình", line)
            url = found[1] if found else ""
        assert url
        assert not url.endswith(":8080")
        page = _page(f"{url}/")
        assert "08:00 17/11/2026" in page
        assert "4 phút trước" in page or "5 phút trước" in page
        letters = re.findall(r'href="(/letters/\d+)"', _page(f"{url}/letters"))
        assert letters
        assert "Kính gửi" in _page(f"{url}{letters[0]}/body")
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=10)
    assert child.returncode == 0
    assert list(tmp_path.iterdir()) == []


def _page(url: str) -> str:
    deadline = time.monotonic() + 10
    while True:
        try:
            answer = requests.get(url, timeout=10)
        except requests.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            answer.raise_for_status()
            return answer.text


def test_the_province_is_the_same_each_time_and_large_enough(register: Register) -> None:
    known = units(register)
    assert len(known) == AGENCIES == 60
    one, two = (Province(known, official_calendar(), anchor=date(2026, 11, 16), count=400) for _ in range(2))
    assert list(one.rows(NOON)) == list(two.rows(NOON))
    assert len({life.code for life in one.lives}) == 400
    assert DOSSIERS == 5_000


def test_an_export_shows_nothing_that_has_not_happened_yet() -> None:
    unit = Unit(receiving="Bộ phận Một cửa xã A", handling="UBND xã A")
    province = Province([unit], official_calendar(), anchor=date(2026, 11, 16), count=300)
    for row in province.rows(NOON):
        moments = [datetime.strptime(str(cell), "%d/%m/%Y %H:%M:%S").replace(tzinfo=ICT)
                   for cell in (row[10], row[11], row[13]) if cell]  # fmt: skip
        assert all(moment <= NOON for moment in moments)


@pytest.mark.parametrize("ending", [".xlsx", ".xls"])
def test_an_export_of_either_kind_is_read_back_whole(ending: str, tmp_path: Path) -> None:
    unit = Unit(receiving="Bộ phận Một cửa xã A & B", handling="UBND xã A & B")
    province = Province([unit], official_calendar(), anchor=date(2026, 11, 16), count=50)
    shown = list(province.rows(NOON))
    path = tmp_path / f"ho-so{ending}"
    write_export(shown, path, "Số liệu tính đến 12:00 ngày 16/11/2026")
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    read = [row for row in rows(path, load_layouts()) if isinstance(row, DossierRow)]
    assert [row.code for row in read] == [cells[5] for cells in shown]
    assert {row.handling_unit for row in read} == {unit.handling}


def test_of_many_addressees_three_are_named_and_the_rest_counted() -> None:
    names = [f"Người {number}" for number in range(1, 21)]
    assert few_of(names) == "Người 1; Người 2; Người 3 và 17 người khác"
    assert few_of(names[:4]) == "Người 1; Người 2; Người 3; Người 4"
