"""The Chairman's page: what is beyond the authority of those below, and how the week was; one page, no list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from monitor.core.ladder import SubjectKind
from monitor.core.law import Law
from monitor.core.period import Span, day_of
from monitor.register import Register
from monitor.reports.duties_told import Task, Tasked
from monitor.reports.lists.briefing import Briefing, Case, Ground, Line, briefing
from monitor.reports.notified import Notified
from monitor.store import InterruptionRow, TellingRow, acknowledgements, heard, interruptions, matters

WEEK = timedelta(days=7)
SHOWN = 8
"""So many agencies, and so many interruptions, stand on the page."""
_OF_DOSSIERS = (SubjectKind.RESULT, SubjectKind.RECEPTION, SubjectKind.REAPPOINTMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What people were told of one dossier: how many posts since which day, and which of them have a letter of it."""

    told: int = 0
    since: date | None = None
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptions:
    """All that the page says; `history` is by the key of the dossier. Told, acknowledged, explained and done are four
    things, and the page names each."""

    brief: Briefing
    history: Mapping[tuple[str, str], History]
    tasked: Tasked | None
    interrupted: tuple[tuple[str, InterruptionRow], ...]
    notified: Notified

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The duties that neither their agencies nor the Centre brought about."""
        return self.tasked.tasks if self.tasked else ()

    @property
    def beyond(self) -> int:
        """How many duties and dossiers somebody above must decide on."""
        return len(self.tasks) + len(self.second)

    @property
    def second(self) -> tuple[Case, ...]:
        """The dossiers put off more often than the law allows."""
        return tuple(case for case in self.brief.cases if case.ground is Ground.SECOND)

    @property
    def longest(self) -> tuple[Case, ...]:
        """The others that are put before whoever decides, those that nobody explained first."""
        return tuple(case for case in self.brief.cases if case.ground is not Ground.SECOND)

    @property
    def late(self) -> int:
        """How many dossiers are late now."""
        return sum(line.late + line.reception for line in self.brief.lines)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The agencies with most that is late, the most first."""
        late = [line for line in self.brief.lines if line.late or line.reception]
        return tuple(sorted(late, key=lambda line: -(line.late + line.reception))[:SHOWN])

    @property
    def more(self) -> int:
        """How many other agencies have something late."""
        return sum(bool(line.late or line.reception) for line in self.brief.lines) - len(self.lines)

    def of(self, case: Case) -> History:
        """What was told of a case."""
        return self.history.get((case.dossier.source, case.dossier.code), History())


def exceptions(
    db: Connection,
    register: Register,
    law: Law,
    now: datetime,
    *,
    tasked: Tasked | None,
    notified: Notified,
    live: bool,
) -> Exceptions:
    """As things stand now; of duties what is handed over, of interruptions the last seven days."""
    brief = briefing(db, register, law, now, now)
    week = Span(start=now - WEEK, end=now)
    rows = {(row.target, row.first_bad): row for row in interruptions.between(db, week)}.values()
    struck = [(register.target_name(row.target), row) for row in rows if _counts(register, row)]
    return Exceptions(
        brief=brief,
        history=dict(_history(db, register, brief.cases, live=live)),
        tasked=tasked,
        interrupted=tuple(sorted(struck, key=lambda one: one[1].first_bad)[-SHOWN:]),
        notified=notified,
    )


def _counts(register: Register, row: InterruptionRow) -> bool:
    target = register.target(row.target)
    return target is not None and target.required and not target.control


def _history(
    db: Connection, register: Register, cases: Iterable[Case], *, live: bool
) -> Iterable[tuple[tuple[str, str], History]]:
    """By dossier, whom its ladders told and who said that they know."""
    names = dict(_names(db, cases))
    told = [row for kind in _OF_DOSSIERS for row in heard.of(db, kind, sorted(names), live=live)]
    known = acknowledgements.of(db, {row.letter for row in told if row.letter is not None})
    by_name: defaultdict[tuple[str, str], list[TellingRow]] = defaultdict(list)
    for row in told:
        by_name[names[row.telling.key]].append(row)
    for name, rows in by_name.items():
        people = {one.person for row in rows for one in known.get(row.letter or 0, ())}
        yield (
            name,
            History(
                told=len({row.telling.person for row in rows}),
                since=min(day_of(row.telling.made_at) for row in rows),
                known=tuple(sorted(register.posts[one].title for one in people if one in register.posts)),
            ),
        )


def _names(db: Connection, cases: Iterable[Case]) -> Iterable[tuple[str, tuple[str, str]]]:
    """By key that a dossier may have been told of under, its case: under any of its testimonies, whichever leads."""
    shown = [case.dossier for case in cases]
    known = matters.testimonies(db, {one.matter for one in shown})
    for lead in shown:
        for one in known.get(lead.matter, (lead,)):
            yield f"{one.source}\x1f{one.code}", (lead.source, lead.code)
