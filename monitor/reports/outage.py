"""What is told of an interruption: since when, how surely, what is seen, what the law asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.interruption import Interruption
from monitor.core.look import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One interruption of one target, open (`first_good` is None) or over; moments are aware.

    `status` is what the first failed look was answered with. A `drill` is a test of the monitor, and no service failed.
    `repeats` is the interruption that it is a recurrence of ("tái diễn").
    """

    service: str
    procedure: str
    target: str
    owner: str
    last_good: datetime | None
    first_bad: datetime
    last_bad: datetime
    first_good: datetime | None
    cause: Cause
    status: int | None = None
    citations: tuple[str, ...] = ()
    drill: bool = False
    repeats: Interruption | None = None

    @property
    def over(self) -> bool:
        """Whether the service works again."""
        return self.first_good is not None
