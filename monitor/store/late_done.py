"""What files say has ended late, file by file in the order they were taken in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from sqlalchemy import Connection, func, or_, select, true

from monitor.core.finding import Standing
from monitor.store.dossier_tables import VISIBLE, ImportState, dossiers, imports, now, versions

_LATE_DONE = Standing.LATE_DONE.value


@dataclass(frozen=True, slots=True)
class File:
    """A file that was taken in and worked out."""

    number: int
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EndedLate:
    """A dossier that a file's version says ended late; its facts stand under `matter`."""

    version: int
    matter: int


def files_after(db: Connection, number: int) -> list[File]:
    """The files after one, up to the first that is not worked out yet; those refused are left out."""
    wanted = select(imports.c.id, imports.c.source, imports.c.at, imports.c.state).where(
        imports.c.id > number, imports.c.state != ImportState.FAILED
    )
    rows = db.execute(wanted.order_by(imports.c.id))
    return [File(row.id, row.source, row.at) for row in takewhile(lambda row: row.state is ImportState.PROJECTED, rows)]


def newest_file(db: Connection) -> int:
    """The number of the last file that began to be taken in; 0 where there is none."""
    return int(db.execute(select(func.max(imports.c.id))).scalar_one() or 0)


def figures_before(db: Connection, file: File) -> datetime | None:
    """The latest moment that earlier files of its source stand for; None for a source's first file."""
    earlier = (imports.c.source == file.source, imports.c.id < file.number, VISIBLE)
    wanted = select(func.max(imports.c.as_of)).where(*earlier)
    found: datetime | None = db.execute(wanted).scalar_one()
    return found


def told_by(db: Connection, file: File, after: int, limit: int) -> list[EndedLate]:
    """Of what a file tells, the dossiers that ended late by what is known now; from a version's number on.

    Whether it ended in this file or in one taken in since, what was said before (`words_before`) tells.
    """
    wanted = (
        select(versions.c.id, dossiers.c.matter)
        .select_from(versions)
        .join(now, now.c.dossier_id == versions.c.dossier_id)
        .join(dossiers, dossiers.c.id == versions.c.dossier_id)
        .where(
            versions.c.import_id == file.number,
            versions.c.id > after,
            now.c.lead == true(),
            or_(now.c.reception_standing == _LATE_DONE, now.c.result_standing == _LATE_DONE),
        )
    )
    return [EndedLate(number, matter) for number, matter in db.execute(wanted.order_by(versions.c.id).limit(limit))]
