"""From looks to interruptions: when a service was cut off, and how exactly that is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.look import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How looks are judged: so many failed looks in a row confirm an interruption."""

    confirmations: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """One interruption of one target, as the looks tell it.

    It started in (`last_good`, `first_bad`], point estimate `first_bad`, and ended in [`last_bad`, `first_good`),
    point estimate `first_good`. `last_good` is None where nothing good was seen before, `first_good` while it is open.
    """

    service: str
    target: str
    last_good: datetime | None
    first_bad: datetime
    last_bad: datetime
    first_good: datetime | None
    cause: Cause
    failed_looks: int

    @property
    def open(self) -> bool:
        """Whether no good look has ended it yet."""
        return self.first_good is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What `advance` remembers of one target between looks."""

    target: str
    last_good: datetime | None = None
    first_bad: datetime | None = None
    last_bad: datetime | None = None
    failed_looks: int = 0
    cause: Cause = Cause.NONE
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The outcome of one more look: the new memory, and what it opened or closed."""

    watch: Watch
    opened: Interruption | None = None
    closed: Interruption | None = None
    recheck: bool = False                # a first failure: one extra look is wanted soon
