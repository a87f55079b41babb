"""The sealed journal walked again: every chain's links against the rows they seal, as they stand now."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, select

from monitor.core.journal import GENESIS, Entry, Fault, Row, verify
from monitor.store import (
    beside,
    events,
    interruptions,
    looks,
    manual,
    notices,
    publications,
    remarks,
    suspicions,
    withdrawals,
)
from monitor.store.names import by_number
from monitor.store.sealing import Rows
from monitor.store.tables import chains, journal
from monitor.store.tables import looks as look_rows

_Sealed = tuple[int, Iterator[tuple[int, Row]]]
_SOURCES: tuple[Callable[[Connection, str], Rows], ...] = (
    looks.sealed,
    beside.sealed,
    manual.sealed,
    notices.sealed,
    withdrawals.sealed,
    interruptions.sealed,
    events.sealed,
    remarks.sealed,
    suspicions.sealed,
    publications.sealed,
)
_WHY = {
    Fault.ROWS_CHANGED: "dòng dữ liệu không còn đúng như lúc niêm phong",
    Fault.MISSING: "thiếu mục: có mục đã bị xóa",
    Fault.REPEATED: "mục lặp lại hoặc bị đổi thứ tự",
    Fault.NOT_LINKED: "mục không nối với mục trước",
    Fault.FOREIGN: "mục thuộc chuỗi khác",
}
_STRAY = "có dòng dữ liệu không thuộc mục niêm phong nào"
_CUT = "phần cuối chuỗi đã bị cắt hoặc thay"
_REPLACED = "khác mã niêm phong đã công bố"


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    """What came of walking a chain: its number of links, and the first place where it does not hold."""

    name: str
    entries: int
    broken_at: int | None = None
    why: str = ""

    @property
    def intact(self) -> bool:
        """Whether everything sealed is as it was sealed, and nothing else is there."""
        return self.broken_at is None


class _Stray(Exception):
    """A row names a link that its chain has not."""

    def __init__(self, seq: int) -> None:
        super().__init__(seq)
        self.seq = seq


def heads(db: Connection) -> list[Entry]:
    """The newest link of every chain that has one, by name."""
    before = journal.alias()
    wanted = (
        select(chains.c.name, chains.c.seq, chains.c.digest, before.c.digest)
        .join_from(
            chains, before, (before.c.chain_id == chains.c.id) & (before.c.seq == chains.c.seq - 1), isouter=True
        )
        .where(chains.c.seq > 0)
        .order_by(chains.c.name)
    )
    return [
        Entry(chain=name, seq=seq, digest=bytes(digest), previous=GENESIS if previous is None else bytes(previous))
        for name, seq, digest, previous in db.execute(wanted)
    ]


def verify_all(db: Connection, published: Iterable[Entry] = ()) -> list[Walked]:
    """Walk every chain from its first link, reading every sealed row; `published` are heads kept elsewhere.

    A chain rewritten as a whole, its head too, is known only by a head that was published: the weekly log carries them.
    """
    told: dict[str, dict[int, bytes]] = {}
    for entry in published:
        told.setdefault(entry.chain, {})[entry.seq] = entry.digest
    return [_walk(db, name, told.get(name, {})) for name in sorted(_names(db) | told.keys())]


def links(db: Connection, name: str) -> Generator[tuple[Entry, Sequence[Row]], None, None]:
    """A chain's links one by one, each with the rows that name it; to be closed where it is not read to the end.

    Rows that name a link which is not there come under one without digest.
    """
    chain_id = db.execute(select(chains.c.id).where(chains.c.name == name)).scalar_one_or_none()
    return _Links(db, name, chain_id, {}).walk()


def names(db: Connection) -> list[str]:
    """Every chain by name, those of which only the looks are left among them."""
    return sorted(_names(db))


def _sealed_only(walked: Iterable[tuple[Entry, Sequence[Row]]]) -> Iterator[tuple[Entry, Sequence[Row]]]:
    for entry, rows in walked:
        if not entry.digest:
            raise _Stray(entry.seq)
        yield entry, rows


def _names(db: Connection) -> set[str]:
    """Chains that are known, and vantages with looks, whose chain may have been taken away."""
    texts = by_number(db)
    seen = db.scalars(select(look_rows.c.vantage_id).distinct())
    return set(db.scalars(select(chains.c.name))) | {texts.get(number, f"#{number}") for number in seen}


def _walk(db: Connection, name: str, published: dict[int, bytes]) -> Walked:
    chain = db.execute(select(chains).where(chains.c.name == name)).one_or_none()
    links = _Links(db, name, None if chain is None else chain.id, published)
    try:
        with closing(links.walk()) as walked:
            broken = verify(_sealed_only(walked))
    except _Stray as stray:
        return Walked(name=name, entries=links.count, broken_at=stray.seq, why=_STRAY)
    if broken is not None:
        return Walked(name=name, entries=links.count, broken_at=broken.seq, why=_WHY[broken.fault])
    if links.replaced is not None:
        return Walked(name=name, entries=links.count, broken_at=links.replaced, why=_REPLACED)
    head = (0, GENESIS) if chain is None else (chain.seq, bytes(chain.digest))
    if head != links.last or max(published, default=0) > links.count:
        return Walked(name=name, entries=links.count, broken_at=links.last[0] + 1, why=_CUT)
    return Walked(name=name, entries=links.count)


class _Links:
    """One chain's links, each with the rows that name it; rows that name none come under a link without digest."""

    def __init__(self, db: Connection, name: str, chain_id: int | None, published: dict[int, bytes]) -> None:
        self._db, self._name, self._id, self._published = db, name, chain_id, published
        self.count = 0
        self.last = (0, GENESIS)
        self.replaced: int | None = None

    def walk(self) -> Generator[tuple[Entry, Sequence[Row]], None, None]:
        links = select(journal.c.seq, journal.c.digest).where(journal.c.chain_id == self._id).order_by(journal.c.seq)
        with ExitStack() as stack:
            read = stack.enter_context(self._db.execute(links.execution_options(yield_per=1000)))
            sources = [stack.enter_context(closing(source(self._db, self._name))) for source in _SOURCES]
            yield from self._joined(read, groupby(merge(*sources, key=itemgetter(0)), itemgetter(0)))

    def _joined(self, links: Iterable[Any], sealed: Iterator[_Sealed]) -> Iterator[tuple[Entry, Sequence[Row]]]:
        rows = next(sealed, None)
        for seq, digest in links:
            while rows is not None and rows[0] < seq:
                yield self._astray(rows)
                rows = next(sealed, None)
            mine: list[Row] = []
            if rows is not None and rows[0] == seq:
                mine = [row for _, row in rows[1]]
                rows = next(sealed, None)
            yield self._entry(seq, bytes(digest)), mine
        while rows is not None:
            yield self._astray(rows)
            rows = next(sealed, None)

    def _astray(self, rows: _Sealed) -> tuple[Entry, Sequence[Row]]:
        return Entry(chain=self._name, seq=rows[0], digest=b"", previous=b""), [row for _, row in rows[1]]

    def _entry(self, seq: int, digest: bytes) -> Entry:
        entry = Entry(chain=self._name, seq=seq, digest=digest, previous=self.last[1])
        self.count += 1
        self.last = (seq, digest)
        if self.replaced is None and self._published.get(seq, digest) != digest:
            self.replaced = seq
        return entry
