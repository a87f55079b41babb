"""A province-year of dossiers in two systems as CSV, taken in and projected, against the bare SQL of its rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bench import province
from bench.cost import Cost, cost
from jobs import project, reading
from jobs.app import App, build
from jobs.clock import HandClock
from jobs.demo.stage import units
from monitor.config import Settings

ONE_STOP, NATIONAL = "mot-cua", "cong-dvcqg"
TABLES = ("dossiers", "dossier_versions", "code_aliases", "dossier_now")
FIRST, AGAIN = 2.0, 0.4
"""Limits, of the bare SQL that writes every row: the first time; again with one dossier in twenty changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The exports of two systems, and those of a day later."""

    first: tuple[tuple[str, Path], ...]
    later: tuple[tuple[str, Path], ...]


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """Both systems' first exports, then both again with one row in twenty changed; CPU of all processes."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    count = max(2_000, round(province.DOSSIERS * scale))
    with TemporaryDirectory() as place:
        folder = Path(place)
        app = build(Settings(var_dir=folder / "var"), HandClock(province.NOW))
        files = written(folder, app, count)
        spent = taken(app, files.first)
        floor = _rewritten(folder)
        yield f"first import with projection, SQLite, of bare SQL ({count:,})", spent / floor, FIRST, "×"
        app.clock.turn_to(province.NOW + timedelta(days=1))  # type: ignore[attr-defined]
        again = taken(app, files.later)
        yield "again with 5 % changed, SQLite, of the same bare SQL", again / floor, AGAIN, "×"
        app.engine.dispose()


def written(folder: Path, app: App, count: int) -> Files:
    """The files of so many testimonies in all."""
    elsewhere = round(count * province.ELSEWHERE)
    own = count - elsewhere
    names = [unit.handling for unit in units(app.register)]
    rows: dict[str, Callable[[], Iterator[province.Cells]]] = {
        ONE_STOP: lambda: province.one_stop(own, names),
        NATIONAL: lambda: province.national(elsewhere, own, names),
    }
    for source, made in rows.items():
        province.write(folder / f"{source}.csv", made())
        province.write(folder / f"{source}-sau.csv", province.changed(made()))
    return Files(
        first=tuple((source, folder / f"{source}.csv") for source in rows),
        later=tuple((source, folder / f"{source}-sau.csv") for source in rows),
    )


def taken(app: App, files: tuple[tuple[str, Path], ...]) -> float:
    """CPU seconds of taking files in and projecting them, of this process and the readers'."""
    with cost() as spent:
        for source, path in files:
            report = reading.take_in(app, path, source, app.clock.now())
            assert not report.failed, report.row.why
            project.catch_up(app, app.clock.now())
    return spent.s


def _rewritten(folder: Path) -> float:
    """CPU seconds of a bare sqlite3 that writes all the rows again, with their indexes, each table at one stroke."""
    spent = Cost()
    kept, bare = sqlite3.connect(folder / "var" / "tthc.db"), sqlite3.connect(folder / "bare.db")
    bare.execute("PRAGMA journal_mode = WAL")
    for table in TABLES:
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
