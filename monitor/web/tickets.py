"""Tickets that forms carry: only a page of ours gives one out, and each is taken once."""

from __future__ import annotations

import hmac
import os
from datetime import datetime, timedelta
from hashlib import sha256

from monitor.core.period import from_ms, to_ms

VALID = timedelta(hours=12)
"""How long a form may stand open before it is handed in."""


class Tickets:
    """Gives out and knows again tickets of this process; the secret is new with every start and kept nowhere."""

    def __init__(self, secret: bytes | None = None) -> None:
        self._secret = secret or os.urandom(32)

    def new(self, now: datetime) -> str:
        """A ticket nobody has had before."""
        said = f"{os.urandom(16).hex()}.{to_ms(now)}"
        return f"{said}.{self._mark(said)}"

    def known(self, ticket: str, now: datetime) -> bool:
        """Whether a ticket was given out here, and not too long ago."""
        said, _, mark = ticket.rpartition(".")
        if not hmac.compare_digest(mark.encode(), self._mark(said).encode()):
            return False
        given = from_ms(int(said.rpartition(".")[2]))
        return given <= now + timedelta(minutes=1) and now - given <= VALID

    def _mark(self, said: str) -> str:
        return hmac.new(self._secret, said.encode(), sha256).hexdigest()
