"""When a target may be looked at next: its interval, with jitter, never closer than a stranger's server is owed."""

from __future__ import annotations

import heapq
from hashlib import blake2b
from itertools import count
from urllib.parse import urlsplit

from monitor.core.service import Target

PUBLIC_GAP_S = 300.0
"""Least time between regular looks at a server that is not ours, whatever the register says."""
PUBLIC_RECHECK_S = 20.0
"""Least time before the one extra look that follows a first failure there."""
OWN_RECHECK_S = 1.0
EARLY_S, EARLY_SHARE = 1.0, 1 / 60
"""How much before its turn a regular look at a server of ours may begin beside others that are due: a sixtieth of its
interval, a second at most. Looks that begin together cost a third of what each costs alone; none begins later."""
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
    """Remembers when each target was last looked at, in monotonic seconds, and what its hosts asked for.

    Targets wait in a queue, so that what is due costs no walk over those that are not. An entry of it may be too early,
    for a host that has asked for silence since; it is never too late.
    """

    def __init__(self) -> None:
        self._next: dict[str, float] = {}
        self._recent: dict[str, tuple[float, float]] = {}
        self._turns: dict[str, int] = {}
        self._silence: dict[str, float] = {}
        self._targets: dict[str, Target] = {}
        self._queue: list[tuple[float, int, str]] = []
        self._entered: dict[str, int] = {}
        self._numbers = count()
        self._exact: set[str] = set()

    def begin(self, target: Target, now: float, last: float | None) -> None:
        """Start with a target, last looked at `last` (None: never, as far as we know): at once, or when it may be."""
        if last is not None:
            self._recent[target.key] = (last, float("-inf"))
        earliest = last + PUBLIC_GAP_S if target.public and last is not None else now
        self._wait(target, max(now, earliest))

    def forget(self, key: str) -> None:
        """Look at a target no more, until it is begun with again."""
        self._entered.pop(key, None)
        self._next.pop(key, None)

    def silence(self, host: str, until: float) -> None:
        """A host asked to be left alone until then."""
        self._silence[host] = max(until, self._silence.get(host, until))

    def earliest(self) -> float | None:
        """When the first of the targets begun with is due; None where there is none."""
        while self._queue:
            if self._settle():
                return self._queue[0][0]
        return None

    def due(self, moment: float) -> list[str]:
        """The keys of the targets due at a moment, the longest due first; they stay so until they are looked at.

        Where there are any, those of ours that are nearly due come with them.
        """
        found = self._taken(moment)
        near = self._taken(moment + EARLY_S) if found else []
        for entry in (*found, *near):
            heapq.heappush(self._queue, entry)
        found += [entry for entry in near if self._may_come(entry[2], moment, entry[0])]
        return [key for _, _, key in found]

    def _taken(self, moment: float) -> list[tuple[float, int, str]]:
        """The entries up to a moment that count, taken out of the queue."""
        found: list[tuple[float, int, str]] = []
        while self._queue and self._queue[0][0] <= moment:
            if self._settle():
                found.append(heapq.heappop(self._queue))
        return found

    def _may_come(self, key: str, now: float, turn: float) -> bool:
        """Whether a look may begin before its turn: a regular one, at a server of ours, that wants no silence."""
        target = self._targets[key]
        early = min(EARLY_S, interval_s(target) * EARLY_SHARE)
        return turn - now <= early and not (target.public or key in self._exact or self.silenced(target, now))

    def silenced(self, target: Target, now: float) -> bool:
        """Whether one of its hosts still wants to be left alone."""
        return self._silent_until(target) > now

    def looked(self, target: Target, now: float) -> None:
        """A look at the target begins: the next regular one is an interval away."""
        turn = self._turns[target.key] = self._turns.get(target.key, 0) + 1
        self._recent[target.key] = (now, self._recent.get(target.key, (float("-inf"), 0.0))[0])
        self._exact.discard(target.key)
        self._wait(target, now + jittered_s(target, turn))

    def recheck(self, target: Target, now: float) -> None:
        """Bring the next look forward to the extra one after a first failure."""
        self._exact.add(target.key)
        self._wait(target, min(self._next.get(target.key, now), now + recheck_s(target)))

    def allows_extra(self, target: Target, now: float) -> bool:
        """Whether a look out of turn is owed no longer wait: no more than two within the interval, a recheck apart."""
        last, before = self._recent.get(target.key, (float("-inf"), float("-inf")))
        if self.silenced(target, now):
            return False
        gap = PUBLIC_GAP_S if target.public else 0.0
        return now - last >= gap or (now - last >= recheck_s(target) and now - before >= gap)

    def _wait(self, target: Target, until: float) -> None:
        self._targets[target.key] = target
        self._next[target.key] = until
        self._enter(target.key, until)

    def _enter(self, key: str, until: float) -> None:
        """Of a target's entries the last one counts; older ones are passed over when their turn comes."""
        number = self._entered[key] = next(self._numbers)
        heapq.heappush(self._queue, (until, number, key))

    def _settle(self) -> bool:
        """Whether the first entry counts and its hosts are not silent; where not, it is taken out or put further on."""
        until, number, key = self._queue[0]
        if self._entered.get(key) != number:
            heapq.heappop(self._queue)
            return False
        silent = self._silent_until(self._targets[key])
        if silent > until:
            heapq.heappop(self._queue)
            self._enter(key, silent)
        return silent <= until

    def _silent_until(self, target: Target) -> float:
        """How long its hosts want to be left alone; they are read out of its addresses only where any host does."""
        return max((self._silence.get(host, 0.0) for host in hosts_of(target)), default=0.0) if self._silence else 0.0
