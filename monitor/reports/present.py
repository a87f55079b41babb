"""One service at this very moment: its state as the account tells it, the looks that rests on, and its week so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.config import Settings
from monitor.core.interruption import Interruption, Policy, fold
from monitor.core.law import Law
from monitor.core.look import Look
from monitor.core.period import MILLISECOND, Span, day_of
from monitor.core.reporting import week_of_day
from monitor.core.service import Service, Target
from monitor.core.suspicion import Suspicion
from monitor.core.uptime import Account, Gap, Segment, State, timeline
from monitor.register import Register
from monitor.reports import accounts
from monitor.reports.aside import Aside, asides
from monitor.reports.interrupted import Interrupted
from monitor.reports.uptime_log import unknown_lines
from monitor.store import looks, suspicions


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetNow:
    """One target, its state now, and the last look at it; `watched` is False while it may not be looked at."""

    target: Target
    state: State
    gap: Gap | None
    last: Look | None
    age: timedelta | None
    watched: bool

    @property
    def silent(self) -> bool:
        """Whether it should have been looked at by now and was not: its last look speaks no longer."""
        if self.last is None or self.age is None:
            return self.watched
        return self.watched and self.age >= timedelta(milliseconds=self.last.valid_for_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNow:
    """An interruption that no good look has ended yet, of a target that counts or one that is only noted.

    `status` is what its first failed look was answered with.
    """

    target: Target
    interruption: Interruption
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNow:
    """One service: its state now, its targets, its open interruptions, and the account of the week up to now.

    `asides` are what people say of each interruption shown, and whether it came back, by target and first failed look;
    `suspected` those suspicions on which nobody has ruled. Neither is part of any figure.
    """

    service: Service
    owner_name: str
    state: State
    gap: Gap | None
    targets: tuple[TargetNow, ...]
    open: tuple[OpenNow, ...]
    ended: tuple[Interrupted, ...]
    week: Span
    account: Account
    unwatched_ms: int
    asides: Mapping[tuple[str, datetime], Aside] = field(default_factory=dict)
    suspected: tuple[Suspicion, ...] = ()

    @property
    def unknown_lines(self) -> tuple[tuple[str, int], ...]:
        """Why time of the week is UNKNOWN, in words, as the weekly log tells it."""
        return unknown_lines(self.account, self.unwatched_ms)

    @property
    def watched(self) -> bool:
        """Whether any of its targets may be looked at."""
        return any(one.watched for one in self.targets)


def present(
    db: Connection, settings: Settings, register: Register, law: Law, *, service: Service, now: datetime
) -> ServiceNow:
    """How one service stands, all of it folded from its looks; the state now is the account of this millisecond."""
    week = week_of_day(day_of(now)).span
    window = Span(start=week.start, end=max(week.start, now))
    instant = Span(start=now, end=now + MILLISECOND)
    watched = tuple(target for target in service.targets if not target.control)
    found = accounts.kept(db, law, service, Span(start=week.start, end=instant.end), watched)
    account = accounts.account(service, found, window)
    ended = [one for one in account.interruptions if not one.open]
    at_once = _only(accounts.account(service, found, instant).segments)
    still = _open(service, watched, found.looks)
    return ServiceNow(
        service=service,
        owner_name=register.agency_name(service.owner),
        state=at_once.state,
        gap=at_once.gap,
        targets=tuple(
            _target(db, settings, service.policy, target, seen=found.looks, instant=instant) for target in watched
        ),
        open=still,
        ended=accounts.interrupted(service, found, window, ended),
        week=week,
        account=account,
        unwatched_ms=accounts.unwatched(account, accounts.began(db, service, now)),
        asides=asides(db, law, service, [*(one.interruption for one in still), *ended]),
        suspected=tuple(one for one in suspicions.open_(db) if one.service == service.code),
    )


def _open(service: Service, targets: Iterable[Target], seen: Iterable[Look]) -> tuple[OpenNow, ...]:
    by_key, known = {target.key: target for target in targets}, tuple(seen)
    answered = {(look.target, look.at): look.status for look in known}
    return tuple(
        OpenNow(target=by_key[one.target], interruption=one, status=answered.get((one.target, one.first_bad)))
        for one in fold(known, service.policy)
        if one.open
    )


def _target(
    db: Connection, settings: Settings, policy: Policy, target: Target, *, seen: Iterable[Look], instant: Span
) -> TargetNow:
    lasts = [look for key in (target.key, *target.formerly) if (look := looks.last(db, key))]
    last = max(lasts, key=lambda look: look.at, default=None)
    said = _only(timeline((look for look in seen if look.target == target.key), policy, instant))
    return TargetNow(
        target=target,
        state=said.state,
        gap=said.gap,
        last=last,
        age=max(instant.start - last.at, timedelta()) if last else None,
        watched=bool(settings.contact) or not target.public,
    )


def _only(segments: Iterable[Segment]) -> Segment:
    """The one stretch that an instant consists of."""
    (only,) = segments
    return only
