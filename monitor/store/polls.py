"""Polls of sources: when each was, how far it came and why not further, and from where the next one asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select, true, update

from monitor.store.dossier_tables import dossiers, versions
from monitor.store.dossier_tables import now as dossier_now
from monitor.store.ledger_tables import PollState, polls

__all__ = ["PollRow", "PollState"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRow:
    """One poll. `since` is what the next one asks from; `why` (Vietnamese, with its mend) why it came no further."""

    id: int
    source: str
    begun_at: datetime
    ended_at: datetime | None
    state: PollState
    pages: int
    records: int
    since: str
    why: str


_COLUMNS = tuple(polls.c[name] for name in PollRow.__dataclass_fields__)


def _row(row: Row[Any]) -> PollRow:
    return PollRow(**row._mapping)


def last(db: Connection) -> dict[str, PollRow]:
    """The latest poll of each source that was ever polled, one that runs among them."""
    newest = select(func.max(polls.c.id)).group_by(polls.c.source)
    return {row.source: _row(row) for row in db.execute(select(*_COLUMNS).where(polls.c.id.in_(newest)))}


def last_good(db: Connection, by: datetime | None = None) -> dict[str, datetime]:
    """When the latest poll that fetched everything there was began, by source: so new its figures are.

    With `by`, of those that had ended by then.

    It may have had nothing to tell, where only what changed is asked for; no file was taken in then.
    """
    query = select(polls.c.source, func.max(polls.c.begun_at)).where(polls.c.state == PollState.DONE)
    if by is not None:
        query = query.where(polls.c.ended_at <= by)
    return {row[0]: row[1] for row in db.execute(query.group_by(polls.c.source))}


def begin(db: Connection, source: str, at: datetime, *, afresh: bool = False) -> PollRow:
    """Begin a poll; it asks from where the one before came to, or for everything."""
    query = select(polls.c.since).where(polls.c.source == source).order_by(polls.c.id.desc()).limit(1)
    since = "" if afresh else db.execute(query).scalar_one_or_none() or ""
    begun = polls.insert().values(
        source=source, begun_at=at, state=PollState.RUNNING, pages=0, records=0, since=since, why=""
    )
    return _row(db.execute(begun.returning(*_COLUMNS)).one())


def end(
    db: Connection,
    number: int,
    at: datetime,
    state: PollState,
    *,
    pages: int,
    records: int,
    since: str,
    why: str,
) -> PollRow:
    """What came of a poll; `since` moves on only with what was taken in."""
    values = {"ended_at": at, "state": state, "pages": pages, "records": records, "since": since, "why": why}
    return _row(db.execute(update(polls).where(polls.c.id == number).values(values).returning(*_COLUMNS)).one())


def abandoned(db: Connection, source: str, at: datetime, why: str) -> None:
    """Note that polls of a source did not live to end; only to be called while nobody polls it."""
    running = (polls.c.source == source, polls.c.state == PollState.RUNNING)
    db.execute(update(polls).where(*running).values(state=PollState.CUT, ended_at=at, why=why))


def still_open(db: Connection, source: str) -> int:
    """How many dossiers of a source are open, as far as it has told."""
    query = select(func.count()).select_from(dossier_now).join(dossiers, dossiers.c.id == dossier_now.c.dossier_id)
    return int(db.execute(query.where(dossiers.c.source == source, dossier_now.c.open == true())).scalar_one())


def to_look_up(db: Connection, source: str, older_than: datetime, limit: int) -> tuple[str, ...]:
    """Codes of open dossiers that a source is to be asked for one by one.

    Those it told of, whose word is the oldest; and, for half of the limit at least, those of the national portal that
    only others told of: codes that it refuses to tell of, time and again, do not keep these from being asked for.
    """
    told = dossiers.alias()
    same = (told.c.code == dossiers.c.code) | (told.c.matter == dossiers.c.matter)
    others = (
        select(dossiers.c.code)
        .join(dossier_now, dossier_now.c.dossier_id == dossiers.c.id)
        .join(versions, versions.c.id == dossier_now.c.version_id)
        .where(
            dossiers.c.source != source,
            dossier_now.c.open == true(),
            versions.c.from_national_portal == 1,
            ~exists().where(told.c.source == source, same),
        )
        .order_by(dossiers.c.id.desc())
        .limit(limit)
    )
    own = (
        select(dossiers.c.code)
        .join(dossier_now, dossier_now.c.dossier_id == dossiers.c.id)
        .where(dossiers.c.source == source, dossier_now.c.open == true(), dossier_now.c.as_of < older_than)
        .order_by(dossier_now.c.as_of, dossiers.c.id)
        .limit(limit)
    )
    new, old = list(db.execute(others).scalars()), list(db.execute(own).scalars())
    kept = max(limit // 2, limit - len(new))
    return _distinct([*old[:kept], *new])[:limit]


def _distinct(codes: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))
