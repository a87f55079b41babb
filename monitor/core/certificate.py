"""A server's certificate as one look at it saw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a server proved itself with.

    `sha256` is of the DER form and tells one certificate from the next. `problem` says in Vietnamese why it is not to
    be trusted under the name it was asked by; empty where it is. Times are aware UTC.
    """

    subject: str
    issuer: str
    names: tuple[str, ...] = ()
    not_before: datetime
    not_after: datetime
    sha256: str
    problem: str = ""

    def days_left(self, now: datetime) -> int:
        """Whole days until it expires; negative once it has."""
        return (self.not_after - now) // _DAY
