"""Letters of a slot: a reader's tellings gathered into one, frozen when it is composed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from jobs import once, tell
from jobs.apology_letter import Known, Ready
from jobs.app import App
from jobs.duty_letter import Duties
from jobs.explain_letter import Owed
from jobs.presence import Presence, presence
from jobs.readers import Reader, occasion, put, readers_of
from jobs.subjects import source_behind
from monitor.core.circumstances import NOTHING_KNOWN
from monitor.core.finding import findings
from monitor.core.ladder import SubjectKind, Telling
from monitor.core.message import Urgency
from monitor.core.period import ict
from monitor.reports import slots
from monitor.reports.circumstances import circumstances
from monitor.reports.digest import digest
from monitor.reports.divisions import to_reader
from monitor.reports.freshness import stale
from monitor.reports.item import Item, item
from monitor.reports.letters import Words, write
from monitor.reports.listing import listing
from monitor.reports.slots import SLOTS
from monitor.store import TellingRow, explanations, matters, reading, tellings, writing
from monitor.store.statements import chunks

log = structlog.get_logger()

__all__ = ["SLOTS", "compose", "next_slot", "slot"]


def next_slot(app: App, moment: datetime) -> datetime:
    """The next 07:30 or 13:30 of a working day strictly after a moment; beyond the calendar, of a weekday."""
    return slots.next_slot(app.law, moment)


def slot(app: App, due: datetime, now: datetime) -> None:
    """Serve a slot: owe what falls due before the next one, and write each reader one letter."""
    remember_the_unreached(app, now)
    tell.plan(app, now, next_slot(app, now))
    compose(app, due, now)


def remember_the_unreached(app: App, now: datetime) -> None:
    """Owe again what was written to a post that had no address then and has one now: nobody was told by that letter."""
    with writing(app.engine) as db:
        here = presence(db, app, now)
        reached = [post.key for post in here.register.posts.values() if here.reader(post).address]
        count = tellings.reopen(db, reached, (Urgency.SLOT,))
    if count:
        log.info("tellings.reopened", count=count)


class Dossiers:
    """Dossiers with what the law says of them now, each read once however many are told of it."""

    def __init__(self, app: App, now: datetime) -> None:
        self.app, self.now, self.until = app, now, next_slot(app, now)
        self.explanations = Owed(app, now)
        self.drafts = Ready(app, now)
        self.duties = Duties(app, now)
        self.known: dict[str, Known | None] = {}

    def items(self, db: Connection, rows: Iterable[TellingRow]) -> list[Item]:
        """What the tellings come to now; those with nothing left to say are left out."""
        told = list(rows)
        self.learn(db, [row.telling.key for row in told])
        found = []
        for row in told:
            known = self.known[row.telling.key]
            one = known and item(
                known.dossier,
                known.found,
                row.telling,
                now=self.now,
                until=self.until,
                law=self.app.law,
                register=self.app.register,
            )
            if one:
                found.append(one)
        return found

    def learn(self, db: Connection, keys: Iterable[str]) -> None:
        """Read the dossiers of some tellings that were not read yet, together."""
        new = [key for key in dict.fromkeys(keys) if key not in self.known]
        leads = once.leads(db, new)
        beside = circumstances(db, list(leads.values()))
        self.known.update(dict.fromkeys(new))
        for key, dossier in leads.items():
            known = beside.get(dossier.matter, NOTHING_KNOWN)
            self.known[key] = Known(dossier, known, findings(dossier, self.now, self.app.law, known))


def compose(app: App, slot: datetime, now: datetime) -> None:
    """Write each reader's letter of a slot: one transaction a letter, nothing twice however often it is begun."""
    known = Dossiers(app, now)
    with reading(app.engine) as db:
        live = tell.mode(db)
        rows = fresh(db, app, tellings.unlettered(db, live, (Urgency.SLOT,)), now)
        waiting = by_reader(rows, presence(db, app, now))
        for keys in chunks([key for reader, rows in waiting for key in known.drafts.wanted(reader, rows)]):
            known.learn(db, keys)
    known.drafts.gather(waiting, known.known)
    for reader, rows in waiting:
        key = f"slot/{ict(slot):%Y-%m-%dT%H:%M}"
        words = in_words(app, reader, rows, slot, known, live=live, key=key)
        put_down(app, reader, rows, key=key, words=words, now=now, kind="digest", live=live, slot=slot)


def put_down(
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
    also: Callable[[Connection, int], None] | None = None,
) -> None:
    """One letter and what it tells of, together, and what else (`also`) is to be written with it.

    Where its key is taken already, a slot's tellings wait for the next slot; urgent ones were told by that letter.
    """
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
            if also is not None:
                also(db, letter)
        elif slot is None:
            tellings.settle(db, ids)


def fresh(db: Connection, app: App, rows: Sequence[TellingRow], now: datetime) -> Sequence[TellingRow]:
    """Those that rest on no stale source; the others wait, and are told once its figures are fresh again."""
    old = stale(db, app.register, app.law, now)
    if not old:
        return rows
    asked = _asked_from(db, [row.telling for row in rows])
    return [row for row in rows if _source(db, row.telling, old, asked) not in old]


def _asked_from(db: Connection, told: Iterable[Telling]) -> dict[str, str]:
    """By the key of each request to explain that is told of, the source whose figures say that it is late."""
    numbers = {int(one.key) for one in told if one.subject is SubjectKind.EXPLANATION}
    matter_of = {str(one.number): one.delay.matter for one in explanations.asked_by(db, numbers).values()}
    known = matters.testimonies(db, matter_of.values())
    return {key: known[matter][0].source for key, matter in matter_of.items() if matter in known}


def _source(db: Connection, telling: Telling, old: Collection[str], asked: Mapping[str, str]) -> str:
    """The source a telling rests on: of a dossier that several tell of, that of the testimony which counts now."""
    if telling.subject is SubjectKind.EXPLANATION:
        return asked.get(telling.key, "")
    named = source_behind(telling)
    if named not in old:
        return named
    counts = once.lead(db, telling.key)
    return counts.source if counts else named


_BESIDE = frozenset({SubjectKind.EXPLANATION, SubjectKind.DUTY})
"""What has a part of its own in a letter, and no key of a dossier."""


def by_reader(rows: Iterable[TellingRow], here: Presence) -> list[tuple[Reader, list[TellingRow]]]:
    """Each reader with what they are to be told, and what those whose place they take are; no post that is no more."""
    posts = here.register.posts
    of_post: defaultdict[str, list[TellingRow]] = defaultdict(list)
    for row in rows:
        if row.telling.person in posts:
            of_post[row.telling.person].append(row)
    readers = readers_of((posts[key] for key in of_post), here)
    return [(reader, [row for post in reader.whom for row in of_post.get(post.key, ())]) for reader in readers]


def in_words(
    app: App, reader: Reader, rows: Sequence[TellingRow], slot: datetime, known: Dossiers, *, live: bool, key: str
) -> Words | None:
    """What dossiers' tellings come to for one reader, with a list of all where not all are shown; None for nothing."""
    with reading(app.engine) as db:
        told = known.items(db, [row for row in rows if row.telling.subject not in _BESIDE])
        tasked = known.duties.part(db, rows)
        asked, books = known.explanations.part(db, reader, rows)
    items = to_reader(told, [post.agency for post in reader.whom], app.register)
    drafted, drafts = known.drafts.part(reader, rows, known.known)
    if not items and asked is None and tasked is None:
        return None
    names = {source.key: source.name for source in app.register.sources.values()}
    facts = replace(digest(items, slot, known.until, app.law, names), asked=asked, drafted=drafted, tasked=tasked)
    goes_with = [*([listing(facts)] if facts.cut else []), *books, *drafts]
    return write("digest", occasion(app, reader, known.now, live=live, key=key), goes_with, digest=facts)
