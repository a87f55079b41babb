"""Looks: written once and sealed, read back as they were made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from monitor.core.journal import Row
from monitor.core.look import Look, Verdict
from monitor.core.period import Span, from_ms, to_ms
from monitor.store import beside, sealing
from monitor.store.beside import Beside
from monitor.store.look_rows import FIELDS, looks_of
from monitor.store.manual import add_manual, manual_between
from monitor.store.names import by_number, known, numbered
from monitor.store.statements import chunks, raw
from monitor.store.tables import looks

__all__ = ["REACH_MS", "add", "add_manual", "between", "first", "last", "manual_between", "put_back", "sealed"]

REACH_MS = 2 * 86_400_000
"""How far before a window UNKNOWN looks are read, which may still speak into it: two of the longest intervals that the
register takes. Conclusive ones have no such bound."""
_NEAR_MS = 86_400_000
"""So far before a window everything is read: each of several places has a last good look of its own."""

_LONGEST_MS = 2**31 - 1
"""No look is under way for 24 days: the clock was set, from 1970 as likely as not. PostgreSQL takes no more here."""

_COLUMNS = (*FIELDS[:3], "seq", *FIELDS[3:])
_ROW = f"({', '.join('?' * len(_COLUMNS))})"
_INSERT = f"INSERT INTO looks ({', '.join(_COLUMNS)}) VALUES "  # noqa: S608 - our own names
_ONCE = " ON CONFLICT DO NOTHING RETURNING target_id, at, vantage_id"
_SEALED_AS = dict(enumerate(_COLUMNS[5:], start=5))


def add(db: Connection, seen: Iterable[Look], stands_beside: Sequence[Beside] = ()) -> int:
    """Write looks and seal those that are new, one link a vantage; the number of new ones.

    A look known already, by target, vantage and moment, is left as it is, and what stands beside it is not taken.
    """
    of_vantage: dict[str, dict[tuple[str, int], Look]] = {}
    for look in seen:
        of_vantage.setdefault(look.vantage, {}).setdefault((look.target, to_ms(look.at)), look)
    if not of_vantage:
        return 0
    every = chain.from_iterable(some.values() for some in of_vantage.values())
    numbers = numbered(db, {name for look in every for name in (look.target, look.service, look.vantage)})
    return sum(
        _add(
            db,
            vantage,
            list(of_vantage[vantage].values()),
            [one for one in stands_beside if one.vantage == vantage],
            numbers,
        )
        for vantage in sorted(of_vantage)
    )


def _add(
    db: Connection, vantage: str, some: Sequence[Look], stands_beside: Sequence[Beside], numbers: dict[str, int]
) -> int:
    head = sealing.head(db, vantage)
    rows = [_row(look, numbers, head.next_seq) for look in some]
    texts = {number: name for name, number in numbers.items()}
    rows.sort(key=lambda row: (row[1], texts[row[0]]))
    new = {key for part in chunks(rows) for key in _insert(db, part)}
    if new:
        sealed = [_canonical(row, texts) for row in rows if row[:3] in new]
        if stands_beside:
            sealed += beside.add(db, stands_beside, head.next_seq, new, numbers)
        sealing.append(db, head, sealed)
    return len(new)


def _insert(db: Connection, rows: Sequence[tuple[Any, ...]]) -> list[beside.Key]:
    statement = raw(db, _INSERT + ", ".join([_ROW] * len(rows)) + _ONCE)
    return [(key[0], key[1], key[2]) for key in db.exec_driver_sql(statement, tuple(chain.from_iterable(rows)))]


def _row(look: Look, numbers: dict[str, int], seq: int) -> tuple[Any, ...]:
    at, phases = to_ms(look.at), look.phases
    took = min(to_ms(look.received_at) - at, _LONGEST_MS)
    return (
        numbers[look.target], at, numbers[look.vantage], seq, numbers[look.service], look.kind.value,
        took, look.verdict.value, look.cause.value, phases.name, phases.connect, phases.tls,
        phases.first_byte, phases.total, look.valid_for_ms, look.status, look.size, _storable(look.detail),
    )  # fmt: skip


def _storable(text: str) -> str:
    """Text from a foreign page: what a database refuses (NUL, half a surrogate pair) is replaced."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd") if text else text


def _canonical(row: Sequence[Any], texts: dict[int, str]) -> Row:
    """A look as its link seals it: with names, so that the numbers of another database do not matter."""
    sealed: dict[str, Any] = {"fact": "look", "target": texts[row[0]], "at": row[1], "service": texts[row[4]]}
    for place, name in _SEALED_AS.items():
        sealed[name] = row[place]
    return sealed


def sealed(db: Connection, vantage: str, *conditions: ColumnElement[bool]) -> sealing.Rows:
    """Every look of a vantage with the number of the link that seals it, in the order in which they were sealed."""
    texts = by_number(db)
    number = next((number for number, name in texts.items() if name == vantage), None)
    wanted = select(*(looks.c[name] for name in _COLUMNS)).where(looks.c.vantage_id == number, *conditions)
    ordered = wanted.order_by(looks.c.seq, looks.c.at)
    with db.execute(ordered.execution_options(yield_per=1000)) as rows:
        for seq, of_link in groupby(rows, key=attrgetter("seq")):
            # By the target's name: its number is another one in another database, and a database sorts by its locale.
            for row in sorted(map(tuple, of_link), key=lambda row: (row[1], texts[row[0]])):
                yield seq, _canonical(row, texts)


def put_back(db: Connection, vantage: str, seq: int, rows: Sequence[Row]) -> None:
    """Write looks as a link of another database sealed them, under the number it has there; sealing is the caller's.

    Raise ValueError for a look that an earlier link sealed.
    """
    numbers = numbered(db, {vantage, *(str(row[name]) for row in rows for name in ("target", "service"))})
    for part in chunks([_stored(row, vantage, seq, numbers) for row in rows]):
        if len(_insert(db, part)) != len(part):
            raise ValueError("lượt kiểm tra đã có trong một mục trước")


def _stored(row: Row, vantage: str, seq: int, numbers: dict[str, int]) -> tuple[Any, ...]:
    rest = (row[_COLUMNS[place]] for place in _SEALED_AS)
    return numbers[str(row["target"])], row["at"], numbers[vantage], seq, numbers[str(row["service"])], *rest


def between(db: Connection, targets: Iterable[str], window: Span, vantages: Collection[str] = ()) -> list[Look]:
    """Everything that bears on a window, by target and time: the looks in it, and of those before it

    * from the last UP look on all conclusive ones, so that a failure still open when the window begins is told from
      its first failed look, with the last good one before it;
    * within REACH_MS the UNKNOWN ones, whose reason may reach into it.

    Where `vantages` are named, each of them is a row of its own, and the targets are one under several names: from the
    last UP look of each on before the latest moment at which none of them was cut off, for they may take turns.
    """
    start, end = to_ms(window.start), to_ms(window.end)
    texts, numbers = by_number(db), known(db, targets)
    settled = _settled(db, numbers.values(), known(db, vantages).values(), start)
    found: list[Look] = []
    for _, number in sorted(numbers.items()):
        since_good = or_(*_since_good(db, number, settled, vantages))
        found += looks_of(
            db.execute(
                _EVERYTHING.where(
                    looks.c.target_id == number,
                    looks.c.at < end,
                    or_(
                        and_(looks.c.at >= start - REACH_MS, looks.c.verdict == Verdict.UNKNOWN.value),
                        looks.c.at >= start - _NEAR_MS,
                        and_(looks.c.verdict != Verdict.UNKNOWN.value, since_good),
                    ),
                ).order_by(looks.c.at, looks.c.vantage_id)
            ).all(),
            texts,
        )
    return found


def _since_good(db: Connection, target_id: int, start: int, vantages: Collection[str]) -> Iterator[ColumnElement[bool]]:
    """The looks at a target since it was last seen UP before a moment: from anywhere, or from each of these places."""
    if not vantages:
        yield looks.c.at >= _last_good(db, target_id, start)
    for number in known(db, vantages).values():
        here = looks.c.vantage_id == number
        yield and_(here, looks.c.at >= _last_good(db, target_id, start, here))


def _settled(db: Connection, targets: Collection[int], vantages: Collection[int], start: int) -> int:
    """The latest moment up to a start at which none of these places had last seen any of the targets fail."""
    settled, before = start, start + 1
    while settled < before:
        before = settled
        for target in targets:
            for vantage in vantages:
                here = looks.c.vantage_id == vantage
                if _failing(db, target, settled, here):
                    good = _last_good(db, target, settled, here)
                    settled = good + 1 if good else 0
    return settled


def _failing(db: Connection, target_id: int, before: int, here: ColumnElement[bool]) -> bool:
    """Whether the last look before a moment that could tell said DOWN."""
    told = select(looks.c.verdict).where(
        looks.c.target_id == target_id, looks.c.at < before, looks.c.verdict != Verdict.UNKNOWN.value, here
    )
    return db.execute(told.order_by(looks.c.at.desc()).limit(1)).scalar_one_or_none() == Verdict.DOWN.value


def _last_good(db: Connection, target_id: int, before: int, *conditions: ColumnElement[bool]) -> int:
    """When a target was last seen UP before a moment; 0 where it never was."""
    good = select(looks.c.at).where(
        looks.c.target_id == target_id, looks.c.at < before, looks.c.verdict == Verdict.UP.value, *conditions
    )
    return db.execute(good.order_by(looks.c.at.desc()).limit(1)).scalar_one_or_none() or 0


def first(db: Connection, targets: Iterable[str]) -> datetime | None:
    """When any of these targets was first looked at."""
    oldest, numbers = select(looks.c.at).order_by(looks.c.at).limit(1), known(db, targets).values()
    began = [db.execute(oldest.where(looks.c.target_id == number)).scalar_one_or_none() for number in numbers]
    return min((from_ms(at) for at in began if at is not None), default=None)


def latest(db: Connection) -> datetime | None:
    """When anything was looked at last; goes through all looks."""
    at: int | None = db.execute(select(func.max(looks.c.at))).scalar_one()
    return None if at is None else from_ms(at)


def last(db: Connection, target: str) -> Look | None:
    """The newest look at a target, whatever it says."""
    numbers = known(db, [target])
    if not numbers:
        return None
    wanted = _EVERYTHING.where(looks.c.target_id == numbers[target]).order_by(looks.c.at.desc()).limit(1)
    return next(iter(looks_of(db.execute(wanted), by_number(db))), None)


_EVERYTHING = select(*(looks.c[name] for name in FIELDS))
