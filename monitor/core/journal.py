"""The sealed journal: each commit's rows chained by digest, so that no row can change unseen."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Row = Mapping[str, str | int | None]
"""One row as the database gives it back: text, whole numbers (times in milliseconds, flags as 0 and 1) or nothing."""

OWN = "so-chung"
"""The chain of what is no look: manual checks, notices, interruptions, events. Looks have one chain a vantage."""

GENESIS = bytes(32)
"""What the first link of a chain names as its previous one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link: `digest` seals the canonical rows of one commit, `previous` the link before. Both are 32 raw bytes."""

    chain: str
    seq: int
    digest: bytes
    previous: bytes


STATEMENT = "tthc-monitor/heads/1"
"""What a day's signature says it is of, so that it can be taken for nothing else."""


class Fault(StrEnum):
    """Why a chain does not hold."""

    ROWS_CHANGED = "rows_changed"  # the rows there now are not those that were sealed
    MISSING = "missing"  # a number is left out: a link, or several, were taken away
    REPEATED = "repeated"  # a number comes again or goes back: a link was put in or moved
    NOT_LINKED = "not_linked"  # it does not name the link before it
    FOREIGN = "foreign"  # it belongs to another chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first link that does not hold; those before it do."""

    chain: str
    seq: int
    fault: Fault


def canonical(rows: Iterable[Row]) -> bytes:
    """The one way to write rows as bytes: JSON in UTF-8, names in order, no spaces, text as it is.

    Raise TypeError for what a database or another program might give back differently: bytes, floats, true and false.
    The order of rows counts.
    """
    return _written(_checked(rows))


def seal(chain: str, seq: int, previous: bytes, rows: Iterable[Row]) -> Entry:
    """The link for one commit's rows: SHA-256 over the JSON list of chain, seq, previous in hexadecimal, and rows."""
    sealed = _written([chain, seq, previous.hex(), _checked(rows)])
    return Entry(chain=chain, seq=seq, digest=hashlib.sha256(sealed).digest(), previous=previous)


def link(head: Entry | None, chain: str, rows: Iterable[Row]) -> Entry:
    """The next link of a chain whose newest is `head`; None begins the chain with number 1."""
    if head is None:
        return seal(chain, 1, GENESIS, rows)
    if head.chain != chain:
        raise ValueError(f"the head of {head.chain} cannot be followed in {chain}")
    return seal(chain, head.seq + 1, head.digest, rows)


def holds(entry: Entry, rows: Iterable[Row]) -> bool:
    """Whether these are the very rows that the link seals; rows that cannot be written canonically are not."""
    try:
        return seal(entry.chain, entry.seq, entry.previous, rows) == entry
    except TypeError:
        return False


def verify_links(entries: Iterable[Entry], after: Entry | None = None) -> Broken | None:
    """The first link of one chain that does not follow from the one before; None where all do. No row is needed.

    `after` is the head kept of a segment that retention removed; without it the chain must begin with number 1. A chain
    cut off at its end still holds: only a head kept elsewhere (the weekly log carries it) tells.
    """
    return verify(((entry, None) for entry in entries), after)


def verify(sealed: Iterable[tuple[Entry, Sequence[Row] | None]], after: Entry | None = None) -> Broken | None:
    """The same with the rows of each link, where they are still there (None: removed in the order of retention)."""
    before = after
    for entry, rows in sealed:
        fault = _fault(before, entry)
        if fault is None and rows is not None and not holds(entry, rows):
            fault = Fault.ROWS_CHANGED
        if fault is not None:
            return Broken(chain=entry.chain, seq=entry.seq, fault=fault)
        before = entry
    return None


def statement(day: str, heads: Sequence[tuple[str, int, str]]) -> bytes:
    """The bytes that are signed for a day: its date, and each chain's newest link as (chain, seq, digest in hex)."""
    return _written({"day": day, "heads": [list(head) for head in heads], "statement": STATEMENT})


def fingerprint(key: str) -> str:
    """A public key (hexadecimal) short enough to be read out on the telephone: 80 bits of its SHA-256, in groups."""
    short = hashlib.sha256(bytes.fromhex(key)).hexdigest()[:20]
    return " ".join(short[place : place + 4] for place in range(0, 20, 4))


def salted(text: str, salt: bytes) -> str:
    """How personal content enters the journal: HMAC-SHA-256 under a salt of its own, in hexadecimal.

    The row seals this digest only. Erasing text and salt together leaves a tombstone that tells nothing, and the link
    still holds. A salt of at least 16 random bytes, never used twice, keeps short texts from being guessed.
    """
    if len(salt) < 16:
        raise ValueError("a salt needs at least 16 bytes")
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()


def _fault(before: Entry | None, entry: Entry) -> Fault | None:
    last, digest = (before.seq, before.digest) if before else (0, GENESIS)
    if before is not None and entry.chain != before.chain:
        return Fault.FOREIGN
    if entry.seq != last + 1:
        return Fault.MISSING if entry.seq > last else Fault.REPEATED
    return None if entry.previous == digest else Fault.NOT_LINKED


def _checked(rows: Iterable[Row]) -> list[dict[str, str | int | None]]:
    listed = [dict(row) for row in rows]
    for row in listed:
        for name, value in row.items():
            if type(value) not in {str, int, type(None)}:
                raise TypeError(f"{name} is {type(value).__name__}: only text, whole numbers and nothing can be sealed")
    return listed


def _written(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
