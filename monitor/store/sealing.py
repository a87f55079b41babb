"""New rows sealed: each call adds one link to a chain, in the transaction that writes the rows."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from monitor.core.journal import GENESIS, OWN, Entry, Row, link, salted
from monitor.store.statements import raw

__all__ = ["ERASED", "OWN", "Head", "Rows", "append", "head", "personal", "salt", "words_of"]

ERASED = "(đã xóa)"
"""What stands for a name or words that were erased."""
Rows = Generator[tuple[int, Row], None, None]
"""Sealed rows read back, each with the number of its link, in order; closed where they are not read to the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest link of a chain, held against other writers until the transaction ends."""

    chain_id: int
    chain: str
    seq: int
    digest: bytes

    @property
    def next_seq(self) -> int:
        """The number the next link will have; the rows it seals carry it."""
        return self.seq + 1


def head(db: Connection, chain: str) -> Head:
    """The chain's head, the chain begun where it is new."""
    # An UPDATE that changes nothing takes the row's lock on both databases.
    wanted = raw(db, "UPDATE chains SET seq = seq WHERE name = ? RETURNING id, seq, digest")
    found = db.exec_driver_sql(wanted, (chain,)).one_or_none()
    if found is None:
        begin = raw(db, "INSERT INTO chains (name, seq, digest) VALUES (?, 0, ?) ON CONFLICT DO NOTHING")
        db.exec_driver_sql(begin, (chain, GENESIS))
        found = db.exec_driver_sql(wanted, (chain,)).one()
    return Head(chain_id=found[0], chain=chain, seq=found[1], digest=bytes(found[2]))


def append(db: Connection, head: Head, rows: Iterable[Row]) -> None:
    """Seal rows that were written with `head.next_seq`, in the order in which `journal` reads them back."""
    newest = Entry(chain=head.chain, seq=head.seq, digest=head.digest, previous=GENESIS)
    entry = link(newest if head.seq else None, head.chain, rows)
    db.exec_driver_sql(
        raw(db, "INSERT INTO journal (chain_id, seq, digest) VALUES (?, ?, ?)"),
        (head.chain_id, entry.seq, entry.digest),
    )
    db.exec_driver_sql(
        raw(db, "UPDATE chains SET seq = ?, digest = ? WHERE id = ?"), (entry.seq, entry.digest, head.chain_id)
    )


def salt() -> bytes:
    """A salt of its own for one row's personal content."""
    return os.urandom(16)


def words_of(*parts: str | None) -> str:
    """The personal content of a row as one text."""
    return json.dumps(parts, ensure_ascii=False)


def personal(text: str | None, salt: bytes | None, kept: str) -> str:
    """The digest of personal content as a link seals it: worked out anew, or as kept once the content was erased."""
    return kept if salt is None else salted(text or "", bytes(salt))
