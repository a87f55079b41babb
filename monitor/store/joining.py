"""Which testimonies are of one dossier: by the same code in two systems, or a code that one names for another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select

from monitor.core.dossier import Dossier
from monitor.core.period import to_ms
from monitor.store.dossier_tables import ImportState, code_aliases, dossiers, imports
from monitor.store.statements import among, chunks, insert, many

_ALIAS = (
    "INSERT INTO code_aliases (source, code, other_source, other_code, at, by) VALUES (?, ?, '', ?, ?, '')"
    " ON CONFLICT DO NOTHING"
)
_ALIASES = (
    "INSERT INTO code_aliases (source, code, other_source, other_code, at, by)"
    " SELECT source, code, '', other_code, at, ''"
    " FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[]) AS told (source, code, other_code, at)"
    " ON CONFLICT DO NOTHING"
)
_MOVE = "UPDATE dossiers SET matter = ? WHERE id = ?"
_MOVE_ALL = (
    "UPDATE dossiers SET matter = moved.matter FROM unnest(%s::bigint[], %s::bigint[]) AS moved (matter, id)"
    " WHERE dossiers.id = moved.id"
)

Pair = tuple[int, int]
"""Numbers of two dossiers that are one."""


def several(db: Connection) -> bool:
    """Whether more than one source ever told of dossiers; where one did, there is nothing to look for."""
    told = select(imports.c.source).where(imports.c.state != ImportState.FAILED).distinct().limit(2)
    return len(db.execute(told).all()) > 1


def shared(db: Connection) -> tuple[int, ...]:
    """The matters of which several systems tell."""
    query = select(dossiers.c.matter).where(dossiers.c.matter != dossiers.c.id).distinct()
    return tuple(db.execute(query.order_by(dossiers.c.matter)).scalars())


ONE_SHARED = select(dossiers.c.matter).where(dossiers.c.matter != dossiers.c.id).order_by(dossiers.c.matter).limit(1)
"""A matter that is shared, if any is. In order, so that PostgreSQL asks the index and does not read all for none."""


def _any_shared(db: Connection) -> bool:
    return db.execute(ONE_SHARED).first() is not None


def testimonies_beside(db: Connection, numbers: Collection[int]) -> frozenset[int]:
    """The numbers of the other testimonies of dossiers, which are not among these."""
    found: set[int] = set()
    if not _any_shared(db):
        return frozenset()
    mine, other = dossiers, dossiers.alias()
    of_matter = (other.c.matter == mine.c.matter) & (other.c.matter != other.c.id)
    these = among(db, mine.c.id, numbers)
    found.update(db.execute(select(other.c.id).join(mine, of_matter).where(these).distinct()).scalars().all())
    found.update(db.execute(select(mine.c.matter).where(these, mine.c.matter != mine.c.id).distinct()).scalars().all())
    return frozenset(found - set(numbers))


def add_aliases(db: Connection, told: Sequence[Dossier], at: datetime) -> None:
    """Write down the codes that dossiers, as files tell them, have elsewhere; each once."""
    rows = [(one.source, one.code, one.other_code, to_ms(at)) for one in told]
    many(db, _ALIAS, _ALIASES, rows)


def add_alias(
    db: Connection, source: str, code: str, other_code: str, *, other_source: str = "", at: datetime, by: str = ""
) -> bool:
    """Write down that a source's dossier has another code elsewhere; whether that is new. `by` is empty for a file.

    A named person's word takes the place of a file's.
    """
    values = {
        "source": source,
        "code": code,
        "other_source": other_source,
        "other_code": other_code,
        "at": at,
        "by": by,
    }
    once = insert(db, code_aliases).values(values)
    stronger = once.on_conflict_do_update(
        index_elements=["source", "code", "other_source", "other_code"],
        set_={"by": by, "at": at},
        where=(code_aliases.c.by == "") & (once.excluded.by != ""),
    )
    return db.execute(stronger.returning(code_aliases.c.id)).scalar_one_or_none() is not None


def join(db: Connection, numbers: Sequence[int]) -> frozenset[int]:
    """Join these dossiers with those that are the same one; the numbers of all whose matter is another now.

    Codes decide: the same one in two sources, or an alias either way. A matter never gets two testimonies of one
    source, whatever a file says: a code that several dossiers of a source name for theirs joins the first alone.
    A named person's word alone may override that.
    """
    certain, said = set[Pair](), set[Pair]()
    aliases = db.execute(select(code_aliases.c.id).limit(1)).first() is not None
    certain |= _same_code(db, numbers)
    for pair, by in _by_alias(db, numbers) if aliases else ():
        (certain if by else said).add(pair)
    if not certain and not said:
        return frozenset()
    return _united(db, sorted(certain), sorted(said))


def _same_code(db: Connection, numbers: Collection[int]) -> set[Pair]:
    other = dossiers.alias()
    query = select(dossiers.c.id, other.c.id).join(
        other, (other.c.code == dossiers.c.code) & (other.c.source != dossiers.c.source)
    )
    return {_pair(*row) for row in db.execute(query.where(among(db, dossiers.c.id, numbers))).all()}


def _by_alias(db: Connection, numbers: Collection[int]) -> Iterable[tuple[Pair, str]]:
    """Pairs that an alias names, and who said so: from these dossiers, to them, and both to a third code."""
    mine, other, alias, second = dossiers, dossiers.alias(), code_aliases, code_aliases.alias()
    names = (alias.c.source == mine.c.source) & (alias.c.code == mine.c.code)
    these = among(db, mine.c.id, numbers)
    away = (
        select(mine.c.id, other.c.id, alias.c.by)
        .join(alias, names)
        .join(other, (other.c.code == alias.c.other_code) & or_(alias.c.other_source.in_(("", other.c.source))))
        .where(these)
    )
    named = (
        select(mine.c.id, other.c.id, alias.c.by)
        .join(alias, (alias.c.other_code == mine.c.code) & alias.c.other_source.in_(("", mine.c.source)))
        .join(other, (other.c.source == alias.c.source) & (other.c.code == alias.c.code))
        .where(these)
    )
    third = (
        select(mine.c.id, other.c.id, alias.c.by)
        .join(alias, names)
        .join(second, (second.c.other_code == alias.c.other_code) & (second.c.source != alias.c.source))
        .join(other, (other.c.source == second.c.source) & (other.c.code == second.c.code))
        .where(these)
    )
    for query in (away, named, third):
        for one, two, by in db.execute(query).all():
            if one != two:
                yield _pair(one, two), by


def _pair(one: int, two: int) -> Pair:
    return min(one, two), max(one, two)


def _united(db: Connection, certain: Sequence[Pair], said: Sequence[Pair]) -> frozenset[int]:
    members, sources = _members(db, {number for pair in (*certain, *said) for number in pair})
    home = {number: group for group, numbers in members.items() for number in numbers}
    before = dict(home)
    for pairs, must in ((certain, True), (said, False)):
        for one, two in pairs:
            first, second = sorted((home[one], home[two]))
            if first == second:
                continue
            kinds = [{sources[number] for number in members[group]} for group in (first, second)]
            if kinds[0] & kinds[1] and not must:
                continue
            members[first] |= members.pop(second)
            home.update(dict.fromkeys(members[first], first))
    moved = {number for number, group in home.items() if before[number] != group}
    if moved:
        many(db, _MOVE, _MOVE_ALL, [(home[number], number) for number in sorted(moved)])
    touched = {home[number] for number in moved}
    return frozenset(number for number, group in home.items() if group in touched)


def _members(db: Connection, numbers: Collection[int]) -> tuple[dict[int, set[int]], Mapping[int, str]]:
    """All testimonies of the matters of these, and of each its source."""
    groups = set(db.execute(select(dossiers.c.matter).where(among(db, dossiers.c.id, numbers))).scalars().all())
    members: defaultdict[int, set[int]] = defaultdict(set)
    sources: dict[int, str] = {}
    shared = (dossiers.c.matter != dossiers.c.id) & among(db, dossiers.c.matter, groups)
    query = select(dossiers.c.id, dossiers.c.matter, dossiers.c.source)
    # Two questions: asked as one, SQLite reads the whole table.
    for which in (among(db, dossiers.c.id, groups), shared):
        for number, matter, source in db.execute(query.where(which)).all():
            members[matter].add(number)
            sources[number] = source
    return dict(members), sources


def with_others(db: Connection, numbers: Collection[int]) -> frozenset[int]:
    """Those of these dossiers that have another testimony."""
    found: set[int] = set()
    for column in (dossiers.c.matter, dossiers.c.id):
        shared = select(column).where(among(db, column, numbers), dossiers.c.matter != dossiers.c.id)
        found.update(db.execute(shared.distinct()).scalars().all())
    return frozenset(found)


def matters_of(db: Connection, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Of those dossiers, by source and code, that have another testimony, the matter."""
    if not _any_shared(db):
        return {}
    wanted, known = set(names), dict[tuple[str, str], int]()
    for some in chunks(sorted({code for _, code in wanted})):
        query = select(dossiers.c.source, dossiers.c.code, dossiers.c.matter).where(dossiers.c.code.in_(some))
        known.update(((source, code), matter) for source, code, matter in db.execute(query))
    shared = with_others(db, {known[name] for name in wanted & known.keys()})
    return {name: known[name] for name in names if known.get(name) in shared}


def first_named(db: Connection, numbers: Collection[int]) -> dict[int, tuple[str, str]]:
    """Source and code of dossiers, by number; of a matter's number, those of its first testimony."""
    found: dict[int, tuple[str, str]] = {}
    for some in chunks(sorted(numbers)):
        query = select(dossiers.c.id, dossiers.c.source, dossiers.c.code).where(dossiers.c.id.in_(some))
        found.update((number, (source, code)) for number, source, code in db.execute(query))
    return found


def numbers_of(db: Connection, source: str, code: str) -> tuple[int, ...]:
    """The number of a source's dossier; none where it has no such code."""
    query = select(dossiers.c.id).where(dossiers.c.source == source, dossiers.c.code == code)
    return tuple(db.execute(query).scalars())
