"""The one clock of the program, and the one that tests and the demo turn by hand."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from monitor.core.period import aware


class Clock(Protocol):
    """Wall time for what is said, monotonic time for what is measured."""

    def now(self) -> datetime:
        """The moment, aware, UTC, whole milliseconds."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, and stand still while the machine sleeps."""
        ...

    def slept(self) -> float:
        """Seconds the machine has slept since it was switched on."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The machine's moment."""
        return aware(datetime.now(UTC))

    def monotonic(self) -> float:
        """The machine's monotonic seconds."""
        return time.monotonic()

    def slept(self) -> float:
        """How far the machine's clock that counts sleep is ahead of the one that does not."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


@dataclass
class HandClock:
    """A clock that stands still until it is turned."""

    moment: datetime
    seconds: float = field(default=0.0)

    def now(self) -> datetime:
        """The moment it was last turned to."""
        return aware(self.moment)

    def monotonic(self) -> float:
        """Seconds turned so far."""
        return self.seconds

    def slept(self) -> float:
        """A clock turned by hand never sleeps."""
        return 0.0

    def turn_to(self, moment: datetime) -> None:
        """Go forward to a moment; raise ValueError for an earlier one."""
        if moment < self.moment:
            raise ValueError(f"a clock is not turned back from {self.moment} to {moment}")
        self.seconds += (moment - self.moment) / timedelta(seconds=1)
        self.moment = moment
