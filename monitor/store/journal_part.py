"""The part of the sealed journal that covers one interruption: from a signed head before it to a signed head after."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from monitor.core.journal import GENESIS, Entry, Row, holds
from monitor.core.period import Span, to_ms
from monitor.store import beside, journal, looks, signatures, suspicions
from monitor.store.exporting import erased_links, head_line, last_line, link_line, signature_line
from monitor.store.names import by_number, known
from monitor.store.record_tables import notice_withdrawals, remarks, suspicion_rulings
from monitor.store.record_tables import suspicions as suspicion_rows
from monitor.store.sealing import OWN
from monitor.store.signatures import Signature
from monitor.store.tables import chains, interruptions, manual_checks, notices
from monitor.store.tables import journal as link_rows
from monitor.store.tables import looks as look_rows

SLACK = timedelta(days=2)
"""No look of this machine waits longer to be sealed; where one did, its link does not hold, and all looks are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How much of one chain is wanted: the links from `first` to `last` seal the facts in question.

    The part goes on after link `after` (0: from the beginning) up to `until`. `before` and `signed` are the signatures
    that have these two as heads, the newest before and the oldest after; None where there is none.
    """

    chain: str
    first: int
    last: int
    after: int
    until: int
    before: Signature | None
    signed: Signature | None


def seals_of_looks(db: Connection, targets: Iterable[str], window: Span) -> dict[tuple[str, int, str], int]:
    """The link that seals each look within a window, by target, moment (ms) and vantage."""
    texts = by_number(db)
    c = look_rows.c
    wanted = select(c.target_id, c.at, c.vantage_id, c.seq).where(
        c.target_id.in_(known(db, targets).values()), c.at >= to_ms(window.start), c.at < to_ms(window.end)
    )
    return {(texts[row.target_id], row.at, texts[row.vantage_id]): row.seq for row in db.execute(wanted)}


def digests_of(db: Connection, chain: str, some: Iterable[int]) -> dict[int, str]:
    """The digests, in hexadecimal, of links of a chain."""
    wanted = sorted(set(some))
    if not wanted:
        return {}
    c = link_rows.c
    asked = select(c.seq, c.digest).where(c.chain_id == _chain_id(chain), c.seq.between(wanted[0], wanted[-1]))
    among = set(wanted)
    return {row.seq: bytes(row.digest).hex() for row in db.execute(asked) if row.seq in among}


def seals_of_words(db: Connection, service: str, targets: Sequence[str], window: Span) -> list[int]:
    """The links of our own chain that seal what is said and known of an interruption besides its looks.

    `window` reaches from its last good look before to its first good one after: the alerts' own rows of it, remarks,
    manual checks, planned stops, suspicions of the time, with what was ruled.
    """
    doubts = [one.number for one in suspicions.between(db, service, window)]
    wanted = (*_words(service, targets, window), *_doubts([number for number in doubts if number is not None]))
    return sorted({seq for one in wanted for seq in db.scalars(one) if seq})


def _words(service: str, targets: Sequence[str], window: Span) -> Iterator[Select[Any]]:
    row, said, seen, stop = interruptions.c, remarks.c, manual_checks.c, notices.c
    mine = (row.target.in_(targets), row.first_bad >= window.start, row.first_bad < window.end)
    yield select(row.opened_seq).where(*mine)
    yield select(row.closed_seq).where(*mine)
    yield select(said.seq).where(said.target.in_(targets), said.first_bad >= window.start, said.first_bad < window.end)
    yield select(seen.seq).where(seen.service == service, seen.at >= window.start, seen.at < window.end)
    stops = (stop.service == service, stop.starts < window.end, stop.ends > window.start)
    yield select(stop.seq).where(*stops)
    yield select(notice_withdrawals.c.seq).where(notice_withdrawals.c.notice.in_(select(stop.id).where(*stops)))


def _doubts(numbers: Sequence[int]) -> Iterator[Select[Any]]:
    yield select(suspicion_rows.c.seq).where(suspicion_rows.c.id.in_(numbers))
    yield select(suspicion_rulings.c.seq).where(suspicion_rulings.c.suspicion.in_(numbers))


def reach_of(db: Connection, chain: str, first: int, last: int) -> Reach:
    """How much of a chain proves links `first` to `last`; signatures that are not valid prove nothing."""
    signed = [(head[1], one) for one in signatures.every(db) if one.valid for head in one.heads if head[0] == chain]
    earlier = [(seq, one) for seq, one in signed if seq < first]
    before = max(earlier, key=itemgetter(0), default=None)
    later = [(seq, one) for seq, one in signed if seq >= last]
    after = min(later, key=itemgetter(0), default=None)
    newest: int = db.scalar(select(func.max(link_rows.c.seq)).where(link_rows.c.chain_id == _chain_id(chain))) or last
    return Reach(
        chain=chain,
        first=first,
        last=last,
        after=before[0] if before else 0,
        until=after[0] if after else newest,
        before=before[1] if before else None,
        signed=after[1] if after else None,
    )


def _chain_id(chain: str) -> ColumnElement[int]:
    return select(chains.c.id).where(chains.c.name == chain).scalar_subquery()


@dataclass(slots=True)
class Sent:
    """What came of a part while it went out: its links, those that do not hold as (chain, seq), its days' seals."""

    links: int = 0
    broken: tuple[str, int] | None = None
    signatures: int = 0


def lines(
    db: Connection, parts: Sequence[Reach], sent: Sent, *, program: str, made_at: datetime, window: Span
) -> Iterator[bytes]:
    """A part of the journal in the form of an export, whose first line says after which links its chains go on.

    `window` is when the looks in question were made. `db` must see one moment's state throughout. What does not hold
    goes out as it is: the verifier tells.
    """
    starts = {one.chain: _start(db, one) for one in parts}
    after = [[one.chain, one.after, starts[one.chain].hex()] for one in parts]
    yield head_line(program, made_at, [one.chain for one in parts if one.chain != OWN], after)
    erased = erased_links(db)
    heads: list[tuple[str, int, str]] = []
    for one in parts:
        last = (one.after, starts[one.chain])
        for entry, rows in _links(db, one, last[1], window):
            last = (entry.seq, entry.digest)
            sent.links += 1
            if sent.broken is None and not holds(entry, rows):
                sent.broken = (entry.chain, entry.seq)
            yield link_line(entry, rows, erased=one.chain == OWN and entry.seq in erased)
        heads.append((one.chain, last[0], last[1].hex()))
    for signature in _signatures(db, parts):
        sent.signatures += 1
        yield signature_line(signature)
    yield last_line(heads, sent.signatures)


def _start(db: Connection, one: Reach) -> bytes:
    digest = digests_of(db, one.chain, [one.after]).get(one.after) if one.after else None
    return bytes.fromhex(digest) if digest else GENESIS


def _signatures(db: Connection, parts: Sequence[Reach]) -> Iterator[Signature]:
    """Those of the days from the first that bounds a chain to the last."""
    days = {one.day for part in parts for one in (part.before, part.signed) if one}
    if days:
        yield from (one for one in signatures.every(db) if min(days) <= one.day <= max(days))


_Sealed = tuple[Entry, Sequence[Row]]


def _links(db: Connection, one: Reach, start: bytes, window: Span) -> Iterator[_Sealed]:
    if one.chain == OWN:
        return _own(db, one)
    bounds = Span(
        start=(one.before.made_at if one.before else window.start) - SLACK,
        end=max(one.signed.made_at if one.signed else window.end, window.end) + SLACK,
    )
    with closing(_of_looks(db, one, start, bounds)) as links:
        narrow = all(holds(entry, rows) for entry, rows in links)
    return _of_looks(db, one, start, bounds if narrow and one.before else None)


def _own(db: Connection, one: Reach) -> Iterator[_Sealed]:
    with closing(journal.links(db, OWN)) as links:
        for entry, rows in links:
            if entry.seq > one.until:
                return
            if entry.seq > one.after:
                yield entry, rows


def _of_looks(db: Connection, one: Reach, start: bytes, bounds: Span | None) -> Generator[_Sealed, None, None]:
    c = link_rows.c
    asked = select(c.seq, c.digest).where(c.chain_id == _chain_id(one.chain), c.seq > one.after, c.seq <= one.until)
    conditions = [look_rows.c.seq > one.after, look_rows.c.seq <= one.until]
    if bounds is not None:
        # Looks are kept by target and time: with every name that might be a target's, few have to be read.
        conditions += [
            look_rows.c.target_id.in_(by_number(db)),
            look_rows.c.at >= to_ms(bounds.start),
            look_rows.c.at < to_ms(bounds.end),
        ]
    with (
        closing(looks.sealed(db, one.chain, *conditions)) as seen,
        closing(beside.sealed(db, one.chain, one.after, one.until)) as stands,
    ):
        sealed = groupby(merge(seen, stands, key=itemgetter(0)), itemgetter(0))
        number, rows = next(sealed, (None, iter(())))
        previous = start
        for seq, digest in db.execute(asked.order_by(c.seq)):
            while number is not None and number < seq:
                number, rows = next(sealed, (None, iter(())))
            mine = [row for _, row in rows] if number == seq else []
            entry = Entry(chain=one.chain, seq=seq, digest=bytes(digest), previous=previous)
            previous = entry.digest
            yield entry, mine
