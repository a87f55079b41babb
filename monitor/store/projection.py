"""How every dossier stands now, worked out elsewhere and kept here; it can be thrown away and made anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select, update

from monitor.core.dossier import Dossier, Placing
from monitor.core.period import to_ms
from monitor.store.dossier_tables import VISIBLE, ImportState, dossiers, imports, now, steps, versions
from monitor.store.dossiers import FACTS, dossier_of
from monitor.store.matters import ids_of
from monitor.store.statements import among, chunks, copied, many, raw


class Known(NamedTuple):
    """A dossier as last told, and which version says so; whether its source said nothing before."""

    number: int
    version: int
    first: bool
    dossier: Dossier


class NowRow(NamedTuple):
    """One row of the projection, its moments in milliseconds; the columns of the table in their order."""

    dossier_id: int
    version_id: int
    basis: str
    lead: bool
    as_of: int
    open: bool
    receiving_agency: str
    handling_agency: str
    agency: str
    standing: str
    due: int | None
    reception_agency: str
    reception_standing: str
    reception_due: int | None
    result_agency: str
    result_standing: str
    result_due: int | None
    due_days_only: int
    noted: str
    owing_from: int | None
    next_change_at: int | None
    paused_on: int | None = None


_KEPT = "CASE WHEN dossier_now.as_of > excluded.as_of THEN dossier_now.as_of ELSE excluded.as_of END"
_NAMES = ", ".join(NowRow._fields)
_ONCE = (
    " ON CONFLICT (dossier_id) DO UPDATE SET "
    + ", ".join(f"{name} = {_KEPT if name == 'as_of' else f'excluded.{name}'}" for name in NowRow._fields[1:])
    + " WHERE dossier_now.version_id <= excluded.version_id"
)
_UPSERT = f"INSERT INTO dossier_now ({_NAMES}) VALUES ({', '.join('?' * len(NowRow._fields))}){_ONCE}"  # noqa: S608
_BESIDE = "dossier_now_written"
_MAKE_BESIDE = f"CREATE TEMPORARY TABLE IF NOT EXISTS {_BESIDE} (LIKE dossier_now) ON COMMIT DELETE ROWS"
_UPSERT_ALL = f"INSERT INTO dossier_now ({_NAMES}) SELECT {_NAMES} FROM {_BESIDE}{_ONCE}"  # noqa: S608
"""PostgreSQL takes rows by COPY into a table of the connection's own, and then all at once: a third of the cost."""


_MARK = "projection.reckoned"
_RECKONED = "SELECT value FROM marks WHERE name = ?"
_COUNT = (
    "INSERT INTO marks (name, value) VALUES (?, '1')"
    " ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(marks.value AS INTEGER) + 1 AS TEXT)"
)
_CONFIRM = "UPDATE dossier_now SET as_of = ? WHERE dossier_id BETWEEN ? AND ? AND as_of < ?"
_CONFIRM_ALL = (
    "UPDATE dossier_now SET as_of = told.moment"
    " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS told (moment, first, last, before)"
    " WHERE dossier_id BETWEEN told.first AND told.last AND as_of < told.before"
)


def page_end(db: Connection, number: int, after: int, limit: int) -> int | None:
    """The last of so many versions that a file wrote after one; None where it wrote no more."""
    query = select(versions.c.id).where(versions.c.import_id == number, versions.c.id > after)
    page = query.order_by(versions.c.id).limit(limit).subquery()
    last: int | None = db.execute(select(func.max(page.c.id))).scalar_one()
    return last


def still_told(db: Connection, number: int, after: int, last: int, place: Placing) -> tuple[Known, ...]:
    """Dossiers by what a file said of them, from one version to another; those somebody spoke of since are left out."""
    query = _facts().where(versions.c.import_id == number, versions.c.id > after, versions.c.id <= last)
    if _any_since(db, number):  # mostly nobody did, and it need not be asked of each
        later = versions.alias("later")
        loading = select(imports.c.id).where(imports.c.state == ImportState.LOADING)
        superseded = select(later.c.id).where(
            later.c.dossier_id == versions.c.dossier_id, later.c.id > versions.c.id, later.c.import_id.not_in(loading)
        )
        query = query.where(~superseded.exists())
    return tuple(_known(db, query.order_by(versions.c.id), place))


def _any_since(db: Connection, number: int) -> bool:
    """Whether a file of the same source was taken in after one."""
    source = select(imports.c.source).where(imports.c.id == number).scalar_subquery()
    since = select(imports.c.id).where(VISIBLE, imports.c.id > number, imports.c.source == source)
    return db.execute(since.limit(1)).first() is not None


def stepped_by(db: Connection, number: int, after: int, limit: int) -> tuple[int, ...]:
    """The numbers of dossiers of which a file told steps, ascending, those after one."""
    query = select(steps.c.dossier_id).where(steps.c.import_id == number, steps.c.dossier_id > after).distinct()
    return tuple(db.execute(query.order_by(steps.c.dossier_id).limit(limit)).scalars())


def latest(db: Connection, numbers: Iterable[int], place: Placing) -> tuple[Known, ...]:
    """Some dossiers as last told, by their numbers; those nobody visibly spoke of are left out."""
    found = _known(db, _latest_of(db, sorted(set(numbers))), place)
    return tuple(sorted(found, key=lambda one: one.number))


def due(db: Connection, moment: datetime, limit: int, place: Placing) -> tuple[Known, ...]:
    """Dossiers whose standing changes by itself at or before a moment."""
    query = _projected().where(now.c.next_change_at <= to_ms(moment))
    return tuple(_known(db, query.order_by(now.c.next_change_at).limit(limit), place))


def stale(db: Connection, basis: str, limit: int, place: Placing) -> tuple[Known, ...]:
    """Dossiers worked out with another law or register than this."""
    for other in (now.c.basis < basis, now.c.basis > basis):
        found = tuple(_known(db, _projected().where(other).limit(limit), place))
        if found:
            return found
    return ()


def samples(db: Connection, count: int, place: Placing) -> tuple[tuple[Known, NowRow], ...]:
    """Some dossiers at random as last told, each with its row of the projection."""
    chosen = select(now.c.dossier_id).order_by(func.random()).limit(count)
    rows = {
        row.dossier_id: NowRow(**dict(row._mapping) | {"as_of": to_ms(row.as_of)})
        for row in db.execute(select(now).where(now.c.dossier_id.in_(chosen)))
    }
    return tuple((known, rows[known.number]) for known in _known(db, _latest_of(db, sorted(rows)), place))


def missing(db: Connection) -> int:
    """How many dossiers were told of and are not in the projection, though nothing waits to be projected."""
    told = select(versions.c.dossier_id).join(imports, imports.c.id == versions.c.import_id)
    there = select(now.c.dossier_id)
    query = told.where(imports.c.state == ImportState.PROJECTED, versions.c.dossier_id.not_in(there)).distinct()
    return int(db.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def reckoned(db: Connection, *, held: bool = False) -> str:
    """Changes whenever something was recorded that standings rest on; `held`: not before this transaction ends.

    What was worked out by an earlier one may rest on less than is recorded now.
    """
    wait = " FOR SHARE" if held and db.dialect.name != "sqlite" else ""
    return str(db.exec_driver_sql(raw(db, _RECKONED + wait), (_MARK,)).scalar_one_or_none() or "")


def write(db: Connection, rows: Iterable[NowRow]) -> None:
    """Keep how some dossiers stand; the moment their figures stand for never goes back, nor what they were told by.

    So it does not matter that one worked out meanwhile, in another lane or process, what was said since.
    """
    written = list(rows)
    if not written:
        return
    if db.dialect.name == "sqlite":
        db.exec_driver_sql(_UPSERT, written)
        return
    db.exec_driver_sql(_MAKE_BESIDE)
    copied(db, _BESIDE, NowRow._fields, written)
    db.exec_driver_sql(_UPSERT_ALL)


def confirm(db: Connection, runs: Iterable[tuple[int, int]], as_of: datetime) -> None:
    """Runs of dossiers, each by its first and last number, were told again as they were known, at a later moment."""
    moment = to_ms(as_of)
    many(db, _CONFIRM, _CONFIRM_ALL, [(moment, first, last, moment) for first, last in runs])


def reckon_anew(db: Connection, matters: Iterable[int], moment: datetime) -> None:
    """Let dossiers be worked out anew from a moment on: something was recorded that their standing rests on."""
    db.exec_driver_sql(raw(db, _COUNT), (_MARK,))
    for some in chunks(sorted({number for numbers in ids_of(db, matters).values() for number in numbers})):
        db.execute(update(now).where(now.c.dossier_id.in_(some)).values(next_change_at=to_ms(moment)))


def begin_anew(db: Connection) -> None:
    """Let every file be projected again."""
    db.execute(update(imports).where(imports.c.state == ImportState.PROJECTED).values(state=ImportState.TAKEN))


def _facts() -> Select[Any]:
    return (
        select(dossiers.c.id, versions.c.id, versions.c.import_id == dossiers.c.import_id, *FACTS)
        .select_from(versions)
        .join(dossiers, dossiers.c.id == versions.c.dossier_id)
        .join(imports, imports.c.id == versions.c.import_id)
    )


def _projected() -> Select[Any]:
    return _facts().join(now, now.c.version_id == versions.c.id)


def _latest_of(db: Connection, numbers: Iterable[int]) -> Select[Any]:
    last = (
        select(func.max(versions.c.id))
        .join(imports, imports.c.id == versions.c.import_id)
        .where(VISIBLE, among(db, versions.c.dossier_id, numbers))
        .group_by(versions.c.dossier_id)
    )
    return _facts().where(versions.c.id.in_(last))


def _known(db: Connection, query: Select[Any], place: Placing) -> list[Known]:
    rows = db.execute(query).all()
    return [Known(row[0], row[1], bool(row[2]), dossier_of(row[3:], place=place)) for row in rows]
