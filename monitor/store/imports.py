"""Files taken in: what each was, what came of it, and which rows of it were set aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, select, update

from monitor.core.source import BadRow
from monitor.store import packed
from monitor.store.dossier_tables import VISIBLE, ImportState, bad_rows, dossiers, imports, steps, versions

__all__ = ["Counts", "ImportRow", "ImportState"]

_GOOD = (ImportState.TAKEN, ImportState.PROJECTED)
REASONS_KEPT = 10_000
"""So many rows set aside are kept with their reason; a file with more is none of ours, and all are counted."""


@dataclass(slots=True)
class Counts:
    """What became of a file's rows; `read` is all of them."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0  # newer figures were known already
    repeated: int = 0  # told twice in one file
    set_aside: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One file taken in. `as_of` is the moment its figures stand for, `why` what kept it out where it FAILED."""

    id: int
    source: str
    name: str
    size: int
    state: ImportState
    at: datetime
    as_of: datetime
    layout: str
    read: int
    new: int
    changed: int
    unchanged: int
    older: int
    repeated: int
    set_aside: int
    why: str
    notes: tuple[str, ...]


_COLUMNS = tuple(imports.c[name] for name in ImportRow.__dataclass_fields__)


def _rows(db: Connection, query: Select[Any]) -> tuple[ImportRow, ...]:
    return tuple(_row(row) for row in db.execute(query))


def _row(row: Row[Any]) -> ImportRow:
    values = dict(row._mapping)
    return ImportRow(**values | {"notes": tuple(values["notes"].splitlines())})


def recent(db: Connection, limit: int) -> tuple[ImportRow, ...]:
    """The last files taken in or refused, newest first; one that is being read is not among them."""
    query = select(*_COLUMNS).where(imports.c.state != ImportState.LOADING)
    return _rows(db, query.order_by(imports.c.id.desc()).limit(limit))


def refused(db: Connection) -> tuple[ImportRow, ...]:
    """Files that could not be taken in, newest first, of each source those after its last good one."""
    good = imports.alias()
    last = select(func.max(good.c.id)).where(good.c.source == imports.c.source, good.c.state.in_(_GOOD))
    since = imports.c.id > func.coalesce(last.scalar_subquery(), 0)
    query = select(*_COLUMNS).where(imports.c.state == ImportState.FAILED, since)
    return _rows(db, query.order_by(imports.c.id.desc()))


def waiting(db: Connection) -> tuple[ImportRow, ...]:
    """Files whose dossiers are not projected yet, oldest first."""
    return _rows(db, select(*_COLUMNS).where(imports.c.state == ImportState.TAKEN).order_by(imports.c.id))


def known(db: Connection, source: str, digest: bytes, manner: bytes) -> ImportRow | None:
    """The same bytes, taken in before from the same source and read in the same manner."""
    query = select(*_COLUMNS).where(
        imports.c.source == source,
        imports.c.digest == digest,
        imports.c.manner == manner,
        VISIBLE,
    )
    return next(iter(_rows(db, query.order_by(imports.c.id.desc()).limit(1))), None)


def get(db: Connection, number: int) -> ImportRow:
    """One file by its number."""
    (row,) = _rows(db, select(*_COLUMNS).where(imports.c.id == number))
    return row


def begin(
    db: Connection,
    *,
    source: str,
    name: str,
    size: int,
    digest: bytes,
    manner: bytes,
    at: datetime,
    complete: bool = True,
) -> int:
    """Begin to take a file in; the number of its row. No reader sees what is written under it.

    `complete`: what its source has in its scope and it lacks is no longer in the list.
    """
    values = dict.fromkeys(Counts.__dataclass_fields__, 0)
    made = db.execute(
        imports.insert().values(
            source=source, name=name, size=size, digest=digest, manner=manner, state=ImportState.LOADING, at=at,
            as_of=at, layout="", why="", notes="", complete=complete, **values,
        )
    )  # fmt: skip
    (number,) = made.inserted_primary_key or (0,)
    return int(number)


def take(
    db: Connection,
    number: int,
    *,
    as_of: datetime,
    layout: str,
    counts: Mapping[str, int],
    notes: Iterable[str],
    confirmed: bytes | None,
    whole: bool = True,
) -> None:
    """The last commit of a file: from now on readers see what it says.

    `confirmed` are the numbers told again, packed before the transaction begins: there may be a million. What a
    file that is not `whole` leaves out means nothing, whatever was thought of it when it was begun.
    """
    also = {} if whole else {"complete": False}
    db.execute(
        update(imports)
        .where(imports.c.id == number, imports.c.state == ImportState.LOADING)
        .values(
            state=ImportState.TAKEN, as_of=as_of, layout=layout, notes="\n".join(notes),
            confirmed=confirmed, **also, **counts,
        )
    )  # fmt: skip


def projected(db: Connection, number: int) -> None:
    """All a file says of dossiers stands in the projection."""
    db.execute(update(imports).where(imports.c.id == number).values(state=ImportState.PROJECTED))


def confirmed(db: Connection, number: int) -> Sequence[int]:
    """Numbers, ascending, of the dossiers that a file told again as they were known."""
    return packed.unpack(db.execute(select(imports.c.confirmed).where(imports.c.id == number)).scalar_one())


def fail(db: Connection, number: int, why: str) -> None:
    """A file could not be taken in; what was written under it must be gone already."""
    db.execute(update(imports).where(imports.c.id == number).values(state=ImportState.FAILED, why=why))


def unfinished(db: Connection) -> tuple[int, ...]:
    """Files that somebody began to take in and did not finish."""
    return tuple(db.execute(select(imports.c.id).where(imports.c.state == ImportState.LOADING)).scalars())


def discard(db: Connection, number: int, limit: int) -> bool:
    """Remove at most so many rows written under an unfinished file; whether any may be left."""
    for table, keys in (
        (versions, (versions.c.id,)),
        (steps, (steps.c.id,)),
        (bad_rows, (bad_rows.c.place,)),
        (dossiers, (dossiers.c.id,)),
    ):
        some = select(*keys).where(table.c.import_id == number).order_by(keys[0].desc()).limit(limit).scalar_subquery()
        gone = db.execute(delete(table).where(table.c.import_id == number, keys[0].in_(some)))
        if gone.rowcount:
            return True
    return False


def add_bad_rows(db: Connection, number: int, place: int, rows: Sequence[BadRow]) -> None:
    """Keep rows set aside, numbered from `place`, until REASONS_KEPT."""
    kept = rows[: max(0, REASONS_KEPT - place)]
    if kept:
        db.execute(
            bad_rows.insert(),
            [
                {"import_id": number, "place": at, "row": bad.row, "code": bad.code, "reason": bad.reason}
                for at, bad in enumerate(kept, place)
            ],
        )


def set_aside(db: Connection, number: int, limit: int) -> tuple[BadRow, ...]:
    """The first rows of a file that were set aside."""
    query = select(bad_rows.c.row, bad_rows.c.code, bad_rows.c.reason).where(bad_rows.c.import_id == number)
    return tuple(BadRow(*row) for row in db.execute(query.order_by(bad_rows.c.place).limit(limit)))
