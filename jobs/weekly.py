"""The weekly log published and sent: on the first working day after its week, at 07:30, once to each reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy import Connection

from jobs import publish, tell
from jobs.app import App
from jobs.presence import presence
from jobs.readers import occasion, put, readers_of
from monitor.core.agency import Role
from monitor.core.period import Span, at, ict
from monitor.core.reporting import week_of_day
from monitor.core.service import Service
from monitor.core.workdays import CalendarUnknown
from monitor.reports import accounts, publishing, uptime_report
from monitor.reports.letters import Words
from monitor.reports.render import terms
from monitor.reports.uptime_log import UptimeLog
from monitor.store import archive, reading, watches, writing

log = structlog.get_logger()

CLOCK = time(7, 30)
ROLES = frozenset({Role.HEAD, Role.FOCAL_POINT})
LATE = timedelta(minutes=15)
"""A log put down later than this after its moment says so: the daemon was not there."""
BACK = timedelta(days=21)
"""Weeks missed longer ago than this are told by the comparison of a later log only."""


def next_due(app: App, after: datetime) -> datetime:
    """The next 07:30 strictly after a moment on the first working day that follows a week's end."""
    week = _monday(ict(after).date()) - timedelta(weeks=4)
    while (due := _due(app, week)) <= after:
        week += timedelta(weeks=1)
    return due


def _due(app: App, monday: date) -> datetime:
    """When the week that ended on a Monday at midnight is reported; beyond the calendar, on that Monday."""
    day = monday
    try:
        while not app.law.calendars["default"].is_working_day(day):
            day += timedelta(days=1)
    except CalendarUnknown:
        day = monday
    return at(day, CLOCK)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One week of one service that is due and not reported yet, with what would be published of it."""

    draft: publishing.Draft
    due: datetime


def run(app: App, due: datetime, now: datetime) -> None:
    """Report every week due at a moment or missed before it, with each service's figures as of now.

    A week off for Tết makes two weeks due at once. What was put down already is not made again.
    """
    for service in app.register.services.values():
        for owed in _owed(app, service, due, now):
            _put(app, owed, now)


def _owed(app: App, service: Service, due: datetime, now: datetime) -> Iterator[Owed]:
    monday = _monday(ict(due - BACK).date())
    while (week_due := _due(app, monday)) <= due:
        week = week_of_day(monday - timedelta(weeks=1))
        monday += timedelta(weeks=1)
        with reading(app.engine) as db:
            if week_due <= due - BACK or _reported(db, service, week.span) or not _begun(db, service, week.span, now):
                continue
            made = publishing.draft(db, app.register, app.law, service.code, week, now)
        yield Owed(draft=made, due=week_due)


def _mark(service: Service) -> str:
    return f"weekly/{service.code}"


def _reported(db: Connection, service: Service, span: Span) -> bool:
    mark = watches.get_mark(db, _mark(service))
    return mark is not None and datetime.fromisoformat(mark) >= span.end


def _begun(db: Connection, service: Service, span: Span, now: datetime) -> bool:
    """Whether the monitor was there for any of the week."""
    began = accounts.began(db, service, now)
    return began is not None and began < span.end


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letter:
    """What goes out: the log that is told, the documents that go with it, and the edition to be kept, if it is new."""

    log: UptimeLog
    documents: Mapping[str, bytes]
    made: publishing.Made | None = None


def _letter(app: App, draft: publishing.Draft) -> _Letter:
    """The first edition and its documents; where a person published the week before, what they published."""
    one = draft.published
    if one is None:
        made = publishing.edition(draft, by=terms()["word"]["sender"])
        publish.documents(app, made)
        return _Letter(log=made.log, documents=made.documents, made=made)
    named = publishing.edition_of(one, differs=bool(draft.changes))
    told = replace(draft.log, edition=named)
    try:
        return _Letter(log=told, documents=publish.kept(app, one))
    except archive.NotAsPublished as lost:
        log.error("publication.not_as_published", why=str(lost))
        return _Letter(log=told, documents=uptime_report.files(told))


def _put(app: App, owed: Owed, now: datetime) -> None:
    """The edition, one letter a reader, and that the week is reported, in one transaction; drawing comes before it."""
    goes_out, late = _letter(app, owed.draft), now - owed.due > LATE
    service, week = goes_out.log.service, goes_out.log.period
    enclosed = uptime_report.enclosed(goes_out.documents)
    posts = [p for a in dict.fromkeys((service.owner, app.register.centre)) for p in app.register.posts_of(a, ROLES)]
    with reading(app.engine) as db:
        live, readers = tell.mode(db), readers_of(posts, presence(db, app, now))
    key = f"weekly/{service.code}/{week.name}"
    letters: list[Words] = [
        uptime_report.letter(goes_out.log, enclosed, occasion(app, reader, now, live=live, key=key), late=late)
        for reader in readers
    ]
    with writing(app.engine) as db:
        if goes_out.made is not None:
            publish.row(db, goes_out.made)
        for reader, words in zip(readers, letters, strict=True):
            put(db, app, key=key, reader=reader, words=words, now=now, kind="weekly", live=live, slot=owed.due)
        watches.set_mark(db, _mark(service), week.span.end.isoformat())
    log.info("weekly.put", service=service.code, week=week.name, readers=len(readers), late=late)
