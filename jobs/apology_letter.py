"""The drafts of apologies that go with a letter: to the unit's focal point, while an apology is still in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import structlog

from jobs.app import App
from jobs.readers import Reader
from monitor.core.agency import Role
from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier
from monitor.core.finding import Finding
from monitor.core.ladder import Anchor, SubjectKind
from monitor.core.law import RuleUnknown
from monitor.core.message import Attachment
from monitor.core.period import day_of
from monitor.reports.apologies_due import cut_off
from monitor.reports.apology_draft import ApologyDraft, NoAppointment, apology_draft
from monitor.reports.drafted import MOST_FILES, Drafted
from monitor.reports.drafts import DOCX
from monitor.reports.link import APOLOGIES, VALID, LinkKeyUnusable, Pass, address, link_key, token
from monitor.reports.official.apart import filled_apart
from monitor.store import TellingRow

log = structlog.get_logger()

MOST_AT_A_SLOT = 300
"""More drafts than that are not made for the letters of one slot: a letter must leave in time."""


class Known(NamedTuple):
    """A dossier, what is known beside it, and what the law says of it now."""

    dossier: Dossier
    beside: Circumstances
    found: tuple[Finding, ...]


class Ready:
    """The drafts of one slot, each made once however many letters carry it; what fails stops no letter."""

    def __init__(self, app: App, now: datetime) -> None:
        self.app, self.now = app, now
        self._stages = {s.name for s in app.register.ladders[SubjectKind.RESULT].stages if s.anchor is Anchor.CUT_OFF}
        self._made: dict[str, Attachment] = {}
        self._tried: set[str] = set()

    def wanted(self, reader: Reader, rows: Iterable[TellingRow]) -> set[str]:
        """The dossiers of which a reader's letter may carry a draft, by the keys of their tellings."""
        here = {post.key for post in reader.whom if post.role is Role.FOCAL_POINT}
        return {
            row.telling.key
            for row in rows
            if row.telling.subject is SubjectKind.RESULT
            and row.telling.stage in self._stages
            and row.telling.person in here
        }

    def gather(self, told: Iterable[tuple[Reader, Sequence[TellingRow]]], known: dict[str, Known | None]) -> None:
        """Make what the letters of all readers will carry together: a process for each letter costs more than it."""
        drafts = {code: draft for reader, rows in told for code, draft in self._first(reader, rows, known)}
        self._make(list(drafts.items()))

    def _first(
        self, reader: Reader, rows: Iterable[TellingRow], known: dict[str, Known | None]
    ) -> Iterable[tuple[str, ApologyDraft]]:
        return islice(self._drafts(reader, rows, known), MOST_FILES)

    def part(
        self, reader: Reader, rows: Iterable[TellingRow], known: dict[str, Known | None]
    ) -> tuple[Drafted | None, list[Attachment]]:
        """What goes with one reader's letter; nothing for whoever is no focal point, or where no apology is due."""
        drafts = list(self._drafts(reader, rows, known))
        if not drafts:
            return None, []
        self._make([(code, draft) for code, draft in drafts[:MOST_FILES] if code not in self._tried])
        first = drafts[:MOST_FILES]
        files = [self._made[key] for key, _ in first if key in self._made]
        attached = [key for key, _ in first if key in self._made]
        codes = [*attached, *(key for key, _ in drafts if key not in attached)]
        links = tuple(self._links(reader, {row.telling.person for row in rows}))
        return Drafted(codes=tuple(codes), files=tuple(file.name for file in files), links=links), files

    def _links(self, reader: Reader, told: set[str]) -> Iterable[tuple[str, str]]:
        """The pages with all drafts, one of each agency whose focal point is told and reads here.

        None where readers reach no page, or the key cannot be used.
        """
        public, app = self.app.settings.public_url, self.app
        focal = {post.agency: post for post in reader.whom if post.role is Role.FOCAL_POINT and post.key in told}
        if not public or not focal:
            return
        try:
            key = link_key(app.settings.var_dir)
        except LinkKeyUnusable as error:
            log.error("link.no_key", why=str(error))
            return
        for agency, post in focal.items():
            said = token(key, Pass(agency=agency, post=post.key, until=self.now + VALID))
            yield app.register.agency_name(agency), address(public, APOLOGIES, said)

    def _drafts(
        self, reader: Reader, rows: Iterable[TellingRow], known: dict[str, Known | None]
    ) -> Iterable[tuple[str, ApologyDraft]]:
        """By code, the drafts of what a focal point is told at the cut-off or before it; the earliest due first."""
        told = sorted(self.wanted(reader, rows))
        standing = [one for key in told if (one := known.get(key)) is not None and self._in_time(one)]
        for one in sorted(standing, key=_appointed):
            try:
                yield one.dossier.code, self._draft(one)
            except (NoAppointment, RuleUnknown):
                continue

    def _in_time(self, one: Known) -> bool:
        return cut_off(one.dossier, one.beside, one.found, self.app.law, self.now) is not None

    def _draft(self, one: Known) -> ApologyDraft:
        app = self.app
        return apology_draft(
            app.register, app.law, one.dossier, now=self.now, known=one.beside, var_dir=Path(app.settings.var_dir)
        )

    def _make(self, drafts: Sequence[tuple[str, ApologyDraft]]) -> None:
        room = max(0, MOST_AT_A_SLOT - len(self._tried))
        some = drafts[:room]
        self._tried.update(code for code, _ in some)
        for (code, draft), word in zip(some, filled_apart([draft.sheet for _, draft in some]), strict=True):
            if isinstance(word, bytes):
                self._made[code] = Attachment(name=draft.name, media_type=DOCX, content=word)
            else:
                log.error("apology.no_draft", code=code, why=word)


def _appointed(one: Known) -> tuple[str, str]:
    stamp = one.dossier.appointment
    return (day_of(stamp).isoformat() if stamp is not None else "", one.dossier.code)
