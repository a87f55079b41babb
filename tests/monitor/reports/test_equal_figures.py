"""Every form of one log, read back: mail, page, PDF, Word, workbook, CSV and JSON say the same figures."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from io import BytesIO, StringIO
from typing import Any
from unicodedata import normalize

import docx
import openpyxl
import pytest
from lxml import html
from pypdf import PdfReader

from monitor.core.look import Cause, Phases, Verdict
from monitor.core.uptime import State
from monitor.reports import uptime_report
from monitor.reports.render import hoa, phantram, term
from monitor.reports.uptime_log import UptimeLog

Watch = Callable[..., Any]
UNITS = {"ngày": 86_400, "giờ": 3_600, "phút": 60, "giây": 1}
RATIOS = ("measured", "lower", "upper", "coverage")


@dataclass(frozen=True)
class Told:
    """What a form says: seconds by part, with their sum; ratios as printed; counts of looks; percentiles; the weeks."""

    parts: dict[str, int]
    ratios: tuple[str, ...]
    looks: tuple[tuple[int, ...], ...]
    spreads: tuple[tuple[int, ...], ...]
    began: tuple[str, ...]
    weeks: tuple[str, ...]


PARTS = {hoa(term(state)): state.value for state in State} | {"Cộng": "sum"}


def seconds(words: str) -> int:
    """ "1 giờ 30 phút"."""
    return sum(int(count.replace(".", "")) * UNITS[unit] for count, unit in re.findall(r"([\d.]+) (\w+)", words))


def number(words: str) -> int:
    return int(words.replace(".", ""))


def percent(ratio: str | None, *, up: bool = False) -> str:
    return phantram(None if ratio is None else Fraction(ratio), up=up)


def instant(moment: str) -> str:
    """As it is printed: to the second."""
    return f"{datetime.fromisoformat(moment):%H:%M:%S %d/%m/%Y}"


def from_json(made: dict[str, bytes]) -> Told:
    told = json.loads(made["json"])
    parts = {state.value: told[f"{state.value}_ms"] // 1000 for state in State}
    return Told(
        parts=parts | {"sum": told["window_ms"] // 1000},
        ratios=tuple(percent(told[name], up=name == "upper") for name in RATIOS),
        looks=tuple(
            (one["looks"], one["answered"], *(one["by_verdict"].get(v.value, 0) for v in Verdict))
            for one in told["seen"]
        ),
        spreads=tuple(
            (one["looks"], *(one[f"p{rank}_ms"] for rank in (50, 90, 95, 99))) for one in told["percentiles"]
        ),
        began=tuple(instant(one["start"]) for one in told["interruptions"]),
        weeks=tuple(percent(one["measured"]) for one in told["compared"] if one["measured"]),
    )


def from_tables(
    tables: dict[str, list[list[Any]]], ratio: Callable[[Any], Fraction], began: Callable[[Any], str]
) -> Told:
    """Out of tables of typed cells, headings left out."""
    summary = {row[0]: row[1] for row in tables["tong-hop"]}
    names = ("Tỷ lệ hoạt động đo được", "Cận dưới", "Cận trên", "Độ phủ")
    return Told(
        parts={PARTS[name]: round(float(summary[f"{name} (giây)"])) for name in PARTS},
        ratios=tuple(phantram(ratio(summary[name]), up=name == "Cận trên") for name in names),
        looks=tuple(tuple(int(count) for count in row[2:7]) for row in tables["luot-kiem-tra"]),
        spreads=tuple(tuple(int(count) for count in row[2:7]) for row in tables["toc-do"]),
        began=tuple(began(row[4]) for row in tables["gian-doan"]),
        weeks=tuple(phantram(ratio(row[2])) for row in tables["so-sanh"] if row[2] != "chưa theo dõi"),
    )


def from_csv(made: dict[str, bytes]) -> Told:
    tables = {
        name.removesuffix(".csv"): [*csv.reader(StringIO(content.decode("utf-8-sig")))][1:]
        for name, content in made.items()
        if name.endswith(".csv")
    }
    return from_tables(tables, Fraction, instant)


def from_workbook(made: dict[str, bytes]) -> Told:
    sheets = {"Tổng hợp": "tong-hop", "Lượt kiểm tra": "luot-kiem-tra", "Tốc độ": "toc-do", "Gián đoạn": "gian-doan"}
    sheets["So sánh các kỳ"] = "so-sanh"
    book = openpyxl.load_workbook(BytesIO(made["xlsx"]))
    tables = {key: [[c.value for c in row] for row in book[name].iter_rows(min_row=4)] for name, key in sheets.items()}
    exact = lambda value: Fraction(str(value))  # noqa: E731 - a float as it is written, not as it is stored
    return from_tables(tables, exact, lambda moment: f"{moment:%H:%M:%S %d/%m/%Y}")


def from_report(tables: list[list[list[str]]]) -> Told:
    """Out of a report's tables, each known by its first heading, or two."""
    by_heading = {tuple(table[0][:2]): table[1:] for table in tables}
    ratios = {row[0].split(" (")[0]: row[1] for row in by_heading["Tỷ lệ", "Giá trị"]}
    parts = by_heading["Trạng thái", "Thời gian"]
    assert [seconds(row[1]) for row in parts] == [number(row[2]) for row in parts]
    return Told(
        parts={PARTS[row[0]]: number(row[2]) for row in parts},
        ratios=tuple(ratios[name] for name in ("Tỷ lệ hoạt động đo được", "Cận dưới", "Cận trên", "Độ phủ")),
        looks=tuple(tuple(map(number, row[1:])) for row in by_heading["Nơi kiểm tra", "Lượt"]),
        spreads=tuple(tuple(map(number, row[2:])) for row in by_heading["Nơi kiểm tra", "Giai đoạn"]),
        began=tuple(row[1].split("\n")[0] for row in by_heading["Lần", "Bắt đầu"]),
        weeks=tuple(row[1] for row in by_heading["Kỳ", "Đo được"] if row[1] != "–"),
    )


def from_word(made: dict[str, bytes]) -> Told:
    file = docx.Document(BytesIO(made["docx"]))
    return from_report([[[cell.text for cell in row.cells] for row in table.rows] for table in file.tables])


def from_print(made: dict[str, bytes]) -> Told:
    """The page's text keeps no cells: rows are known by how they begin and end."""
    pages = [page.extract_text() for page in PdfReader(BytesIO(made["pdf"])).pages]
    said = " ".join(normalize("NFC", " ".join(pages)).split())
    parts = {}
    for name, key in PARTS.items():
        found = re.search(rf"{name} ((?:[\d.]+ (?:ngày|giờ|phút|giây) ?)+)([\d.]+)\b", said)
        assert found is not None, name
        assert seconds(found[1]) == number(found[2])
        parts[key] = number(found[2])
    names = ("Tỷ lệ hoạt động đo được", r"Cận dưới \([^)]*\)", r"Cận trên \([^)]*\)", r"Độ phủ \([^)]*\)")
    tables = {name: said.split(name, 1)[1] for name in ("Nơi kiểm tra Lượt", "Giai đoạn Số lượt p50 p90 p95 p99")}
    counts = re.findall(r"(?<=\D )([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)(?= \D)", tables["Nơi kiểm tra Lượt"])
    took = re.findall(
        r"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+)",
        tables["Giai đoạn Số lượt p50 p90 p95 p99"].split("Kiểm tra thủ")[0],
    )
    began = re.findall(
        r"\b\d (\d\d:\d\d:\d\d \d\d/\d\d/\d{4}) Có thể sớm hơn|\b\d (\d\d:\d\d:\d\d \d\d/\d\d/\d{4}) Lượt", said
    )
    weeks = re.findall(r"Tuần \d\d/\d{4} ([\d,]+ %)", said.split("SO VỚI 8")[1])
    return Told(
        parts=parts,
        ratios=tuple(
            found[1] for name in names if (found := re.search(rf"{name} ([\d,]+ %)", said.split("Tỷ lệ Giá trị")[1]))
        ),
        looks=tuple(tuple(map(number, row)) for row in counts[:4]),
        spreads=tuple(tuple(map(number, row)) for row in took),
        began=tuple(one or other for one, other in began),
        weeks=tuple(weeks),
    )


def from_text(made: dict[str, bytes]) -> Told:
    return _told(made["txt"].decode(), r"p50 ([\d.]+), p90 ([\d.]+), p95 ([\d.]+), p99 ([\d.]+) \(([\d.]+) lượt\)")


def _told(said: str, spread: str) -> Told:
    parts = {
        key: found[1]
        for name, key in PARTS.items()
        if (found := re.search(rf"^ +{name} {{2,}}(.+)$", said, re.MULTILINE))
    }
    first = said.split("2. CÁC LẦN", maxsplit=1)[0]
    ratios = [
        re.search(rf"{name}: ([\d,]+ %)", first)
        for name in ("Tỷ lệ hoạt động đo được", "Cận dưới", "cận trên", "Độ phủ")
    ]
    counts = r"([\d.]+) lượt, có trả lời ([\d.]+), dùng được ([\d.]+), gián đoạn ([\d.]+), không xác định ([\d.]+)"
    return Told(
        parts={key: seconds(words) for key, words in parts.items()},
        ratios=tuple(found[1] for found in ratios if found),
        looks=tuple(tuple(map(number, row)) for row in re.findall(counts, said)),
        spreads=tuple((number(row[4]), *map(number, row[:4])) for row in re.findall(spread, said)),
        began=tuple(re.findall(r"Bắt đầu: (\S+ \S+?),", said)),
        weeks=tuple(re.findall(r"Tuần \d\d/\d{4}: đo được ([\d,]+ %)", said)),
    )


def from_page(made: dict[str, bytes]) -> Told:
    page = html.fromstring(made["html"].decode())
    rows = [[" ".join(" ".join(c.itertext()).split()) for c in row.iter("td", "th")] for row in page.iter("tr")]
    flat = [row for row in rows if len(row) < 8]
    numbers = [row for row in flat if row and all(re.fullmatch(r"[\d.]+", cell) for cell in row)]
    ratios = ("Tỷ lệ hoạt động đo được", "Cận dưới", "Cận trên", "Độ phủ")
    return Told(
        parts={PARTS[row[0]]: seconds(row[1]) for row in flat if len(row) == 2 and row[0] in PARTS},
        ratios=tuple(row[1] for name in ratios for row in flat if len(row) == 2 and row[0].startswith(name)),
        looks=tuple(tuple(map(number, row)) for row in numbers if len(row) == 5),
        spreads=tuple(tuple(map(number, row[1:])) for row in flat if len(row) == 6 and re.fullmatch(r"[\d.]+", row[1])),
        began=tuple(row[1][:19] for row in flat if len(row) == 2 and row[0] == "Bắt đầu"),
        weeks=tuple(
            row[1].split(" %")[0] + " %" for row in flat if re.fullmatch(r"\d\d/\d{4}", row[0]) and len(row) == 4
        ),
    )


@pytest.fixture
def made(watch: Watch) -> dict[str, bytes]:
    """The log's documents by their ending; phases differ from look to look, and from target to target."""
    seen = watch()
    seen.finds("18/11/2026 13:00", "18/11/2026 17:00", Cause.CHALLENGED)
    seen.finds("19/11/2026 22:00", "20/11/2026 00:00", Cause.BANNER)
    seen.finds("21/11/2026 21:10", "21/11/2026 22:40", Cause.ACTION_MISSING)
    seen.announce("19/11/2026 21:55", "20/11/2026 00:05", "02/11/2026 09:00")
    made = []
    for place, target in enumerate(one for one in seen.service.targets if not one.control):
        at = datetime.fromisoformat("2026-11-09T00:01:00+07:00")
        while at < datetime.fromisoformat("2026-11-23T07:00:00+07:00"):
            look = seen.look(target, at)
            took = 100 * (place + 1) + len(made) * 37 % 1900
            made.append(
                replace(
                    look,
                    phases=Phases(name=took // 9, connect=took // 7, tls=took // 5, first_byte=took // 2, total=took),
                )
            )
            at += timedelta(minutes=5)
    seen.keep(made)
    log: UptimeLog = seen.log("2026-W47", "23/11/2026 07:30")
    return {
        name.removeprefix(f"{uptime_report.stem(log)}."): content for name, content in uptime_report.files(log).items()
    }


READERS = [from_text, from_page, from_print, from_word, from_workbook, from_csv]


def test_every_form_of_a_log_says_the_same_figures(made: dict[str, bytes]) -> None:
    told = from_json(made)
    assert told.parts["sum"] == sum(told.parts[state.value] for state in State) == 7 * 86_400
    assert (len(told.looks), len(told.spreads), len(told.began), len(told.weeks)) == (4, 20, 2, 2)
    for read in READERS:
        assert read(made) == told, read.__name__
