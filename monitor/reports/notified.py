"""Whether the right people were told in time: a figure for a period, by what mail servers said, and every exception."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from monitor.core.life import Gap
from monitor.core.message import Urgency
from monitor.core.period import MILLISECOND, Span, iso
from monitor.core.stages import waking
from monitor.core.uptime import rounded_down
from monitor.register import Register
from monitor.reports.letters import tidy
from monitor.reports.render import render, term
from monitor.store import beats
from monitor.store.states import LetterState
from monitor.store.told import Told, told_in

GRACE: Mapping[Urgency, timedelta] = {
    Urgency.NOW: timedelta(minutes=5),
    Urgency.WAKING: timedelta(minutes=15),
    Urgency.SLOT: timedelta(hours=1),
}
"""How long after its moment, for a slot after the slot, a letter may be taken by the mail server and be in time."""
NextSlot = Callable[[datetime], datetime]
"""The next slot strictly after a moment."""


class Delivery(StrEnum):
    """What became of something that somebody was to be told."""

    IN_TIME = "in_time"
    LATE = "late"
    UNDER_WAY = "under_way"  # there is time left
    NOT_REACHED = "not_reached"
    SETTLED = "settled"  # it had nothing to say any more, or was told on paper: not counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One line: what became of some tellings of one person; `by` is until when the letter was to be handed over."""

    told: Told
    by: datetime
    outcome: Delivery
    while_away: bool  # the program itself was not running when it was owed

    @property
    def late(self) -> timedelta:
        """By how much it came late; nothing where it was in time, or has not come."""
        arrived = self.told.accepted_at
        return max(arrived - self.by, timedelta()) if arrived else timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """The figure of a period. `counts` are tellings by outcome; `exceptions` those late or not reached, by person."""

    span: Span
    at: datetime
    counts: Mapping[Delivery, int]
    exceptions: tuple[Notice, ...]

    @property
    def judged(self) -> int:
        """How many are in the figure: those whose time has come."""
        return sum(self.counts.get(one, 0) for one in (Delivery.IN_TIME, Delivery.LATE, Delivery.NOT_REACHED))

    @property
    def share(self) -> Fraction | None:
        """The share told in time of all judged; None where there is none."""
        return Fraction(self.counts.get(Delivery.IN_TIME, 0), self.judged) if self.judged else None


def notified(db: Connection, span: Span, now: datetime, next_slot: NextSlot) -> Notified:
    """What was owed in a period and what became of it, as is known now; a trial's letters are in no figure."""
    gaps = beats.life_of(db, Span(start=span.start - timedelta(days=40), end=span.end), now).gaps
    notices = [_notice(told, gaps, now, next_slot) for told in told_in(db, span)]
    counts: Counter[Delivery] = Counter()
    for one in notices:
        counts[one.outcome] += one.told.count
    bad = _together(one for one in notices if one.outcome in (Delivery.LATE, Delivery.NOT_REACHED))
    return Notified(
        span=span,
        at=now,
        counts=dict(counts),
        exceptions=tuple(sorted(bad, key=lambda one: (one.outcome is Delivery.LATE, one.told.person, one.by))),
    )


def _together(notices: Iterable[Notice]) -> Iterator[Notice]:
    """What is one letter's to one person and stands alike, in one line."""
    found: dict[tuple[object, ...], Notice] = {}
    for one in notices:
        alike = (one.told.person, one.told.letter, one.outcome, one.by, one.while_away)
        before = found.get(alike)
        count = one.told.count + (before.told.count if before else 0)
        found[alike] = replace(before or one, told=replace((before or one).told, count=count))
    yield from found.values()


def _notice(told: Told, gaps: Sequence[Gap], now: datetime, next_slot: NextSlot) -> Notice:
    began, away = _owed(told, gaps)
    by = _by(told, began, next_slot, away=away)
    return Notice(told=told, by=by, outcome=_outcome(told, by, now), while_away=away)


def _owed(told: Told, gaps: Sequence[Gap]) -> tuple[datetime, bool]:
    """From when on it was owed: its stage's moment where only our own absence kept it from being written down."""
    reached = told.reached
    if reached is None or reached >= told.owed_at:
        return told.owed_at, False
    away = any(gap.span.start < told.owed_at and reached < gap.span.end for gap in gaps)
    return (reached, True) if away else (told.owed_at, False)


def _by(told: Told, began: datetime, next_slot: NextSlot, *, away: bool) -> datetime:
    match told.urgency:
        case Urgency.NOW:
            moment = began
        case Urgency.WAKING:
            moment = waking(began)
        case Urgency.SLOT:
            # What was written anew into a later slot's letter was to be told in the first.
            moment = next_slot(began - MILLISECOND)
            moment = min(told.slot, moment) if told.slot is not None and not away else moment
    return moment + GRACE[told.urgency]


def _outcome(told: Told, by: datetime, now: datetime) -> Delivery:
    if told.settled:
        return Delivery.SETTLED
    if told.state is LetterState.ACCEPTED and told.accepted_at is not None:
        return Delivery.IN_TIME if told.accepted_at <= by else Delivery.LATE
    lost = told.state in (LetterState.BOUNCED, LetterState.DEAD, LetterState.NO_ADDRESS)
    return Delivery.NOT_REACHED if lost or now > by else Delivery.UNDER_WAY


def as_text(found: Notified, register: Register) -> str:
    """The figure and every exception by name, for a person."""
    lines = [(_whom(one, register), one, _why(one)) for one in found.exceptions]
    return tidy(render("notified.txt", found=found, lines=lines, Delivery=Delivery))


def as_json(found: Notified, register: Register) -> dict[str, Any]:
    """For programs; the share as a string of six decimals, rounded down, null without data."""
    return {
        "from": iso(found.span.start),
        "to": iso(found.span.end),
        "judged": found.judged,
        "share": rounded_down(found.share),
        **{one.value: found.counts.get(one, 0) for one in Delivery},
        "exceptions": list(_exceptions(found, register)),
    }


def _exceptions(found: Notified, register: Register) -> Iterator[dict[str, Any]]:
    for one in found.exceptions:
        yield {
            "post": one.told.person,
            "title": _whom(one, register),
            "outcome": one.outcome.value,
            "count": one.told.count,
            "letter": one.told.letter,
            "state": one.told.state.value if one.told.state else None,
            "by": iso(one.by),
            "accepted_at": iso(one.told.accepted_at) if one.told.accepted_at else None,
            "while_away": one.while_away,
            "words": one.told.words,
        }


def _whom(one: Notice, register: Register) -> str:
    post = register.posts.get(one.told.person)
    return post.title if post else one.told.person


def _why(one: Notice) -> str:
    """What kept it, in the words of the state and of the server."""
    if one.outcome is Delivery.LATE:
        return term(Delivery.LATE)
    state = term(one.told.state) if one.told.state is not None else term(Delivery.UNDER_WAY)
    return f"{state}: {one.told.words}" if one.told.words else state
