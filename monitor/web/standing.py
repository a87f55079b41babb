"""What the status page tells: how each service stands now and how sure that is, dossiers, letters, imports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.config import Settings
from monitor.core.finding import FindingKind, Standing
from monitor.core.law import Law
from monitor.core.look import Look, Verdict
from monitor.core.period import Span, at, ict, week_of, week_span
from monitor.core.service import Service, Target
from monitor.core.uptime import Account
from monitor.register import Register
from monitor.reports import accounts
from monitor.reports.strip import svg
from monitor.store import ImportRow, InterruptionRow, LetterState, dossiers, imports, interruptions, letters, looks
from monitor.store import watches

LIVE = "live"
"""The mark a named person leaves when ending the trial."""
SHOWN = (
    (FindingKind.RECEPTION, Standing.LATE),
    (FindingKind.RESULT, Standing.LATE),
    (FindingKind.RESULT, Standing.DUE),
    (FindingKind.RESULT, Standing.NEAR),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetNow:
    """One target and the last look at it; `speaks` while that look may still be taken for the present."""

    target: Target
    look: Look | None
    speaks: bool
    age: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceNow:
    """One service: its state, on which looks that rests, its open interruptions, and the week so far."""

    service: Service
    owner_name: str
    verdict: Verdict
    unconfirmed: bool
    targets: tuple[TargetNow, ...]
    open: tuple[InterruptionRow, ...]
    account: Account
    strip: str
    week: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLine:
    """One agency's dossiers, by clock and standing."""

    name: str
    counts: dict[tuple[FindingKind, Standing], int] = field(default_factory=dict)

    @property
    def shown(self) -> tuple[int, ...]:
        """The columns of the page."""
        return tuple(self.counts.get(column, 0) for column in SHOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusNow:
    """Everything on the page."""

    at: datetime
    live: bool
    pilot: str
    services: tuple[ServiceNow, ...]
    agencies: tuple[AgencyLine, ...]
    letters: tuple[tuple[LetterState, int], ...]
    imports: tuple[ImportRow, ...]
    source_names: dict[str, str]
    unset: tuple[str, ...]
    without_address: int

    @property
    def totals(self) -> tuple[int, ...]:
        """The page's columns over all agencies."""
        return tuple(map(sum, zip(*(line.shown for line in self.agencies), strict=True))) or (0,) * len(SHOWN)

    @property
    def open_interruptions(self) -> int:
        """How many interruptions are open."""
        return sum(len(one.open) for one in self.services)

    @property
    def healthy(self) -> bool:
        """Nothing is cut off, and no letter is dead."""
        return not self.open_interruptions and not dict(self.letters).get(LetterState.DEAD, 0)


def status(db: Connection, settings: Settings, register: Register, law: Law, now: datetime) -> StatusNow:
    """How everything stands now."""
    open_now = tuple(interruptions.still_open(db))
    live = watches.get_mark(db, LIVE) is not None
    return StatusNow(
        at=now,
        live=live,
        pilot="" if live or not settings.smtp_url else settings.pilot_address,
        services=tuple(_service(db, register, law, one, open_now, now) for one in register.services.values()),
        agencies=_agencies(db, register),
        letters=_letters(db),
        imports=tuple(imports.recent(db, 8)),
        source_names={source.key: source.name for source in register.sources.values()},
        unset=unset(settings),
        without_address=sum(not post.address for post in register.posts.values()),
    )


def unset(settings: Settings) -> tuple[str, ...]:
    """Names of the settings that are still empty and keep something from happening."""
    wanted = {"contact": settings.contact, "smtp_url": settings.smtp_url, "public_url": settings.public_url}
    return tuple(name for name, value in wanted.items() if not value)


def _service(
    db: Connection, register: Register, law: Law, service: Service, open_now: Iterable[InterruptionRow], now: datetime
) -> ServiceNow:
    targets = tuple(_target(db, target, now) for target in service.targets if not target.control)
    keys = {key for target in service.targets for key in (target.key, *target.formerly)}
    mine = tuple(row for row in open_now if row.target in keys)
    year_week = week_of(ict(now).date())
    week = week_span(*year_week)
    window = Span(start=week.start, end=max(week.start, now))
    found = accounts.kept(db, law, service, window, service.required_targets())
    account = accounts.account(service, found, window)
    verdict = _verdict(targets, mine)
    return ServiceNow(
        service=service,
        owner_name=register.agency_name(service.owner),
        verdict=verdict,
        unconfirmed=verdict is Verdict.UNKNOWN and any(_failing(one) for one in targets),
        targets=targets,
        open=mine,
        account=account,
        strip=svg(week, account.segments, service.name),
        week=year_week,
    )


def _target(db: Connection, target: Target, now: datetime) -> TargetNow:
    seen = [look for key in (target.key, *target.formerly) if (look := looks.last(db, key))]
    look = max(seen, key=lambda look: look.at, default=None)
    if look is None:
        return TargetNow(target=target, look=None, speaks=False, age=None)
    age = max(now - look.at, timedelta())
    return TargetNow(target=target, look=look, speaks=age < timedelta(milliseconds=look.valid_for_ms), age=age)


def _failing(one: TargetNow) -> bool:
    return bool(one.target.required and one.speaks and one.look and one.look.verdict is Verdict.DOWN)


def _verdict(targets: Iterable[TargetNow], open_now: tuple[InterruptionRow, ...]) -> Verdict:
    """DOWN while a confirmed interruption of a required target is open, UP while all required ones say so."""
    required = [one for one in targets if one.target.required]
    keys = {key for one in required for key in (one.target.key, *one.target.formerly)}
    if any(row.target in keys for row in open_now):
        return Verdict.DOWN
    if required and all(one.speaks and one.look and one.look.verdict is Verdict.UP for one in required):
        return Verdict.UP
    return Verdict.UNKNOWN


def _agencies(db: Connection, register: Register) -> tuple[AgencyLine, ...]:
    found: defaultdict[str, dict[tuple[FindingKind, Standing], int]] = defaultdict(dict)
    for row in dossiers.counts(db):
        found[row.agency][row.kind, row.standing] = row.count
    lines = [AgencyLine(name=register.agency_name(key), counts=counts) for key, counts in found.items()]
    return tuple(sorted((one for one in lines if any(one.shown)), key=lambda one: (*(-n for n in one.shown), one.name)))


def _letters(db: Connection) -> tuple[tuple[LetterState, int], ...]:
    counted = letters.counts(db)
    return tuple((state, counted[state]) for state in LetterState if counted.get(state))


__all__ = ["SHOWN", "StatusNow", "at", "status", "unset"]
