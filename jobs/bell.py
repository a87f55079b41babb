"""The bell that wakes the sender: something urgent was written down, and waits for no beat."""

from __future__ import annotations

import threading


class Bell:
    """Rung by whoever wrote down what cannot wait, heard by the sender."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._rung = 0

    @property
    def rung(self) -> int:
        """How often it was rung; who compares two answers knows whether it was rung between."""
        with self._changed:
            return self._rung

    def ring(self) -> None:
        """Something urgent is there."""
        with self._changed:
            self._rung += 1
            self._changed.notify_all()

    def wait(self, heard: int, seconds: float) -> int:
        """Return at once when it was rung more often than `heard`, or after so long; how often it was rung."""
        with self._changed:
            self._changed.wait_for(lambda: self._rung != heard, seconds)
            return self._rung
