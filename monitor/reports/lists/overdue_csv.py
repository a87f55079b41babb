"""The list of late dossiers as CSV: one table, every moment in ISO 8601, for programs and for Excel."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import StringIO

from monitor.core.period import iso
from monitor.reports.lists.overdue_tables import Cell, OverdueTable
from monitor.reports.tables_csv import FORMULA


def csv_of(table: OverdueTable) -> bytes:
    """The rows under their headings; the mark in front tells Excel which letters they are."""
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([table.heading(column) for column in table.columns])
    for place, row in enumerate(table.told.rows, 1):
        writer.writerow([_cell(value) for value in table.cells(place, row)])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return iso(value)
        case date():
            return value.isoformat()
        case str():
            flat = " ".join(value.split())
            return f"'{flat}" if flat.startswith(FORMULA) else flat
        case _:
            return str(value)
