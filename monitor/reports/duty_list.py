"""The list of dossiers under a duty as a table: for the screen, for a workbook, for an appendix."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any

from monitor.core.finding import FindingKind
from monitor.core.law import Law
from monitor.core.message import Attachment
from monitor.core.period import day_of
from monitor.core.workdays import CalendarUnknown
from monitor.reports.duty_dossiers import Followed
from monitor.reports.explaining import Lateness, in_words
from monitor.reports.listing import XLSX
from monitor.reports.official.document import Appendix, Grid
from monitor.reports.render import TEMPLATES, gio, hoa, so, term, terms
from monitor.reports.uptime_tables import Sheet

SMALL = 9.0


@cache
def words() -> dict[str, Any]:
    """Names of columns, files and sentences."""
    return tomllib.loads((TEMPLATES / "duties" / "words.toml").read_text("utf-8"))


def headings() -> tuple[str, ...]:
    """The columns."""
    return tuple(words()["column"].values())


def rows(some: Iterable[Followed], law: Law, now: datetime) -> Iterator[tuple[str, ...]]:
    """A row a dossier, in the order of the appendix; what is not known stays empty."""
    for place, one in enumerate(some, 1):
        code = one.listed.code
        if one.other_code:
            code = f"{code} ({words()['known_as'].format(code=one.other_code)})"
        told = one.dossier
        yield (
            so(place),
            code,
            one.listed.unit,
            one.unit if told else "",
            _state(one),
            gio(told.appointment) if told and told.appointment else "",
            gio(one.ended) if one.ended else "",
            _late(one, law, now),
            _cause(one),
        )


def _state(one: Followed) -> str:
    if one.dossier is None:
        return hoa(str(words()["unknown"]))
    status = terms()["Status"].get(one.dossier.status, one.dossier.status)
    return hoa(str(words()["done" if one.done else "open"]).format(status=status))


def _late(one: Followed, law: Law, now: datetime) -> str:
    if one.late is None:
        return str(words()["not_late"]) if one.dossier else ""
    reception = one.late.finding.kind is FindingKind.RECEPTION
    return str(words()["late_reception" if reception else "late"]).format(days=_days(one, one.late, law, now))


def _days(one: Followed, late: Lateness, law: Law, now: datetime) -> str:
    """Working days from the due day to the end, or to today."""
    end = one.dossier.received if one.dossier and late.finding.kind is FindingKind.RECEPTION else one.ended
    first, last = late.finding.due, day_of(end or now)
    try:
        return so(law.calendar_of(late.agency).working_days(day_of(first), max(day_of(first), last))) if first else "?"
    except CalendarUnknown:
        return "?"


def _cause(one: Followed) -> str:
    if one.explanation is not None:
        return in_words(one.explanation, hoa(term(one.explanation.cause)))
    return str(words()["unexplained"]) if one.late else ""


def workbook(name: str, some: Iterable[Followed], law: Law, now: datetime) -> Attachment:
    """The list as a workbook."""
    from monitor.reports.workbook import book_of

    widths = tuple(int(words()["width"][key][0]) for key in words()["column"])
    cells = (tuple(cell or None for cell in one) for one in rows(some, law, now))
    sheet = Sheet(key="dossiers", title=words()["sheet"], headings=headings(), widths=widths, rows=cells)
    return Attachment(name=f"{name}.xlsx", media_type=XLSX, content=book_of(words()["appendix"], now, [sheet]))


def appendix(some: Iterable[Followed], law: Law, now: datetime) -> Appendix:
    """The list as it goes with a report, on pages lying down."""
    widths = tuple(float(words()["width"][key][1]) for key in words()["column"])
    sides = tuple("center" if key == "place" else "left" for key in words()["column"])
    grid = Grid(header=headings(), rows=tuple(rows(some, law, now)), widths=widths, align=sides, points=SMALL)
    return Appendix(title=words()["appendix"], blocks=(grid,), landscape=True)


__all__ = ["appendix", "headings", "rows", "words", "workbook"]
