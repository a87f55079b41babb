"""The part of a reader's letter that asks why: what is owed, the page that takes the answer, and the workbook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from jobs.app import App
from jobs.readers import Reader
from monitor.core.agency import Post
from monitor.core.ladder import SubjectKind
from monitor.core.message import Attachment
from monitor.core.period import day_of
from monitor.reports.asked import Asked, Way, asked
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
        if not key:
            return asked(mine, today, law=app.law, register=app.register, own=bool(own)), []
        books = [self._book(db, post.agency, key, alone=len(own) == 1) for post in own]
        ways = tuple(
            Way(app.register.agency_name(post.agency), self._link(post, key), book.name)
            for post, book in zip(own, books, strict=True)
        )
        return asked(mine, today, law=app.law, register=app.register, own=True, ways=ways), books

    def _book(self, db: Connection, agency: str, key: str, *, alone: bool) -> Attachment:
        """The workbook of all that an agency owes; named after it where another one goes along."""
        whose = self._answered_for(agency)
        whole = [one for one in self._all(db) if one.request.agency in whose]
        book = sheet(whole, self.app.register.agency_name(agency), self.now, key)
        return book if alone else replace(book, name=f"{agency.replace('/', '-')}-{book.name}")

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

    def _own(self, reader: Reader, mine: Sequence[Owing]) -> list[Post]:
        """Of each agency that must answer the first of the reader's posts; none for those who only hear of it."""
        owed_by = {one.request.agency for one in mine}
        first: dict[str, Post] = {}
        for post in reader.whom:
            if owed_by & self._answered_for(post.agency):
                first.setdefault(post.agency, post)
        return list(first.values())

    def _link(self, post: Post, key: str) -> str:
        public = self.app.settings.public_url
        if not public:
            return ""
        return address(public, PAGE, token(key, Pass(agency=post.agency, post=post.key, until=self.now + VALID)))


def _key(app: App) -> str:
    """The key of links and rows; without it the letter goes all the same, and asks for an official letter."""
    try:
        return link_key(app.settings.var_dir)
    except LinkKeyUnusable as error:
        log.error("link.no_key", why=str(error))
        return ""
