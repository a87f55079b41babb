"""The pulse: the stretches in which this process lived, as one look after the other at clock and hearts tells."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.life import Absence, Stretch

STEP_S = 2.0
"""The wall clock moved so far from the monotonic one: it was set, or the machine slept."""
STALL_S = 120.0
"""Longer than this without a heartbeat was no life, though the process was there."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the clocks showed at one look."""

    wall: datetime
    monotonic: float
    slept: float


class Pulse:
    """Stretches lived; the newest moves on with each look, and is cut where the process did not live through."""

    def __init__(self) -> None:
        self.patience_s = STALL_S
        self._guard = threading.Lock()
        self._seen: _Seen | None = None
        self._stretches: list[Stretch] = []

    def feel(self, wall: datetime, monotonic: float, slept: float = 0.0, silence_s: float = 0.0) -> None:
        """Take one more look into account; `slept` seconds since the machine started, hearts silent for `silence_s`."""
        now = _Seen(wall, monotonic, slept)
        with self._guard:
            before, self._seen = self._seen, now
            alive = wall - timedelta(seconds=silence_s)
            if before is None:
                self._stretches = [Stretch(began=wall, last=wall)]
                return
            stepped = (wall - before.wall).total_seconds() - (monotonic - before.monotonic)
            if abs(stepped) >= STEP_S:
                asleep = slept - before.slept >= STEP_S
                self._cut(Absence.ASLEEP if asleep else Absence.CLOCK_SET, wall)
            elif (alive - self._stretches[-1].last).total_seconds() > self.patience_s:
                self._cut(Absence.HUNG, alive)
            elif alive > self._stretches[-1].last:
                self._stretches[-1] = replace(self._stretches[-1], last=alive)

    def _cut(self, why: Absence, again: datetime) -> None:
        self._stretches[-1] = replace(self._stretches[-1], ended=why)
        self._stretches.append(Stretch(began=again, last=again))

    def stretches(self) -> list[Stretch]:
        """What is to be written down: the newest stretch, and those cut since the last `written`."""
        with self._guard:
            return list(self._stretches)

    def written(self, stretches: list[Stretch]) -> None:
        """Forget those that were cut and are written down."""
        with self._guard:
            self._stretches = [one for one in self._stretches if not (one.ended and one in stretches)]
