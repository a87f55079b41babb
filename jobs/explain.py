"""Why is it late? A unit is asked once of each delay, when it is told of it, and is reminded until it has said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from jobs.app import App
from jobs.subjects import dossier_of, people
from monitor.core.dossier import Dossier
from monitor.core.explanation import Delay, ExplanationRequest
from monitor.core.finding import FindingKind, Standing
from monitor.core.ladder import BACKLOG, Anchor, Subject, SubjectKind, Telling
from monitor.core.period import end_of
from monitor.core.phase import ended
from monitor.reports.explaining import Lateness, Owing, asked_now, latenesses, of_matters, owing
from monitor.reports.freshness import stale
from monitor.reports.mode import live_since
from monitor.store import dossiers, explanations, late_done, reading, watches, writing
from monitor.store.late_done import EndedLate, File

log = structlog.get_logger()

MARK = "explain.ended"
"""Up to which file it was seen what had ended late."""
AT_ONCE = 500
_KINDS = {SubjectKind.RECEPTION: FindingKind.RECEPTION, SubjectKind.RESULT: FindingKind.RESULT}


def asked_with(app: App, telling: Iterable[Telling], now: datetime) -> list[ExplanationRequest]:
    """What to ask together with what is told: of each delay that is told in earnest, why.

    What was late before it was known ("tồn đọng") is asked of without a due day.
    """
    told = [one for one in telling if one.live and one.subject in _KINDS]
    if not told:
        return []
    with reading(app.engine) as db:
        name_of = {one.key: dossier_of(one.key) for one in told}
        known = dossiers.load_all(db, set(name_of.values()))
        matter_of = {key: known[name].matter for key, name in name_of.items() if name in known}
        standing = of_matters(db, matter_of.values(), law=app.law, now=now)
    heard: dict[Delay, set[str]] = {}
    for some in told:
        if some.key in matter_of:
            delay = Delay(matter=matter_of[some.key], kind=_KINDS[some.subject], episode=some.episode)
            heard.setdefault(delay, set()).add(some.stage)
    backlog = frozenset(delay for delay, stages in heard.items() if stages == {BACKLOG})
    late = [late for delay in heard if (late := standing.get(delay)) is not None]
    return list(asked_now(late, app.law, now, backlog=backlog))


def subjects(db: Connection, app: App, now: datetime, *, live: bool) -> Iterator[Subject]:
    """What was asked and not explained, as something a ladder is climbed for; a trial asks nobody.

    From old figures nobody is told anything.
    """
    if live:
        old = stale(db, app.register, app.law, now)
        yield from (_subject(one, app) for one in owing(db, app.law, now) if one.late.dossier.source not in old)


def _subject(one: Owing, app: App) -> Subject:
    request = one.request
    marks = {Anchor.START: request.asked_at, Anchor.DUE: request.due}
    return Subject(
        kind=SubjectKind.EXPLANATION,
        key=str(request.number),
        episode="",
        milestones={anchor: stamp for anchor, stamp in marks.items() if stamp is not None},
        calendar=app.law.calendar_of(request.agency),
        known_since=request.asked_at,
        people=_people(app, request.agency),
        live=True,
    )


def _people(app: App, agency: str) -> dict[str, tuple[str, ...]]:
    """The posts behind each audience. Whoever is reminded as the unit is not told as the Centre too.

    The Centre's stage stands above the reminders and is told once: it would end them for the Centre's own delays.
    """
    found = people(app.register, app.register.ladders[SubjectKind.EXPLANATION], {"unit": (agency,)})
    asked = {key for audience, keys in found.items() if audience.startswith("unit:") for key in keys}
    return {
        audience: tuple(key for key in keys if key not in asked) if audience.startswith("centre:") else keys
        for audience, keys in found.items()
    }


def note_ended(app: App, now: datetime) -> None:
    """Ask of what ended late between two exports: no ladder tells of a dossier that is finished.

    Each file is seen through once, in the order they were taken in; those of a trial, and whatever was taken in before
    this was first asked, are passed over.
    """
    with reading(app.engine) as db:
        since, mark = live_since(db), watches.get_mark(db, MARK)
        newest = late_done.newest_file(db)
        waiting = [] if mark is None else late_done.files_after(db, int(mark))
    if mark is None:
        _mark(app, newest)
    for file in waiting:
        if since is not None and file.at >= since:
            _note(app, file, now)
        _mark(app, file.number)


def _mark(app: App, number: int) -> None:
    with writing(app.engine) as db:
        watches.set_mark(db, MARK, str(number))


def _note(app: App, file: File, now: datetime) -> None:
    """Ask of what a file tells has ended late, and the files of its source before it did not know of."""
    with reading(app.engine) as db:
        before = late_done.figures_before(db, file)
    after = 0
    while before is not None:
        with reading(app.engine) as db:
            some = late_done.told_by(db, file, after, AT_ONCE)
            new = list(_newly_late(db, app, some, before, now))
        if not some:
            return
        after = some[-1].version
        with writing(app.engine) as db:
            count = explanations.ask(db, asked_now(new, app.law, now))
        log.info("explanations.asked", of_ended=count)


def _newly_late(
    db: Connection, app: App, told: Sequence[EndedLate], before: datetime, now: datetime
) -> Iterator[Lateness]:
    version_of = {one.matter: one.version for one in told}
    words = dossiers.words_before(db, version_of.values())
    for delay, late in of_matters(db, version_of, law=app.law, now=now).items():
        word = words.get(version_of[delay.matter])
        own = delay.episode == late.delay.episode  # the others are what other systems print of the same
        if own and late.finding.standing is Standing.LATE_DONE and _is_news(app, late, word, before, now):
            yield late


def _is_news(app: App, late: Lateness, word: Dossier | None, before: datetime, now: datetime) -> bool:
    """Whether it was open still by the word before the file's; of one first seen in it, whether it ended since then."""
    if word is None:
        done = _done(late.dossier, late.delay.kind)
        return done is not None and done > before
    earlier = latenesses(_with_agencies(word, late.dossier), now, app.law)
    return not any(one.delay == late.delay and one.finding.standing is Standing.LATE_DONE for one in earlier)


def _done(dossier: Dossier, kind: FindingKind) -> datetime | None:
    stamp = dossier.received if kind is FindingKind.RECEPTION else ended(dossier)
    return None if stamp is None else end_of(stamp)


def _with_agencies(told: Dossier, now_known: Dossier) -> Dossier:
    """An earlier word with the agencies of the latest: only whether it was late is asked of it."""
    return replace(
        told,
        matter=now_known.matter,
        receiving_agency=now_known.receiving_agency,
        handling_agency=now_known.handling_agency,
    )
