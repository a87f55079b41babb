"""Tokens of channels that give a new one for each used: kept before they are used, changed by one process at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from monitor.store.duty_tables import channel_tokens
from monitor.store.statements import insert

ACCESS, REFRESH, SEED, LEASE = "access", "refresh", "seed", "lease"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The tokens of one account. `seed` is the digest of the refresh token that a person entered, and all came from."""

    access: str = field(repr=False)
    access_until: datetime | None
    refresh: str = field(repr=False)
    refresh_until: datetime | None
    seed: str


def kept(db: Connection, account: str) -> Kept | None:
    """What is kept of an account; None where nothing is."""
    rows = {row.name: row for row in db.execute(select(channel_tokens).where(channel_tokens.c.channel == account))}
    if not {ACCESS, REFRESH, SEED} <= set(rows):
        return None
    return Kept(
        access=rows[ACCESS].value,
        access_until=rows[ACCESS].expires_at,
        refresh=rows[REFRESH].value,
        refresh_until=rows[REFRESH].expires_at,
        seed=rows[SEED].value,
    )


def claim(db: Connection, account: str, now: datetime, lease: timedelta) -> bool:
    """Take the right to change them for so long; False while somebody else has it."""
    row = {"channel": account, "name": LEASE, "value": "", "expires_at": now + lease, "at": now}
    free = channel_tokens.c.expires_at <= now
    taken = insert(db, channel_tokens).values(row)
    taken = taken.on_conflict_do_update(
        index_elements=["channel", "name"], set_={"expires_at": now + lease, "at": now}, where=free
    )
    return db.execute(taken.returning(channel_tokens.c.name)).one_or_none() is not None


def release(db: Connection, account: str) -> None:
    """Give that right back."""
    lease = (channel_tokens.c.channel == account) & (channel_tokens.c.name == LEASE)
    db.execute(channel_tokens.delete().where(lease))


def keep(db: Connection, account: str, tokens: Kept, now: datetime) -> None:
    """Put new ones in the place of the old."""
    for name, value, until in (
        (ACCESS, tokens.access, tokens.access_until),
        (REFRESH, tokens.refresh, tokens.refresh_until),
        (SEED, tokens.seed, None),
    ):
        row = {"channel": account, "name": name, "value": value, "expires_at": until, "at": now}
        newer = {"value": value, "expires_at": until, "at": now}
        put = insert(db, channel_tokens).values(row)
        db.execute(put.on_conflict_do_update(index_elements=["channel", "name"], set_=newer))
