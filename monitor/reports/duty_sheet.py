"""One duty in full: how each part stands, what was entered of it, who was told, and how far its list of dossiers is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from monitor.core.duty import SEPARATOR
from monitor.core.ladder import SubjectKind
from monitor.core.law import Law
from monitor.core.period import iso
from monitor.core.progress import Progress
from monitor.register import Register
from monitor.reports.duties import DutyNow, PartNow
from monitor.reports.duty_dossiers import Followed, followed, tally
from monitor.reports.render import term
from monitor.store import acknowledgements, heard

_PART = 3
"""So many pieces of a key name the part; the number of an obstacle may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """That a post was told a stage by a letter; `acknowledged` is when it said that it has the letter."""

    title: str
    stage: str
    at: datetime
    letter: int
    acknowledged: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutySheet:
    """A duty with all that is known of it; `heard` is by part."""

    now: DutyNow
    listed: tuple[Followed, ...]
    heard: dict[tuple[str, str, str], tuple[Heard, ...]]

    def told(self, one: PartNow) -> tuple[Heard, ...]:
        """Who was told of a part, the first first."""
        return self.heard.get(one.part.key, ())

    def told_together(self, one: PartNow) -> tuple[tuple[datetime, str, tuple[Heard, ...]], ...]:
        """The same, those who were told one stage at one time together."""
        by = groupby(sorted(self.told(one), key=_when), key=_when)
        return tuple((at, stage, tuple(some)) for (at, stage), some in by)


def _when(heard: Heard) -> tuple[datetime, str]:
    return heard.at, heard.stage


def sheet(db: Connection, register: Register, law: Law, one: DutyNow, now: datetime, *, live: bool) -> DutySheet:
    """All about one duty."""
    return DutySheet(
        now=one,
        listed=followed(db, register, law, one.duty, now) if one.duty.dossiers else (),
        heard=_heard(db, register, one, live=live),
    )


def _heard(
    db: Connection, register: Register, one: DutyNow, *, live: bool
) -> dict[tuple[str, str, str], tuple[Heard, ...]]:
    keys = [part.part.subject for part in one.parts]
    keys += [SEPARATOR.join((p.part.subject, str(o.number))) for p in one.parts for o in p.part.facts]
    rows = heard.of(db, SubjectKind.DUTY, keys, live=live)
    known = acknowledgements.of(db, {row.letter for row in rows if row.letter is not None})
    found: defaultdict[tuple[str, str, str], list[Heard]] = defaultdict(list)
    for row in rows:
        duty, occasion, agency = row.telling.key.split(SEPARATOR)[:_PART]
        post, letter = register.posts.get(row.telling.person), row.letter or 0
        pressed = (a.at for a in known.get(letter, ()) if a.person == row.telling.person)
        entry = Heard(
            title=post.title if post else row.telling.person,
            stage=row.telling.stage,
            at=row.telling.made_at,
            letter=letter,
            acknowledged=next(pressed, None),
        )
        found[duty, occasion, agency].append(entry)
    return {key: tuple(some) for key, some in found.items()}


def duty_json(one: DutyNow) -> dict[str, Any]:
    """A duty for programs, with each part; state and last working day are those of the part whose turn is next."""
    turn = one.next or (one.parts[-1] if one.parts else None)
    return one.duty.as_json() | {
        "last_working_day": turn.last if turn else None,
        "state": one.state,
        "parts": [_part_json(part) for part in one.parts],
    }


def sheet_json(told: DutySheet) -> dict[str, Any]:
    """The same with what was entered, who was told, and the list."""
    made = duty_json(told.now)
    for part, facts in zip(told.now.parts, made["parts"], strict=True):
        facts["facts"] = [_fact_json(one) for one in part.part.facts]
        facts["told"] = [
            {
                "post": h.title,
                "stage": h.stage,
                "at": iso(h.at),
                "letter": h.letter,
                "acknowledged": iso(h.acknowledged),
            }
            for h in told.told(part)
        ]
    count = tally(told.listed)
    return made | {
        "list": {"total": count.total, "done": count.done, "open": count.open, "unknown": count.unknown},
        "dossiers": [_listed_json(one) for one in told.listed],
    }


def _part_json(one: PartNow) -> dict[str, Any]:
    part = one.part
    return {
        "agency": part.agency,
        "period_start": part.occasion.start,
        "period_end": part.occasion.end,
        "due": part.due,
        "printed": part.occasion.due,
        "last_working_day": one.last,
        "working_days": one.days,
        "state": one.state,
        "reported_late": part.was_late(),
        "returned": part.returns,
        "obstacles": [obstacle.text for obstacle in part.obstacles],
    }


def _fact_json(one: Progress) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "document": one.document,
        "dated": one.dated,
        "due": one.due,
        "text": one.text,
        "file": one.file_name,
        "sha256": one.file_sha256,
        "at": iso(one.at),
        "by": one.by,
    }


def _listed_json(one: Followed) -> dict[str, Any]:
    return {
        "code": one.listed.code,
        "unit_printed": one.listed.unit,
        "known": one.dossier is not None,
        "our_code": one.other_code,
        "unit": one.unit if one.dossier else "",
        "status": one.dossier.status if one.dossier else "",
        "done": one.done,
        "cause": term(one.explanation.cause) if one.explanation else "",
    }


__all__ = ["DutySheet", "Heard", "duty_json", "sheet", "sheet_json"]
