"""How everything stands now: services, dossiers, letters, imports, the monitor itself; one account for all who ask."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from monitor.config import Settings
from monitor.core.finding import FindingKind, Standing
from monitor.core.journal import Entry
from monitor.core.law import Comparison, Law
from monitor.core.mass_pause import MassPause, mass_pauses
from monitor.core.obligation import DutyState
from monitor.core.period import MILLISECOND, Span, day_of
from monitor.core.uptime import State
from monitor.register import Register
from monitor.reports import mode as modes
from monitor.reports.calendar_watch import CalendarNow, calendar_now
from monitor.reports.certificates import InUse, expiring
from monitor.reports.duties import counted as duties_counted
from monitor.reports.duties import duties_now
from monitor.reports.freshness import Stale, stale, untold
from monitor.reports.held import Held, held
from monitor.reports.lacking import Lacking, lacking
from monitor.reports.mode import Mode
from monitor.reports.own_life import OwnLife, own_life
from monitor.reports.present import ServiceNow, present
from monitor.reports.stops import AHEAD, Stop, stops
from monitor.reports.strays import strays
from monitor.reports.vantages import Silent, silent_vantages
from monitor.store import (
    EventKind,
    ImportRow,
    LetterState,
    dossiers,
    events,
    imports,
    journal,
    letters,
    lost,
    polls,
    watches,
)
from monitor.store.attempts import unsent_since
from monitor.store.bounces import RETURNS_TROUBLE
from monitor.store.mass_pauses import counted as paused_on_due_days
from monitor.store.polls import PollRow, PollState

Column = tuple[FindingKind, Standing]
COLUMNS: tuple[Column, ...] = (
    (FindingKind.RECEPTION, Standing.LATE),
    (FindingKind.RESULT, Standing.LATE),
    (FindingKind.RESULT, Standing.DUE),
    (FindingKind.RESULT, Standing.NEAR),
)
"""What is told of each agency: chậm tiếp nhận, quá hạn, đến hạn, sắp đến hạn."""
IMPORTS = 8
LOOK_BACK = timedelta(days=7)
LOST_LOOK_BACK = timedelta(days=30)
PATIENCE = timedelta(hours=1)
"""A letter that was tried and has not got through for so long needs seeing to."""


class Concern(StrEnum):
    """Something a person has to see to; any of them makes the monitor unhealthy."""

    INTERRUPTED = "interrupted"
    STOPPED = "stopped"
    SILENT = "silent"
    SILENT_VANTAGE = "silent_vantage"
    STALE_SOURCE = "stale_source"
    UNFETCHED_SOURCE = "unfetched_source"
    FAILED_FILES = "failed_files"
    STRAY_FILES = "stray_files"
    DEAD_LETTERS = "dead_letters"
    UNREAD_RETURNS = "unread_returns"
    LATE_LETTERS = "late_letters"
    DRILL_FAILED = "drill_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyNow:
    """One agency's dossiers, by clock and standing; no key where the unit is not known."""

    key: str
    name: str
    counts: Mapping[Column, int]

    @property
    def shown(self) -> tuple[int, ...]:
        """The columns of the page."""
        return tuple(self.counts.get(column, 0) for column in COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The monitor itself: when it started and stopped last, its clock, how far its journal is sealed."""

    started: datetime | None = None
    stopped: datetime | None = None
    clock_steps: int = 0
    heads: tuple[Entry, ...] = ()
    database: str = ""

    @property
    def ever(self) -> bool:
        """Whether the monitor has ever written anything down."""
        return bool(self.heads)


PAUSED_LOOK_BACK = timedelta(days=30)
"""How long a unit's mass pause stays under what a person has to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusNow:
    """Everything that is known of how things stand."""

    at: datetime
    register_name: str
    mode: Mode
    pilot_address: str
    lacking: tuple[Lacking, ...]
    services: tuple[ServiceNow, ...]
    agencies: tuple[AgencyNow, ...]
    noted: Mapping[FindingKind, int]
    letters: Mapping[LetterState, int]
    imports: tuple[ImportRow, ...]
    failed: tuple[ImportRow, ...]
    figures: tuple[tuple[str, datetime], ...]
    stale: tuple[Stale, ...]
    source_names: Mapping[str, str]
    unsent_since: datetime | None
    health: Health = field(default_factory=Health)
    own: OwnLife | None = None
    running: bool = True
    strays: tuple[str, ...] = ()
    silent_vantages: tuple[Silent, ...] = ()
    certificates: tuple[InUse, ...] = ()
    planned: Mapping[str, tuple[Stop, ...]] = field(default_factory=dict)
    untold: tuple[str, ...] = ()
    unfetched: tuple[PollRow, ...] = ()
    calendar: CalendarNow = field(default_factory=CalendarNow)
    compared: Comparison = Comparison.TIMESTAMP
    paused: tuple[MassPause, ...] = ()
    lost: int = 0  # letters that will not arrive, and none went out in their place
    held: tuple[Held, ...] = ()
    unread_returns: str = ""  # why the mailbox of what comes back cannot be read
    duties: Mapping[DutyState, int] = field(default_factory=dict)

    @property
    def totals(self) -> tuple[int, ...]:
        """The page's columns over all agencies."""
        return tuple(sum(line.counts.get(column, 0) for line in self.agencies) for column in COLUMNS)

    @property
    def lateness(self) -> tuple[tuple[str, int], ...]:
        """The same with the glossary's names of the columns."""
        names = ("_".join(column) for column in COLUMNS)
        return tuple(zip(names, self.totals, strict=True))

    @property
    def open_interruptions(self) -> int:
        """How many interruptions are open of targets that count."""
        return sum(broken.target.required for one in self.services for broken in one.open)

    @property
    def noted_interruptions(self) -> int:
        """How many are open of targets that are only noted: the service is not down for them."""
        return sum(len(one.open) for one in self.services) - self.open_interruptions

    @property
    def unsure(self) -> tuple[ServiceNow, ...]:
        """Services of which it is not known whether they can be used."""
        return tuple(one for one in self.services if one.state is State.UNKNOWN)

    @property
    def last_look(self) -> datetime | None:
        """When anything was looked at last."""
        return max((one.last.at for service in self.services for one in service.targets if one.last), default=None)

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """What a person has to see to."""
        silent = any(one.silent and one.target.required for service in self.services for one in service.targets)
        owing = self.mode is not Mode.TRIAL or any(one.watched for one in self.services)
        true = {
            Concern.INTERRUPTED: bool(self.open_interruptions),
            Concern.STOPPED: owing and not self.running,
            Concern.SILENT: silent,
            Concern.SILENT_VANTAGE: bool(self.silent_vantages),
            Concern.STALE_SOURCE: bool(self.stale),
            Concern.UNFETCHED_SOURCE: bool(self.unfetched),
            Concern.FAILED_FILES: bool(self.failed),
            Concern.STRAY_FILES: bool(self.strays),
            Concern.DEAD_LETTERS: bool(self.lost),
            Concern.UNREAD_RETURNS: bool(self.unread_returns),
            Concern.LATE_LETTERS: self.unsent_since is not None and self.at - self.unsent_since >= PATIENCE,
            Concern.DRILL_FAILED: self.own is not None and self.own.drill_failed,
        }
        return tuple(concern for concern in Concern if true[concern])

    @property
    def healthy(self) -> bool:
        """Whether nothing needs seeing to."""
        return not self.concerns


def _unfetched(db: Connection, register: Register) -> tuple[PollRow, ...]:
    """The last poll of each source that could not be asked, or said what is of no use."""
    last = polls.last(db)
    return tuple(last[key] for key in register.sources if key in last and last[key].state is PollState.FAILED)


def standing(
    db: Connection, settings: Settings, register: Register, law: Law, now: datetime, *, running: bool = True
) -> StatusNow:
    """How everything stands now; who asks knows whether the daemon runs."""
    counted = dossiers.counts(db)
    by_state = letters.counts(db)
    figures = dossiers.figures(db)
    inbox = settings.var_dir / "inbox"
    return StatusNow(
        at=now,
        register_name=register.name,
        mode=modes.mode(db, settings),
        pilot_address=settings.pilot_address,
        lacking=lacking(settings, register),
        services=tuple(
            present(db, settings, register, law, service=one, now=now) for one in register.services.values()
        ),
        agencies=_agencies(counted, register),
        noted=_noted(counted),
        paused=mass_pauses(paused_on_due_days(db, since=now - PAUSED_LOOK_BACK), law),
        letters={state: by_state[state] for state in LetterState if by_state.get(state)},
        imports=tuple(imports.recent(db, IMPORTS)),
        failed=tuple(row for row in imports.refused(db) if row.source in register.sources),
        figures=tuple(sorted(figures.items(), key=lambda one: one[1], reverse=True)),
        stale=tuple(stale(db, register, law, now).values()),
        untold=untold(db, register),
        unfetched=_unfetched(db, register),
        source_names={source.key: source.name for source in register.sources.values()},
        unsent_since=unsent_since(db),
        held=held(db, register, law, now),
        lost=lost.count(db, now - LOST_LOOK_BACK),
        unread_returns=watches.get_mark(db, RETURNS_TROUBLE) or "",
        health=_health(db, now),
        own=own_life(db, Span(start=now - LOOK_BACK, end=now), now),
        running=running,
        silent_vantages=tuple(silent_vantages(db, settings, now)),
        strays=tuple(f"{folder.parent.name}/{folder.name}" for folder in strays(inbox, register.sources)),
        certificates=expiring(db, register, now),
        planned={
            code: stops(db, law, service, Span(start=now, end=now + AHEAD))
            for code, service in register.services.items()
        },
        calendar=calendar_now(db, law, day_of(now)),
        compared=law.compared,
        duties=duties_counted(duties_now(db, register, law, now)),
    )


def _agencies(counted: Iterable[dossiers.Count], register: Register) -> tuple[AgencyNow, ...]:
    """Agencies with something to show, the worst first."""
    found: defaultdict[str, Counter[Column]] = defaultdict(Counter)
    for row in counted:
        found[row.agency][row.kind, row.standing] += row.count
    lines = [AgencyNow(key=key, name=register.agency_name(key), counts=dict(counts)) for key, counts in found.items()]
    return tuple(sorted((one for one in lines if any(one.shown)), key=lambda one: (*(-n for n in one.shown), one.name)))


def _noted(counted: Iterable[dossiers.Count]) -> dict[FindingKind, int]:
    """What is no clock and a person has to look at."""
    found: Counter[FindingKind] = Counter()
    for row in counted:
        if row.standing is Standing.NOTED:
            found[row.kind] += row.count
    return {kind: found[kind] for kind in FindingKind if found[kind]}


def _health(db: Connection, now: datetime) -> Health:
    rows = list(events.between(db, Span(start=now - LOOK_BACK, end=now + MILLISECOND)))
    return Health(
        started=max((row.at for row in rows if row.kind == EventKind.STARTED), default=None),
        stopped=max((row.at for row in rows if row.kind == EventKind.STOPPED), default=None),
        clock_steps=sum(row.kind == EventKind.CLOCK_STEP for row in rows),
        heads=tuple(journal.heads(db)),
        database="PostgreSQL" if db.dialect.name == "postgresql" else "SQLite",
    )
