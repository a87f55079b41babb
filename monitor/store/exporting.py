"""The sealed journal as lines of JSON, for a verifier on somebody else's machine; docs/journal.md has the form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from monitor.core.journal import Entry, Row, canonical
from monitor.core.period import to_ms
from monitor.store import journal, signatures
from monitor.store.record_tables import publications
from monitor.store.schema import metadata
from monitor.store.sealing import OWN
from monitor.store.signatures import Head, Signature, heads_of

FORMAT = "tthc-journal/1"


class NotSigned(Exception):
    """There is no signature of the day an export should end with; `near` are the nearest days that have one."""

    def __init__(self, day: date, near: Sequence[str]) -> None:
        super().__init__(day, near)
        self.day, self.near = day, near


@dataclass(slots=True)
class Exported:
    """What went out so far, for the person who asked for it."""

    links: int = 0
    signatures: int = 0
    heads: tuple[Head, ...] = ()


def lines(
    db: Connection, exported: Exported, *, program: str, now: datetime, until: date | None = None
) -> Iterator[bytes]:
    """Every line of an export, one after the other; raise NotSigned. `db` must see one moment's state throughout.

    With `until`, the chains end with the heads that were signed for that day. Nothing personal is in it: names and
    what people wrote are sealed as salted digests, and only these go out.
    """
    heads = heads_of(journal.heads(db)) if until is None else _signed_heads(db, until)
    reach = None if until is None else {chain: seq for chain, seq, _ in heads}
    chains = [name for name in journal.names(db) if reach is None or name in reach]
    yield _line(
        {
            "format": FORMAT,
            "program": program,
            "made_at": to_ms(now),
            "until": None if until is None else until.isoformat(),
            "vantages": [name for name in chains if name != OWN],
            "working_days": _working_days(db),
        }
    )
    erased = erased_links(db)
    for name in chains:
        yield from _chain(db, name, None if reach is None else reach[name], erased if name == OWN else set(), exported)
    for one in signatures.every(db, until):
        exported.signatures += 1
        yield signature_line(one)
    exported.heads = heads
    yield last_line(heads, exported.signatures)


def _signed_heads(db: Connection, until: date) -> tuple[Head, ...]:
    found = list(signatures.every(db))
    of_day = [one for one in found if one.day == until.isoformat()]
    if not of_day:
        before = [one.day for one in found if one.day < until.isoformat()]
        after = [one.day for one in found if one.day > until.isoformat()]
        raise NotSigned(until, (*before[-1:], *after[:1]))
    return of_day[-1].heads


def _chain(db: Connection, name: str, until: int | None, erased: set[int], exported: Exported) -> Iterator[bytes]:
    with closing(journal.links(db, name)) as links:
        for entry, rows in links:
            if until is not None and entry.seq > until:
                return
            exported.links += 1
            yield link_line(entry, rows, erased=entry.seq in erased)


def link_line(entry: Entry, rows: Iterable[Row], *, erased: bool) -> bytes:
    """A link's names come in this order, so that a verifier may hash its rows as they stand in the line."""
    return b'{"chain":%b,"seq":%d,"previous":"%b","digest":"%b","rows":%b%b}\n' % (
        _json(entry.chain),
        entry.seq,
        entry.previous.hex().encode(),
        entry.digest.hex().encode(),
        _rows(rows),
        b',"erased":1' if erased else b"",
    )


def _rows(rows: Iterable[Row]) -> bytes:
    """The canonical rows; what no row of ours holds (an altered database gives anything back) as its text."""
    listed = list(rows)
    try:
        return canonical(listed)
    except TypeError:
        return json.dumps(listed, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=repr).encode()


def erased_links(db: Connection) -> set[int]:
    """The links of our own chain some of whose personal content was erased: the salt is gone, the digest is there."""
    found: set[int] = set()
    for table in metadata.tables.values():
        if {"seq", "salt", "personal"} <= set(table.c.keys()):
            gone = table.c.salt.is_(None) & table.c.personal.is_not(None)
            found.update(db.scalars(select(table.c.seq).where(gone)))
    return found


def _working_days(db: Connection) -> list[str]:
    """The working days that publications rest on."""
    found: set[str] = set()
    for basis in db.scalars(select(publications.c.basis)):
        try:
            found.update(map(str, json.loads(basis)["working_days"]))
        except (ValueError, KeyError, TypeError):
            continue  # a basis altered by hand: its link tells
    return sorted(found)


def head_line(program: str, made_at: datetime, vantages: Sequence[str], after: Sequence[Sequence[object]]) -> bytes:
    """The first line of a part of the journal: `after` are chain, number and digest of the links it goes on after."""
    told = {"format": FORMAT, "program": program, "made_at": to_ms(made_at), "until": None, "vantages": list(vantages)}
    return _line({**told, "working_days": [], "after": [list(one) for one in after]})


def signature_line(one: Signature) -> bytes:
    """A day's seal."""
    return _line(
        {
            "signature": {
                "day": one.day,
                "key": one.key,
                "made_at": to_ms(one.made_at),
                "heads": [list(head) for head in one.heads],
                "signature": one.signature,
            }
        }
    )


def last_line(heads: Iterable[Head], count: int) -> bytes:
    """The last line, by which a file cut short is known; `count` signatures went before it."""
    return _line({"end": {"heads": [list(head) for head in heads], "signatures": count}})


def _line(value: object) -> bytes:
    return _json(value) + b"\n"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
