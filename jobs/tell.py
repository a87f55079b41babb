"""What is owed now: tellings of interruptions and dossiers, once each, whenever it is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from jobs import duties, explain, once, project
from jobs.app import App
from jobs.presence import presence
from jobs.subjects import (
    TOLD_OF_DOSSIERS,
    of_address,
    of_certificate,
    of_dossier,
    of_interruption,
    of_reappointment,
    of_source,
    of_suspicion,
    of_vantage,
)
from monitor.core.apology import Raised
from monitor.core.circumstances import NOTHING_KNOWN
from monitor.core.finding import FindingKind, findings
from monitor.core.interruption import Interruption
from monitor.core.ladder import Subject, SubjectKind, Telling, owed
from monitor.core.message import Urgency
from monitor.core.period import Span
from monitor.reports.certificates import in_use
from monitor.reports.circumstances import circumstances
from monitor.reports.freshness import stale
from monitor.reports.mode import LIVE, live_since
from monitor.reports.unreached import unreached
from monitor.reports.vantages import silent_vantages
from monitor.store import (
    EventKind,
    InterruptionRow,
    apologies,
    dossiers,
    events,
    explanations,
    interruptions,
    matters,
    reading,
    suspicions,
    tellings,
    watches,
    writing,
)

log = structlog.get_logger()

BATCH = 500
LOOK_BACK = timedelta(days=14)
"""How long an interruption that is over may still have something to tell: a night, or the monitor's own absence."""


def mode(db: Connection) -> bool:
    """Whether letters really go out: the trial was ended."""
    return live_since(db) is not None


def go_live(app: App, name: str, now: datetime) -> datetime:
    """End the trial, by a named person; the moment it ended, which is an earlier one where it had ended already."""
    with writing(app.engine) as db:
        before = live_since(db)
        if before is not None:
            return before
        watches.set_mark(db, LIVE, json.dumps({"at": now.isoformat(), "by": name}, ensure_ascii=False))
        events.add(db, now, EventKind.GO_LIVE, name)
    log.info("trial.ended", at=now.isoformat())
    return now


def interruption_opened(db: Connection, app: App, one: Interruption, now: datetime) -> InterruptionRow:
    """Write down that an interruption began, and owe what that makes owed."""
    row = interruptions.open_(db, one, now)
    log.warning("interruption.opened", service=one.service, target=one.target, since=one.first_bad.isoformat())
    _changed(db, app, row, now)
    return row


def interruption_closed(db: Connection, app: App, one: Interruption, now: datetime, *, begun: datetime) -> None:
    """Write down that the interruption known to have `begun` then is over, and owe what that makes owed."""
    row = interruptions.close(db, one.target, begun, one, now)
    good = one.first_good.isoformat() if one.first_good else ""
    log.warning("interruption.closed", service=row.service, target=row.target, first_good=good)
    _changed(db, app, row, now)


def _changed(db: Connection, app: App, row: InterruptionRow, now: datetime) -> None:
    """In the transaction that recorded it."""
    subject = of_interruption(row, register=app.register, law=app.law, live_since=live_since(db))
    if subject is not None:
        _tell(db, app, [subject], now)


def tick(app: App, now: datetime) -> None:
    """The minute's beat: what changed because time passed is projected and owed."""
    project.refresh(app, now)
    duties.meet(app, now)
    with reading(app.engine) as db:
        owing = list(owed_now(db, app, list(beside_dossiers(db, app, now)), now, None))
    for some in _batches(owing):
        with writing(app.engine) as db:
            tellings.add_once(db, some)
    if _some_is_urgent(app, _DOSSIERS):
        _plan(app, now, None, _URGENT)
    if _some_is_urgent(app, (SubjectKind.EXPLANATION,)):
        _plan(app, now, None, _URGENT, explain.subjects)


def plan(app: App, now: datetime, until: datetime) -> None:
    """Owe what dossiers and duties make owed at a slot, looking ahead to the next one at `until`."""
    _plan(app, now, until, (Urgency.SLOT,))
    explain.note_ended(app, now)
    _plan(app, now, until, (Urgency.SLOT,), explain.subjects)
    duties.meet(app, now)
    _plan(app, now, until, (Urgency.SLOT,), duties.subjects)


_URGENT = (Urgency.NOW, Urgency.WAKING)
_DOSSIERS = (SubjectKind.RECEPTION, SubjectKind.RESULT, SubjectKind.UNKNOWN_UNIT)


def _some_is_urgent(app: App, kinds: Iterable[SubjectKind]) -> bool:
    return any(stage.urgency is not Urgency.SLOT for kind in kinds for stage in app.register.ladders[kind].stages)


def beside_dossiers(db: Connection, app: App, now: datetime) -> Iterator[Subject]:
    """Everything but dossiers that may have something to tell."""
    since = live_since(db)
    for row in {(row.target, row.first_bad): row for row in _recent(db, now)}.values():
        subject = of_interruption(row, register=app.register, law=app.law, live_since=since)
        if subject is not None:
            yield subject
    live = since is not None
    yield from _suspected(db, app, now, live=live)
    yield from _put_off_again(db, app, now, live=live)
    yield from _expiring(db, app, now, live=live)
    for silent in silent_vantages(db, app.settings, now):
        yield of_vantage(silent, register=app.register, law=app.law, live=live)
    for old in stale(db, app.register, app.law, now).values():
        yield of_source(old, register=app.register, law=app.law, live=live)
    for one in unreached(db, app.register, now) if live else ():
        yield of_address(one, register=app.register, law=app.law, live=live)


def _put_off_again(db: Connection, app: App, now: datetime, *, live: bool) -> Iterator[Subject]:
    """Results put off more often than the law allows, or that were to be, since anybody may have been away."""
    found = apologies.raised(db, now - LOOK_BACK)
    known = matters.testimonies(db, {matter for matter, _, _ in found}) if found else {}
    for matter, raised, at in found:
        if dossier := next(iter(known.get(matter, ())), None):
            yield of_reappointment(dossier, raised, at, register=app.register, law=app.law, live=live)


def _suspected(db: Connection, app: App, now: datetime, *, live: bool) -> Iterator[Subject]:
    """Suspicions that nobody has ruled on; one entered longer ago than anybody was away is told of no more."""
    for one in suspicions.open_(db):
        if one.entered_at > now - LOOK_BACK:
            subject = of_suspicion(one, register=app.register, law=app.law, live=live)
            if subject is not None:
                yield subject


def _expiring(db: Connection, app: App, now: datetime, *, live: bool) -> Iterator[Subject]:
    """Certificates that may have a stage reached; one that nobody shows any more is told of no more."""
    reach = max((-stage.calendar_days for stage in app.register.ladders[SubjectKind.CERTIFICATE].stages), default=0)
    for one in in_use(db, app.register):
        if one.days_left(now) <= reach:
            yield of_certificate(one, register=app.register, law=app.law, live=live)


def _recent(db: Connection, now: datetime) -> Iterable[InterruptionRow]:
    return chain(interruptions.between(db, Span(start=now - LOOK_BACK, end=now)), interruptions.still_open(db))


def _plan(
    app: App,
    now: datetime,
    until: datetime | None,
    urgencies: Sequence[Urgency],
    subjects: Callable[..., Iterator[Subject]] | None = None,
) -> None:
    """Owe what dossiers make owed, or what other subjects do; what is told late is asked why in the same breath."""
    with reading(app.engine) as db:
        live = mode(db)
        owing = [
            telling
            for batch in _batches((subjects or _subjects)(db, app, now, live=live))
            for telling in owed_now(db, app, batch, now, until)
            if telling.urgency in urgencies
        ]
    for some in _batches(owing):
        asked = explain.asked_with(app, some, now)
        with writing(app.engine) as db:
            made = tellings.add_once(db, some)
            explanations.ask(db, asked)
        log.info("tellings.made", count=len(made), live=live)


def _subjects(db: Connection, app: App, now: datetime, *, live: bool) -> Iterator[Subject]:
    """Dossiers that may have something to tell; from old figures nobody is told anything."""
    old = stale(db, app.register, app.law, now)
    fresh = (one for one in dossiers.open_before(db, now + _reach(app)) if one.source not in old)
    for some in _batches(fresh):
        known = circumstances(db, some)
        for dossier in some:
            found = findings(dossier, now, app.law, known.get(dossier.matter, NOTHING_KNOWN))
            yield from of_dossier(dossier, found, register=app.register, law=app.law, live=live)
            if any(one.kind is FindingKind.SECOND_REAPPOINTMENT for one in found):
                yield of_reappointment(
                    dossier, Raised.BREACH, dossier.told or now, register=app.register, law=app.law, live=live
                )


def _reach(app: App) -> timedelta:
    """How far ahead of its due a dossier may have something to tell: the ladders' days, and any holidays between."""
    ahead = max(-stage.working_days for kind in _DOSSIERS for stage in app.register.ladders[kind].stages)
    return timedelta(days=2 * max(ahead, 1) + 21)


def _tell(db: Connection, app: App, subjects: Sequence[Subject], now: datetime) -> None:
    owing = list(owed_now(db, app, subjects, now, None))
    if owing:
        tellings.add_once(db, owing)


def owed_now(
    db: Connection, app: App, subjects: Sequence[Subject], now: datetime, until: datetime | None
) -> Iterator[Telling]:
    """What people are owed of some subjects; a dossier that several systems tell of is one."""
    readers = presence(db, app, now).readers()
    for kind in {subject.kind for subject in subjects}:
        some = [subject for subject in subjects if subject.kind is kind]
        whole = once.wholes(db, [subject.key for subject in some]) if kind in TOLD_OF_DOSSIERS else {}
        keys = {key for subject in some for key in _keys(subject, whole)}
        told = tellings.of(db, kind, sorted(keys), live=some[0].live)
        for subject in some:
            heard = tuple(one for key in _keys(subject, whole) for one in told.get(key, ()))
            if subject.key in whole:
                heard = whole[subject.key].heard(subject, heard)
                subject = whole[subject.key].as_one(subject)  # noqa: PLW2901 - the same, by its one name
            yield from owed(subject, now, heard, app.register.ladders[kind], until=until, readers=readers)


def _keys(subject: Subject, whole: Mapping[str, once.Whole]) -> tuple[str, ...]:
    """All keys that a subject may have been told of under."""
    return whole[subject.key].keys if subject.key in whole else (subject.key,)


_T = TypeVar("_T")


def _batches(many: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(many)
    while some := list(islice(rest, BATCH)):
        yield some
