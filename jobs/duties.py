"""What is owed of duties: whom their ladder tells when, and what becomes of them entered by named persons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection

from jobs.app import App
from jobs.subjects import people
from monitor.core.agency import Role
from monitor.core.duty import DONE, OVER, SEPARATOR, Part
from monitor.core.ladder import Anchor, Subject, SubjectKind
from monitor.core.obligation import Obligation
from monitor.core.progress import Progress
from monitor.register import Register
from monitor.reports.duties import duties_now, reporting_to
from monitor.store import duties as stored
from monitor.store import reading, writing


def meet(app: App, now: datetime) -> None:
    """Note since when the duties of the register are followed: what was past before is told as such."""
    if not app.register.duties:
        return
    with reading(app.engine) as db:
        known = stored.known_since(db)
    new = [duty.key for duty in app.register.duties if duty.key not in known]
    if new:
        with writing(app.engine) as db:
            stored.meet(db, new, now)


def subjects(db: Connection, app: App, now: datetime, *, live: bool) -> Iterator[Subject]:
    """Each agency's part that is not over, and each obstacle in the way of one that is not done."""
    for duty in duties_now(db, app.register, app.law, now):
        who = _people(app.register, duty.duty)
        for one in duty.parts:
            if one.state not in OVER and one.last is not None:
                yield Subject(
                    kind=SubjectKind.DUTY,
                    key=one.part.subject,
                    episode=one.part.episode,
                    milestones={Anchor.DUE: one.last},
                    calendar=app.law.calendar_of(one.part.agency),
                    known_since=duty.known,
                    people=who[one.part.agency],
                    live=live,
                )
            if one.state not in DONE:
                yield from (_of_obstacle(one.part, obstacle, app, who, live=live) for obstacle in one.part.obstacles)


def _of_obstacle(
    part: Part, obstacle: Progress, app: App, who: Mapping[str, Mapping[str, tuple[str, ...]]], *, live: bool
) -> Subject:
    """What stands in the way: a subject of its own, told until it is dealt with."""
    return Subject(
        kind=SubjectKind.DUTY,
        key=SEPARATOR.join((part.subject, str(obstacle.number))),
        episode="",
        milestones={Anchor.START: obstacle.at},
        calendar=app.law.calendar_of(part.agency),
        known_since=obstacle.at,
        people=who[part.agency],
        live=live,
    )


def _people(register: Register, duty: Obligation) -> dict[str, dict[str, tuple[str, ...]]]:
    """The posts behind each audience, by lead. A lead without any post is answered for by the Centre's focal point.

    Whoever is told as the lead is not told of the same again as the Centre, or as those above.
    """
    ladder = register.ladders[SubjectKind.DUTY]
    centre = tuple(post.key for post in register.posts_of(register.centre, {Role.FOCAL_POINT}))
    found = {}
    for agency in duty.agencies:
        mine = people(register, ladder, {"lead": (agency,), "partner": duty.partners})
        leads = [audience for audience in mine if audience.startswith("lead:")]
        if not any(mine[audience] for audience in leads):
            mine |= dict.fromkeys(leads, centre)
        for audience in mine:
            side, _, role = audience.partition(":")
            if side == "report":
                mine[audience] = reporting_to(register, duty, Role(role))
        told = {key for audience in leads for key in mine[audience]}
        mine |= {audience: tuple(k for k in mine[audience] if k not in told) for audience in mine.keys() - set(leads)}
        found[agency] = mine
    return found


def part_of(key: str) -> tuple[str, str, str]:
    """Duty, occasion and agency that a key is about."""
    duty, occasion, agency = key.split(SEPARATOR)[:3]
    return duty, occasion, agency


def obstacle_of(key: str) -> int | None:
    """The number of the obstacle that a key is about; None where it is about the part itself."""
    rest = key.split(SEPARATOR)[3:]
    return int(rest[0]) if rest else None


__all__ = ["meet", "obstacle_of", "part_of", "subjects"]
