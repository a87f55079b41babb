"""From looks to interruptions: when a service was cut off, and how exactly that is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core.look import Cause, Look, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How looks are judged: so many failed looks in a row confirm an interruption."""

    confirmations: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """One interruption of one target, as the looks tell it.

    It started in (`last_good`, `first_bad`], point estimate `first_bad`, and ended in [`last_bad`, `first_good`),
    point estimate `first_good`. `last_good` is None where nothing good was seen before, `first_good` while it is open.
    """

    service: str
    target: str
    last_good: datetime | None
    first_bad: datetime
    last_bad: datetime
    first_good: datetime | None
    cause: Cause
    failed_looks: int

    @property
    def open(self) -> bool:
        """Whether no good look has ended it yet."""
        return self.first_good is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What `advance` remembers of one target between looks."""

    target: str
    last_good: datetime | None = None
    first_bad: datetime | None = None
    last_bad: datetime | None = None
    failed_looks: int = 0
    cause: Cause = Cause.NONE
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The outcome of one more look: the new memory, and what it opened or closed."""

    watch: Watch
    opened: Interruption | None = None
    closed: Interruption | None = None
    recheck: bool = False                # a first failure: one extra look is wanted soon


def advance(watch: Watch, look: Look, policy: Policy) -> Step:
    """Take one more look into account; say what it opened or closed.

    An interruption starts at its first failed look, not at the look that confirmed it: the public was cut off from the
    first one on. UNKNOWN says nothing, and a look from before what is known already changes nothing.
    """
    newest = max((at for at in (watch.last_good, watch.last_bad) if at), default=None)
    if look.verdict is Verdict.UNKNOWN or (newest is not None and look.at <= newest):
        return Step(watch=watch)
    if look.verdict is Verdict.UP:
        closed = _interruption(look.service, watch, first_good=look.at) if watch.confirmed else None
        return Step(watch=Watch(target=watch.target, last_good=look.at), closed=closed)
    failing = replace(
        watch,
        first_bad=watch.first_bad or look.at,
        last_bad=look.at,
        failed_looks=watch.failed_looks + 1,
        cause=watch.cause if watch.failed_looks else look.cause,
    )
    if failing.confirmed or failing.failed_looks < policy.confirmations:
        return Step(watch=failing, recheck=failing.failed_looks == 1)
    confirmed = replace(failing, confirmed=True)
    return Step(watch=confirmed, opened=_interruption(look.service, confirmed, first_good=None))


def fold(looks: Iterable[Look], policy: Policy) -> tuple[Interruption, ...]:
    """Every interruption the looks tell of, by target and time; the order in which looks come does not matter."""
    found: list[Interruption] = []
    for target, mine in by_target(looks).items():
        watch, service = Watch(target=target), ""
        for look in mine:
            step = advance(watch, look, policy)
            watch, service = step.watch, look.service
            if step.closed:
                found.append(step.closed)
        if watch.confirmed:
            found.append(_interruption(service, watch, first_good=None))
    return tuple(sorted(found, key=lambda i: (i.first_bad, i.target)))


def by_target(looks: Iterable[Look]) -> dict[str, list[Look]]:
    """Each target's looks in (`at`, vantage) order."""
    grouped: defaultdict[str, list[Look]] = defaultdict(list)
    for look in looks:
        grouped[look.target].append(look)
    return {target: sorted(grouped[target], key=lambda look: (look.at, look.vantage)) for target in sorted(grouped)}


def _interruption(service: str, watch: Watch, *, first_good: datetime | None) -> Interruption:
    if watch.first_bad is None or watch.last_bad is None:
        raise ValueError(f"{watch.target} has not failed: there is no interruption")
    return Interruption(
        service=service,
        target=watch.target,
        last_good=watch.last_good,
        first_bad=watch.first_bad,
        last_bad=watch.last_bad,
        first_good=first_good,
        cause=watch.cause,
        failed_looks=watch.failed_looks,
    )
