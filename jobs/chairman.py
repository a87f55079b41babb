"""The Chairman's page: at the first slot of a week, and when something is beyond the authority of those below."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from jobs import letters, tell
from jobs.app import App
from jobs.duty_letter import Duties
from jobs.presence import presence
from jobs.readers import occasion, put, readers_of
from monitor.core.agency import Role
from monitor.core.ladder import BACKLOG, SubjectKind
from monitor.core.period import Span, at, day_of
from monitor.core.workdays import CalendarUnknown
from monitor.reports.exceptions import WEEK, Exceptions, exceptions
from monitor.reports.letters import write
from monitor.reports.notified import notified
from monitor.store import TellingRow, reading, tellings, watches, writing

log = structlog.get_logger()

KIND = "chairman"
SUPERIOR = "superior"
"""The stage of the ladder of duties at which neither the agency nor the Centre brought it about."""
LOOK_BACK = timedelta(days=120)
"""A duty that was beyond their authority longer ago is no news; it stays in `tthc obligations list`."""


def run(app: App, due: datetime, now: datetime) -> None:
    """Write the page where it is owed at a slot: once a week, and once for whatever is new since the last one."""
    posts = [post for post in app.register.posts.values() if post.role is Role.CHAIRMAN]
    with reading(app.engine) as db:
        live = tell.mode(db)
        readers = [reader for reader in readers_of(posts, presence(db, app, now)) if reader.address]
        last = watches.get_mark(db, _mark(live=live))
        owed = bool(readers) and _owed(db, app, due, datetime.fromisoformat(last) if last else None, live=live)
        if not owed:
            return
        facts = page(db, app, now, live=live)
    key = f"{KIND}/{due.isoformat()}"
    with writing(app.engine) as db:
        for reader in readers:
            words = write(
                "chairman", occasion(app, reader, now, live=live, key=key), facts=facts, register=app.register
            )
            put(db, app, key=key, reader=reader, words=words, now=now, kind=KIND, live=live, slot=due)
        watches.set_mark(db, _mark(live=live), now.isoformat())
    log.info("chairman.put", beyond=facts.beyond, late=facts.late)


def _mark(*, live: bool) -> str:
    return f"{KIND}/{'live' if live else 'trial'}"


def _owed(db: Connection, app: App, due: datetime, last: datetime | None, *, live: bool) -> bool:
    first = first_slot(app, due)
    if first <= due and (last is None or last < first):
        return True
    return last is not None and bool(_beyond(db, last, live=live))


def first_slot(app: App, moment: datetime) -> datetime:
    """The first slot of the week that a moment lies in; beyond the calendar, Monday's."""
    day = day_of(moment)
    monday = day - timedelta(days=day.weekday())
    try:
        while not app.law.calendars["default"].is_working_day(monday):
            monday += timedelta(days=1)
    except CalendarUnknown:
        monday = day - timedelta(days=day.weekday())
    return at(monday, letters.SLOTS[0])


def _beyond(db: Connection, since: datetime, *, live: bool) -> list[TellingRow]:
    """What was told since a moment because it is beyond the authority of those below."""
    kinds = [
        (SubjectKind.DUTY, SUPERIOR),
        *((SubjectKind.REAPPOINTMENT, stage) for stage in ("seen", BACKLOG)),
    ]
    return [row for kind, stage in kinds for row in tellings.of_stage(db, kind, stage, live=live, since=since)]


def page(db: Connection, app: App, now: datetime, *, live: bool) -> Exceptions:
    """All that the page says at a moment."""
    duties = tellings.of_stage(db, SubjectKind.DUTY, SUPERIOR, live=live, since=now - LOOK_BACK)
    return exceptions(
        db,
        app.register,
        app.law,
        now,
        tasked=Duties(app, now).part(db, duties),
        notified=notified(db, Span(start=now - WEEK, end=now), now, lambda moment: letters.next_slot(app, moment)),
        live=live,
    )
