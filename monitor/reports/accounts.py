"""One service's account over any window, from what the store keeps."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

from sqlalchemy import Connection

from monitor.core.interruption import POLICY, Interruption, Policy
from monitor.core.law import Law, RuleUnknown
from monitor.core.look import Look, Verdict
from monitor.core.period import MILLISECOND, Span, day_of
from monitor.core.service import Service, Target
from monitor.core.uptime import Account, Gap, Notice, Segment, State, measure, timeline
from monitor.core.workdays import CalendarUnknown
from monitor.reports.interrupted import Interrupted
from monitor.store import events, looks, notices

ADVANCE_NOTICE = "planned_stop_notice"
"""The rule that says how many working days before a planned stop its notice must be public."""
AFTERMATH = timedelta(hours=2)
"""How far beyond a window looks are read at once: far enough for the next look at every target."""
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the store has on one service and window: looks of its targets, and planned stops, in time or not."""

    looks: tuple[Look, ...]
    announced: tuple[Notice, ...]
    too_late: tuple[Notice, ...]


def kept(db: Connection, law: Law, service: Service, window: Span, targets: Sequence[Target]) -> Kept:
    """Everything that bears on a window of a service, looks at some of its targets only.

    Before the window the store reads what still speaks at its start and the whole of a failure that reaches into it.
    After it, looks tell whether a last failure was one, when an interruption ended, and how early one may have begun.
    """
    stops = notices.overlapping(db, service.code, window)
    announced = tuple(stop for stop in stops if in_time(stop, law, service.owner))
    return Kept(
        looks=tuple(_looks(db, targets, window, service.policy)),
        announced=announced,
        too_late=tuple(stop for stop in stops if stop not in announced),
    )


def _looks(db: Connection, targets: Sequence[Target], window: Span, policy: Policy) -> Iterator[Look]:
    """The looks of each of the policy's rows."""
    reached = window.end + AFTERMATH
    found = looks_at(db, targets, Span(start=window.start, end=reached), policy)
    yield from found
    newest: defaultdict[str, dict[str, Look]] = defaultdict(dict)
    for look in sorted(found, key=lambda look: look.at):
        if look.verdict is not Verdict.UNKNOWN:
            newest[look.target].update(dict.fromkeys(policy.rows_of(look), look))
    for target in targets:
        rows = newest[target.key].items()
        unsettled = {row for row, last in rows if last.verdict is Verdict.DOWN or last.at < window.end}
        yield from _until_good(db, target, reached, policy, unsettled)


def _until_good(db: Connection, target: Target, start: datetime, policy: Policy, unsettled: set[str]) -> Iterator[Look]:
    """What was seen of a target from a moment on, until the last look of each row is a good one.

    So a failure is found that is the first thing seen of a target after its last good look in the window, however late,
    and an interruption in which places take turns is followed to its end. Read in ever longer stretches.
    """
    last = [look.at for key in (target.key, *target.formerly) if (look := looks.last(db, key))]
    length = AFTERMATH
    while unsettled and last and start <= max(last):
        stretch = Span(start=start, end=start + length)
        for look in sorted(looks_at(db, [target], stretch, policy), key=lambda look: look.at):
            if look.at >= start and unsettled:
                yield look
                if look.verdict is not Verdict.UNKNOWN:
                    settle = unsettled.difference_update if look.verdict is Verdict.UP else unsettled.update
                    settle(policy.rows_of(look))
        start, length = stretch.end, length * 2


def looks_at(db: Connection, targets: Iterable[Target], window: Span, policy: Policy = POLICY) -> list[Look]:
    """Looks at targets, those kept under a target's former keys among them, under its present key.

    What bears on the window from before it is read for each of the policy's places by itself, if any are named.
    """
    if not policy.vantages:
        return _called(db, targets, window)
    found = [look for target in targets for look in _called(db, [target], window, policy.vantages)]
    if policy.since is not None:
        # Up to then all looks are one row, from which each place's row goes on.
        known = {(look.target, look.vantage, look.at) for look in found}
        turn = min(policy.since, window.end)
        earlier = _called(db, targets, Span(start=min(window.start, turn), end=turn))
        found += [look for look in earlier if (look.target, look.vantage, look.at) not in known]
    return found


def _called(db: Connection, targets: Iterable[Target], window: Span, places: Sequence[str] = ()) -> list[Look]:
    now_called = {key: target.key for target in targets for key in (target.key, *target.formerly)}
    found = looks.between(db, tuple(now_called), window, places)
    if all(old == new for old, new in now_called.items()):
        return list(found)
    return [replace(look, target=now_called[look.target]) for look in found]


def in_time(stop: Notice, law: Law, agency: str) -> bool:
    """Whether a planned stop was announced as many working days before as the law asks; not proved is not in time."""
    entered, starts = day_of(stop.entered_at), day_of(stop.span.start)
    try:
        days = law.rule(ADVANCE_NOTICE, starts).value
        return stop.entered_at < stop.span.start and law.calendar_of(agency).add_days(entered, days) <= starts
    except (CalendarUnknown, RuleUnknown):
        return False


def earliest(now: datetime, law: Law, agency: str) -> date | None:
    """The first day on which a stop announced now would be in time; None where no calendar or rule tells."""
    try:
        return law.calendar_of(agency).add_days(day_of(now), law.rule(ADVANCE_NOTICE, day_of(now)).value)
    except (CalendarUnknown, RuleUnknown):
        return None


def account(service: Service, found: Kept, window: Span) -> Account:
    """The service's account: only required targets count."""
    required = frozenset(target.key for target in service.required_targets())
    counted = [look for look in found.looks if look.target in required]
    return measure(window, counted, service.policy, found.announced, required=required)


def began(db: Connection, service: Service, now: datetime) -> datetime | None:
    """When this service was first watched: its first look, or, before any, the monitor's first start; None: not yet."""
    first = looks.first(db, [key for target in service.targets for key in (target.key, *target.formerly)])
    if first is not None:
        return first
    started = events.between(db, Span(start=_FIRST, end=max(now, _FIRST) + MILLISECOND))
    return min((event.at for event in started), default=None)


def parted(segments: Iterable[Segment], began: datetime | None) -> Iterator[tuple[Segment, bool]]:
    """The stretches of an account, each with whether it lies before the monitor began; one that reaches over is cut."""
    for one in segments:
        cut = one.span.end if began is None else min(max(began, one.span.start), one.span.end)
        if one.state is not State.UNKNOWN or one.gap is not Gap.NOT_LOOKED:
            cut = one.span.start
        for start, end, before in ((one.span.start, cut, True), (cut, one.span.end, False)):
            if start < end:
                yield replace(one, span=Span(start=start, end=end)), before


def unwatched(account: Account, began: datetime | None) -> int:
    """How much of what nobody looked at lies before the monitor began, in milliseconds."""
    return sum(one.span.ms for one, before in parted(account.segments, began) if before)


def interrupted(service: Service, found: Kept, window: Span, told: Iterable[Interruption]) -> tuple[Interrupted, ...]:
    """The interruptions of an account, with what of each was observed within the window."""
    names = {target.key: target.name for target in service.targets}
    at: defaultdict[str, list[Look]] = defaultdict(list)
    for look in found.looks:
        at[look.target].append(look)
    told = tuple(told)
    # Each target's course is followed once, however many interruptions it has: a year is long.
    down = {key: _down(at[key], service.policy, window) for key in {one.target for one in told}}
    first = {key: {look.at: look.status for look in reversed(at[key])} for key in down}
    return tuple(
        _interrupted(
            one, names[one.target], found, window, down=down[one.target], status=first[one.target].get(one.first_bad)
        )
        for one in told
    )


def _down(at: list[Look], policy: Policy, window: Span) -> list[Span]:
    """When one target was seen cut off, stretch by stretch."""
    return [one.span for one in timeline(at, policy, window) if one.state is State.DOWN]


def _interrupted(
    one: Interruption, name: str, found: Kept, window: Span, *, down: Sequence[Span], status: int | None
) -> Interrupted:
    within = _overlap(one, window)
    nearby = bisect_left(down, within.start, key=lambda span: span.end)
    observed = sum(span.shared_ms(within) for span in takewhile(lambda span: span.start < within.end, down[nearby:]))
    stops = [stop for stop in (*found.announced, *found.too_late) if _meet(stop.span, within)]
    return Interrupted(
        interruption=one,
        target_name=name,
        within=window,
        observed_ms=observed,
        unobserved_ms=within.ms - observed,
        status=status,
        documents=tuple(stop.document for stop in stops if stop.document),
    )


def _overlap(one: Interruption, window: Span) -> Span:
    start = max(one.first_bad, window.start)
    return Span(start=start, end=max(start, min(one.first_good or window.end, window.end)))


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
