"""What is told of an interruption: since when, how surely, what is seen, what the law asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.attribution import Fault
from monitor.core.interruption import Interruption
from monitor.core.look import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Another required target of the service, interrupted in the same failure of it."""

    name: str
    first_bad: datetime
    first_good: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One interruption of one target, open (`first_good` is None) or over; moments are aware.

    `status` is what the first failed look was answered with. A `drill` is a test of the monitor, and no service failed.
    `repeats` is the interruption that it is a recurrence of ("tái diễn"). `several`: the service has other targets that
    it is down for, and `besides` are those of them that this failure struck too.
    `handle` is what commands call it by, empty in a drill; `fault` what the panels beside its failed looks blame so
    far, None where there is none.
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
    several: bool = False
    besides: tuple[Place, ...] = ()
    handle: str = ""
    fault: Fault | None = None

    @property
    def over(self) -> bool:
        """Whether the target works again."""
        return self.first_good is not None

    @property
    def since(self) -> datetime:
        """When the failure of the service began, wherever it was seen first."""
        return min([self.first_bad, *(one.first_bad for one in self.besides)])

    @property
    def added(self) -> bool:
        """Whether the service was down already when this target failed too."""
        return self.since < self.first_bad

    @property
    def still(self) -> tuple[Place, ...]:
        """The other places that do not work yet."""
        return tuple(one for one in self.besides if one.first_good is None)

    @property
    def back(self) -> datetime | None:
        """When the whole service worked again; None while a part of it does not."""
        ends = [self.first_good, *(one.first_good for one in self.besides)]
        known = [end for end in ends if end is not None]
        return max(known) if len(known) == len(ends) else None
