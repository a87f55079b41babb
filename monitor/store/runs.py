"""Moments of appointed jobs: the claim, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from monitor.store.statements import insert
from monitor.store.states import RunState
from monitor.store.tables import runs


def claim(db: Connection, job: str, due: datetime, now: datetime) -> bool:
    """Take a moment of a job, unless it was served.

    A claim that was never finished may be taken again: its process died, or the job failed. Two at once are kept apart
    by others, the scheduler within a process and `hold` between processes.
    """
    row = {"job": job, "due": due, "state": RunState.BEGUN, "tries": 1, "begun_at": now}
    taken = (
        insert(db, runs)
        .values(row)
        .on_conflict_do_update(
            index_elements=[runs.c.job, runs.c.due],
            set_={"begun_at": now, "tries": runs.c.tries + 1},
            where=runs.c.state != RunState.DONE,
        )
        .returning(runs.c.job)
    )
    return db.execute(taken).one_or_none() is not None


def finish(db: Connection, job: str, due: datetime, now: datetime) -> None:
    """Write down that a moment was served; it is never taken again."""
    mine = (runs.c.job == job) & (runs.c.due == due)
    db.execute(runs.update().where(mine).values(state=RunState.DONE, ended_at=now))


def served(db: Connection, job: str, due: datetime) -> bool:
    """Whether a moment of a job was served."""
    mine = select(runs.c.state).where(runs.c.job == job, runs.c.due == due)
    return db.execute(mine).scalar_one_or_none() is RunState.DONE
