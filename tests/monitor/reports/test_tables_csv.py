"""The tables as CSV: one header, numbers a program reads, letters that Excel reads, no formula."""

from __future__ import annotations

import csv
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from monitor.core.look import Cause, Verdict
from monitor.reports import tables_csv
from monitor.reports.uptime_log import UptimeLog
from monitor.reports.uptime_tables import sheets

Watch = Callable[..., Any]


@pytest.fixture
def log(watch: Watch) -> UptimeLog:
    seen = watch(minutes=15)
    seen.finds("21/11/2026 21:10", "21/11/2026 22:40", Cause.ACTION_MISSING)
    seen.looks("16/11/2026 00:00", "23/11/2026 07:00")
    seen.person_saw("18/11/2026 14:30", Verdict.UP, '=HYPERLINK("http://xau.example";"mở"), rồi\nthoát')
    made: UptimeLog = seen.log("2026-W47", "23/11/2026 07:30")
    return made


def rows(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return [*csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))]


def test_there_is_a_file_for_each_table_and_each_row_fits_its_header(log: UptimeLog) -> None:
    found = tables_csv.tables(log)
    assert len(found) == len([*sheets(log)]) == 14
    for name, content in found.items():
        header, *body = rows(content)
        assert all(header), name
        assert all(len(row) == len(header) for row in body), name


def test_moments_are_iso_and_ratios_have_six_decimals(log: UptimeLog) -> None:
    found = tables_csv.tables(log)
    assert rows(found["gian-doan"])[1][4] == "2026-11-21T21:16:00.000+07:00"
    measured = dict(row for row in rows(found["tong-hop"]) if len(row) == 2)["Tỷ lệ hoạt động đo được"]
    assert measured.startswith("0.99")
    assert len(measured) == 8


def test_words_of_a_person_are_one_cell_and_no_formula(log: UptimeLog) -> None:
    note = rows(tables_csv.tables(log)["kiem-tra-thu-cong"])[1][3]
    assert note.startswith("'=HYPERLINK")
    assert note.endswith("rồi\nthoát")
