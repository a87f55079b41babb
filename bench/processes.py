"""A process and those it started, as the kernel sees them: memory held now, in MiB."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def resident_mib(pid: int) -> float:
    """Resident memory of one process; 0 where it has ended."""
    try:
        lines = (_PROC / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def tree(pid: int) -> Iterator[int]:
    """A process and all those below it."""
    yield pid
    try:
        children = [child for task in (_PROC / str(pid) / "task").iterdir() for child in _children(task)]
    except OSError:
        return
    for child in children:
        yield from tree(child)


def _children(task: Path) -> list[int]:
    try:
        return [int(child) for child in (task / "children").read_text().split()]
    except OSError:
        return []


class Peak:
    """The most that a process, and it together with those below it, held while this watched; `with Peak(pid) as peak`.

    What two processes share is counted twice, so that the sum is never told too small.
    """

    def __init__(self, pid: int, every_s: float = 0.1) -> None:
        self.own = self.together = 0.0
        self._pid, self._every_s = pid, every_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.is_set():
            held = [resident_mib(pid) for pid in tree(self._pid)]
            self.own, self.together = max(self.own, held[0]), max(self.together, sum(held))
            self._over.wait(self._every_s)
