"""The tokens of a channel's account, kept in the database for every process that sends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from monitor.store import channel_tokens, reading, writing
from monitor.store.channel_tokens import Kept
from notifiers.tokens import Tokens

LEASE = timedelta(seconds=90)
"""Longer than the one request that the right is for, whose deadline is 30 seconds."""


class StoredTokens:
    """What a channel wants kept; `entered` is the refresh token that a person put into the secrets file.

    Another one there than that from which the kept ones came is newer: a person had it issued because those were
    dead, so they count for nothing.
    """

    def __init__(self, engine: Engine, account: str, entered: str, now: Callable[[], datetime]) -> None:
        self._engine, self._account, self._now = engine, account, now
        self._seed = hashlib.sha256(entered.encode()).hexdigest()

    def kept(self) -> Tokens | None:
        """What is kept and still counts, with the seconds that are left of it."""
        with reading(self._engine) as db:
            found = channel_tokens.kept(db, self._account)
        if found is None or found.seed != self._seed:
            return None
        return Tokens(
            access=found.access,
            refresh=found.refresh,
            access_s=self._left(found.access_until),
            refresh_s=self._left(found.refresh_until),
        )

    def begin_refresh(self) -> bool:
        """Take the right to use the refresh token up, in one short transaction; False while somebody has it."""
        with writing(self._engine) as db:
            return channel_tokens.claim(db, self._account, self._now(), LEASE)

    def keep(self, tokens: Tokens) -> None:
        """Keep new ones and give the right back, together; once this returns they outlive a crash."""
        now = self._now()
        new = Kept(
            access=tokens.access,
            access_until=_until(now, tokens.access_s),
            refresh=tokens.refresh,
            refresh_until=_until(now, tokens.refresh_s),
            seed=self._seed,
        )
        with writing(self._engine) as db:
            channel_tokens.keep(db, self._account, new, now)
            channel_tokens.release(db, self._account)

    def end_refresh(self) -> None:
        """Give the right back without new ones."""
        with writing(self._engine) as db:
            channel_tokens.release(db, self._account)

    def _left(self, until: datetime | None) -> float | None:
        return None if until is None else (until - self._now()).total_seconds()


def _until(now: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=int(seconds))
