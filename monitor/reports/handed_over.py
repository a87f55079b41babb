"""All that is kept of one dossier, for a person to read: Vietnamese names of tables and fields, Vietnamese dates."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from monitor.core.period import from_ms
from monitor.register import Register
from monitor.reports.render import TEMPLATES, gio, luc, ngay, so, terms

Row = Mapping[str, object]

_STAMPS = {
    "dossier_versions": ("filed", "received", "appointment", "finished", "returned", "refused"),
    "dossier_now": ("reception_due", "result_due", "due"),
    "dossier_steps": ("at", "due"),
    "apologies": ("old", "new"),
    "refused_apologies": ("new",),
}
"""Columns of milliseconds; the place of one is its bit in `days_only` where the table has that."""
_GLOSSARY = {
    "cause": "DelayCause", "road": "Road", "status": "Status", "channel": "Channel", "urgency": "Urgency",
    "standing": "Standing", "reception_standing": "Standing", "result_standing": "Standing", "stage": "Stage",
    "kind": "FindingKind",
}  # fmt: skip
_GLOSSARY_OF = {
    ("dispatches", "kind"): "DispatchKind",
    ("imports", "state"): "ImportState",
    ("letters", "state"): "LetterState",
    ("tellings", "subject"): "SubjectKind",
}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d)?")
_AGENCIES = frozenset({"agency", "receiving_agency", "handling_agency", "reception_agency", "result_agency"})
_YES = ("không", "có")
_SOURCES = frozenset({"source", "other_source"})


def readable(
    code: str, kept: Mapping[str, Sequence[Row]], files: Sequence[str], register: Register, now: datetime
) -> str:
    """Everything but what only the program needs (numbers of rows, digests); a table of no rows in one line."""
    words = _words()
    lines = [words["title"].format(code=code), words["made"].format(at=gio(now)), words["beside"]]
    for table, rows in kept.items():
        head = words["table"][table]
        lines.append(f"\n{head.upper()}: {so(len(rows)) if rows else words['nothing']}")
        for number, row in enumerate(rows, 1):
            lines.append(f"  {number}.")
            lines += _fields(table, row, register)
    lines += [f"\n{words['files']}: {so(len(files)) if files else words['nothing']}", *(f"  {file}" for file in files)]
    return "\n".join(lines) + "\n"


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((TEMPLATES / "handed_over.toml").read_text("utf-8"))


def label(table: str, field: str) -> str:
    """What a person calls a column; empty where only the program needs it. Raise KeyError for one nobody named."""
    words = _words()
    own = words["in"].get(table, {})
    if field in own:
        return str(own[field])
    return "" if field in words["inside"] or (table, field) == ("letters", "kind") else str(words["field"][field])


def _fields(table: str, row: Row, register: Register) -> Iterator[str]:
    for field, value in row.items():
        name = label(table, field)
        if name and value not in {None, ""}:
            shown = _said(table, field, value, row, register).replace("\n", "\n         ")
            yield f"     {name}: {shown}"


def _said(table: str, field: str, value: object, row: Row, register: Register) -> str:
    match value:
        case int() if field in _STAMPS.get(table, ()):
            return _stamp(table, field, value, row)
        case str() if field in _SOURCES and value in register.sources:
            return register.sources[value].name
        case str() if field in _AGENCIES:
            return register.agency_name(value) or value
    if field in {"supplements", "noted", "from_national_portal", "to_names"}:
        return _apart(field, value)
    return str(_glossary(table, field).get(str(value), "")) or _plainly(value)


def _glossary(table: str, field: str) -> Mapping[str, str]:
    if table == "access_log":
        access: Mapping[str, str] = _words()["access"]
        return access
    return terms().get(_GLOSSARY_OF.get((table, field)) or _GLOSSARY.get(field, ""), {})


def _stamp(table: str, field: str, value: int, row: Row) -> str:
    bits = row.get("days_only", row.get("due_days_only", 0))
    if (table, field) == ("dossier_now", "due"):  # one of both clocks, kept without a bit of its own
        field = next((clock for clock in ("reception_due", "result_due") if row.get(clock) == value), field)
    day_alone = isinstance(bits, int) and bits >> _STAMPS[table].index(field) & 1
    return ngay(from_ms(value)) if day_alone else gio(from_ms(value))


def _apart(field: str, value: object) -> str:
    if field == "noted":
        return "; ".join(terms()["FindingKind"].get(kind, kind) for kind in str(value).split())
    if field == "to_names":
        return "; ".join(json.loads(str(value)))
    if field == "supplements":
        return "; ".join(_asked(json.loads(str(value))))
    return _YES[bool(value)]


def _asked(pairs: Iterable[tuple[int, int | None]]) -> Iterator[str]:
    for asked, answered in pairs:
        done = "chưa bổ sung" if answered is None else f"bổ sung {gio(from_ms(answered))}"
        yield f"yêu cầu {gio(from_ms(asked))}, {done}"


def _plainly(value: object) -> str:
    match value:
        case bool():
            return _YES[value]
        case int():
            return so(value)
        case str() if _DAY.fullmatch(value):
            return ngay(date.fromisoformat(value))
        case str() if _MOMENT.fullmatch(value):
            read = datetime.fromisoformat(value)
            return luc(read) if read.tzinfo else f"{read:%H:%M %d/%m/%Y}"
    return str(value)
