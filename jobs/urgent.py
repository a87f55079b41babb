"""Letters that wait for no slot: a reader and subject each, frozen when they are composed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from jobs import copies, tell
from jobs.app import App
from jobs.leaving import may_leave
from jobs.letters import Dossiers, by_reader, fresh, in_words, put_down
from jobs.presence import presence
from jobs.readers import Reader, occasion
from jobs.repeated import Often
from jobs.subjects import interruption_of
from monitor.core import drill
from monitor.core.attribution import blamed
from monitor.core.ladder import SubjectKind, Telling
from monitor.core.law import RuleUnknown
from monitor.core.message import Urgency
from monitor.core.period import MILLISECOND, Span, day_of
from monitor.reports.aside import failure_of, from_row, repeats
from monitor.reports.certificates import in_use
from monitor.reports.citing import cited
from monitor.reports.freshness import stale
from monitor.reports.handle import handle
from monitor.reports.letters import Words, write
from monitor.reports.outage import Outage, Place
from monitor.reports.render import terms
from monitor.reports.suspected import suspected
from monitor.reports.unreached import unreached
from monitor.reports.vantages import silent_vantages
from monitor.store import (
    InterruptionRow,
    TellingRow,
    beside,
    interruptions,
    looks,
    lost,
    polls,
    reading,
    suspicions,
    tellings,
    watches,
)

REMEDY = "failure_remedy"
"""The rule that says what is owed when a service fails."""


def compose(app: App, now: datetime) -> None:
    """Write what cannot wait for a slot; at night what waits for the morning is not written yet."""
    wanted = [urgency for urgency in may_leave(app, now) if urgency is not Urgency.SLOT]
    with reading(app.engine) as db:
        live = tell.mode(db)
        urgent = fresh(db, app, tellings.unlettered(db, live, wanted), now)
    if not urgent:
        return
    known, often = Dossiers(app, now), Often(app, now)
    for (kind, subject), told in _by_subject(urgent).items():
        if kind is SubjectKind.INTERRUPTION:
            _of_interruption(app, subject, told, now, live=live)
        elif kind is SubjectKind.SUSPICION:
            _of_suspicion(app, subject, told, now, live=live)
        elif kind is SubjectKind.CERTIFICATE:
            _of_certificate(app, subject, told, now, live=live)
        elif kind is SubjectKind.VANTAGE:
            _of_vantage(app, subject, told, now, live=live)
        elif kind is SubjectKind.SOURCE:
            _of_source(app, subject, told, now, live=live)
        elif kind is SubjectKind.ADDRESS:
            _of_address(app, subject, told, now, live=live)
        elif kind is SubjectKind.REPEAT:
            _of_repeat(app, subject, told, often, live=live)
        else:
            _of_dossier(app, told, known, live=live)


def _by_subject(rows: Iterable[TellingRow]) -> dict[tuple[SubjectKind, str], list[TellingRow]]:
    found: defaultdict[tuple[SubjectKind, str], list[TellingRow]] = defaultdict(list)
    for row in rows:
        found[row.telling.subject, row.telling.key].append(row)
    return found


def _of_interruption(app: App, subject: str, told: Sequence[TellingRow], now: datetime, *, live: bool) -> None:
    """One letter an address while it lasts and one when it is over, whoever shares the address and when they wake.

    Who is told of both at once reads of both in the one that says it is over.
    """
    with reading(app.engine) as db:
        outage = _outage(db, app, subject, now)
    state = "over" if outage and outage.over else "open"
    facts = None if outage is None else {"outage": outage}
    _each(app, told, "interruption", facts, key=lambda _: f"{subject}/{state}", now=now, live=live)


def _of_suspicion(app: App, subject: str, told: Sequence[TellingRow], now: datetime, *, live: bool) -> None:
    """One letter an address; none where somebody has ruled since."""
    with reading(app.engine) as db:
        one = suspicions.get(db, int(subject))
        service = app.register.service(one.service) if one else None
        heard = next(iter(suspected(db, app.law, service, [one])), None) if one and service else None
    facts = None if heard is None or heard.ruled else {"heard": heard, "service": service}
    _each(app, told, "suspicion", facts, key=lambda _: subject, now=now, live=live)


def _of_certificate(app: App, subject: str, told: Sequence[TellingRow], now: datetime, *, live: bool) -> None:
    """One letter an address and stage; none where the server has shown another certificate since."""
    with reading(app.engine) as db:
        shown = next((one for one in in_use(db, app.register) if one.certificate.sha256 == subject), None)
    facts = None if shown is None else {"shown": shown}
    _each(app, told, "certificate", facts, key=lambda last: f"{subject}/{last.stage}", now=now, live=live)


def _of_vantage(app: App, subject: str, told: Sequence[TellingRow], now: datetime, *, live: bool) -> None:
    """One letter an address and silence; none where the vantage has reported since."""
    with reading(app.engine) as db:
        silent = next((one for one in silent_vantages(db, app.settings, now) if one.name == subject), None)
    facts = None if silent is None else {"silent": silent}
    _each(app, told, "vantage", facts, key=lambda last: f"{subject}/{last.episode}", now=now, live=live)


def _of_source(app: App, subject: str, told: Sequence[TellingRow], now: datetime, *, live: bool) -> None:
    """One letter an address and working day; none where new figures have come since."""
    with reading(app.engine) as db:
        old, poll = stale(db, app.register, app.law, now).get(subject), polls.last(db).get(subject)
    agency = app.register.agency_name(old.source.scope.agency) if old else ""
    facts = None if old is None else {"stale": old, "agency": agency, "poll": poll}
    _each(app, told, "source", facts, key=lambda last: f"{subject}/{last.episode}/{last.nth}", now=now, live=live)


def _of_address(app: App, subject: str, told: Sequence[TellingRow], now: datetime, *, live: bool) -> None:
    """One letter an address and reminder; none where a letter has arrived there since."""
    with reading(app.engine) as db:
        one = next((one for one in unreached(db, app.register, now) if one.key == subject), None)
        instead = lost.sent_instead(db, subject, one.failing.since) if one else []
    facts = None if one is None else {"one": one, "instead": instead}
    _each(app, told, "address", facts, key=lambda last: f"{subject}/{last.episode}/{last.nth}", now=now, live=live)


def _of_repeat(app: App, subject: str, told: Sequence[TellingRow], often: Often, *, live: bool) -> None:
    """One letter an address and month; none where the unit is no more late so often."""
    facts = often.facts(subject)
    _each(app, told, "repeat", facts, key=lambda last: f"{subject}/{last.episode}", now=often.now, live=live)


def _each(
    app: App,
    told: Sequence[TellingRow],
    template: str,
    facts: Mapping[str, Any] | None,
    *,
    key: Callable[[Telling], str],
    now: datetime,
    live: bool,
) -> None:
    """One letter of a template to each reader, its key by their last telling; without facts none has to be told now."""
    for reader, rows in _readers(app, told, now):
        named = _key(rows, key(max(rows, key=lambda row: row.id).telling))
        about = occasion(app, reader, now, live=live, key=named)
        words = None if facts is None else write(template, about, **facts)
        _put(app, reader, rows, key=named, words=words, now=now, live=live)


def _of_dossier(app: App, told: Sequence[TellingRow], known: Dossiers, *, live: bool) -> None:
    for reader, rows in _readers(app, told, known.now):
        last = max(rows, key=lambda row: row.id).telling
        key = _key(rows, f"{last.key}/{last.episode}/{last.stage}/{last.nth}")
        words = in_words(app, reader, rows, known.now, known, live=live, key=key)
        _put(app, reader, rows, key=key, words=words, now=known.now, live=live)


def _readers(app: App, told: Sequence[TellingRow], now: datetime) -> list[tuple[Reader, list[TellingRow]]]:
    with reading(app.engine) as db:
        return by_reader(told, presence(db, app, now))


def _key(rows: Sequence[TellingRow], key: str) -> str:
    return f"{rows[0].telling.subject.value}/{key}"


def _put(
    app: App, reader: Reader, rows: Sequence[TellingRow], *, key: str, words: Words | None, now: datetime, live: bool
) -> None:
    kind = rows[0].telling.subject.value
    urgency = Urgency.NOW if any(row.telling.urgency is Urgency.NOW for row in rows) else Urgency.WAKING

    def also(db: Connection, letter: int) -> None:
        copies.copy(db, app, letter, reader.posts, told=rows, now=now)

    put_down(app, reader, rows, key=key, words=words, now=now, kind=kind, live=live, urgency=urgency, also=also)


def _outage(db: Connection, app: App, key: str, now: datetime) -> Outage | None:
    row = interruptions.get(db, *interruption_of(key))
    if row is not None and row.target == drill.TARGET:
        return _drilled(db, app, row)
    service = app.register.service_of(row.target) if row else None
    if row is None or service is None:
        return None
    target = app.register.target(row.target)
    one = from_row(row, target.key if target else row.target)
    struck = failure_of(db, app.law, service, one, now)
    return Outage(
        service=service.code,
        procedure=service.name,
        target=app.register.target_name(row.target),
        owner=app.register.agency_name(service.owner),
        last_good=row.last_good,
        first_bad=row.first_bad,
        last_bad=_last_bad(db, row),
        first_good=row.first_good,
        cause=row.cause,
        status=_status(db, row),
        citations=cited(_citations(app, row)),
        repeats=repeats(db, app.law, service, one),
        handle=handle(one),
        fault=blamed(beside.panels_between(db, (row.target,), _seen(db, row))),
        several=len(service.required_targets()) > 1,
        besides=tuple(
            Place(name=app.register.target_name(o.target), first_bad=o.first_bad, first_good=o.first_good)
            for o in struck
            if o.target != one.target
        ),
    )


def _drilled(db: Connection, app: App, row: InterruptionRow) -> Outage:
    """The same of the page of a drill, which is no service of the register."""
    words = terms()["drill"]
    return Outage(
        service=row.service,
        procedure=words["name"],
        target=words["page"],
        owner=app.register.agency_name(app.register.centre),
        last_good=row.last_good,
        first_bad=row.first_bad,
        last_bad=_last_bad(db, row),
        first_good=row.first_good,
        cause=row.cause,
        status=_status(db, row),
        drill=True,
    )


def _seen(db: Connection, row: InterruptionRow) -> Span:
    """From the first failed look to the last, both in it."""
    return Span(start=row.first_bad, end=_last_bad(db, row) + MILLISECOND)


def _last_bad(db: Connection, row: InterruptionRow) -> datetime:
    """The latest failed look; while it lasts only the watch knows it."""
    watch = watches.load(db, row.target)
    return (
        watch.last_bad
        if row.closed_at is None and watch.first_bad == row.first_bad and watch.last_bad
        else row.last_bad
    )


def _status(db: Connection, row: InterruptionRow) -> int | None:
    """What the first failed look was answered with."""
    at_once = Span(start=row.first_bad, end=row.first_bad + MILLISECOND)
    return next((look.status for look in looks.between(db, (row.target,), at_once) if look.at == row.first_bad), None)


def _citations(app: App, row: InterruptionRow) -> Iterable[str]:
    try:
        yield app.law.rule(REMEDY, day_of(row.first_bad)).citation
    except RuleUnknown:
        return
