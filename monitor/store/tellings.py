"""Tellings: who is, or was, told which stage of what; once each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, false, or_, select

from monitor.core.ladder import SubjectKind, Telling
from monitor.core.message import Urgency
from monitor.store import acknowledgements
from monitor.store.statements import chunks, insert
from monitor.store.states import LetterState
from monitor.store.tables import letters, tellings

_SKIPPED = "\x1f"
"""Between the names of skipped stages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingRow:
    """A telling and its number; the letter that tells it, None while none does."""

    id: int
    telling: Telling
    letter: int | None = None
    settled: bool = False


_NOWHERE = select(letters.c.id).where(letters.c.state == LetterState.NO_ADDRESS)


def add_once(db: Connection, owing: Iterable[Telling]) -> list[int]:
    """Write down what is owed; the numbers of those that were not there before, in their order."""
    made: list[int] = []
    once = insert(db, tellings).on_conflict_do_nothing().returning(tellings.c.id)
    for some in chunks(list(owing)):
        made += db.execute(once, [_written(telling) for telling in some]).scalars()
    return sorted(made)


def of(db: Connection, kind: SubjectKind, keys: Sequence[str], *, live: bool) -> dict[str, list[Telling]]:
    """What was told of these subjects, by key, and who said so; told in a trial and told in earnest are two things."""
    told: defaultdict[str, list[Telling]] = defaultdict(list)
    rows = list(rows_of(db, kind, keys, live=live))
    known = acknowledgements.of(db, {row.letter for row in rows if row.letter is not None})
    for row in rows:
        by = tuple(one.person for one in known.get(row.letter or 0, ()))
        told[row.telling.key].append(replace(row.telling, acknowledged=by) if by else row.telling)
    return dict(told)


def rows_of(db: Connection, kind: SubjectKind, keys: Sequence[str], *, live: bool) -> Iterator[TellingRow]:
    """The same with the letters that tell them, in the order they were owed."""
    for some in chunks(keys):
        wanted = select(tellings).where(tellings.c.subject == kind, tellings.c.key.in_(some), tellings.c.live == live)
        for row in db.execute(wanted.order_by(tellings.c.id)):
            yield _row(row)


def told_by(db: Connection, letter: int) -> list[TellingRow]:
    """What a letter tells, in the order it was owed."""
    wanted = select(tellings).where(tellings.c.letter == letter).order_by(tellings.c.id)
    return [_row(row) for row in db.execute(wanted)]


def unlettered(db: Connection, live: bool, urgencies: Iterable[Urgency]) -> list[TellingRow]:  # noqa: FBT001 - named by its callers' word
    """What no letter tells yet, and still has something to say, in the order it was owed."""
    wanted = select(tellings).where(
        tellings.c.letter.is_(None),
        tellings.c.settled == false(),
        tellings.c.live == live,
        tellings.c.urgency.in_(list(urgencies)),
    )
    return [_row(row) for row in db.execute(wanted.order_by(tellings.c.id))]


def whose(db: Connection, live: bool, urgencies: Iterable[Urgency]) -> Iterator[tuple[SubjectKind, str, str]]:  # noqa: FBT001 - as above
    """Of the same only subject, its key, and who is owed it: there may be a hundred thousand to count."""
    wanted = select(tellings.c.subject, tellings.c.key, tellings.c.person).where(
        tellings.c.letter.is_(None),
        tellings.c.settled == false(),
        tellings.c.live == live,
        tellings.c.urgency.in_(list(urgencies)),
    )
    rows = db.execute(wanted.order_by(tellings.c.id).execution_options(yield_per=5_000))
    return ((subject, key, person) for subject, key, person in rows)


def waiting(db: Connection, kind: SubjectKind, keys: Sequence[str], *, live: bool) -> list[TellingRow]:
    """What of these subjects no letter tells yet, or only one that has no address, and still has something to say."""
    found: list[TellingRow] = []
    for some in chunks(keys):
        wanted = select(tellings).where(
            tellings.c.subject == kind,
            tellings.c.key.in_(some),
            tellings.c.live == live,
            or_(tellings.c.letter.is_(None), tellings.c.letter.in_(_NOWHERE)),
            tellings.c.settled == false(),
        )
        found += [_row(row) for row in db.execute(wanted.order_by(tellings.c.id))]
    return found


def attach(db: Connection, ids: Sequence[int], letter: int) -> None:
    """Say which letter tells them."""
    for some in chunks(ids):
        db.execute(tellings.update().where(tellings.c.id.in_(some)).values(letter=letter))


def of_stage(db: Connection, kind: SubjectKind, stage: str, *, live: bool, since: datetime) -> list[TellingRow]:
    """Everybody who was to be told one stage of any subject of a kind since a moment, in that order."""
    c = tellings.c
    mine = (c.subject == kind) & (c.stage == stage) & (c.live == live) & (c.made_at > since)
    return [_row(row) for row in db.execute(select(tellings).where(mine).order_by(c.id))]


def people(db: Connection, letter: int) -> tuple[str, ...]:
    """The posts that a letter tells something, by key."""
    wanted = select(tellings.c.person).where(tellings.c.letter == letter).distinct().order_by(tellings.c.person)
    return tuple(db.scalars(wanted))


def people_of(db: Connection, numbers: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The same of many letters, by number; those that tell nobody anything are left out."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for some in chunks(list(numbers)):
        wanted = select(tellings.c.letter, tellings.c.person).where(tellings.c.letter.in_(some)).distinct()
        for letter, person in db.execute(wanted):
            found[letter].append(person)
    return {letter: tuple(sorted(some)) for letter, some in found.items()}


def hand_on(db: Connection, letter: int, people: Iterable[str], newer: int) -> None:
    """Say that what a letter told some people is told them by a newer one."""
    for some in chunks(list(people)):
        mine = (tellings.c.letter == letter) & tellings.c.person.in_(some)
        db.execute(tellings.update().where(mine).values(letter=newer))


def detach(db: Connection, letter: int) -> None:
    """Owe again what a letter was to tell: it was taken off its way before it told anybody."""
    mine = (tellings.c.letter == letter) & (tellings.c.settled == false())
    db.execute(tellings.update().where(mine).values(letter=None))


def reopen(db: Connection, people: Iterable[str], urgencies: Iterable[Urgency]) -> int:
    """Have it told again what stands only in letters that had no address to go to; how many tellings that were."""
    count = 0
    for some in chunks(list(people)):
        mine = tellings.c.person.in_(some) & tellings.c.urgency.in_(list(urgencies))
        lost = tellings.update().where(mine, tellings.c.letter.in_(_NOWHERE), tellings.c.settled == false())
        lost = lost.values(letter=None)
        count += len(db.execute(lost.returning(tellings.c.id)).all())
    return count


def settle_waiting(db: Connection, ids: Sequence[int]) -> int:
    """Close those that no letter tells by now, or only one that has no address; how many those were."""
    count = 0
    for some in chunks(ids):
        still = (tellings.c.settled == false(), or_(tellings.c.letter.is_(None), tellings.c.letter.in_(_NOWHERE)))
        closed = tellings.update().where(tellings.c.id.in_(some), *still).values(settled=True)
        count += len(db.execute(closed.returning(tellings.c.id)).all())
    return count


def settle(db: Connection, ids: Sequence[int]) -> None:
    """Close those that have nothing to say any more; they count as told, and no letter tells them."""
    for some in chunks(ids):
        db.execute(tellings.update().where(tellings.c.id.in_(some)).values(settled=True))


def _written(telling: Telling) -> dict[str, Any]:
    return {
        "subject": telling.subject,
        "key": telling.key,
        "episode": telling.episode,
        "stage": telling.stage,
        "nth": telling.nth,
        "person": telling.person,
        "live": telling.live,
        "made_at": telling.made_at,
        "urgency": telling.urgency,
        "skipped": _SKIPPED.join(telling.skipped),
        "reached": telling.reached,
        "settled": False,
    }


def _row(row: Row[Any]) -> TellingRow:
    told = Telling(
        subject=row.subject,
        key=row.key,
        episode=row.episode,
        stage=row.stage,
        nth=row.nth,
        person=row.person,
        live=row.live,
        made_at=row.made_at,
        urgency=row.urgency,
        skipped=tuple(filter(None, row.skipped.split(_SKIPPED))),
        reached=row.reached,
    )
    return TellingRow(id=row.id, telling=told, letter=row.letter, settled=row.settled)
