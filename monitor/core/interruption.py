"""From looks to interruptions: when a service was cut off, and how exactly that is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from monitor.core.look import Cause, Look, Verdict
from monitor.core.period import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How looks are judged: so many failed looks in a row confirm an interruption.

    Where `vantages` are named, the looks from each place are judged by themselves, and a target is DOWN while at least
    `quorum` of them say so, UP while too few are left that could. Without names all looks are one row, whoever made
    them. So they are before `since`: what was seen before places were named is what every one of them says.
    """

    confirmations: int = 2
    vantages: tuple[str, ...] = ()
    quorum: int = 1
    since: datetime | None = None

    def __post_init__(self) -> None:
        if self.vantages and not 1 <= self.quorum <= len(self.vantages):
            raise ValueError(f"{self.quorum} of {len(self.vantages)} places is no quorum")

    def rows_of(self, look: Look) -> tuple[str, ...]:
        """The places for which a look speaks; where none are named, the one row that all looks are, under no name."""
        if not self.vantages or (self.since is not None and look.at < self.since):
            return self.vantages or ("",)
        return (look.vantage,) if look.vantage in self.vantages else ()


POLICY = Policy()
"""How this program judges: alerts, pages and reports by the same, so that none tells of what another does not know."""


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

    def meets(self, window: Span) -> bool:
        """Whether some of it, as estimated, lies within a window."""
        return self.first_bad < window.end and (self.first_good is None or self.first_good > window.start)


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
    recheck: bool = False  # a first failure: one extra look is wanted soon


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
    """Every interruption the looks tell of, by time and target; the order in which looks come does not matter."""
    found = [one for mine in by_target(looks).values() for one in told(mine, policy)]
    return tuple(sorted(found, key=lambda one: (one.first_bad, one.target)))


def by_target(looks: Iterable[Look]) -> dict[str, list[Look]]:
    """Each target's looks in (`at`, vantage) order."""
    grouped: defaultdict[str, list[Look]] = defaultdict(list)
    for look in looks:
        grouped[look.target].append(look)
    return {target: _ordered(grouped[target]) for target in sorted(grouped)}


def conclusive(mine: Iterable[Look]) -> list[Look]:
    """Of one target's looks in order, those that say up or down; of several at one moment the first, as in `advance`.

    So a look that comes twice cannot confirm itself.
    """
    said: list[Look] = []
    for look in mine:
        if look.verdict is not Verdict.UNKNOWN and not (said and look.at == said[-1].at):
            said.append(look)
    return said


def failures(said: Sequence[Look]) -> Iterator[tuple[int, int]]:
    """Each unbroken run of failed looks among one target's conclusive ones: its first index, and the one after it."""
    first: int | None = None
    for index, look in enumerate(said):
        if look.verdict is Verdict.DOWN:
            first = index if first is None else first
        elif first is not None:
            yield first, index
            first = None
    if first is not None:
        yield first, len(said)


def told(mine: Sequence[Look], policy: Policy) -> Iterator[Interruption]:
    """The interruptions that one target's looks in order tell of, by their beginning."""
    if not policy.vantages:
        yield from interruptions(conclusive(mine), policy)
        return
    apart = (conclusive(look for look in mine if vantage in policy.rows_of(look)) for vantage in policy.vantages)
    yield from _agreed([tuple(interruptions(said, policy)) for said in apart], policy.quorum)


def interruptions(said: Sequence[Look], policy: Policy) -> Iterator[Interruption]:
    """The confirmed runs among one target's conclusive looks; what `advance` says look by look, at once."""
    for first, after in failures(said):
        if after - first < policy.confirmations:
            continue
        yield Interruption(
            service=said[first].service,
            target=said[first].target,
            last_good=said[first - 1].at if first else None,
            first_bad=said[first].at,
            last_bad=said[after - 1].at,
            first_good=said[after].at if after < len(said) else None,
            cause=said[first].cause,
            failed_looks=after - first,
        )


def _agreed(apart: Sequence[Sequence[Interruption]], quorum: int) -> Iterator[Interruption]:
    """Where so many places were cut off at once.

    It begins when the last of them is cut off, and ends when the first can use the target again; each of these moments
    lies between the bounds of the places that were cut off then.
    """
    changes = sorted(
        [(one.first_bad, 1, place, one) for place, some in enumerate(apart) for one in some]
        + [(one.first_good, 0, place, one) for place, some in enumerate(apart) for one in some if one.first_good],
        key=lambda change: change[:3],
    )
    cut_off: dict[int, Interruption] = {}
    begun: Interruption | None = None
    for moment, starts, place, one in changes:
        before = tuple(cut_off.values())
        if starts:
            cut_off[place] = one
        else:
            del cut_off[place]
        if begun is None and len(cut_off) >= quorum:
            begun = _joint(one, cut_off.values())
        elif begun is not None and len(cut_off) < quorum:
            yield _until(begun, before, quorum, first_good=moment)
            begun = None
    if begun is not None:
        yield _until(begun, tuple(cut_off.values()), quorum, first_good=None)


def _joint(last: Interruption, some: Iterable[Interruption]) -> Interruption:
    """What begins with the place cut off last: not before any of them was seen good."""
    goods = [one.last_good for one in some if one.last_good is not None]
    return replace(last, last_good=max(goods, default=None))


def _until(begun: Interruption, some: Sequence[Interruption], quorum: int, first_good: datetime | None) -> Interruption:
    """What began, with its end: it is proved as long as a quorum of the places cut off at last is."""
    lasts = sorted((one.last_bad for one in some), reverse=True)
    return replace(
        begun,
        last_bad=max(lasts[quorum - 1], begun.first_bad),
        first_good=first_good,
        failed_looks=max(one.failed_looks for one in some),
    )


def _ordered(mine: list[Look]) -> list[Look]:
    """Looks come from the store in order; to see that is ten times as fast as to sort them."""
    if all(before.at < after.at for before, after in pairwise(mine)):
        return mine
    return sorted(mine, key=_order)


def _order(look: Look) -> tuple[datetime, str, str, str, int]:
    return look.at, look.vantage, look.verdict, look.cause, look.valid_for_ms


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
