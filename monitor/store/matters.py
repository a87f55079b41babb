"""One dossier in several systems is one matter: its testimonies, and the numbers its facts are recorded under."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from monitor.core.dossier import Dossier
from monitor.core.explanation import Delay, episodes_alike
from monitor.store.dossier_tables import code_aliases, dossiers
from monitor.store.dossiers import latest
from monitor.store.statements import among, chunks


def find(db: Connection, code: str, source: str = "") -> tuple[Dossier, ...]:
    """All testimonies of the dossier that knows this code, the lead first; none where nobody does.

    A code that no source lists may be another's name for it (`code_aliases`). With a source, only the dossier which
    that source knows by this code. Where a code has not been joined yet, every dossier of that code is among them.
    """
    wanted = code.strip().upper()
    numbers = _of_code(db, wanted, source) or _of_alias(db, wanted, source)
    return tuple(dict.fromkeys(one for some in testimonies(db, numbers).values() for one in some))


def by_codes(db: Connection, codes: Iterable[str]) -> dict[str, Dossier]:
    """The same for many codes at once, by code as asked: the testimony that counts; unknown codes are left out."""
    asked = {code: code.strip().upper() for code in codes}
    known: defaultdict[str, list[int]] = defaultdict(list)
    for some in chunks(sorted(set(asked.values()))):
        query = select(dossiers.c.code, dossiers.c.matter).where(dossiers.c.code.in_(some))
        for code, matter in db.execute(query.order_by(dossiers.c.matter)):
            known[code].append(matter)
    for some in chunks(sorted(set(asked.values()) - known.keys())):
        same = and_(code_aliases.c.source == dossiers.c.source, code_aliases.c.code == dossiers.c.code)
        named = select(code_aliases.c.other_code, dossiers.c.matter).join(dossiers, same)
        for code, matter in db.execute(named.where(code_aliases.c.other_code.in_(some)).order_by(dossiers.c.matter)):
            known[code].append(matter)
    told = testimonies(db, {matter for numbers in known.values() for matter in numbers})
    first = {code: next((told[number][0] for number in known[code] if number in told), None) for code in known}
    return {code: one for code, plain in asked.items() if (one := first.get(plain)) is not None}


def testimonies(db: Connection, matters: Iterable[int]) -> dict[int, tuple[Dossier, ...]]:
    """What each system last said of each matter, the lead first; a matter nobody visibly spoke of is left out."""
    members = ids_of(db, matters)
    told = latest(db, sorted({number for numbers in members.values() for number in numbers}))
    found: dict[int, tuple[Dossier, ...]] = {}
    for matter, numbers in members.items():
        some = [told[number] for number in sorted(numbers) if number in told]
        if some:
            found[matter] = tuple(sorted(some, key=lambda one: not one.lead))
    return found


def ids_of(db: Connection, matters: Iterable[int]) -> dict[int, frozenset[int]]:
    """The numbers that facts of each matter may be recorded under: those of all its testimonies, and its own.

    Asked under a number it had before its testimonies were known to be one, a matter answers with the same.
    """
    asked = sorted(set(matters))
    now = _matters(db, asked)
    members: defaultdict[int, set[int]] = defaultdict(set)
    shared = and_(among(db, dossiers.c.matter, set(now.values())), dossiers.c.matter != dossiers.c.id)
    for number, matter in db.execute(select(dossiers.c.id, dossiers.c.matter).where(shared)).all():
        members[matter].add(number)
    return {one: frozenset({one, now.get(one, one), *members[now.get(one, one)]}) for one in asked}


def recorded_as(db: Connection, delays: Iterable[Delay]) -> dict[Delay, list[Delay]]:
    """By delay as facts may be recorded of it, the delays asked for: under every number, as every system prints it."""
    wanted = tuple(dict.fromkeys(delays))
    ids = ids_of(db, {one.matter for one in wanted})
    # Where one system alone tells of a dossier, nobody else prints its appointment.
    told = latest(db, sorted({number for numbers in ids.values() if len(numbers) > 1 for number in numbers}))
    found: defaultdict[Delay, list[Delay]] = defaultdict(list)
    for one in wanted:
        numbers = ids[one.matter]
        for episode in episodes_alike(one, (told[number] for number in numbers if number in told)):
            for number in numbers:
                found[Delay(matter=number, kind=one.kind, episode=episode)].append(one)
    return found


def _matters(db: Connection, numbers: Iterable[int]) -> dict[int, int]:
    query = select(dossiers.c.id, dossiers.c.matter).where(among(db, dossiers.c.id, set(numbers)))
    return {number: matter or number for number, matter in db.execute(query).all()}


def _of_code(db: Connection, code: str, source: str) -> list[int]:
    which: list[Any] = [dossiers.c.code == code, *([dossiers.c.source == source] if source else [])]
    return list(db.execute(select(dossiers.c.matter).where(*which).distinct().order_by(dossiers.c.matter)).scalars())


def _of_alias(db: Connection, code: str, source: str) -> list[int]:
    """The matters of dossiers that say this is their code elsewhere."""
    query = select(dossiers.c.matter).join(
        code_aliases, and_(code_aliases.c.source == dossiers.c.source, code_aliases.c.code == dossiers.c.code)
    )
    which: list[Any] = [code_aliases.c.other_code == code]
    if source:
        which.append(or_(code_aliases.c.other_source.in_(("", source)), code_aliases.c.source == source))
    return list(db.execute(query.where(*which).distinct().order_by(dossiers.c.matter)).scalars())


__all__ = ["by_codes", "find", "ids_of", "recorded_as", "testimonies"]
