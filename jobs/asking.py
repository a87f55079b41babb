"""People are asked for a two-minute look while the looks tell too little: twice each working day, once a half day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy import Connection

from jobs import tell
from jobs.app import App
from jobs.ourselves import ourselves_of
from jobs.presence import presence
from jobs.readers import occasion, put, readers_of
from monitor.core.agency import Post, Role
from monitor.core.law import RuleUnknown
from monitor.core.message import Attachment
from monitor.core.period import Span, at, day_of, ict
from monitor.core.service import Service
from monitor.core.workdays import CalendarUnknown, WorkCalendar
from monitor.reports.allow_list import allow_lists
from monitor.reports.asking import Ask, Need, letter, needed
from monitor.store import letters, looks, reading, watches, writing

log = structlog.get_logger()

KIND = "asking"
CLOCKS = ("manual_check_morning", "manual_check_afternoon")
"""The rules that say when people are asked, each as hours and minutes in one number: 830."""
ROLES = frozenset({Role.DUTY, Role.FOCAL_POINT})
TOLERANCE = timedelta(hours=1)
"""A slot missed for longer is not made up: its half day is another one, or nearly over."""
DRAFTED_EVERY = timedelta(days=30)
"""How often the draft of an allow-listing request goes with the letter, while that lasts."""
NEWER = "đã qua buổi cần kiểm tra"


def next_due(app: App, after: datetime) -> datetime:
    """The next slot of a working day strictly after a moment; beyond the calendar, of a weekday."""
    day = day_of(after)
    while True:
        if _works(app.law.calendars["default"], day):
            for clock in _clocks(app, day):
                if at(day, clock) > after:
                    return at(day, clock)
        day += timedelta(days=1)


def _clocks(app: App, day: date) -> Iterable[time]:
    """When people are asked on a day; noon where no rule says, so that a rule for a later day is reached."""
    try:
        values = [app.law.rule(key, day).value for key in CLOCKS]
    except RuleUnknown:
        return (time(12),)
    return sorted(time(value // 100, value % 100) for value in values)


def _works(calendar: WorkCalendar, day: date) -> bool:
    try:
        return calendar.is_working_day(day)
    except CalendarUnknown:
        return day.isoweekday() < 6


def run(app: App, due: datetime, now: datetime) -> None:
    """Ask for every service that needs it, at one slot; what was asked at an earlier one and did not leave stays."""
    _take_back(app, due, now)
    for service in app.register.services.values():
        if not _works(app.law.calendar_of(service.owner), day_of(due)):
            continue
        with reading(app.engine) as db:
            need = None if _checked(db, service, due, now) else _needed(db, app, service, now)
        if need is not None:
            _put(app, need, due, now)


def _take_back(app: App, due: datetime, now: datetime) -> None:
    """No burst when the mail server is back: an ask whose half day is over is not sent any more."""
    with writing(app.engine) as db:
        for stale in letters.stopped(db, KIND, before=due):
            letters.replaced(db, stale, NEWER, now)


def _needed(db: Connection, app: App, service: Service, now: datetime) -> Need | None:
    try:
        return needed(db, app.law, service, now)
    except RuleUnknown:
        return None


def _checked(db: Connection, service: Service, due: datetime, now: datetime) -> bool:
    """Whether somebody looked in the slot's half day already."""
    day, noon = day_of(due), at(day_of(due), time(12))
    start = at(day) if due < noon else noon
    return bool(looks.manual_between(db, service.code, Span(start=start, end=max(now, start))))


def _put(app: App, need: Need, due: datetime, now: datetime) -> None:
    """One letter a reader, and that the draft went with them, in one transaction; setting the draft comes before it."""
    service = need.service
    with reading(app.engine) as db:
        live = tell.mode(db)
        drafts = need.blocked and _draft_due(db, _mark(service, live=live), now)
    files = _draft(app, need, now) if drafts else ()
    ask = Ask(need=need, owner=app.register.agency_name(service.owner), due=due, drafted=bool(files))
    key = f"{KIND}/{service.code}/{ict(due):%Y-%m-%dT%H:%M}"
    with writing(app.engine) as db:
        readers = readers_of(_asked(app, service), presence(db, app, now))
        for reader in readers:
            words = letter(ask, occasion(app, reader, now, live=live, key=key), files)
            put(db, app, key=key, reader=reader, words=words, now=now, kind=KIND, live=live, slot=due)
        if files:
            watches.set_mark(db, _mark(service, live=live), now.isoformat())
    log.info("asking.put", service=service.code, due=due.isoformat(), readers=len(readers), drafted=bool(files))


def _asked(app: App, service: Service) -> tuple[Post, ...]:
    """The duty contact and the focal point of who answers for the service; its head where there is neither."""
    posts = app.register.posts_of(service.owner, ROLES)
    return posts or app.register.posts_of(service.owner, {Role.HEAD})


def _mark(service: Service, *, live: bool) -> str:
    return f"allow-list/{service.code}/{'live' if live else 'trial'}"


def _draft_due(db: Connection, mark: str, now: datetime) -> bool:
    last = watches.get_mark(db, mark)
    return last is None or now - datetime.fromisoformat(last) >= DRAFTED_EVERY


def _draft(app: App, need: Need, now: datetime) -> tuple[Attachment, ...]:
    made = allow_lists(app.register, app.law, need.service, need.account, ourselves_of(app), now=now)
    return tuple(file for draft in made for file in draft.files())
