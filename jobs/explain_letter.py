"""The part of a reader's letter that asks why: what is owed, the page that takes the answer, and the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from jobs.app import App
from jobs.readers import Reader
from monitor.core.ladder import SubjectKind
from monitor.core.message import Attachment
from monitor.core.period import day_of
from monitor.reports.asked import Asked, asked
from monitor.reports.explaining import Owing, answered_for, owing
from monitor.reports.explanation_sheet import sheet
from monitor.reports.freshness import stale
from monitor.reports.link import PAGE, VALID, LinkKeyUnusable, Pass, address, link_key, token
from monitor.store import TellingRow

log = structlog.get_logger()


class Owed:
    """What is owed of explanations now, read once however many letters ask."""

    def __init__(self, app: App, now: datetime) -> None:
        self.app, self.now = app, now
        self._known: tuple[Owing, ...] | None = None
        self._whose: dict[str, frozenset[str]] = {}

    def part(self, db: Connection, reader: Reader, rows: Iterable[TellingRow]) -> tuple[Asked | None, list[Attachment]]:
        """What a reader's tellings come to now, and what goes with it; nothing where all of it was answered since."""
        numbers = {int(row.telling.key) for row in rows if row.telling.subject is SubjectKind.EXPLANATION}
        mine = [one for one in self._all(db) if one.request.number in numbers] if numbers else []
        if not mine:
            return None, []
        app, today = self.app, day_of(self.now)
        own = self._own(reader, mine)
        key = _key(app) if own else ""
        if not (own and key):
            return asked(mine, today, law=app.law, register=app.register, own=bool(own)), []
        whose = self._answered_for(own)
        whole = [one for one in self._all(db) if one.request.agency in whose]
        book = sheet(whole, app.register.agency_name(own), self.now, key)
        link = self._link(reader, own, key)
        return asked(mine, today, law=app.law, register=app.register, own=True, link=link, file=book.name), [book]

    def _all(self, db: Connection) -> tuple[Owing, ...]:
        """Everything owed, but for what rests on figures that are too old."""
        if self._known is None:
            old = stale(db, self.app.register, self.app.law, self.now)
            every = owing(db, self.app.law, self.now)
            self._known = tuple(one for one in every if one.late.dossier.source not in old)
        return self._known

    def _answered_for(self, agency: str) -> frozenset[str]:
        if agency not in self._whose:
            self._whose[agency] = answered_for(self.app.register, agency)
        return self._whose[agency]

    def _own(self, reader: Reader, mine: Sequence[Owing]) -> str:
        """The agency of the reader's posts that must answer; empty for those who only hear of it."""
        owed_by = {one.request.agency for one in mine}
        for post in reader.whom:
            if owed_by & self._answered_for(post.agency):
                return post.agency
        return ""

    def _link(self, reader: Reader, agency: str, key: str) -> str:
        public = self.app.settings.public_url
        if not public:
            return ""
        post = next(post.key for post in reader.whom if post.agency == agency)
        return address(public, PAGE, token(key, Pass(agency=agency, post=post, until=self.now + VALID)))


def _key(app: App) -> str:
    """The key of links and rows; without it the letter goes all the same, and asks for an official letter."""
    try:
        return link_key(app.settings.var_dir)
    except LinkKeyUnusable as error:
        log.error("link.no_key", why=str(error))
        return ""
