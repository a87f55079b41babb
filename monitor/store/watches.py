"""What is remembered between looks: each target's watch, and marks by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from monitor.core.interruption import Watch
from monitor.core.look import Cause
from monitor.core.period import from_ms, to_ms
from monitor.store.statements import raw

_LOAD = "SELECT last_good, first_bad, last_bad, failed_looks, cause, confirmed FROM watches WHERE target = ?"
_SAVE = """
INSERT INTO watches (target, last_good, first_bad, last_bad, failed_looks, cause, confirmed)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (target) DO UPDATE SET last_good = excluded.last_good, first_bad = excluded.first_bad,
    last_bad = excluded.last_bad, failed_looks = excluded.failed_looks, cause = excluded.cause,
    confirmed = excluded.confirmed
"""


def load(db: Connection, target: str) -> Watch:
    """What is remembered of a target; of one never looked at, nothing."""
    row = db.exec_driver_sql(raw(db, _LOAD), (target,)).one_or_none()
    if row is None:
        return Watch(target=target)
    good, first_bad, last_bad, failed, cause, confirmed = row
    return Watch(
        target=target,
        last_good=_moment(good),
        first_bad=_moment(first_bad),
        last_bad=_moment(last_bad),
        failed_looks=failed,
        cause=Cause(cause),
        confirmed=bool(confirmed),
    )


def save(db: Connection, watch: Watch) -> None:
    """Remember a target's watch in place of what was remembered."""
    row = (
        watch.target,
        _ms(watch.last_good),
        _ms(watch.first_bad),
        _ms(watch.last_bad),
        watch.failed_looks,
        watch.cause.value,
        watch.confirmed,
    )
    db.exec_driver_sql(raw(db, _SAVE), row)


def get_mark(db: Connection, name: str) -> str | None:
    """What was last noted under a name."""
    return db.exec_driver_sql(raw(db, "SELECT value FROM marks WHERE name = ?"), (name,)).scalar_one_or_none()


def set_mark(db: Connection, name: str, value: str) -> None:
    """Note something under a name in place of what was noted there."""
    note = "INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    db.exec_driver_sql(raw(db, note), (name, value))


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else from_ms(ms)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)
