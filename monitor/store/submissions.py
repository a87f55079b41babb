"""Forms that were handed in: what a form writes is written once, however often its button is pressed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.store.record_tables import submissions
from monitor.store.statements import insert

KEPT = timedelta(days=7)
"""Far longer than a form may be handed in after it was shown."""


def once(db: Connection, token: str, now: datetime) -> bool:
    """Whether this form is handed in for the first time; to be asked in the transaction that writes what it says."""
    db.execute(submissions.delete().where(submissions.c.at < now - KEPT))
    row = {"token": token, "at": now}
    first = insert(db, submissions).values(row).on_conflict_do_nothing().returning(submissions.c.token)
    return db.execute(first).one_or_none() is not None
