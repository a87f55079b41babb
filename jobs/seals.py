"""The day's heads are signed: at 00:05 for the day that is over, once for however many were missed."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from jobs.app import App
from monitor.core.journal import fingerprint, statement
from monitor.core.period import day_of
from monitor.store import EventKind, events, journal, reading, signatures, writing
from monitor.store.seal_key import SealKey, SealKeyUnusable, seal_key
from monitor.store.signatures import Signature, heads_of

log = structlog.get_logger()

_DAY = timedelta(days=1)


def sign(app: App, _due: datetime, now: datetime) -> None:
    """Sign the newest links of all chains for the latest day that is over; days missed before it stay unsigned.

    No day is signed on which this monitor was not there yet. A key that cannot be used is one line in the log: looking
    and telling do not hang on it.
    """
    day = day_of(now) - _DAY
    with reading(app.engine) as db:
        begun = events.first(db)
    if begun is not None and day_of(begun) > day:
        return
    try:
        key = seal_key(app.settings.seal_key)
    except SealKeyUnusable as error:
        log.error("seals.no_key", why=str(error))
        return
    with reading(app.engine) as db:
        signed = _signed(db, key, day.isoformat(), now)
        before = signatures.newest(db)
    if not signed.heads:
        return
    with writing(app.engine) as db:
        new = signatures.add(db, signed)
        if new and before is not None and before.key != key.public:
            events.add(db, now, EventKind.SEAL_KEY, f"{fingerprint(before.key)} → {key.fingerprint}")
    log.info("seals.signed", day=signed.day, chains=len(signed.heads), new=new)


def _signed(db: Connection, key: SealKey, day: str, now: datetime) -> Signature:
    heads = heads_of(journal.heads(db))
    return Signature(day=day, key=key.public, made_at=now, heads=heads, signature=key.sign(statement(day, heads)))
