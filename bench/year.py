"""A province-year of dossiers in two systems as CSV, taken in and projected, against the bare SQL of its rows."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from sqlalchemy import Connection, Table, func, select

from bench import at_size, province
from bench.cost import Cost, cost
from bench.daemon import IDLE_S, LONGEST_S, Running, asked
from bench.databases import Database, databases
from bench.processes import Peak, resident_mib
from jobs import project, reading
from jobs.app import App, build
from jobs.clock import HandClock
from jobs.demo.stage import units
from monitor.config import Settings
from monitor.register import copy_shipped
from monitor.store import open_store
from monitor.store.dossier_tables import code_aliases, dossiers, imports, now, versions

ONE_STOP, NATIONAL = "mot-cua", "cong-dvcqg"
FIRST, AGAIN = 2.0, 0.4
"""Limits, of the bare SQL that writes every row: the first time; again with one dossier in twenty changed."""
TAKEN_US, PROJECTED_US = 60.0, 90.0
"""Ours, so that neither half grows: a row as facts; a row with how it stands, a system that tells it again included."""
HELD_MIB = 300.0
BEGUN_S = 25.0
"""Two turns of the drop folder: in the first a file is seen, in the next it has not grown since; and a little."""
BATCH = project.BATCH
"""So many dossiers in a transaction, as the program has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The exports of two systems, and those of a day later."""

    first: tuple[tuple[str, Path], ...]
    later: tuple[tuple[str, Path], ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """CPU seconds of all processes: reading files and writing facts; then how their dossiers stand."""

    facts: float
    projection: float

    @property
    def together(self) -> float:
        """Both."""
        return self.facts + self.projection


def run(scale: float) -> Iterator[tuple[str, float, float, str]]:
    """Both systems' first exports, then both again with one row in twenty changed, on each database."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    count = max(2_000, round(province.DOSSIERS * scale))
    with TemporaryDirectory() as place:
        folder = Path(place)
        for database in databases(folder):
            yield from _on(database, folder, count)
            if not database.server:
                yield from _held(folder, count, scale)


def _on(database: Database, folder: Path, count: int) -> Iterator[tuple[str, float, float, str]]:
    clock, name = HandClock(province.NOW), database.name
    app = build(Settings(var_dir=folder / "var", database_url=database.url), clock)
    files = written(folder, app, count)
    first = taken(app, files.first, database)
    bare = _rewritten(app, database)
    alone = _csv_alone(files.first)
    per_row = 1e6 / count
    yield f"a row as facts, {name} (csv alone {alone * per_row:.1f})", first.facts * per_row, TAKEN_US, "µs"
    yield f"a row projected, {name} ({count:,})", first.projection * per_row, PROJECTED_US, "µs"
    yield f"first import, {name}, of bare SQL ({bare * per_row:.1f} µs a row)", first.together / bare, FIRST, "×"
    clock.turn_to(province.NOW + timedelta(days=1))
    again = taken(app, files.later, database)
    yield f"again with 5 % changed, {name}: read, of the same", again.facts / bare, AGAIN, "×"
    yield f"again with 5 % changed, {name}, of the same bare SQL", again.together / bare, AGAIN, "×"
    yield "… of our own first import", again.together / first.together, AGAIN, "×"
    if not database.server:
        yield from at_size.findings_of_all(app)
        yield from at_size.day(app)
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


def taken(app: App, files: tuple[tuple[str, Path], ...], database: Database) -> Taken:
    """Files taken in and projected, one after the other."""
    facts, projection = Cost(), Cost()
    for source, path in files:
        with database.cost() as spent:
            report = reading.take_in(app, path, source, app.clock.now())
        assert not report.failed, report.row.why
        facts.s += spent.s
        with database.cost() as spent:
            project.catch_up(app, app.clock.now())
        projection.s += spent.s
    return Taken(facts.s, projection.s)


def _rewritten(app: App, database: Database) -> float:
    """CPU seconds of writing all the rows again beside, as bare as the driver does it.

    Same tables and indexes, same durability, as many dossiers in a transaction: `executemany`, or COPY. Reading the
    rows, and making them, is not counted.
    """
    spent, bare = Cost(), open_store(database.beside)
    with app.engine.connect() as kept:
        for_all = (imports, code_aliases)
        for table in for_all:
            _copied(database, bare.connect, [(table, _rows(kept, table, 0, 1 << 60))], spent)
        last = kept.execute(select(func.max(dossiers.c.id))).scalar_one()
        for first in range(1, last + 1, BATCH):
            some = [(table, _rows(kept, table, first, first + BATCH)) for table in (dossiers, versions, now)]
            _copied(database, bare.connect, some[:2], spent)
            _copied(database, bare.connect, some[2:], spent)
    bare.dispose()
    return spent.s


def _rows(db: Connection, table: Table, first: int, until: int) -> list[tuple[object, ...]]:
    """A table's rows as the driver has them: of dossiers from a number on, until another."""
    key = table.c.dossier_id if "dossier_id" in table.c else table.c.id
    query = f"SELECT * FROM {table.name} WHERE {key.name} >= {first} AND {key.name} < {until}"
    return [tuple(row) for row in db.exec_driver_sql(query)]


def _copied(
    database: Database,
    connect: Callable[[], Connection],
    tables: Sequence[tuple[Table, list[tuple[object, ...]]]],
    spent: Cost,
) -> None:
    with database.cost() as one, connect() as db, db.begin():
        for table, rows in tables:
            if not rows:
                continue
            if not database.server:
                db.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(rows[0]))})", rows)
                continue
            with db.connection.cursor().copy(f"COPY {table.name} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    spent.s += one.s


def _csv_alone(files: Sequence[tuple[str, Path]]) -> float:
    """CPU seconds of Python's csv module reading the files, and nothing done with it."""
    with cost() as spent:
        for _, path in files:
            with path.open(encoding="utf-8-sig", newline="") as file:
                for _ in csv.reader(file):
                    pass
    return spent.s


def _held(folder: Path, count: int, scale: float) -> Iterator[tuple[str, float, float, str]]:
    """What the daemon holds with all of it in its database: idle, and at most while an export comes once more."""
    copy_shipped(folder / "register")
    with Running(folder) as daemon:
        time.sleep(max(3.0, IDLE_S * scale))
        yield f"the daemon with {count:,} testimonies, idle", resident_mib(daemon.pid), HELD_MIB, "MiB"
        with Peak(daemon.pid) as peak:
            inbox = folder / "var" / "inbox" / ONE_STOP
            inbox.mkdir(parents=True, exist_ok=True)
            with (folder / f"{ONE_STOP}.csv").open("ab") as file:
                file.write(b"\r\n")  # the same bytes would not be read again
            (folder / f"{ONE_STOP}.csv").rename(inbox / "lai.csv")
            begun = _waited(folder, daemon, {"loading", "taken", "projected"})
            _waited(folder, daemon, {"projected"})
        yield "a file dropped into its folder: until it is being read, by the clock", begun, BEGUN_S, "s"
        yield "… at its most while an export of them comes again", peak.own, HELD_MIB, "MiB"
        yield from at_size.pages(daemon)
    yield from at_size.asked(folder)


def _waited(folder: Path, daemon: Running, states: set[str]) -> float:
    """Seconds until the dropped file has come so far; raise RuntimeError where it will not."""
    begun = time.monotonic()
    while True:
        found = asked(folder, "SELECT state, why FROM imports WHERE name = 'lai.csv'")
        took = time.monotonic() - begun
        if found and found[0][0] in states:
            return took
        if not daemon.alive or took > LONGEST_S or (found and found[0][0] == "failed"):
            raise RuntimeError(f"the file was not taken in: {found} {(folder / 'log').read_text()[-2000:]}")
        time.sleep(0.2)
