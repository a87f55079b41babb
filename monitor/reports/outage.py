"""What is told of an interruption: since when, how surely, what is seen, what the law asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.look import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One interruption of one target, open (`first_good` is None) or over; moments are aware."""

    service: str
    procedure: str
    target: str
    owner: str
    last_good: datetime | None
    first_bad: datetime
    last_bad: datetime
    first_good: datetime | None
    cause: Cause
    citations: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether the service works again."""
        return self.first_good is not None

    @property
    def length(self) -> timedelta:
        """How long it lasted by the best estimate, or has lasted at least; nothing where the clock was set back."""
        return max((self.first_good or self.last_bad) - self.first_bad, timedelta())

    @property
    def shortest(self) -> timedelta:
        """From the first failed look to the last."""
        return max(self.last_bad - self.first_bad, timedelta())

    @property
    def longest(self) -> timedelta | None:
        """From the last good look before to the first after; None where either is missing."""
        return self.first_good - self.last_good if self.first_good and self.last_good else None
