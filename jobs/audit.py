"""The auditor: what should have been told by now, reckoned anew beside the daemon, against the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain

from sqlalchemy import Connection

from jobs import duties, explain, tell
from jobs.app import App
from jobs.subjects import TOLD_OF_DOSSIERS, dossier_of, of_dossier
from monitor.core.circumstances import NOTHING_KNOWN
from monitor.core.finding import findings
from monitor.core.ladder import Subject, Telling
from monitor.core.message import Urgency
from monitor.core.period import Span
from monitor.reports.circumstances import circumstances
from monitor.reports.freshness import stale
from monitor.reports.mode import live_since
from monitor.reports.notified import Delivery, notified
from monitor.reports.slots import last_slot, next_slot
from monitor.store import beats, dossiers, reading, runs
from monitor.store.statements import chunks

SILENT = timedelta(minutes=5)
"""The daemon writes down each half minute that it lives."""
SERVED = timedelta(minutes=30)
"""How long after its moment a slot's letters may be written."""
WAKING = timedelta(minutes=20)
"""How long after its moment a stage that waits for no slot may be owed."""
_AHEAD = timedelta(days=60)
_SHOWN = 20


class Trouble(StrEnum):
    """What the auditor finds amiss."""

    SILENT = "silent"
    SLOT = "slot"
    MISSING = "missing"
    UNDELIVERED = "undelivered"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amiss:
    """One thing that is amiss: since when, how many, and the first few of them by name."""

    trouble: Trouble
    since: datetime | None
    count: int = 1
    names: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same as long as it is the same trouble, however it grows."""
        # What does not arrive is looked at for some days: the oldest of it goes out of sight though the trouble stays.
        lasts = self.trouble is Trouble.UNDELIVERED or self.since is None
        return self.trouble.value if lasts else f"{self.trouble} {self.since}"


def audit(app: App, now: datetime) -> tuple[Amiss, ...]:
    """Everything amiss, the worst first; nothing where everybody was told what they were to be told by now."""
    with reading(app.engine) as db:
        since = live_since(db)
        return tuple(_amiss(db, app, now, since))


def _amiss(db: Connection, app: App, now: datetime, live: datetime | None) -> Iterator[Amiss]:
    silent = _silent(db, now)
    if silent is not None:
        yield silent
    if live is None:
        return
    slot = last_slot(app.law, now - SERVED)
    if slot > live:
        if not runs.served(db, "slot", slot):
            yield Amiss(trouble=Trouble.SLOT, since=slot)
        else:
            yield from _missing([*_untold(db, app, slot, now), *_unheard(db, app, max(now - WAKING, live))])
    yield from _undelivered(db, app, now, live)


def _silent(db: Connection, now: datetime) -> Amiss | None:
    """Whether the daemon lives, by its own word."""
    last = beats.last(db)
    if last is not None and now - last <= SILENT:
        return None
    return Amiss(trouble=Trouble.SILENT, since=last)


def _untold(db: Connection, app: App, slot: datetime, now: datetime) -> Iterator[Telling]:
    """What was owed at a slot that was served, of what was known before it, and stands nowhere."""
    for some in chunks(list(chain(_dossiers(db, app, slot), _beside(db, app, slot, now)))):
        for one in tell.owed_now(db, app, some, slot, None):
            if one.urgency is Urgency.SLOT and one.reached is not None and one.reached <= slot:
                yield one


def _beside(db: Connection, app: App, slot: datetime, now: datetime) -> Iterator[Subject]:
    """Unanswered questions and duties of the slot that are so still: others may have ended before it was served."""
    for source in (explain.subjects, duties.subjects):
        still = {(one.key, one.episode) for one in source(db, app, now, live=True)}
        yield from (one for one in source(db, app, slot, live=True) if (one.key, one.episode) in still)


def _unheard(db: Connection, app: App, moment: datetime) -> Iterator[Telling]:
    """What was owed at a moment of anything but dossiers, waits for no slot, and stands nowhere."""
    for one in tell.owed_now(db, app, list(tell.beside_dossiers(db, app, moment)), moment, None):
        if one.urgency is not Urgency.SLOT and one.reached is not None and one.reached <= moment:
            yield one


def _dossiers(db: Connection, app: App, slot: datetime) -> Iterator[Subject]:
    """Every open dossier of a fresh source, as it was known before the slot."""
    old = stale(db, app.register, app.law, slot)
    due = (one for one in dossiers.open_before(db, slot + _AHEAD) if one.source not in old)
    for some in chunks([one for one in due if one.told is not None and one.told < slot]):
        known = circumstances(db, some)
        for dossier in some:
            found = findings(dossier, slot, app.law, known.get(dossier.matter, NOTHING_KNOWN))
            yield from of_dossier(dossier, found, register=app.register, law=app.law, live=True)


def _missing(tellings: Iterable[Telling]) -> Iterator[Amiss]:
    found = list(tellings)
    if found:
        first = min(one.reached for one in found if one.reached is not None)
        yield Amiss(trouble=Trouble.MISSING, since=first, count=len(found), names=tuple(map(_named, found[:_SHOWN])))


def _named(telling: Telling) -> str:
    what = dossier_of(telling.key)[1] if telling.subject in TOLD_OF_DOSSIERS else telling.key
    return f"{what} → {telling.person} ({telling.stage})"


def _undelivered(db: Connection, app: App, now: datetime, live: datetime) -> Iterator[Amiss]:
    """What was owed in the last days, whose time is over, and that no mail server has taken."""
    span = Span(start=max(live, now - timedelta(days=3)), end=now)
    if span.end <= span.start:
        return
    found = notified(db, span, now, lambda moment: next_slot(app.law, moment))
    lost = [one for one in found.exceptions if one.outcome is Delivery.NOT_REACHED]
    if lost:
        names = tuple(f"{one.told.person} ({one.told.count})" for one in lost[:_SHOWN])
        count = sum(one.told.count for one in lost)
        yield Amiss(trouble=Trouble.UNDELIVERED, since=min(one.by for one in lost), count=count, names=names)
