"""Who looked at dossiers, or did something with them: one row a look, of a list one row with its filter and count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, select

from monitor.store.ledger_tables import Deed, access_log

__all__ = ["Access", "Deed", "latest", "note"]

COMMAND, PAGE, LINK, API = "command", "page", "link", "api"
"""By which road somebody came."""
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One look. `by` is a name where one is known, else the account on the machine, or the address asked from."""

    at: datetime
    by: str
    road: str
    deed: Deed
    what: str


def note(db: Connection, at: datetime, by: str, road: str, deed: Deed, what: str) -> None:  # noqa: PLR0917 - a line of the log
    """Write down who looked at what: "hồ sơ MÃ", or a list's filter and count."""
    row = {"at": at, "by": by[:_LONGEST], "road": road, "deed": deed, "what": what[:_LONGEST]}
    db.execute(access_log.insert().values(row))


def latest(db: Connection, *, most: int, code: str = "", since: datetime | None = None) -> tuple[Access, ...]:
    """The newest looks first; those at one dossier by its code, or since a moment."""
    wanted = select(access_log).order_by(access_log.c.id.desc()).limit(most)
    if code:
        wanted = wanted.where(access_log.c.what.contains(code.strip().upper(), autoescape=True))
    if since is not None:
        wanted = wanted.where(access_log.c.at >= since)
    return tuple(_access(row) for row in db.execute(wanted))


def _access(row: Row[tuple[object, ...]]) -> Access:
    return Access(at=row.at, by=row.by, road=row.road, deed=row.deed, what=row.what)
