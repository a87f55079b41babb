"""One interruption as a window tells it: its bounds, and what of it lies within."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitor.core.interruption import Interruption
from monitor.core.period import MILLISECOND, Span


def _ms(length: timedelta) -> int:
    return length // MILLISECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """One interruption, and what of it lies in the period: observed, not observed.

    `status` is what the first failed look was answered with.
    """

    interruption: Interruption
    target_name: str
    within: Span
    observed_ms: int
    unobserved_ms: int
    status: int | None = None
    documents: tuple[str, ...] = ()

    @property
    def began_before(self) -> bool:
        """Whether it was already there when the period began."""
        return self.interruption.first_bad < self.within.start

    @property
    def ended_after(self) -> bool:
        """Whether it ended only after the period, as later looks tell."""
        good = self.interruption.first_good
        return good is not None and good > self.within.end

    @property
    def all_observed(self) -> bool:
        """Whether the whole of it, from its beginning to its end, lies in the period and was looked at throughout."""
        over = not self.interruption.open and not self.ended_after
        return over and not self.began_before and not self.unobserved_ms

    @property
    def start_error_ms(self) -> int | None:
        """How much earlier than stated it may have begun; None where nothing good was seen before."""
        good = self.interruption.last_good
        return None if good is None else _ms(self.interruption.first_bad - good)

    @property
    def length_ms(self) -> int | None:
        """From the first failed look to the first good one; None while it is open."""
        good = self.interruption.first_good
        return None if good is None else _ms(good - self.interruption.first_bad)

    @property
    def shortest_ms(self) -> int:
        """What the looks prove: from the first failed one to the last."""
        return _ms(self.interruption.last_bad - self.interruption.first_bad)

    @property
    def longest_ms(self) -> int | None:
        """From the last good look before to the first good one after; None where either is missing."""
        before, after = self.interruption.last_good, self.interruption.first_good
        return None if before is None or after is None else _ms(after - before)
