"""A drill: once a week a page known to be down proves that a failure is seen, told and sent, and how fast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.core.period import at, ict

SERVICE = TARGET = "dien-tap"
"""The key under which its looks are sealed; no service of a register has it, so that no account counts them."""
DEADLINE = timedelta(minutes=10)
"""A drill that is not through by then has failed."""


class Outcome(StrEnum):
    """What came of a drill; the failures say which step did not come."""

    RUNNING = "running"
    PASSED = "passed"
    HELD = "held"  # through, up to letters that were kept here: it is a trial, or there is no mail server
    UNSEEN = "unseen"
    UNTOLD = "untold"
    UNSENT = "unsent"
    NO_ADDRESS = "no_address"
    UNRECOVERED = "unrecovered"
    CUT = "cut"  # the monitor ended amid it; another one follows

    @property
    def failed(self) -> bool:
        """Whether something a person must see to kept it from getting through."""
        return self in _FAILED


_FAILED = frozenset({Outcome.UNSEEN, Outcome.UNTOLD, Outcome.UNSENT, Outcome.NO_ADDRESS, Outcome.UNRECOVERED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One drill; every moment is None until it came.

    The page failed at `began`, was seen at `detected_at`, its letter was written at `told_at` and taken by the mail
    server at `accepted_at`; it worked again from `restored_at`, and the same once more.
    """

    began: datetime
    detected_at: datetime | None = None
    told_at: datetime | None = None
    accepted_at: datetime | None = None
    restored_at: datetime | None = None
    recovered_at: datetime | None = None
    recovery_told_at: datetime | None = None
    recovery_accepted_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome = Outcome.RUNNING

    def since_failure(self, moment: datetime | None) -> timedelta | None:
        """How long after the page failed a step came."""
        return None if moment is None else moment - self.began

    def since_recovery(self, moment: datetime | None) -> timedelta | None:
        """How long after the page worked again a step came."""
        return None if moment is None or self.restored_at is None else moment - self.restored_at


def last_due(now: datetime) -> datetime:
    """The latest Monday 08:00, Vietnamese time, not after a moment."""
    local = ict(now)
    due = at(local.date() - timedelta(days=local.weekday())) + timedelta(hours=8)
    return due if due <= now else due - timedelta(weeks=1)


def next_due(now: datetime) -> datetime:
    """The next one strictly after a moment."""
    return last_due(now) + timedelta(weeks=1)
