"""Finished looks into facts: what they mean for the pace, which evidence is kept, what the store is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from jobs import evidence
from jobs.app import App
from jobs.panel import EVERY_S, Panels, Past, Settled
from jobs.record import Batch, Ledger
from monitor.core.address import tls_places
from monitor.core.attribution import Exhibit
from monitor.core.look import Cause, Look, Verdict
from monitor.core.period import Span
from monitor.core.service import Target
from monitor.probes.http import Finished
from monitor.probes.pace import Pace, hosts_of, valid_for_ms
from monitor.store import beside, certificates, reading, watches
from monitor.store import looks as look_rows
from monitor.store.certificates import Kept

log = structlog.get_logger()

SAME_UNKNOWN = timedelta(hours=1)
"""Evidence of one and the same UNKNOWN is kept no more often than this."""
RETRY_AFTER = "retry-after/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A target and the service it belongs to."""

    service: str
    target: Target


def watched(app: App) -> dict[str, Watched]:
    """What may be looked at, by key; nothing public before CONTACT names who answers for the looks."""
    found: dict[str, Watched] = {}
    for service in app.register.services.values():
        for target in service.targets:
            if app.settings.contact or not target.public:
                found.setdefault(target.key, Watched(service=service.code, target=target))
    return found


def silences(app: App, target: Target) -> dict[str, float]:
    """The seconds for which each of a target's hosts has asked to be left alone, as the store remembers it."""
    now, found = app.clock.now(), {}
    with reading(app.engine) as db:
        for host in hosts_of(target):
            until = watches.get_mark(db, RETRY_AFTER + host)
            left = (datetime.fromisoformat(until) - now).total_seconds() if until else 0.0
            if left > 0:
                found[host] = min(left, 86_400.0)
    return found


def look_of(app: App, seen: Watched, finished: Finished, received_at: datetime) -> Look:
    """A finished look as a fact."""
    outcome = finished.outcome
    return Look(
        service=seen.service,
        target=finished.target.key,
        vantage=app.settings.vantage,
        kind=finished.target.kind,
        at=finished.at,
        received_at=max(received_at, finished.at),
        verdict=outcome.verdict,
        cause=outcome.cause,
        phases=outcome.phases,
        valid_for_ms=valid_for_ms(finished.target),
        status=outcome.status,
        size=outcome.size,
        detail=outcome.detail,
    )


def _certificates(finished: Finished) -> dict[str, str]:
    """The certificate that a look at one brought home, as the store keeps it for each server."""
    shown = finished.outcome.certificate
    places = tls_places(finished.target) if shown is not None else ()
    return dict(
        certificates.mark(Kept(host=host, port=port, asked_at=finished.at, certificate=shown)) for host, port in places
    )


class Chronicle:
    """Turns finished looks into facts: their evidence, what they ask of the pace, the ledger."""

    def __init__(self, app: App, targets: Mapping[str, Watched], pace: Pace, ledger: Ledger) -> None:
        self._app, self._targets, self._pace, self._ledger = app, targets, pace, ledger
        self._failed: dict[str, int] = {}
        self._before: dict[str, tuple[Verdict, Cause, datetime]] = {}

    def begin(self, panels: Panels | None = None) -> None:
        """Remember what the store knows: last looks, failures and their panels, hosts that want to be left alone."""
        clock, now = self._app.clock, self._app.clock.now()
        with reading(self._app.engine) as db:
            for key, seen in self._targets.items():
                last = look_rows.last(db, key)
                age = None if last is None else max(0.0, (now - last.at).total_seconds())
                self._pace.begin(seen.target, clock.monotonic(), None if age is None else clock.monotonic() - age)
                self._failed[key] = watches.load(db, key).failed_looks
                if last is not None:
                    self._before[key] = (last.verdict, last.cause, last.at)
                if panels is not None and self._failed[key]:
                    self._resume(db, panels, key, now)
        pages = [one.page for service in self._app.register.services.values() for one in service.panel]
        for asked in (*(seen.target for seen in self._targets.values()), *pages):
            for host, left in silences(self._app, asked).items():
                self._pace.silence(host, clock.monotonic() + left)

    def _resume(self, db: Connection, panels: Panels, key: str, now: datetime) -> None:
        """Have no panel asked sooner for a restart amid a failure."""
        lately = beside.panels_between(db, [key], Span(start=now - timedelta(seconds=EVERY_S), end=now))
        if lately:
            at = self._app.clock.monotonic() - (now - lately[-1].at).total_seconds()
            panels.resume(key, Past(since=at, over=at, failures=self._failed[key]))

    def take(self, settled: Settled) -> Look:
        """Make a fact of a look whose verdict is final and hand it to the ledger, with what stands beside it."""
        finished = settled.finished
        target = finished.target
        look = look_of(self._app, self._targets[target.key], finished, self._app.clock.now())
        stands_beside = [one for one in (settled.panel, self._exhibit(look, settled)) if one is not None]
        self._before[target.key] = (look.verdict, look.cause, self._kept_at(look))
        marks = self._silence(finished, settled.silences) | _certificates(finished)
        presses = look.verdict is Verdict.DOWN or bool(self._failed.get(target.key))
        self._ledger.put(Batch(looks=(look,), beside=tuple(stands_beside), marks=marks, presses=presses))
        if look.verdict is Verdict.DOWN:
            self._failed[target.key] = self._failed.get(target.key, 0) + 1
            if self._failed[target.key] == 1 and not target.control:
                self._pace.recheck(target, settled.since)
        elif look.verdict is Verdict.UP:
            self._failed[target.key] = 0
        return look

    def _silence(self, finished: Finished, others: Mapping[str, float]) -> dict[str, str]:
        """Leave alone the hosts that ask for it, of the look and of its panel; how the store remembers it."""
        asked = dict(others)
        if seconds := finished.outcome.retry_after_s:
            asked |= {host: max(seconds, asked.get(host, 0.0)) for host in hosts_of(finished.target)}
        marks = {}
        for host, seconds in asked.items():
            self._pace.silence(host, self._app.clock.monotonic() + seconds)
            marks[RETRY_AFTER + host] = (self._app.clock.now() + timedelta(seconds=seconds)).isoformat()
        return marks

    def _worth_keeping(self, look: Look) -> bool:
        verdict, cause, kept = self._before.get(look.target, (Verdict.UP, Cause.NONE, None))
        if look.verdict is Verdict.UP:
            return verdict is not Verdict.UP
        if look.verdict is Verdict.DOWN or kept is None:
            return True
        return (verdict, cause) != (look.verdict, look.cause) or look.at - kept >= SAME_UNKNOWN

    def _kept_at(self, look: Look) -> datetime:
        before = self._before.get(look.target)
        return before[2] if before and not self._worth_keeping(look) else look.at

    def _exhibit(self, look: Look, settled: Settled) -> Exhibit | None:
        """Keep what the look brought home, where it is worth it; a disk that does not take it costs no look."""
        if not self._worth_keeping(look):
            return None
        outcome = settled.finished.outcome
        found = replace(outcome.evidence, certificate=outcome.evidence.certificate or outcome.certificate)
        try:
            digest = evidence.keep(self._app.settings.var_dir, look, found, settled.panel)
        except OSError as error:
            log.warning("evidence.not_kept", target=look.target, why=str(error))
            return None
        return Exhibit(target=look.target, vantage=look.vantage, at=look.at, digest=digest)
