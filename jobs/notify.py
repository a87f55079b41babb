"""An official letter that went out on paper is a notification: what it told counts as told, and as asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from jobs import once, tell
from jobs.app import App
from jobs.subjects import of_dossier
from monitor.core.agency import Role
from monitor.core.explanation import Delay
from monitor.core.ladder import Subject, Telling
from monitor.core.official_letter import Dispatch
from monitor.core.period import day_of
from monitor.reports.explaining import Lateness, asked_now, of_matters
from monitor.reports.render import ngay
from monitor.store import TellingRow, dispatches, explanations, reading, tellings, writing

TOLD = frozenset({Role.HEAD, Role.FOCAL_POINT})
"""Whom an official letter to their agency tells; the others go on hearing by mail."""


class NotNotified(Exception):
    """Nothing was written; the text says in one line why, and what mends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """What Văn thư gave a draft: its number, day and signer; entered by a named person."""

    document: str
    dated: date
    signer: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """What a recorded letter came to: how many tellings it made good, how many delays it newly asked about."""

    dispatch: Dispatch
    told: int
    asked: int


def record(app: App, number: int, given: Numbered, now: datetime) -> Notified:
    """Write down under which number a draft went out; what it told is told. Raise NotNotified.

    It tells in a trial too, for both: paper is no trial.
    """
    with reading(app.engine) as db:
        draft = dispatches.load(db, number)
        late = _standing(db, app, draft.delays if draft else (), now)
    with writing(app.engine) as db:
        draft = _checked(db, dispatches.load_alone(db, number), number, given, now)
        dispatches.record(
            db, number, document=given.document, dated=given.dated, signer=given.signer, at=now, by=given.by
        )
        asked = explanations.ask(db, asked_now(late, app.law, now, dispatch=number))
        # What a slot told, or somebody else recorded, since the draft was read is seen here, and not told twice.
        live = tell.mode(db)
        told, _ = (_counted(db, _of(db, app, draft.agency, late, now, live=one)) for one in (live, not live))
        sent = dispatches.load(db, number)
    assert sent is not None  # noqa: S101 - just recorded
    return Notified(dispatch=sent, told=told, asked=asked)


def _checked(db: Connection, draft: Dispatch | None, number: int, given: Numbered, now: datetime) -> Dispatch:
    if draft is None:
        raise NotNotified(f"Không có dự thảo DT{number}: xem tthc dispatch list.")
    if draft.recorded_at is not None:
        raise NotNotified(
            f"Dự thảo DT{number} đã ghi là văn bản {draft.document} ngày {ngay(draft.dated or now)}: không ghi lần nữa."
        )
    if not day_of(draft.drafted_at) <= given.dated <= day_of(now):
        raise NotNotified(
            f"Ngày văn bản {ngay(given.dated)} phải từ ngày soạn {ngay(draft.drafted_at)} đến hôm nay: xem lại --dated."
        )
    if dispatches.named(db, draft.agency, given.document, given.dated) is not None:
        raise NotNotified(f"Văn bản {given.document} ngày {ngay(given.dated)} đã ghi cho một dự thảo khác: xem lại số.")
    return draft


def _standing(db: Connection, app: App, delays: Collection[Delay], now: datetime) -> list[Lateness]:
    """The delays of a list that stand still, by what is known now."""
    found = of_matters(db, {one.matter for one in delays}, law=app.law, now=now)
    return [late for delay in delays if (late := found.get(delay)) is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Telling:
    """What a letter makes good: tellings owed now, and the numbers of those owed before that no letter tells yet."""

    owing: list[Telling]
    waiting: list[int]


def _of(db: Connection, app: App, agency: str, late: Iterable[Lateness], now: datetime, *, live: bool) -> _Telling:
    """What the head and focal point of an agency are owed of delays."""
    heard = {post.key for post in app.register.posts_of(agency, TOLD)}
    subjects = [
        subject
        for one in late
        for subject in of_dossier(one.dossier, (one.finding,), register=app.register, law=app.law, live=live)
    ]
    return _Telling(
        owing=[one for one in tell.owed_now(db, app, subjects, now, None) if one.person in heard],
        waiting=[row.id for row in _waiting(db, subjects) if row.telling.person in heard],
    )


def _counted(db: Connection, telling: _Telling) -> int:
    new = tellings.add_once(db, telling.owing)
    tellings.settle(db, new)
    return len(new) + tellings.settle_waiting(db, telling.waiting)


def _waiting(db: Connection, subjects: list[Subject]) -> Iterator[TellingRow]:
    """What of the subjects stands in no letter yet, under whatever key it was owed."""
    for kind in {subject.kind for subject in subjects}:
        some = [subject for subject in subjects if subject.kind is kind]
        whole = once.wholes(db, [subject.key for subject in some])
        keys = {key for one in some for key in (whole[one.key].keys if one.key in whole else (one.key,))}
        yield from tellings.waiting(db, kind, sorted(keys), live=some[0].live)
