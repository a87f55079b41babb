"""Suspected interruptions as they stand: how long a silence has lasted, and what the looks of the same time say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from monitor.core.law import Law
from monitor.core.period import MILLISECOND, Span
from monitor.core.service import Service
from monitor.core.suspicion import Suspicion, SuspicionKind
from monitor.core.uptime import State
from monitor.reports import accounts
from monitor.reports.quiet import next_arrival
from monitor.store import suspicions


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """One suspicion with the stretch it is of, as known now; `lasting`: no dossier has ended the silence yet.

    `seen` is what the account of the same time says, in milliseconds of each state; the suspicion is no part of it.
    """

    suspicion: Suspicion
    span: Span
    lasting: bool
    seen: Mapping[State, int]

    @property
    def ruled(self) -> bool:
        """Whether somebody has ruled on it."""
        return self.suspicion.found is not None

    @property
    def moment(self) -> bool:
        """Whether it is of one moment: a complaint that names no end."""
        return self.span.ms <= 1


def suspected(db: Connection, law: Law, service: Service, some: Iterable[Suspicion]) -> tuple[Suspected, ...]:
    """Suspicions of one service as they stand now."""
    return tuple(_suspected(db, law, service, one) for one in some)


def between(db: Connection, law: Law, service: Service, window: Span) -> tuple[Suspected, ...]:
    """The suspected interruptions of a service that share time with a window, as they stand now."""
    return suspected(db, law, service, suspicions.between(db, service.code, window))


def _suspected(db: Connection, law: Law, service: Service, one: Suspicion) -> Suspected:
    ends = one.ends
    if ends is None and one.kind is SuspicionKind.SILENCE:
        ends = next_arrival(db, service.code, one.starts)
    known_to = ends or (one.entered_at if one.kind is SuspicionKind.SILENCE else one.starts)
    span = Span(start=one.starts, end=max(known_to, one.starts + MILLISECOND))
    account = accounts.account(service, accounts.kept(db, law, service, span, service.required_targets()), span)
    seen: Counter[State] = Counter()
    for segment in account.segments:
        seen[segment.state] += segment.span.ms
    lasting = ends is None and one.kind is SuspicionKind.SILENCE
    return Suspected(suspicion=one, span=span, lasting=lasting, seen=seen)
