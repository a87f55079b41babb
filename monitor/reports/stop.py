"""A planned stop as it stands, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.core.uptime import Notice
from monitor.store.withdrawals import Withdrawal


class StopClass(StrEnum):
    """What an announced stop is called (Nghị định 224/2026/NĐ-CP, Điều 13); time in the first alone is MAINTENANCE."""

    IN_TIME = "in_time"  # kế hoạch – có thông báo đủ 07 ngày làm việc
    TOO_LATE = "too_late"  # kế hoạch – thông báo không đủ hạn: counted down
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
