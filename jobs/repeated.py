"""Each morning: units late again and again; their heads are told, with window and figures, before anybody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time
from functools import cached_property
from typing import Any

import structlog

from jobs import tell
from jobs.app import App
from jobs.subjects import people
from monitor.core.ladder import Anchor, Subject, SubjectKind, owed
from monitor.core.law import Law
from monitor.core.period import at, day_of
from monitor.core.workdays import CalendarUnknown
from monitor.register import Register
from monitor.reports.lists.repeats import Repeats, repeats
from monitor.store import reading, tellings, writing

log = structlog.get_logger()

CLOCK = time(6, 45)
MOST_PROCEDURES = 8


def run(app: App, due: datetime, now: datetime) -> None:  # noqa: ARG001 - a morning made up later tells of now
    """Owe what is to be told; on a day off nothing is."""
    if not _works(app, now):
        return
    with reading(app.engine) as db:
        found, live = repeats(db, app.register, app.law, now), tell.mode(db)
    subjects = list(of_repeats(found, now, register=app.register, law=app.law, live=live)) if found else []
    if not subjects:
        return
    ladder = app.register.ladders[SubjectKind.REPEAT]
    with writing(app.engine) as db:
        told = tellings.of(db, SubjectKind.REPEAT, [one.key for one in subjects], live=live)
        made = tellings.add_once(
            db, [telling for one in subjects for telling in owed(one, now, told.get(one.key, ()), ladder)]
        )
    log.info("repeated.told", units=len(subjects), tellings=len(made))


def of_repeats(found: Repeats, now: datetime, *, register: Register, law: Law, live: bool) -> Iterator[Subject]:
    """What there is to tell: of each unit at most once a month, while it stays so."""
    today = day_of(now)
    for one in found.often:
        yield Subject(
            kind=SubjectKind.REPEAT,
            key=one.agency,
            episode=f"{today:%Y-%m}",
            milestones={Anchor.START: at(today)},
            calendar=law.calendar_of(one.agency),
            known_since=at(today),
            people=people(register, register.ladders[SubjectKind.REPEAT], {"unit": (one.agency,)}),
            live=live,
        )


class Often:
    """The figures for letters about them, reckoned once however many units there are."""

    def __init__(self, app: App, now: datetime) -> None:
        self.app, self.now = app, now

    @cached_property
    def _found(self) -> Repeats | None:
        with reading(self.app.engine) as db:
            return repeats(db, self.app.register, self.app.law, self.now)

    def facts(self, agency: str) -> Mapping[str, Any] | None:
        """What a letter says of a unit; None where it is so no more."""
        found = self._found
        unit = found.of(agency) if found else None
        if found is None or unit is None or not unit.often:
            return None
        return {
            "unit": unit,
            "agency": self.app.register.agency_name(agency),
            "window": found.window,
            "mix": found.mix(agency)[:MOST_PROCEDURES],
            "centre": self.app.register.agency_name(self.app.register.centre),
        }


def _works(app: App, now: datetime) -> bool:
    try:
        return app.law.calendar_of(app.register.centre).is_working_day(day_of(now))
    except CalendarUnknown:
        return True
