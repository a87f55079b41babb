"""Who is told what: ladders, and the tellings owed now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from monitor.core.message import Urgency
from monitor.core.period import Stamp
from monitor.core.stages import Anchor, Milestones, NeverReached, Stage, moments, passed, repeats, waking
from monitor.core.workdays import CalendarUnknown, WorkCalendar

__all__ = ["BACKLOG", "Anchor", "Ladder", "Stage", "Subject", "SubjectKind", "Telling", "episode_of", "owed"]


class SubjectKind(StrEnum):
    """What can be told of."""

    RECEPTION = "reception"
    RESULT = "result"  # its ladder holds the apology cut-off too
    INTERRUPTION = "interruption"
    UNKNOWN_UNIT = "unknown_unit"  # to the Centre
    VANTAGE = "vantage"  # another place that no longer reports
    CERTIFICATE = "certificate"  # a server's certificate that is about to expire
    SUSPICION = "suspicion"  # a suspected interruption on which somebody has to rule
    EXPLANATION = "explanation"  # a unit was asked why a dossier is late, and has not said
    REAPPOINTMENT = "reappointment"  # a result put off more often than the law allows
    REPEAT = "repeat"  # a unit is late again and again: its head is told before anybody else
    SOURCE = "source"  # a source of dossiers whose figures are too old
    DUTY = "duty"  # what an official letter asks of an agency
    ADDRESS = "address"  # letters to a post do not arrive


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The stages of one kind of subject, in the order they are reached."""

    subject: SubjectKind
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """That one person is, or was, told one stage of one subject; unique by its first six fields.

    `episode` distinguishes a condition that became false and true again (for a result: the appointment as printed, so
    that a changed calendar tells nobody anew). `nth` counts repeats from 1. `live` is False for what a trial held.
    `reached` is when the stage came, or its subject was known, so that what was told late shows. `acknowledged` are
    the posts that said they have the letter which told it: `person`, or who read it in their place.
    """

    subject: SubjectKind
    key: str  # e.g. "<source>\x1f<code>", "<target>\x1f<first bad ms>"
    episode: str
    stage: str
    nth: int
    person: str  # key of a post
    live: bool
    made_at: datetime
    urgency: Urgency = Urgency.SLOT
    skipped: tuple[str, ...] = ()
    reached: datetime | None = field(default=None, compare=False)
    acknowledged: tuple[str, ...] = field(default=(), compare=False)


def episode_of(printed: Stamp | None) -> str:
    """The appointment, or the filing, as printed: a changed calendar is no new episode."""
    return printed.isoformat() if printed is not None else ""


BACKLOG = "backlog"
"""The stage under which what was already late at first sight is told once: "tồn đọng"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One thing a ladder is climbed for, as it stands now.

    `milestones` may lack an anchor, whose stages are then never reached; one that is a date counts as that whole day.
    `known_since` is when this program first knew it, `over` that nothing is to be told any more. `people` are the keys
    of posts by audience, `live` is False in a trial.
    """

    kind: SubjectKind
    key: str
    episode: str
    milestones: Milestones
    calendar: WorkCalendar
    known_since: datetime
    people: Mapping[str, tuple[str, ...]]
    live: bool
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rung:
    """A stage that is reached, at a moment for the `nth` time, at its place in the ladder.

    `missed`: its moment came while the subject was known, and did not only come into sight with the next slot.
    """

    rank: int
    nth: int
    name: str
    stage: Stage
    moment: datetime
    missed: bool = False


def owed(
    subject: Subject,
    now: datetime,
    told: Iterable[Telling],
    ladder: Ladder,
    *,
    until: datetime | None = None,
    readers: Mapping[str, str] | None = None,
) -> tuple[Telling, ...]:
    """What each person is owed now: the highest stage reached that was not told yet, missed lower ones named.

    With `until` (the next slot), stages whose moment comes before it are told already; lateness never is. What was
    past before the subject was known is told once as BACKLOG and nothing after it. Telling what is owed leaves nothing
    owed, whoever asks and how often. A stage that a person acknowledged is not repeated to them; higher ones are told.
    `readers` says who reads for those who are away: what one of both acknowledged is repeated to the other.
    """
    if subject.over:
        return ()
    rungs = _backlog(subject, ladder) or _reached(subject, ladder, now, until)
    if not rungs:
        return ()
    told = tuple(told)
    heard = _heard(subject, told, ladder)
    known = _acknowledged(subject, told, readers or {})
    climbed: dict[str, list[_Rung]] = {}
    for rung in rungs:
        for person in _people(subject, rung.stage):
            once = (person, rung.name) in known
            climbed.setdefault(person, []).append(replace(rung, nth=1) if once else rung)
    return tuple(
        _telling(subject, person, mine, heard.get(person, {}), now)
        for person, mine in climbed.items()
        if max(heard.get(person, _NOTHING).items(), default=(-1, 0)) < (mine[-1].rank, mine[-1].nth)
    )


_NOTHING: Mapping[int, int] = {}


def _people(subject: Subject, stage: Stage) -> Iterable[str]:
    return dict.fromkeys(person for audience in stage.audience for person in subject.people.get(audience, ()))


def _heard(subject: Subject, told: Iterable[Telling], ladder: Ladder) -> dict[str, dict[int, int]]:
    """By person: the places in the ladder told of, each with its highest `nth`; BACKLOG stands above all."""
    ranks = {stage.name: rank for rank, stage in enumerate(ladder.stages)} | {BACKLOG: len(ladder.stages)}
    heard: dict[str, dict[int, int]] = {}
    for telling in told:
        if telling.live is subject.live and telling.episode == subject.episode and telling.stage in ranks:
            mine, rank = heard.setdefault(telling.person, {}), ranks[telling.stage]
            mine[rank] = max(mine.get(rank, 0), telling.nth)
    return heard


def _acknowledged(subject: Subject, told: Iterable[Telling], readers: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    """The stages that each person, or whoever reads for them now, said they know of."""
    return frozenset(
        (one.person, one.stage)
        for one in told
        if one.acknowledged
        and one.live is subject.live
        and one.episode == subject.episode
        and readers.get(one.person, one.person) in one.acknowledged
    )


def _telling(
    subject: Subject, person: str, climbed: Sequence[_Rung], heard: Mapping[int, int], now: datetime
) -> Telling:
    top = climbed[-1]
    return Telling(
        subject=subject.kind,
        key=subject.key,
        episode=subject.episode,
        stage=top.name,
        nth=top.nth,
        person=person,
        live=subject.live,
        made_at=now,
        urgency=top.stage.urgency,
        skipped=tuple(rung.name for rung in climbed[:-1] if rung.missed and rung.rank not in heard),
        reached=max(top.moment, subject.known_since),
    )


def _backlog(subject: Subject, ladder: Ladder) -> list[_Rung]:
    """The one rung of what was late before it was known; none where it was not."""
    for rank, stage in enumerate(ladder.stages):
        anchor = subject.milestones.get(stage.anchor)
        if stage.late and anchor is not None and passed(anchor) <= subject.known_since:
            return [_Rung(rank=rank, nth=1, name=BACKLOG, stage=stage, moment=subject.known_since)]
    return []


def _reached(subject: Subject, ladder: Ladder, now: datetime, until: datetime | None) -> list[_Rung]:
    rungs = []
    for rank, stage in enumerate(ladder.stages):
        try:
            moment, ahead = moments(stage, subject.milestones, subject.calendar)
            moment = waking(moment) if stage.urgency is Urgency.WAKING else moment
            if moment <= now or (until is not None and ahead is not None and ahead < until):
                nth, came = repeats(subject.calendar, stage, moment, now)
                missed = subject.known_since < moment <= now
                rungs.append(_Rung(rank=rank, nth=nth, name=stage.name, stage=stage, moment=came, missed=missed))
        except (CalendarUnknown, NeverReached):
            continue  # a day outside the calendar: the finding says so, and the stages that can be told are told
    return rungs
