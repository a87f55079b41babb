"""People's absences, and the letter that asks each address whether it reaches somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

import structlog
from sqlalchemy import Connection

from jobs import tell
from jobs.app import App
from jobs.presence import Presence, presence
from jobs.readers import Reader, occasion, put
from monitor.core.absence import Absence
from monitor.core.agency import Post
from monitor.core.message import Urgency
from monitor.core.period import ict
from monitor.reports.letters import write
from monitor.store import EventKind, absences, events, reading, writing

log = structlog.get_logger()

TEST = "test"
"""The kind of the letter that tries an address."""


def go_away(app: App, absence: Absence) -> int:
    """Write an absence down; its number. Raise AwayAlready."""
    with writing(app.engine) as db:
        number = absences.add(db, absence)
        events.add(db, absence.at, EventKind.PEOPLE, f"{absence.post}: {absence.since} – {absence.until}")
    log.info("person.absent", post=absence.post, since=absence.since.isoformat(), until=absence.until.isoformat())
    return number


def come_back(app: App, absence: Absence, last: date, now: datetime, by: str) -> bool:
    """Write down the last day of an absence; False where that was written before."""
    with writing(app.engine) as db:
        if not absences.end(db, absence.number, last, now, by):
            return False
        events.add(db, now, EventKind.PEOPLE, f"{absence.post}: {absence.since} – {last}")
    log.info("person.back", post=absence.post, last=last.isoformat())
    return True


def to_try(app: App, posts: Iterable[Post], now: datetime, *, reserve: bool) -> list[Reader]:
    """One reader an address of those who are there; with `reserve` each address kept in reserve too."""
    with reading(app.engine) as db:
        here = presence(db, app, now)
    sharing: dict[str, dict[str, Post]] = {}
    for post in posts:
        for one in _addressed(here, post, reserve=reserve):
            sharing.setdefault(one.address.casefold(), {})[one.key] = one
    return [Reader(address=next(iter(some.values())).address, posts=tuple(some.values())) for some in sharing.values()]


def _addressed(here: Presence, post: Post, *, reserve: bool) -> Iterator[Post]:
    """The post once for each of its addresses; not at all while it is away."""
    post = here.register.posts.get(post.key, post)
    if post.key not in here.away:
        yield from (replace(post, address=one) for one in (post.address, *(post.fallbacks if reserve else ())) if one)


def try_addresses(app: App, readers: Iterable[Reader], now: datetime, by: str) -> list[int]:
    """Put down a short letter to each reader, which asks them to press its button; the letters' numbers."""
    made = []
    with writing(app.engine) as db:
        live = tell.mode(db)
        key = f"{TEST}/{ict(now):%Y-%m-%dT%H:%M:%S}"
        for reader in readers:
            words = write("test", occasion(app, reader, now, live=live, key=key), asked_by=by)
            number = put(
                db, app, key=key, reader=reader, words=words, now=now, kind=TEST, live=live, urgency=Urgency.WAKING
            )
            made += [number] if number is not None else []
    app.bell.ring()
    return made


def follow(db: Connection, app: App, absence: Absence) -> Post | None:
    """Who reads for the post on the absence's first day, once it is written down; None where nobody does."""
    here = Presence(
        register=app.register.on(absence.since),
        away={**absences.standing(db, absence.since), absence.post: absence},
    )
    found = here.stand_in(here.register.posts[absence.post])
    return None if found is None or found.alone else found.by
