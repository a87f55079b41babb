"""Everything known of one interruption: what looks and panel say of it, and what people say, which alters no figure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from sqlalchemy import Connection

from monitor.core.attribution import Exhibit, Fault, Panel, blamed, faults
from monitor.core.interruption import Interruption, fold
from monitor.core.law import Law
from monitor.core.look import Cause, Look, ManualCheck, Verdict
from monitor.core.period import MILLISECOND, Span
from monitor.core.recurrence import RECURRENCE_DAYS, earlier
from monitor.core.service import Service, Target
from monitor.core.suspicion import Suspicion
from monitor.core.uptime import Notice
from monitor.register import Register
from monitor.reports import accounts
from monitor.reports.accounts import Kept
from monitor.reports.handle import handle
from monitor.reports.interrupted import Interrupted
from monitor.reports.said import Answered, Said
from monitor.store import beside, looks, remarks, suspicions

__all__ = ["Answered", "Nature", "Record", "Said", "record_of", "records_of", "repeated"]


class Nature(StrEnum):
    """The classes of interruption that the law tells apart (Nghị định 224/2026/NĐ-CP, Điều 13)."""

    ANNOUNCED = "announced"  # kế hoạch, thông báo đủ 07 ngày làm việc
    OVERRUN = "overrun"  # kế hoạch, thông báo đủ hạn, kéo dài quá thời gian đã thông báo
    ANNOUNCED_LATE = "announced_late"  # kế hoạch, thông báo không đủ hạn
    FORCE_MAJEURE = "force_majeure"  # bất khả kháng, người có thẩm quyền xác nhận
    FAILURE = "failure"  # sự cố


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Said):
    """One interruption of one target, whole, as far as it is known at `as_of`.

    `told` has its bounds and what of it was observed; `looks` are all from the last good one before to the first good
    one after, `panels` and `exhibits` what stands beside them. `by_cause` counts the failed ones. `repeats` is the
    interruption that it is a recurrence of.
    """

    handle: str
    service: Service
    target: Target
    owner_name: str
    as_of: datetime
    told: Interrupted
    nature: Nature
    looks: tuple[Look, ...]
    by_cause: Mapping[tuple[Cause, int | None], int]
    panels: tuple[Panel, ...]
    exhibits: tuple[Exhibit, ...]
    repeats: Interruption | None
    announced: tuple[Notice, ...]
    too_late: tuple[Notice, ...]
    manual: tuple[ManualCheck, ...]
    suspected: tuple[Suspicion, ...]

    @property
    def interruption(self) -> Interruption:
        """Its bounds, as the looks tell them."""
        return self.told.interruption

    @property
    def recurring(self) -> bool:
        """Whether it is a recurrence ("tái diễn") of one that ended at most RECURRENCE_DAYS before."""
        return self.repeats is not None

    @property
    def repeats_within(self) -> int:
        """The days within which a new beginning is a recurrence."""
        return RECURRENCE_DAYS

    @property
    def faults(self) -> Mapping[Fault, int]:
        """How many panels blame what, the most first."""
        return faults(self.panels)

    @property
    def fault(self) -> Fault | None:
        """What most panels blame, those that could not tell left out unless all are such; None without a panel."""
        return blamed(self.panels)


def record_of(
    db: Connection, register: Register, law: Law, service: Service, one: Interruption, *, now: datetime
) -> Record:
    """Everything known of one interruption, as `fold` tells it, of a target of the service."""
    (record,) = records_of(db, register, law, service, [one], now=now)
    return record


def records_of(
    db: Connection, register: Register, law: Law, service: Service, some: Sequence[Interruption], *, now: datetime
) -> tuple[Record, ...]:
    """The same for many of one service, whose looks are read once: a flapping service has hundreds."""
    if not some:
        return ()
    begin = min(one.first_bad for one in some) - timedelta(days=RECURRENCE_DAYS)
    window = Span(start=begin, end=max(_whole(one, now).end for one in some))
    found = accounts.kept(db, law, service, window, tuple(t for t in service.targets if not t.control))
    before = [one for one in fold(found.looks, service.policy) if not announced(one, found.announced, now)]
    by_target = {key: sorted(mine, key=_at) for key, mine in groupby(sorted(found.looks, key=_target), key=_target)}
    return tuple(
        _record(db, service, one, _of(one, found, by_target[one.target], now), before, register=register, now=now)
        for one in some
    )


def _of(one: Interruption, found: Kept, looks_at: Sequence[Look], now: datetime) -> Kept:
    """What bears on one interruption, of all that was read."""
    whole = _whole(one, now)
    mine = looks_at[bisect_left(looks_at, whole.start, key=_at) : bisect_left(looks_at, whole.end, key=_at)]
    return Kept(
        looks=tuple(mine),
        announced=tuple(stop for stop in found.announced if stop.span.shared_ms(whole)),
        too_late=tuple(stop for stop in found.too_late if stop.span.shared_ms(whole)),
    )


def _whole(one: Interruption, now: datetime) -> Span:
    """From the last good look before to the first good one after, both in it; up to now while there is none."""
    return Span(start=one.last_good or one.first_bad, end=max(one.first_good or now, one.last_bad) + MILLISECOND)


def _at(look: Look) -> datetime:
    return look.at


def _target(look: Look) -> str:
    return look.target


def repeated(service: Service, one: Interruption, before: Iterable[Interruption]) -> Interruption | None:
    """The one among those before that an interruption repeats: the service's, or, of a target only noted, its own."""
    counted = {target.key for target in service.required_targets()}
    same = counted if one.target in counted else {one.target}
    return earlier(one, [other for other in before if other.target in same])


def _record(
    db: Connection,
    service: Service,
    one: Interruption,
    found: Kept,
    before: Iterable[Interruption],
    *,
    register: Register,
    now: datetime,
) -> Record:
    target = next(target for target in service.targets if target.key == one.target)
    whole = _whole(one, now)
    (told,) = accounts.interrupted(service, found, Span(start=one.first_bad, end=whole.end - MILLISECOND), [one])
    keys = (target.key, *target.formerly)
    said = tuple(remarks.of_failure(db, keys, one.last_good, one.first_good))
    failed = [look for look in found.looks if one.first_bad <= look.at <= one.last_bad and look.verdict is Verdict.DOWN]
    return Record(
        handle=handle(one),
        service=service,
        target=target,
        owner_name=register.agency_name(service.owner),
        as_of=now,
        told=told,
        nature=_nature(one, found, Said(remarks=said), now),
        looks=found.looks,
        by_cause=Counter((look.cause, look.status if look.cause is Cause.STATUS else None) for look in failed),
        panels=tuple(beside.panels_between(db, keys, whole)),
        exhibits=tuple(beside.exhibits_between(db, keys, whole)),
        remarks=said,
        repeats=None if announced(one, found.announced, now) else repeated(service, one, before),
        announced=found.announced,
        too_late=found.too_late,
        manual=tuple(check for check in looks.manual_between(db, service.code, whole) if check.target in {"", *keys}),
        suspected=tuple(suspicions.between(db, service.code, whole)),
    )


def announced(one: Interruption, stops: Iterable[Notice], now: datetime) -> bool:
    """Whether all of it, up to now while it is open, lies within planned stops that were announced in time."""
    span = Span(start=one.first_bad, end=max(one.first_good or now, one.first_bad))
    return bool(span.ms) and _covered(span, [stop.span for stop in stops])


def _covered(span: Span, by: Iterable[Span]) -> bool:
    """Whether other spans leave nothing of one."""
    reached = span.start
    for other in sorted(by, key=lambda other: other.start):
        if other.start > reached:
            break
        reached = max(reached, other.end)
    return reached >= span.end


def _nature(one: Interruption, found: Kept, said: Said, now: datetime) -> Nature:
    if announced(one, found.announced, now):
        return Nature.ANNOUNCED
    if any(one.first_bad in stop.span for stop in found.announced):
        return Nature.OVERRUN
    if any(one.first_bad in stop.span for stop in found.too_late):
        return Nature.ANNOUNCED_LATE
    return Nature.FORCE_MAJEURE if said.force_majeure else Nature.FAILURE
