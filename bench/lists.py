"""The Chairman's list of twenty thousand late dossiers as a workbook, from the facts on: now, and as of earlier."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bench.cost import cost
from jobs import project, reading
from jobs.app import App, build
from jobs.clock import HandClock
from jobs.demo.dossiers import HEADINGS
from jobs.demo.stage import units
from monitor.config import Settings
from monitor.core.period import at
from monitor.reports.lists.overdue import overdue
from monitor.reports.lists.overdue_tables import Edition, OverdueTable
from monitor.reports.lists.overdue_xlsx import xlsx
from monitor.store import reading as reading_from

ROWS = 20_000
LIMIT_S = 5.0
SOURCE = "mot-cua"
TODAY = date(2026, 11, 24)
NOW = at(TODAY) + timedelta(hours=8)


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """The figures; the limit is of the whole way from the database to the bytes of the file."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    count = max(100, int(ROWS * scale))
    with TemporaryDirectory() as folder:
        app = build(Settings(var_dir=Path(folder), database_url=f"sqlite:///{folder}/t.db"), HandClock(NOW))
        fill(app, Path(folder), count)
        for name, moment in (("now", NOW), ("as of an hour before", NOW - timedelta(hours=1))):
            with cost() as spent, reading_from(app.engine) as db:
                told = overdue(db, app.register, app.law, moment, NOW)
                content = xlsx(OverdueTable(told, app.register, app.law, Edition.INTERNAL))
            assert len(told.rows) == count, len(told.rows)
            assert content[:2] == b"PK"
            yield f"list of {count:,} late dossiers as XLSX, {name}: CPU", spent.s, LIMIT_S * scale, "s"


def fill(app: App, folder: Path, count: int) -> None:
    """So many late dossiers, taken in and projected as a dropped file is."""
    names = [unit.receiving for unit in units(app.register)]
    path = folder / "ho-so.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADINGS)
        for number in range(count):
            unit, due = names[number % len(names)], TODAY - timedelta(days=1 + number % 20)
            code = f"H56.{number % 90:02}-261001-{number:05}"
            begun = ("01/10/2026 08:00:00", "01/10/2026 09:00:00")
            what = ("Thông báo hoạt động khuyến mại", "2.000033", code, "Đang xử lý", "", "", "Trực tuyến")
            writer.writerow((number, unit, "", *what, *begun, f"{due:%d/%m/%Y} 17:00:00", "", unit))
    report = reading.take_in(app, path, SOURCE, NOW - timedelta(hours=2))
    assert not report.failed, report
    project.catch_up(app, NOW)
