"""What stands beside looks: the panel of a failed one, the exhibit of its evidence; sealed by the same link."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, Table, select
from sqlalchemy import Row as DbRow

from monitor.core.attribution import Exhibit, Panel, Part, Showing, Shown
from monitor.core.journal import Row
from monitor.core.period import Span, from_ms, to_ms
from monitor.store.names import by_number, known, numbered
from monitor.store.record_tables import exhibits, panels
from monitor.store.sealing import Rows
from monitor.store.statements import insert

Beside = Panel | Exhibit
Key = tuple[int, int, int]
"""The look a row stands beside, by target, moment (ms) and vantage, names as numbers."""


def add(db: Connection, some: Iterable[Beside], seq: int, of: set[Key], numbers: Mapping[str, int]) -> list[Row]:
    """Write down what stands beside looks that are new, under the link that will seal it; the rows it has to seal."""
    texts = {number: name for name, number in numbers.items()}
    known_looks = {(texts[target], at, texts[vantage]): (target, at, vantage) for target, at, vantage in of}
    found = [(known_looks.get((one.target, to_ms(one.at), one.vantage)), one) for one in some]
    mine = sorted(((key, one) for key, one in found if key is not None), key=lambda pair: (pair[0][1], pair[1].target))
    sealed: list[Row] = []
    for table, kind, columns, canonical in _KINDS:
        for key, one in mine:
            if isinstance(one, kind):
                place = dict(zip(("target_id", "at", "vantage_id"), key, strict=True))
                written = insert(db, table).values(**place, seq=seq, **columns(one)).returning(*table.c)
                sealed.append(canonical(db.execute(written).one(), texts))
    return sealed


def put_back(db: Connection, vantage: str, seq: int, rows: Iterable[Row]) -> None:
    """Write down what stands beside looks as a link of another database sealed it; KeyError for a strange fact."""
    for row in rows:
        table = _TABLES[str(row["fact"])]
        numbers = numbered(db, {vantage, str(row["target"])})
        place = {"target_id": numbers[str(row["target"])], "at": row["at"], "vantage_id": numbers[vantage], "seq": seq}
        rest = {name: value for name, value in row.items() if name not in {"fact", "target", "at"}}
        db.execute(insert(db, table).values(**place, **rest))


def sealed(db: Connection, vantage: str, after: int = 0, until: int | None = None) -> Rows:
    """What is sealed beside a vantage's looks, each with the number of its link, as `add` gives it to be sealed.

    Only links after `after`, up to `until`.
    """
    texts = by_number(db)
    number = next((number for number, name in texts.items() if name == vantage), None)
    found: list[tuple[tuple[int, int, int, str], Row]] = []
    for place, (table, _, _, canonical) in enumerate(_KINDS):
        wanted = select(table).where(table.c.vantage_id == number, table.c.seq > after)
        rows = db.execute(wanted if until is None else wanted.where(table.c.seq <= until))
        found += [((row.seq, place, row.at, texts[row.target_id]), canonical(row, texts)) for row in rows]
    for (seq, *_), one in sorted(found, key=itemgetter(0)):
        yield seq, one


def panels_between(db: Connection, targets: Iterable[str], window: Span) -> list[Panel]:
    """The panels beside looks within a window, by time."""
    return [_panel(row, texts) for row, texts in _between(db, panels, targets, window)]


def exhibits_between(db: Connection, targets: Iterable[str], window: Span) -> list[Exhibit]:
    """The exhibits of looks within a window, by time."""
    return [_exhibit(row, texts) for row, texts in _between(db, exhibits, targets, window)]


def _between(
    db: Connection, table: Table, targets: Iterable[str], window: Span
) -> Iterator[tuple[DbRow[Any], dict[int, str]]]:
    texts = by_number(db)
    wanted: Select[Any] = select(table).where(
        table.c.target_id.in_(known(db, targets).values()),
        table.c.at >= to_ms(window.start),
        table.c.at < to_ms(window.end),
    )
    for row in db.execute(wanted.order_by(table.c.at, table.c.target_id, table.c.vantage_id)):
        yield row, texts


def _panel(row: DbRow[Any], texts: Mapping[int, str]) -> Panel:
    return Panel(
        target=texts[row.target_id],
        vantage=texts[row.vantage_id],
        at=from_ms(row.at),
        showings=tuple(
            Showing(part=Part(part), shown=Shown(shown), took_ms=took, detail=detail)
            for part, shown, took, detail in json.loads(row.showings)
        ),
        fault=row.fault,
        rule=row.rule,
        clock_offset_ms=row.clock_offset_ms,
    )


def _exhibit(row: DbRow[Any], texts: Mapping[int, str]) -> Exhibit:
    return Exhibit(target=texts[row.target_id], vantage=texts[row.vantage_id], at=from_ms(row.at), digest=row.digest)


def _panel_columns(one: Panel) -> dict[str, Any]:
    shown = [[s.part.value, s.shown.value, s.took_ms, s.detail] for s in one.showings]
    return {
        "fault": one.fault,
        "rule": one.rule,
        "clock_offset_ms": one.clock_offset_ms,
        "showings": json.dumps(shown, ensure_ascii=False, separators=(",", ":")),
    }


def _panel_sealed(row: DbRow[Any], texts: Mapping[int, str]) -> Row:
    return {
        "fact": "panel",
        "target": texts[row.target_id],
        "at": row.at,
        "fault": row.fault.value,
        "rule": row.rule,
        "clock_offset_ms": row.clock_offset_ms,
        "showings": row.showings,
    }


def _exhibit_sealed(row: DbRow[Any], texts: Mapping[int, str]) -> Row:
    return {"fact": "exhibit", "target": texts[row.target_id], "at": row.at, "digest": row.digest}


_KINDS: tuple[tuple[Table, type[Beside], Any, Any], ...] = (
    (panels, Panel, _panel_columns, _panel_sealed),
    (exhibits, Exhibit, lambda one: {"digest": one.digest}, _exhibit_sealed),
)
_TABLES = {"panel": panels, "exhibit": exhibits}
