"""A 200,000-row XLSX taken in: CPU against calamine alone and a bare sqlite3 that writes the same rows."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bench.cost import Cost, cost
from jobs import project, reading
from jobs.app import App, build
from jobs.clock import HandClock
from jobs.demo.dossiers import Province, write_export
from jobs.demo.stage import units
from jobs.report import Report
from monitor.config import Settings
from monitor.core.period import at
from monitor.law import official_calendar

ROWS = 200_000
SOURCE = "mot-cua"
TODAY = date(2026, 11, 24)
NOW = at(TODAY) + timedelta(hours=8)
FACTS = ("dossiers", "dossier_versions")
PROJECTED_US = 80.0
"""Ours: beside the findings, reading the facts, finding the agencies and an upsert with five indexes."""

_CALAMINE = """
import resource, sys
from python_calamine import CalamineWorkbook
rows = sum(1 for _ in CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).iter_rows())
used = resource.getrusage(resource.RUSAGE_SELF)
print(rows, used.ru_utime + used.ru_stime)
"""


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """Into an empty store, the identical bytes again, the same rows saved anew; then the projection by itself."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with TemporaryDirectory() as place:
        folder = Path(place)
        app = build(Settings(var_dir=folder / "var"), HandClock(NOW))
        file, anew = folder / "export.xlsx", folder / "saved-anew.xlsx"
        _export(app, max(500, round(ROWS * scale)), file, anew)
        rows, calamine = _calamine(file)
        first, report = _taken(app, file)
        floor = calamine + _rewritten(folder)
        assert report.row.new > 0.8 * rows, report.as_json()
        yield f"XLSX into an empty store, of calamine + sqlite3 ({report.row.read:,} rows)", first / floor, 2.5, "×"
        with cost() as spent:
            project.catch_up(app, NOW)
        yield "how they stand worked out and kept, a dossier", spent.s / report.row.new * 1e6, PROJECTED_US, "µs"
        again, report = _taken(app, file)
        assert report.already
        yield "identical bytes again, of calamine", again / calamine, 0.1, "×"
        second, report = _taken(app, anew)
        assert report.row.unchanged > 0.8 * rows, report.as_json()
        yield "the same rows saved anew, of calamine", second / calamine, 2.0, "×"
        with cost() as spent:
            project.catch_up(app, NOW)
        yield "its projection, of calamine", spent.s / calamine, 1.0, "×"
        app.engine.dispose()


def _export(app: App, rows: int, *files: Path) -> None:
    province = Province(units(app.register), official_calendar(), anchor=TODAY - timedelta(days=8), count=rows)
    for number, file in enumerate(files):
        write_export(province.rows(NOW), file, f"DANH SÁCH HỒ SƠ – bản {number}, số liệu tính đến ngày 24/11/2026")


def _calamine(file: Path) -> tuple[int, float]:
    """How many rows the file has, and the CPU seconds of a process that does nothing but read them."""
    made = subprocess.run([sys.executable, "-c", _CALAMINE, file], capture_output=True, text=True, check=True)
    rows, spent = made.stdout.split()
    return int(rows), float(spent)


def _taken(app: App, file: Path) -> tuple[float, Report]:
    with cost() as spent:
        report = reading.take_in(app, file, SOURCE, NOW)
    assert not report.failed, report.row.why
    return spent.s, report


def _rewritten(folder: Path) -> float:
    """CPU seconds of a bare sqlite3 that writes all the rows again, with their indexes, each table at one stroke."""
    spent = Cost()
    kept, bare = sqlite3.connect(folder / "var" / "tthc.db"), sqlite3.connect(folder / "bare.db")
    bare.execute("PRAGMA journal_mode = WAL")
    for table in FACTS:
        for (made,) in kept.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql > '' ORDER BY rowid", (table,)
        ):
            bare.execute(made)
        rows = kept.execute(f"SELECT * FROM {table}").fetchall()
        with cost() as one:
            bare.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
            bare.commit()
        spent.s += one.s
    kept.close()
    bare.close()
    return spent.s
