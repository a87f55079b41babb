"""The day's heads as they were signed, under a key that the database does not hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Select, select

from monitor.core.journal import GENESIS, Entry, fingerprint, statement
from monitor.core.period import Span, day_of
from monitor.store.record_tables import signatures
from monitor.store.seal_key import is_signed
from monitor.store.statements import insert

Head = tuple[str, int, str]
"""A chain, the number of its newest link, and that link's digest in hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One day's heads under one key; `key` (public) and `signature` in hexadecimal, `day` in ISO form.

    They are as they stand in the database: one that was altered there must be read to be told.
    """

    day: str
    key: str
    made_at: datetime
    heads: tuple[Head, ...]
    signature: str

    @property
    def statement(self) -> bytes:
        """The bytes that were signed."""
        return statement(self.day, self.heads)

    @property
    def valid(self) -> bool:
        """Whether the signature is that of its key."""
        return is_signed(self.key, self.signature, self.statement)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The heads, for whoever walks the chains; what each follows is not told here."""
        return tuple(
            Entry(chain=chain, seq=seq, digest=bytes.fromhex(digest), previous=GENESIS)
            for chain, seq, digest in self.heads
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seals:
    """What a log prints of a window: the newest signed heads within it, who signed, and how many days were signed.

    `signature` is the beginning of it in hexadecimal, enough to find it again. `days` are the days of the window that
    are over at the newest signature's; `signed` those of them that have one.
    """

    day: date
    heads: tuple[Head, ...]
    key: str
    fingerprint: str
    signature: str
    signed: int
    days: int


SHORT = 16
"""How many hexadecimal digits of a signature are printed."""


def heads_of(entries: Iterable[Entry]) -> tuple[Head, ...]:
    """The newest links as they are signed and published."""
    return tuple((entry.chain, entry.seq, entry.digest.hex()) for entry in entries)


def add(db: Connection, signature: Signature) -> bool:
    """Write a signature down; False where this day has one under this key already."""
    row = {
        "day": signature.day,
        "key": signature.key,
        "made_at": signature.made_at,
        "heads": json.dumps([list(head) for head in signature.heads], ensure_ascii=False, separators=(",", ":")),
        "signature": signature.signature,
    }
    once = insert(db, signatures).values(row).on_conflict_do_nothing().returning(signatures.c.id)
    return db.execute(once).one_or_none() is not None


def newest(db: Connection) -> Signature | None:
    """The latest one that was made."""
    return next(_read(db, select(signatures).order_by(signatures.c.id.desc()).limit(1)), None)


def every(db: Connection, until: date | None = None) -> Iterator[Signature]:
    """All of them by day, up to a day and with it."""
    wanted = select(signatures).order_by(signatures.c.day, signatures.c.id)
    yield from _read(db, wanted if until is None else wanted.where(signatures.c.day <= until.isoformat()))


def seals_of(db: Connection, window: Span) -> Seals | None:
    """The newest seal of a day within a window; None where no day of it was signed."""
    first, end = day_of(window.start), day_of(window.end)
    wanted = select(signatures).where(signatures.c.day >= first.isoformat(), signatures.c.day < end.isoformat())
    found = list(_read(db, wanted.order_by(signatures.c.day, signatures.c.id)))
    if not found:
        return None
    last = found[-1]
    day = date.fromisoformat(last.day)
    return Seals(
        day=day,
        heads=last.heads,
        key=last.key,
        fingerprint=fingerprint(last.key),
        signature=last.signature[:SHORT],
        signed=len({one.day for one in found}),
        days=(day - first).days + 1,
    )


def _read(db: Connection, wanted: Select[tuple[int, str, str, datetime, str, str]]) -> Iterator[Signature]:
    for row in db.execute(wanted):
        yield Signature(
            day=row.day,
            key=row.key,
            made_at=row.made_at,
            heads=_heads(row.heads),
            signature=row.signature,
        )


def _heads(text: str) -> tuple[Head, ...]:
    try:
        return tuple((str(chain), int(seq), str(digest)) for chain, seq, digest in json.loads(text))
    except (ValueError, TypeError):
        return ()  # which nobody signed
