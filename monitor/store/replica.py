"""The chain of one vantage carried to another database, link by link: the same rows, the same seals, in order, once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from heapq import merge
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, select

from monitor.core.attribution import Fault, Part, Shown
from monitor.core.journal import GENESIS, Entry, Row, holds
from monitor.core.look import Cause, Kind, Verdict
from monitor.store import beside, looks, sealing, watches
from monitor.store.names import by_number
from monitor.store.statements import raw
from monitor.store.tables import chains, journal
from monitor.store.tables import looks as look_rows

_HEARD = "vantage/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link with the rows it seals."""

    entry: Entry
    rows: tuple[Row, ...]


class NotTaken(Exception):
    """Links that do not go on from where the chain stands, or do not hold; nothing of them was written."""


def head(db: Connection, vantage: str) -> tuple[int, bytes]:
    """Number and digest of a chain's newest link; (0, GENESIS) for one that has none."""
    found = db.execute(select(chains.c.seq, chains.c.digest).where(chains.c.name == vantage)).one_or_none()
    return (0, GENESIS) if found is None else (found.seq, bytes(found.digest))


def heard(db: Connection, vantage: str) -> datetime | None:
    """When a vantage last handed links in; None: never."""
    mark = watches.get_mark(db, _HEARD + vantage)
    return None if mark is None else datetime.fromisoformat(mark)


def note_heard(db: Connection, vantage: str, now: datetime) -> None:
    """Note that a vantage handed links in."""
    watches.set_mark(db, _HEARD + vantage, now.isoformat())


def after(db: Connection, vantage: str, seq: int, most: int, since_ms: int | None = None) -> list[Link]:
    """The next links of a vantage's chain after number `seq`, at most so many.

    `since_ms` spares going through all looks where none in these links began earlier than that; a link that does not
    hold shows that one did, and is left out with all that follow.
    """
    chain = db.execute(select(chains.c.id).where(chains.c.name == vantage)).scalar_one_or_none()
    wanted = select(journal.c.seq, journal.c.digest).where(journal.c.chain_id == chain, journal.c.seq >= seq)
    digests = {row.seq: bytes(row.digest) for row in db.execute(wanted.order_by(journal.c.seq).limit(most + 1))}
    if seq == 0:
        digests[0] = GENESIS
    rows = _rows(db, vantage, seq, max(digests, default=seq), since_ms)
    found: list[Link] = []
    for number in range(seq + 1, max(digests, default=seq) + 1):
        entry = Entry(chain=vantage, seq=number, digest=digests[number], previous=digests[number - 1])
        link = Link(entry=entry, rows=tuple(rows.get(number, ())))
        if not holds(link.entry, link.rows):
            break
        found.append(link)
    return found[:most]


def _rows(db: Connection, vantage: str, seq: int, until: int, since_ms: int | None) -> dict[int, list[Row]]:
    conditions = [look_rows.c.seq > seq, look_rows.c.seq <= until]
    if since_ms is not None:
        # Looks are kept by target and time: with every name that might be a target's, none earlier has to be read.
        conditions += [look_rows.c.target_id.in_(by_number(db)), look_rows.c.at >= since_ms]
    with (
        closing(looks.sealed(db, vantage, *conditions)) as seen,
        closing(beside.sealed(db, vantage, seq, until)) as stands,
    ):
        joined = merge(seen, stands, key=itemgetter(0))
        return {number: [row for _, row in some] for number, some in groupby(joined, itemgetter(0))}


def take(db: Connection, vantage: str, links: Iterable[Link]) -> int:
    """Write links that follow from where the chain stands; the number of its newest link then.

    Links that are there already are left as they are. Raise NotTaken where one does not follow, does not hold, is not
    what stands here under its number, or has a row that this program would not have written.
    """
    for link in links:
        held = sealing.head(db, vantage)
        entry = link.entry
        if entry.chain != vantage:
            raise NotTaken(f"mục thuộc chuỗi {entry.chain}, không phải {vantage}")
        if entry.seq <= held.seq:
            _same(db, held.chain_id, entry)
            continue
        if entry.seq != held.seq + 1 or entry.previous != held.digest:
            raise NotTaken(f"mục {entry.seq} không nối tiếp mục {held.seq}")
        if not holds(entry, link.rows):
            raise NotTaken(f"mục {entry.seq} không khớp mã niêm phong")
        _write(db, link)
        sealing.append(db, held, link.rows)
    return head(db, vantage)[0]


def _same(db: Connection, chain_id: int, entry: Entry) -> None:
    asked = raw(db, "SELECT digest FROM journal WHERE chain_id = ? AND seq = ?")
    digest = db.exec_driver_sql(asked, (chain_id, entry.seq)).scalar_one()
    if bytes(digest) != entry.digest:
        raise NotTaken(f"mục {entry.seq} khác mục đã nhận")


def _write(db: Connection, link: Link) -> None:
    seen = [row for row in link.rows if row.get("fact") == "look"]
    stands = [row for row in link.rows if row.get("fact") != "look"]
    try:
        for row in link.rows:
            _checked(row)
        looks.put_back(db, link.entry.chain, link.entry.seq, seen)
        beside.put_back(db, link.entry.chain, link.entry.seq, stands)
    except (KeyError, ValueError, TypeError) as error:
        raise NotTaken(f"mục {link.entry.seq} có dòng không hiểu được: {error}") from error


def _text(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value and len(value) <= _LONGEST_TEXT


def _whole(most: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and 0 <= value <= most


def _one_of(names: type[StrEnum]) -> Callable[[object], bool]:
    return lambda value: value in {name.value for name in names}


def _or_none(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or check(value)


def _showings(value: object) -> bool:
    """The panel as JSON: [[part, shown, ms, detail], …]."""
    try:
        shown_by = json.loads(str(value)) if _text(value) else None
    except RecursionError:
        return False
    return shown_by is not None and all(
        _one_of(Part)(part) and _one_of(Shown)(shown) and _INT(took) and _text(detail)
        for part, shown, took, detail in shown_by
    )


_LONGEST_TEXT = 20_000
_INT, _MS = _whole(2**31 - 1), _whole(2**53)
_AT = _whole(4_102_444_800_000 - 1)
"""Moments of this century: one that no clock can show would be in the way of whoever reads the looks."""
_OF_LOOK = {"target": _text, "at": _AT}
_ROWS: Mapping[str, Mapping[str, Callable[[object], bool]]] = {
    "look": {
        **_OF_LOOK,
        "service": _text,
        "kind": _one_of(Kind),
        "received_after": _INT,
        "verdict": _one_of(Verdict),
        "cause": _one_of(Cause),
        **dict.fromkeys(("name_ms", "connect_ms", "tls_ms", "first_byte_ms"), _or_none(_INT)),
        "total_ms": _INT,
        "valid_for_ms": _MS,
        "status": _or_none(_INT),
        "size": _or_none(_MS),
        "detail": _text,
    },
    "panel": {
        **_OF_LOOK,
        "fault": _one_of(Fault),
        "rule": _text,
        "clock_offset_ms": _or_none(lambda value: type(value) is int and abs(value) < 2**31),
        "showings": _showings,
    },
    "exhibit": {**_OF_LOOK, "digest": lambda value: bool(re.fullmatch("[0-9a-f]{64}", str(value)))},
}
"""What a row of each fact must have, and nothing else: what is kept here must be readable here."""


def _checked(row: Row) -> None:
    fact = _ROWS[str(row.get("fact"))]
    if row.keys() != {"fact", *fact}:
        raise ValueError(f"thừa hoặc thiếu cột: {', '.join(sorted(row.keys() ^ {'fact', *fact}))}")
    for name, right in fact.items():
        if not right(row[name]):
            raise ValueError(f"{name} = {str(row[name])[:60]!r}")
