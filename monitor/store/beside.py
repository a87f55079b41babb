"""What stands beside looks: the panel of a failed one, the exhibit of its evidence; sealed by the same link."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from heapq import merge
from itertools import groupby
from operator import attrgetter, itemgetter
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
    with ExitStack() as stack:
        kinds = [
            stack.enter_context(closing(_of_kind(db, place, number, after, until, texts)))
            for place in range(len(_KINDS))
        ]
        for (seq, *_), one in merge(*kinds, key=itemgetter(0)):
            yield seq, one


def _of_kind(  # noqa: PLR0917 - which rows, then how to name them
    db: Connection, place: int, vantage: int | None, after: int, until: int | None, texts: Mapping[int, str]
) -> Generator[tuple[tuple[int, int, int, str], Row], None, None]:
    """One kind's rows with their place in the chain, a link at a time: a failure of years has tens of thousands."""
    table, _, _, canonical = _KINDS[place]
    wanted = select(table).where(table.c.vantage_id == vantage, table.c.seq > after).order_by(table.c.seq)
    wanted = wanted if until is None else wanted.where(table.c.seq <= until)
    with db.execute(wanted.execution_options(yield_per=1000)) as rows:
        for seq, of_link in groupby(rows, key=attrgetter("seq")):
            found = [((seq, place, row.at, texts[row.target_id]), canonical(row, texts)) for row in of_link]
            yield from sorted(found, key=itemgetter(0))


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
