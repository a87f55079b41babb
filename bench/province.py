"""A made-up province-year of dossiers, the same each time: two systems, all ten statuses, pauses, some that differ."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.core.period import ict

DOSSIERS = 1_000_000
ELSEWHERE = 0.15
"""The share of all testimonies that the national portal tells again."""
NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
HEADINGS = (
    "Mã hồ sơ", "Mã TTHC", "Kênh thực hiện", "Nơi nộp hồ sơ", "Trạng thái", "Ngày nộp hồ sơ", "Ngày tiếp nhận",
    "Ngày hẹn trả", "Ngày kết thúc xử lý", "Ngày trả kết quả", "Ngày từ chối", "Đơn vị tiếp nhận", "Đơn vị xử lý",
    "Mã hồ sơ quốc gia",
)  # fmt: skip
Cells = list[str]

_HOUR = 3600
_DAY = 24 * _HOUR
_OPEN = ("1", "2", "4", "4", "4", "5", "6")
_ENDED = ("3", "7", "8", "9", "9", *("10",) * 15)
_STATUS, _APPOINTMENT, _FINISHED, _RETURNED = 4, 7, 8, 9


def one_stop(count: int, units: Sequence[str], seed: int = 2026) -> Iterator[Cells]:
    """The provincial system's year: a tenth of it open, three in four filed online, one in twenty received late."""
    chance = random.Random(seed)
    for number in range(count):
        is_open = chance.random() < 0.1
        status = chance.choice(_OPEN if is_open else _ENDED)
        filed = NOW - timedelta(seconds=chance.randrange(20 * _DAY if is_open else 340 * _DAY))
        waited = chance.choices((4 * _HOUR, _DAY, 5 * _DAY), (70, 25, 5))[0]
        received = min(NOW, filed + timedelta(seconds=chance.randrange(waited)))
        appointment = received + timedelta(days=chance.randrange(3, 31), seconds=chance.randrange(6 * _HOUR))
        finished = min(NOW, appointment - timedelta(seconds=chance.randrange(-_DAY // 2, 5 * _DAY)))
        waits, refused = status == "1", status == "3"
        unit = units[number % len(units)]
        yield [
            _code(number),
            "2.001474" if number % 50 == 0 else f"1.{number % 997:06}",
            chance.choices(("2", "1", "3"), (75, 22, 3))[0],
            "1" if number % 4 == 0 else "2",
            status,
            _text(filed),
            "" if waits or refused else _text(received),
            "" if waits or refused else _text(appointment),
            _text(max(received, finished)) if status in {"8", "9", "10"} else "",
            _text(max(received, finished)) if status == "10" else "",
            _text(received) if refused else "",
            unit,
            unit,
            f"G22.99-{number:08}-0000001" if number % 7 == 0 else "",
        ]


def national(count: int, of: int, units: Sequence[str]) -> Iterator[Cells]:
    """The same dossiers as the national portal tells them, by the same code; one in ten differs."""
    every = max(1, of // max(count, 1))
    told = 0
    for number, cells in enumerate(one_stop(of, units)):
        if number % every or told >= count:
            continue
        told += 1
        if told % 10 == 0:
            cells[_STATUS] = "9" if cells[_STATUS] in {"4", "5", "6", "8"} else cells[_STATUS]
            cells[_APPOINTMENT] = cells[_APPOINTMENT] and _text(NOW)
        cells[-1] = ""
        yield cells


def changed(rows: Iterator[Cells], one_in: int = 20) -> Iterator[Cells]:
    """The same rows a day later: one in twenty, now this of them, now that, has another status and another end."""
    for number, cells in enumerate(rows):
        if number % one_in == number // one_in % one_in:
            ended = cells[_STATUS] in {"9", "10"}
            cells[_STATUS] = "10" if cells[_STATUS] == "9" else "9" if not ended else "8"
            cells[_FINISHED] = _text(NOW - timedelta(seconds=number))
        yield cells


def write(path: Path, rows: Iterator[Cells]) -> None:
    """A CSV file of them, as a system exports it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADINGS)
        out.writerows(rows)


def _code(number: int) -> str:
    return f"H56.{number % 200:02}-26{number % 12 + 1:02}{number % 28 + 1:02}-{number:07}"


def _text(moment: datetime) -> str:
    return f"{ict(moment):%d/%m/%Y %H:%M:%S}"
