"""The part of a reader's letter that tells of duties: how each stands now, and who was told of it before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from jobs.app import App
from jobs.duties import obstacle_of, part_of
from monitor.core.agency import Role
from monitor.core.duty import DONE, OVER
from monitor.core.ladder import SubjectKind
from monitor.core.period import day_of
from monitor.reports.duties import DutyNow, PartNow, duties_now, reporting_to
from monitor.reports.duties_told import Line, Task, Tasked, Told, merged
from monitor.reports.duty_dossiers import Tally, followed, tally
from monitor.reports.explaining import answering
from monitor.store import TellingRow, heard

Part = tuple[str, str, str]


class Duties:
    """How duties stand now, read once however many letters ask."""

    def __init__(self, app: App, now: datetime) -> None:
        self.app, self.now = app, now
        self._known: dict[str, DutyNow] | None = None
        self._listed: dict[str, Tally | None] = {}

    def part(self, db: Connection, rows: Iterable[TellingRow]) -> Tasked | None:
        """What a reader's tellings come to now; nothing where all of it was done since."""
        mine = [row for row in rows if row.telling.subject is SubjectKind.DUTY]
        by_part: defaultdict[Part, list[TellingRow]] = defaultdict(list)
        for row in mine:
            by_part[part_of(row.telling.key)].append(row)
        past = self._past(db, mine)
        tasks: dict[tuple[str, bool, bool], Task] = {}
        for key, some in by_part.items():
            duty, one = self._find(db, key)
            task = self._task(db, duty, one, some, past.get(key, ())) if duty and one else None
            if task is not None:
                place = (task.duty.key, task.own, task.beyond)
                before = tasks[place].lines if place in tasks else ()
                tasks[place] = replace(task, lines=(*before, *task.lines))
        return merged(tasks) if tasks else None

    def _task(
        self, db: Connection, duty: DutyNow, one: PartNow, rows: Sequence[TellingRow], past: tuple[Told, ...]
    ) -> Task | None:
        """One part as its reader is told of it; None where nothing is left to tell."""
        rows = [row for row in rows if _stands(one, row)]
        people, register = {row.telling.person for row in rows}, self.app.register
        answers = answering(register, one.part.agency)
        own = any(key in register.posts and register.posts[key].agency == answers for key in people)
        line = _line(register.agency_name(one.part.agency), one, rows, () if own else past)
        if line is None:
            return None
        return Task(
            duty=duty.duty,
            report_to=register.agency_name(duty.duty.report_to) if duty.duty.report_to else "",
            lines=(line,),
            own=own,
            ours=one.part.agency == register.centre,
            beyond=not own and bool(people & _above(self.app, duty)),
            listed=self._tally(db, duty),
        )

    def _find(self, db: Connection, key: Part) -> tuple[DutyNow | None, PartNow | None]:
        if self._known is None:
            every = duties_now(db, self.app.register, self.app.law, self.now)
            self._known = {one.duty.key: one for one in every}
        duty = self._known.get(key[0])
        return duty, next((one for one in duty.parts if one.part.key == key), None) if duty else None

    def _tally(self, db: Connection, duty: DutyNow) -> Tally | None:
        key = duty.duty.key
        if key not in self._listed:
            some = followed(db, self.app.register, self.app.law, duty.duty, self.now) if duty.duty.dossiers else ()
            self._listed[key] = tally(some) if some else None
        return self._listed[key]

    def _past(self, db: Connection, rows: Sequence[TellingRow]) -> dict[Part, tuple[Told, ...]]:
        """By part who was told of it before, on which days; only what a letter told them."""
        if not rows:
            return {}
        keys = sorted({row.telling.key for row in rows if obstacle_of(row.telling.key) is None})
        days: defaultdict[Part, defaultdict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
        for row in heard.of(db, SubjectKind.DUTY, keys, live=rows[0].telling.live):
            post = self.app.register.posts.get(row.telling.person)
            if post is not None and row.telling.made_at < self.now:
                key = part_of(row.telling.key)
                title = post.title.removesuffix(self.app.register.agency_name(key[2])).strip(" ,")
                days[key][title].append(day_of(row.telling.made_at))
        return {key: tuple(_told(some)) for key, some in days.items()}


def _told(days: dict[str, list[date]]) -> Iterator[Told]:
    for title, some in sorted(days.items(), key=lambda one: (min(one[1]), one[0])):
        yield Told(title=title, days=tuple(sorted(set(some))))


def _above(app: App, duty: DutyNow) -> frozenset[str]:
    return frozenset(key for role in Role for key in reporting_to(app.register, duty.duty, role))


def _stands(one: PartNow, row: TellingRow) -> bool:
    """Whether it is still so: what was told of a day since extended, or before a report came back, is past."""
    return obstacle_of(row.telling.key) is not None or row.telling.episode == one.part.episode


def _line(agency: str, one: PartNow, rows: Sequence[TellingRow], past: tuple[Told, ...]) -> Line | None:
    """What is told of one part; None where it is over and nothing stands in its way."""
    numbers = {obstacle_of(row.telling.key) for row in rows} - {None}
    left = () if one.state in DONE else one.part.obstacles
    obstacles = tuple(obstacle for obstacle in left if obstacle.number in numbers)
    reminded = [row for row in rows if obstacle_of(row.telling.key) is None]
    reminds = bool(reminded) and one.state not in OVER
    if not reminds and not obstacles:
        return None
    missed = () if one.part.returns or not reminds else reminded[-1].telling.skipped
    return Line(agency=agency, now=one, history=past, skipped=missed, obstacles=obstacles, reminded=reminds)
