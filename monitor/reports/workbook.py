"""The uptime log as a workbook: every figure as a number, every moment as a date, so that it can be reckoned again."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from functools import cache
from io import BytesIO
from typing import Any

from monitor.core.period import ict
from monitor.core.uptime import Account, figures
from monitor.reports import accounts, periods
from monitor.reports.interrupted import Interrupted
from monitor.reports.render import NO_DATA, TEMPLATES, bieuhien, soniem, term, terms
from monitor.reports.uptime_log import PeriodLine, Seen, UptimeLog

Cell = str | int | float | Fraction | datetime | None
FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 13},
    "head": {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#EDF1F4", "border": 1},
    "text": {"text_wrap": True, "valign": "top"},
    "number": {"num_format": "#,##0.###", "valign": "top", "align": "right"},
    "ratio": {"num_format": "0.00######%", "valign": "top", "align": "right"},
    "moment": {"num_format": "hh:mm:ss dd/mm/yyyy", "valign": "top", "align": "left"},
}


@cache
def words() -> dict[str, Any]:
    """Names of sheets and columns."""
    return tomllib.loads((TEMPLATES / "uptime" / "workbook.toml").read_text("utf-8"))


def xlsx(log: UptimeLog) -> bytes:
    """The workbook; the same bytes for the same log."""
    import xlsxwriter

    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        made = ict(log.as_of).replace(tzinfo=None)
        book.set_properties({"title": words()["title"], "created": made})
        formats = {name: book.add_format({"font_name": "Times New Roman", **f}) for name, f in FORMATS.items()}
        for name, rows in _sheets(log):
            _sheet(book, formats, name, rows)
    return out.getvalue()


def _sheets(log: UptimeLog) -> Iterator[tuple[str, Iterable[Sequence[Cell]]]]:
    yield "summary", _summary(log)
    yield "interruptions", (_interruption(number, one) for number, one in enumerate(log.interruptions, 1))
    yield "unknown", ((word, _seconds(ms)) for word, ms in log.unknown_lines)
    yield "looks", map(_look, log.seen)
    yield "manual", ((c.at, term(c.verdict), c.by, c.note, c.evidence_name, c.evidence_sha256) for c in log.manual)
    yield "compared", map(_compared, log.compared)
    yield "course", _course(log)


def _sheet(book: Any, formats: dict[str, Any], name: str, rows: Iterable[Sequence[Cell]]) -> None:
    named = words()[name]
    sheet = book.add_worksheet(named["sheet"])
    for column, width in enumerate(named["widths"]):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, words()["title"] if name == "summary" else named["sheet"], formats["title"])
    for column, heading in enumerate(named["headings"]):
        sheet.write_string(2, column, heading, formats["head"])
    sheet.freeze_panes(3, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    last = 2
    for last, row in enumerate(rows, 3):
        for column, value in enumerate(row):
            _write(sheet, formats, last, column, value)
    if last == 2:
        sheet.write_string(3, 0, words()["none"], formats["text"])


def _write(sheet: Any, formats: dict[str, Any], row: int, column: int, value: Cell) -> None:
    match value:
        case None:
            sheet.write_blank(row, column, None, formats["text"])
        case datetime():
            sheet.write_datetime(row, column, ict(value).replace(tzinfo=None), formats["moment"])
        case str():
            sheet.write_string(row, column, value, formats["text"])
        case Fraction():
            sheet.write_number(row, column, float(value), formats["ratio"])
        case _:
            sheet.write_number(row, column, value, formats["number"])


def _summary(log: UptimeLog) -> Iterator[tuple[str, Cell]]:
    said, account = words()["summary"], log.account
    yield said["service"], log.service.name
    yield said["code"], log.service.code
    yield said["owner"], log.owner_name
    yield said["period"], periods.called(log.period)
    yield said["start"], account.window.start
    yield said["end"], account.window.end
    for part in log.parts:
        yield f"{term(part.state).capitalize()} (giây)", _seconds(part.ms)
    yield f"{words()['sum']} (giây)", _seconds(sum(part.ms for part in log.parts))
    for name, ratio in _ratios(account).items():
        yield said[name], ratio
    yield said["target"], said["no_target"] if log.target is None else log.target
    yield said["judgement"], "–" if log.judgement is None else term(log.judgement)
    yield said["as_of"], log.as_of
    for head in log.heads:
        yield said["seal"], f"{soniem(head.chain)}, mục {head.seq}: {head.digest.hex()}"


def _interruption(number: int, line: Interrupted) -> tuple[Cell, ...]:
    one = line.interruption
    return (
        number,
        line.target_name,
        bieuhien(one.cause, line.status),
        one.last_good or words()["not_known"],
        one.first_bad,
        one.last_bad,
        one.first_good or words()["open"],
        _seconds(line.length_ms),
        _seconds(line.shortest_ms),
        _seconds(line.longest_ms),
        _seconds(line.observed_ms),
        _seconds(line.unobserved_ms),
        one.failed_looks,
        "; ".join(line.documents),
    )


def _look(one: Seen) -> tuple[Cell, ...]:
    causes = "; ".join(f"{bieuhien(cause, status)}: {count}" for (cause, status), count in one.failures.items())
    counts = (one.looks, one.answered, one.up, one.down, one.unknown, one.median_ms)
    return (one.name, words()["looks"]["yes" if one.required else "no"], *counts, causes)


def _compared(line: PeriodLine) -> tuple[Cell, ...]:
    named, start = periods.called(line.period), line.period.span.start
    if line.account is None:
        return named, start, words()["unwatched"]
    a = line.account
    return (named, start, *_ratios(a).values(), len(a.interruptions), _seconds(a.down_ms))


def _ratios(account: Account) -> dict[str, Cell]:
    """Ratios as numbers to reckon with, rounded as the JSON has them: the account never looks better than it is."""
    exact = figures(account)
    names = ("measured", "lower", "upper", "coverage")
    return {name: NO_DATA if exact[name] is None else Fraction(exact[name]) for name in names}


def _course(log: UptimeLog) -> Iterator[tuple[Cell, ...]]:
    for s, before in accounts.parted(log.account.segments, log.began):
        why = terms()["unwatched"]["before"] if before else term(s.gap) if s.gap else ""
        yield s.span.start, s.span.end, term(s.state), why, _seconds(s.span.ms)


def _seconds(ms: int | None) -> float | None:
    return None if ms is None else float(Fraction(ms, 1000))
