"""What work costs this process: CPU seconds, user and system, of all its threads."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


def cpu_s(who: int = resource.RUSAGE_SELF) -> float:
    """CPU seconds so far of this process, or with RUSAGE_CHILDREN of its children that have ended."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


@dataclass
class Cost:
    """CPU seconds of a block, once it is over."""

    s: float = 0.0


@contextmanager
def cost() -> Iterator[Cost]:
    """Measure a block: `with cost() as spent: …`, then `spent.s`; children that ended within it are counted too."""
    spent = Cost()
    before = cpu_s() + cpu_s(resource.RUSAGE_CHILDREN)
    yield spent
    spent.s = cpu_s() + cpu_s(resource.RUSAGE_CHILDREN) - before
