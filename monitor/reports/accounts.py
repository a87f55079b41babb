"""One service's account over any window, from what the store keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from monitor.core.interruption import Interruption, Policy
from monitor.core.law import Law, RuleUnknown
from monitor.core.look import Look, Verdict
from monitor.core.period import Span, day_of
from monitor.core.service import Service, Target
from monitor.core.uptime import Account, Notice, State, measure, timeline
from monitor.core.workdays import CalendarUnknown
from monitor.reports.week import Interrupted
from monitor.store import events, interruptions, looks, notices

POLICY = Policy()
ADVANCE_NOTICE = "planned_stop_notice"
"""The rule that says how many working days before a planned stop its notice must be public."""
_MILLISECOND = timedelta(milliseconds=1)
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the store has on one service and window: looks of its targets, and planned stops, in time or not."""

    looks: tuple[Look, ...]
    announced: tuple[Notice, ...]
    too_late: tuple[Notice, ...]


def kept(db: Connection, law: Law, service: Service, window: Span, targets: Sequence[Target]) -> Kept:
    """Everything that bears on a window of a service, looks at some of its targets only."""
    stops = notices.overlapping(db, service.code, window)
    announced = tuple(stop for stop in stops if in_time(stop, law, service.owner))
    return Kept(
        looks=tuple(looks_at(db, targets, window)),
        announced=announced,
        too_late=tuple(stop for stop in stops if stop not in announced),
    )


def looks_at(db: Connection, targets: Iterable[Target], window: Span) -> list[Look]:
    """Looks at targets, those kept under a target's former keys among them, under its present key."""
    now_called = {key: target.key for target in targets for key in (target.key, *target.formerly)}
    found = looks.between(db, tuple(now_called), window)
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


def account(service: Service, found: Kept, window: Span) -> Account:
    """The service's account: only required targets count."""
    required = frozenset(target.key for target in service.required_targets())
    counted = [look for look in found.looks if look.target in required]
    return measure(window, counted, POLICY, found.announced, required=required)


def began(db: Connection, service: Service, now: datetime) -> datetime | None:
    """When this service was first watched: its first look, or, before any, the monitor's first start; None: not yet."""
    first = looks.first(db, [key for target in service.targets for key in (target.key, *target.formerly)])
    if first is not None:
        return first
    started = events.between(db, Span(start=_FIRST, end=max(now, _FIRST) + _MILLISECOND))
    return min((event.at for event in started), default=None)


def interrupted(
    db: Connection, service: Service, found: Kept, window: Span, told: Iterable[Interruption]
) -> tuple[Interrupted, ...]:
    """The interruptions of an account with what of each was observed, and begun where it really began."""
    names = {target.key: target for target in service.targets}
    lines = []
    for one in told:
        target = names[one.target]
        whole = _from_its_beginning(db, target, one, window)
        within = _overlap(whole, window)
        segments = timeline([look for look in found.looks if look.target == one.target], POLICY, within)
        spent = {state: sum(s.span.ms for s in segments if s.state is state) for state in State}
        stops = [stop for stop in (*found.announced, *found.too_late) if _meet(stop.span, within)]
        lines.append(
            Interrupted(
                interruption=whole,
                target_name=target.name,
                within=window,
                observed_ms=spent[State.DOWN],
                unobserved_ms=within.ms - spent[State.DOWN],
                announced_ms=sum(_overlap_ms(stop.span, within) for stop in found.announced),
                documents=tuple(stop.document for stop in stops if stop.document),
            )
        )
    return tuple(sorted(lines, key=lambda line: line.interruption.first_bad))


def _from_its_beginning(db: Connection, target: Target, one: Interruption, window: Span) -> Interruption:
    """An interruption cut by what was read of the days before, as it is told from its first failed look."""
    if one.first_bad >= window.start:
        return one
    rows = [
        row
        for row in interruptions.between(db, window)
        if row.target in (target.key, *target.formerly) and row.first_bad <= one.first_bad
    ]
    if not rows:
        return one
    first = min(row.first_bad for row in rows)
    before = looks_at(db, [target], Span(start=first, end=first + _MILLISECOND))
    good = max((look.at for look in before if look.verdict is Verdict.UP and look.at < first), default=None)
    return replace(one, first_bad=first, last_good=good)


def _overlap(one: Interruption, window: Span) -> Span:
    start = max(one.first_bad, window.start)
    return Span(start=start, end=max(start, min(one.first_good or window.end, window.end)))


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _overlap_ms(one: Span, other: Span) -> int:
    return max(0, (min(one.end, other.end) - max(one.start, other.start)) // _MILLISECOND)
