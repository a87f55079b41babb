"""When a target may be looked at next: its interval, with jitter, never closer than a stranger's server is owed."""

from __future__ import annotations

from hashlib import blake2b
from urllib.parse import urlsplit

from monitor.core.service import Target

PUBLIC_GAP_S = 300.0
"""Least time between regular looks at a server that is not ours, whatever the register says."""
PUBLIC_RECHECK_S = 20.0
"""Least time before the one extra look that follows a first failure there."""
OWN_RECHECK_S = 1.0
CONTROL_GAP_S = 1800.0
"""Least time between looks at a control that nothing asks for; it is there for the moment when something fails."""


def hosts_of(target: Target) -> frozenset[str]:
    """The hosts a target's steps ask."""
    return frozenset(host for step in target.steps if (host := _host(step.url)))


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def interval_s(target: Target) -> float:
    """Seconds between regular looks, as enforced."""
    least = CONTROL_GAP_S if target.control else PUBLIC_GAP_S if target.public else 0.1
    return max(target.interval_s, least)


def recheck_s(target: Target) -> float:
    """Seconds from a first failure to the one extra look."""
    return max(target.recheck_s, PUBLIC_RECHECK_S if target.public else OWN_RECHECK_S)


def valid_for_ms(target: Target) -> int:
    """How long a conclusive look speaks: two intervals as enforced."""
    return round(interval_s(target) * 2000)


def jittered_s(target: Target, turn: int) -> float:
    """The interval after look number `turn`, drawn out by up to the target's jitter; always the same one."""
    digest = blake2b(f"{target.key}/{turn}".encode(), digest_size=8).digest()
    share = int.from_bytes(digest) / 2**64
    return interval_s(target) * (1 + max(target.jitter, 0.0) * share)


class Pace:
    """Remembers when each target was last looked at, in monotonic seconds, and what its hosts asked for."""

    def __init__(self) -> None:
        self._next: dict[str, float] = {}
        self._recent: dict[str, tuple[float, float]] = {}
        self._turns: dict[str, int] = {}
        self._silence: dict[str, float] = {}

    def begin(self, target: Target, now: float, last: float | None) -> None:
        """Start with a target, last looked at `last` (None: never, as far as we know): at once, or when it may be."""
        if last is not None:
            self._recent[target.key] = (last, float("-inf"))
        earliest = last + PUBLIC_GAP_S if target.public and last is not None else now
        self._next[target.key] = max(now, earliest)

    def silence(self, host: str, until: float) -> None:
        """A host asked to be left alone until then."""
        self._silence[host] = max(until, self._silence.get(host, until))

    def next(self, target: Target) -> float:
        """When the target is due."""
        return max([self._next.get(target.key, 0.0), *(self._silence.get(host, 0.0) for host in hosts_of(target))])

    def silenced(self, target: Target, now: float) -> bool:
        """Whether one of its hosts still wants to be left alone."""
        return any(self._silence.get(host, 0.0) > now for host in hosts_of(target))

    def looked(self, target: Target, now: float) -> None:
        """A look at the target begins: the next regular one is an interval away."""
        turn = self._turns[target.key] = self._turns.get(target.key, 0) + 1
        self._recent[target.key] = (now, self._recent.get(target.key, (float("-inf"), 0.0))[0])
        self._next[target.key] = now + jittered_s(target, turn)

    def recheck(self, target: Target, now: float) -> None:
        """Bring the next look forward to the extra one after a first failure."""
        self._next[target.key] = min(self._next.get(target.key, now), now + recheck_s(target))

    def allows_extra(self, target: Target, now: float) -> bool:
        """Whether a look out of turn is owed no longer wait: no more than two within the interval, a recheck apart."""
        last, before = self._recent.get(target.key, (float("-inf"), float("-inf")))
        if self.silenced(target, now):
            return False
        gap = PUBLIC_GAP_S if target.public else 0.0
        return now - last >= gap or (now - last >= recheck_s(target) and now - before >= gap)
