"""A period published: figures, what they rest on, and documents, frozen together; and held against today's facts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from monitor.core.law import Law, RuleUnknown
from monitor.core.period import MILLISECOND, Span, day_of, to_ms
from monitor.core.publication import METHOD, Difference, Edition, Publication, canonical_text, differences
from monitor.core.reporting import Period
from monitor.core.service import Service
from monitor.core.uptime import figures
from monitor.core.workdays import WorkCalendar
from monitor.register import Register
from monitor.reports import uptime_report
from monitor.reports.accounts import ADVANCE_NOTICE
from monitor.reports.method import method_sha256
from monitor.reports.uptime_log import UptimeLog
from monitor.store import notices, publications

BEFORE = timedelta(days=60)
"""How long before its window a basis lists working days: a notice that is in time for the window came within them."""
Writing = Callable[[UptimeLog], Mapping[str, bytes]]
"""How a log becomes documents: bytes by file name."""


class NotOver(Exception):
    """A period that is not over cannot be published: its figures would not hold."""


class NotWatched(Exception):
    """A period that was over before the service was first watched has nothing to publish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What would be published of a period, as one moment's state of the store tells; no document is made yet."""

    log: UptimeLog
    basis: str
    published: Publication | None

    @property
    def figures(self) -> dict[str, Any]:
        """The account's figures as of now."""
        return figures(self.log.account)

    @property
    def changes(self) -> tuple[Difference, ...]:
        """In what today's figures differ from the edition that holds; nothing where none was published."""
        if self.published is None:
            return ()
        return differences(json.loads(self.published.figures), self.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An edition ready to be kept: its row, its documents by name, and the log that they tell."""

    publication: Publication
    documents: Mapping[str, bytes]
    log: UptimeLog


def draft(  # noqa: PLR0917 - where the facts are, then which of them
    db: Connection, register: Register, law: Law, code: str, period: Period, now: datetime
) -> Draft:
    """Figures, basis and cut of the journal, all of one moment; raise KeyError for a service the register lacks."""
    service = register.services[code]
    return Draft(
        log=uptime_report.log_of(db, register, law, code, period, now),
        basis=canonical_text(basis_of(db, law, service, period.span)),
        published=publications.newest(db, code, period),
    )


def edition(of: Draft, *, by: str, reason: str = "", write: Writing = uptime_report.files) -> Made:
    """The next edition of a period, with its documents; raise NotOver or NotWatched.

    The first has no reason; a later one names what it replaces. `write` makes its documents, whose
    bytes follow from the draft.
    """
    log, before = of.log, of.published
    if log.running:
        raise NotOver(log.period.name)
    if log.began is None or log.began >= log.span.end:
        raise NotWatched(log.period.name)
    number = 1 if before is None else before.edition + 1
    named = Edition(
        number=number,
        published_at=log.as_of,
        by=by,
        reason=reason,
        replaces=None if before is None else before.edition,
        replaced_at=None if before is None else before.published_at,
        changes=of.changes,
    )
    log = replace(log, edition=named)
    documents = write(log)
    return Made(publication=_row(of, named, documents), documents=documents, log=log)


def edition_of(one: Publication, *, differs: bool) -> Edition:
    """Which edition a log is told beside; `differs` where today's facts give other figures than it has."""
    return Edition(number=one.edition, published_at=one.published_at, by=one.by, reason=one.reason, differs=differs)


def _row(of: Draft, named: Edition, documents: Mapping[str, bytes]) -> Publication:
    return Publication(
        service=of.log.service.code,
        period=of.log.period,
        edition=named.number,
        published_at=named.published_at,
        method=METHOD,
        method_sha256=method_sha256(),
        basis=of.basis,
        figures=canonical_text(of.figures),
        heads=canonical_text([[one.chain, one.seq, one.digest.hex()] for one in of.log.heads]),
        documents={name: sha256(content).hexdigest() for name, content in documents.items()},
        by=named.by,
        reason=named.reason,
    )


def basis_of(db: Connection, law: Law, service: Service, span: Span) -> dict[str, Any]:
    """What figures rest on besides the looks: enough to make them again from the journal alone.

    `working_days` begins early enough for every notice that bears on the window, where the calendar goes so far back.
    """
    required = service.required_targets()
    try:
        days = law.rule(ADVANCE_NOTICE, day_of(span.start)).value
    except RuleUnknown:
        days = None
    stops = notices.overlapping(db, service.code, span)
    first = min([day_of(span.start) - BEFORE, *(day_of(stop.entered_at) for stop in stops)])
    last = day_of(span.end - MILLISECOND)
    return {
        "required": sorted(target.key for target in required),
        "formerly": {old: target.key for target in required for old in target.formerly},
        "confirmations": service.policy.confirmations,
        "hours": None,
        "notice_days": days,
        "working_days": [day.isoformat() for day in _working_days(law.calendar_of(service.owner), first, last)],
        "vantages": list(service.vantages),
        "since": to_ms(service.policy.since) if service.policy.since else None,
        "quorum": service.quorum,
    }


def _working_days(calendar: WorkCalendar, first: date, last: date) -> Iterator[date]:
    """The working days from the first day to the last; what the calendar does not know is none."""
    day = max(first, calendar.first)
    while day <= min(last, calendar.last):
        if calendar.is_working_day(day):
            yield day
        day += timedelta(days=1)
