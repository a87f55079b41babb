"""The log's tables as CSV, one file a table: for programs, and for Excel, which knows the letters by the mark in front.

Numbers have a point and no thousands, ratios six decimals as in the JSON, moments are ISO 8601 at +07:00.
"""

from __future__ import annotations

import csv
from datetime import datetime
from fractions import Fraction
from io import StringIO

from monitor.core.period import iso
from monitor.reports.uptime_log import UptimeLog
from monitor.reports.uptime_tables import Cell, sheets, words

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is a formula to a spreadsheet; an apostrophe in front keeps it text."""


def tables(log: UptimeLog) -> dict[str, bytes]:
    """Each table's file by what stands before ".csv"; a table without rows has its headings."""
    return {words()[one.key]["file"]: _written(one.headings, one.rows) for one in sheets(log)}


def _written(headings: tuple[str, ...], rows: object) -> bytes:
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    for row in rows:  # type: ignore[attr-defined]
        writer.writerow([_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return iso(value)
        case Fraction():
            return _decimal(value)
        case float():
            return f"{value:.3f}".rstrip("0").rstrip(".")
        case str():
            return f"'{value}" if value.startswith(FORMULA) else value
        case _:
            return str(value)


def _decimal(ratio: Fraction) -> str:
    """Six decimals, or as many as an upper bound below one takes; the fractions here are decimal ones."""
    places = 6
    while (ratio * 10**places).denominator != 1 and places < 12:
        places += 1
    units = int(ratio * 10**places)
    return f"{units // 10**places}.{units % 10**places:0{places}d}"
