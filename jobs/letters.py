"""Letters: a reader's tellings gathered at a slot, or at once where they are urgent; frozen when they are composed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from jobs import tell
from jobs.app import App
from jobs.readers import Reader, occasion, put, readers_of
from jobs.subjects import dossier_of, interruption_of
from monitor.core.dossier import Dossier
from monitor.core.finding import Finding, findings
from monitor.core.ladder import SubjectKind
from monitor.core.message import Urgency
from monitor.core.period import at, day_of, ict
from monitor.core.workdays import CalendarUnknown
from monitor.reports.digest import digest
from monitor.reports.item import Item, item
from monitor.reports.letters import Words, write
from monitor.reports.outage import Outage
from monitor.store import TellingRow, dossiers, interruptions, reading, tellings, writing

__all__ = ["compose", "compose_urgent", "next_slot", "occasion", "put", "readers_of", "slot"]

SLOTS = (time(7, 30), time(13, 30))


def next_slot(app: App, moment: datetime) -> datetime:
    """The next 07:30 or 13:30 of a working day strictly after a moment; beyond the calendar, of a weekday."""
    day = day_of(moment)
    while True:
        for clock in SLOTS:
            if at(day, clock) > moment and _works(app, day):
                return at(day, clock)
        day += timedelta(days=1)


def _works(app: App, day: date) -> bool:
    try:
        return app.law.calendars["default"].is_working_day(day)
    except CalendarUnknown:
        return day.isoweekday() < 6


def slot(app: App, due: datetime, now: datetime) -> None:
    """Serve a slot: owe what falls due before the next one, and write each reader one letter."""
    tell.plan(app, now, next_slot(app, now))
    compose(app, due, now)


class Dossiers:
    """Dossiers with what the law says of them now, each read once however many are told of it."""

    def __init__(self, app: App, now: datetime) -> None:
        self.app, self.now, self.until = app, now, next_slot(app, now)
        self._known: dict[str, tuple[Dossier, tuple[Finding, ...]] | None] = {}

    def items(self, db: Connection, rows: Iterable[TellingRow]) -> list[Item]:
        """What the tellings come to now; those with nothing left to say are left out."""
        found = []
        for row in rows:
            known = self._of(db, row.telling.key)
            one = known and item(
                *known, row.telling, now=self.now, until=self.until, law=self.app.law, register=self.app.register
            )
            if one:
                found.append(one)
        return found

    def _of(self, db: Connection, key: str) -> tuple[Dossier, tuple[Finding, ...]] | None:
        if key not in self._known:
            dossier = dossiers.load(db, *dossier_of(key))
            self._known[key] = (dossier, findings(dossier, self.now, self.app.law)) if dossier else None
        return self._known[key]


def compose(app: App, slot: datetime, now: datetime) -> None:
    """Write each reader's letter of a slot: one transaction a letter, nothing twice however often it is begun."""
    known = Dossiers(app, now)
    with reading(app.engine) as db:
        live = tell.mode(db)
        waiting = _by_reader(app, tellings.unlettered(db, live, (Urgency.SLOT,)))
    for reader, rows in waiting:
        with reading(app.engine) as db:
            items = known.items(db, rows)
        words = _digest(app, reader, items, slot, known, live=live) if items else None
        key = f"slot/{ict(slot):%Y-%m-%dT%H:%M}"
        _put(app, reader, rows, key=key, words=words, now=now, kind="digest", live=live, slot=slot)


def compose_urgent(app: App, now: datetime) -> None:
    """Write what cannot wait for a slot: a letter a reader and subject."""
    with reading(app.engine) as db:
        live = tell.mode(db)
        urgent = tellings.unlettered(db, live, (Urgency.NOW, Urgency.WAKING))
    of_subject: defaultdict[tuple[SubjectKind, str], list[TellingRow]] = defaultdict(list)
    for row in urgent:
        of_subject[row.telling.subject, row.telling.key].append(row)
    known = Dossiers(app, now)
    for (kind, subject), told in of_subject.items():
        for reader, rows in _by_reader(app, told):
            last = rows[-1].telling
            words = _urgent(app, reader, rows, known, live=live)
            key = f"{kind.value}/{subject}/{last.episode}/{last.stage}/{last.nth}"
            _put(app, reader, rows, key=key, words=words, now=now, kind=kind.value, live=live, urgency=last.urgency)


def _put(
    app: App,
    reader: Reader,
    rows: Sequence[TellingRow],
    *,
    key: str,
    words: Words | None,
    now: datetime,
    kind: str,
    live: bool,
    slot: datetime | None = None,
    urgency: Urgency = Urgency.SLOT,
) -> None:
    """One letter and what it tells of, together; where its key is taken already, they wait for the next one."""
    ids = [row.id for row in rows]
    with writing(app.engine) as db:
        if words is None:
            tellings.settle(db, ids)
            return
        letter = put(
            db, app, key=key, reader=reader, words=words, now=now, kind=kind, live=live, slot=slot, urgency=urgency
        )
        if letter is not None:
            tellings.attach(db, ids, letter)


def _by_reader(app: App, rows: Collection[TellingRow]) -> list[tuple[Reader, list[TellingRow]]]:
    posts = app.register.posts
    of_post: defaultdict[str, list[TellingRow]] = defaultdict(list)
    for row in rows:
        if row.telling.person in posts:  # a post that left the register gets no letter
            of_post[row.telling.person].append(row)
    readers = readers_of(posts[key] for key in of_post)
    return [(reader, [row for post in reader.posts for row in of_post[post.key]]) for reader in readers]


def _digest(app: App, reader: Reader, items: Iterable[Item], slot: datetime, known: Dossiers, *, live: bool) -> Words:
    names = {source.key: source.name for source in app.register.sources.values()}
    facts = digest(items, slot, known.until, app.law, names)
    return write("digest", occasion(app, reader, known.now, live=live), digest=facts)


def _urgent(app: App, reader: Reader, rows: Sequence[TellingRow], known: Dossiers, *, live: bool) -> Words | None:
    with reading(app.engine) as db:
        if rows[0].telling.subject is not SubjectKind.INTERRUPTION:
            items = known.items(db, rows)
            return _digest(app, reader, items, known.now, known, live=live) if items else None
        outage = _outage(db, app, rows[0].telling.key)
    return write("interruption", occasion(app, reader, known.now, live=live), outage=outage) if outage else None


def _outage(db: Connection, app: App, key: str) -> Outage | None:
    row = interruptions.get(db, *interruption_of(key))
    service = app.register.service_of(row.target) if row else None
    if row is None or service is None:
        return None
    return Outage(
        service=service.code,
        procedure=service.name,
        target=app.register.target_name(row.target),
        owner=app.register.agency_name(service.owner),
        last_good=row.last_good,
        first_bad=row.first_bad,
        last_bad=row.last_bad,
        first_good=row.first_good,
        cause=row.cause,
    )
