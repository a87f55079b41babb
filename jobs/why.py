"""Why somebody was told of a dossier, and why somebody else was not: each stage of its ladders, and whom it reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from jobs import once, tell
from jobs.app import App
from jobs.subjects import TOLD_OF_DOSSIERS, key_of, of_dossier
from monitor.core.circumstances import NOTHING_KNOWN
from monitor.core.dossier import Dossier
from monitor.core.finding import findings
from monitor.core.ladder import BACKLOG, Ladder, Subject, SubjectKind
from monitor.core.stages import NeverReached, Stage, moments
from monitor.core.workdays import CalendarUnknown
from monitor.reports.circumstances import circumstances
from monitor.reports.freshness import stale
from monitor.store import LetterLine, TellingRow, letters, tellings


class Reason(StrEnum):
    """How it stands between one stage and one person."""

    TOLD = "told"
    WAITS = "waits"  # owed, and in no letter yet
    SETTLED = "settled"
    SKIPPED = "skipped"  # a higher stage was told in its place
    NOT_YET = "not_yet"
    UNCOUNTED = "uncounted"  # a day outside the calendar
    BACKLOG = "backlog"  # late before it was known: told once, and this stage not
    STALE = "stale"
    AT_NEXT_SLOT = "at_next_slot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One stage and one person; `moment` is when the stage comes, or came."""

    kind: SubjectKind
    stage: str
    audience: str
    person: str
    moment: datetime | None
    reason: Reason
    told: TellingRow | None = None
    letter: LetterLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Everything about one dossier; `over` where its clocks owe nothing any more, `earlier` what was told before."""

    dossier: Dossier
    live: bool
    over: bool
    reached: tuple[Reached, ...]
    earlier: tuple[Reached, ...]


def why(db: Connection, app: App, dossier: Dossier, now: datetime) -> Why:
    """By what is known now, in the mode that is on: a trial's tellings tell nobody in earnest."""
    live = tell.mode(db)
    known = circumstances(db, [dossier]).get(dossier.matter, NOTHING_KNOWN)
    subjects = list(
        of_dossier(dossier, findings(dossier, now, app.law, known), register=app.register, law=app.law, live=live)
    )
    told = _told(db, dossier, live=live)
    old = dossier.source in stale(db, app.register, app.law, now)
    reached = [
        one for subject in subjects for one in _climbed(app.register.ladders[subject.kind], subject, told, now, old=old)
    ]
    shown = {one.told.id for one in reached if one.told}
    return Why(
        dossier=dossier,
        live=live,
        over=not subjects,
        reached=tuple(reached),
        earlier=tuple(_as_told(row, letter) for row, letter in told if row.id not in shown),
    )


_Told = Sequence[tuple[TellingRow, LetterLine | None]]


def _told(db: Connection, dossier: Dossier, *, live: bool) -> _Told:
    key = key_of(dossier.source, dossier.code)
    whole = once.wholes(db, [key])
    keys = whole[key].keys if key in whole else (key,)
    rows = [row for kind in TOLD_OF_DOSSIERS for row in tellings.rows_of(db, kind, keys, live=live)]
    lines = letters.lines(db, {row.letter for row in rows if row.letter is not None})
    return [
        (row, lines.get(row.letter) if row.letter is not None else None) for row in sorted(rows, key=lambda r: r.id)
    ]


def _climbed(ladder: Ladder, subject: Subject, told: _Told, now: datetime, *, old: bool) -> Iterator[Reached]:
    mine = [
        (row, letter)
        for row, letter in told
        if row.telling.subject is subject.kind and row.telling.episode == subject.episode
    ]
    for stage in ladder.stages:
        moment = _moment(stage, subject)
        for audience in stage.audience:
            for person in subject.people.get(audience, ()):
                heard = [(r, letter) for r, letter in mine if r.telling.person == person]
                reason, row, letter = _between(stage, ladder, heard, moment, now, old=old)
                yield Reached(
                    kind=subject.kind, stage=stage.name, audience=audience, person=person, moment=moment,
                    reason=reason, told=row, letter=letter,
                )  # fmt: skip


def _moment(stage: Stage, subject: Subject) -> datetime | None:
    try:
        return moments(stage, subject.milestones, subject.calendar)[0]
    except (CalendarUnknown, NeverReached):
        return None


def _between(
    stage: Stage, ladder: Ladder, heard: _Told, moment: datetime | None, now: datetime, *, old: bool
) -> tuple[Reason, TellingRow | None, LetterLine | None]:
    names = [one.name for one in ladder.stages]
    for row, letter in reversed(heard):
        if row.telling.stage == stage.name:
            return _of_telling(row), row, letter
    for row, letter in heard:
        if row.telling.stage == BACKLOG:
            return Reason.BACKLOG, row, letter
        if row.telling.stage in names[names.index(stage.name) + 1 :]:
            return Reason.SKIPPED, row, letter
    if moment is None:
        return Reason.UNCOUNTED, None, None
    if old:
        return Reason.STALE, None, None
    return (Reason.AT_NEXT_SLOT if moment <= now else Reason.NOT_YET), None, None


def _of_telling(row: TellingRow) -> Reason:
    if row.settled:
        return Reason.SETTLED
    return Reason.TOLD if row.letter is not None else Reason.WAITS


def _as_told(row: TellingRow, letter: LetterLine | None) -> Reached:
    return Reached(
        kind=row.telling.subject, stage=row.telling.stage, audience="", person=row.telling.person,
        moment=row.telling.reached, reason=_of_telling(row), told=row, letter=letter,
    )  # fmt: skip
