"""A previewed change of the calendar as tables and as plain values."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from monitor.core.period import iso
from monitor.reports.calendar_moves import MovedClock, Preview
from monitor.reports.render import TEMPLATES, bac, gio, ngay, term, thu
from monitor.reports.uptime_tables import Cell, Row, Sheet
from monitor.reports.workbook import book_of


@cache
def words() -> Mapping[str, Any]:
    """Names of the file, its tables and columns."""
    return tomllib.loads((TEMPLATES / "calendar" / "tables.toml").read_text("utf-8"))


def workbook(seen: Preview) -> bytes:
    """The list as a workbook; the same bytes for the same preview."""
    return book_of(words()["title"], seen.now, _sheets(seen))


def as_json(seen: Preview) -> dict[str, object]:
    """The same for programs; moments on a Vietnamese clock, a day alone as a date."""
    return {
        "now": iso(seen.now),
        "dossiers_looked_at": seen.looked_at,
        "days": [
            {"day": one.day, "before": one.before, "after": one.after, "title": one.title, "document": one.document}
            for one in seen.days
        ],
        "by_agency": [{"agency": name, **counts} for name, counts in seen.by_agency],
        "moved": [
            {
                "source": one.source,
                "code": one.code,
                "procedure": one.procedure,
                "agency": one.agency,
                "unit": one.unit,
                "clock": one.clock,
                "before": iso(one.before),
                "after": iso(one.after),
                "told": one.told,
            }
            for one in seen.moved
        ],
        "appointments_on_days_off": [
            {
                "source": one.source,
                "code": one.code,
                "procedure": one.procedure,
                "agency": one.agency,
                "unit": one.unit,
                "appointment": iso(one.appointment),
                "last_working_day": one.last_day,
                "told": one.told,
            }
            for one in seen.appointments
        ],
        "duties": [{"key": one.duty.key, "before": one.before, "after": one.after} for one in seen.duties],
    }


def _sheets(seen: Preview) -> Iterator[Sheet]:
    rows: Mapping[str, Iterable[Row]] = {
        "days": (
            (ngay(one.day), thu(one.day), term(one.before), term(one.after), one.title, one.document)
            for one in seen.days
        ),
        "agencies": ((name, *_counted(counts)) for name, counts in seen.by_agency),
        "moved": (
            (
                one.agency_name,
                one.code,
                one.source,
                one.procedure,
                one.unit,
                term(one.clock),
                cell(one.before),
                cell(one.after),
                ", ".join(map(bac, one.told)),
            )
            for one in seen.moved
        ),
        "appointments": (
            (
                one.agency_name,
                one.code,
                one.source,
                one.procedure,
                one.unit,
                cell(one.appointment),
                cell(one.last_day),
                ", ".join(map(bac, one.told)),
            )
            for one in seen.appointments
        ),
        "duties": (
            (one.duty.key, one.duty.letter, one.duty.title, cell(one.before), cell(one.after)) for one in seen.duties
        ),
    }
    yield from named_sheets(words(), rows)


def _counted(counts: Mapping[str, int]) -> Iterator[Cell]:
    for clock in (*MovedClock, "appointment"):
        yield counts.get(str(clock), 0)


def cell(stamp: datetime | date | None) -> Cell:
    """A stamp in a table: a moment as one, a day alone as its text, so that no hour is made up for it."""
    return stamp if stamp is None or isinstance(stamp, datetime) else gio(stamp)


def named_sheets(words: Mapping[str, Any], rows: Mapping[str, Iterable[Row]]) -> Iterator[Sheet]:
    """Tables under the names, headings and widths that words give their keys."""
    for key, of_key in rows.items():
        named = words[key]
        yield Sheet(
            key=key,
            title=named["sheet"],
            headings=tuple(named["headings"]),
            widths=tuple(named["widths"]),
            rows=of_key,
        )
