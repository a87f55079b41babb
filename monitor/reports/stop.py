"""A planned stop as it stands, and what time without a service is called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.core.uptime import Notice
from monitor.store.withdrawals import Withdrawal


class StopClass(StrEnum):
    """What time in which a service could not be used is called (NĐ 224/2026 Điều 13); only the first is MAINTENANCE."""

    IN_TIME = "in_time"  # kế hoạch – có thông báo đủ 07 ngày làm việc
    TOO_LATE = "too_late"  # kế hoạch – thông báo không đủ hạn: counted down
    FAILURE = "failure"  # sự cố
    FORCE_MAJEURE = "force_majeure"  # bất khả kháng: a label on DOWN, confirmed by a person
    UNMEASURED = "unmeasured"  # không đo được
    WITHDRAWN = "withdrawn"  # a notice that was taken back: it announces nothing any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A planned stop; `counts`: announced in time and not taken back, so that it is maintenance."""

    number: int
    notice: Notice
    counts: bool
    by: str = ""
    withdrawn: Withdrawal | None = None

    @property
    def kind(self) -> StopClass:
        """What it is called."""
        if self.withdrawn is not None:
            return StopClass.WITHDRAWN
        return StopClass.IN_TIME if self.counts else StopClass.TOO_LATE
