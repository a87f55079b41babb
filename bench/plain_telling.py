"""Who is to be told what, when: the ladders by hand, slowly and plainly, to hold the letters of a year against.

Nothing here is shared with the program but the table of days off. All moments are those of a Vietnamese clock, bare.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SLOTS = (time(7, 30), time(13, 30))
SERVED_WITHIN = timedelta(hours=5)
CENTRE, ABOVE = "trung-tam-pvhcc", "vp-ubnd-tinh"
WATCHED = "so-cong-thuong"
EVERYBODY = ("focal_point", "service_centre", "deputy", "head")
LEADS = ("focal_point", "deputy", "head")
LONG_AGO, NEVER = datetime.combine(date(2000, 1, 1), time()), datetime.combine(date(2100, 1, 1), time())


class State(NamedTuple):
    """A dossier as a file told it."""

    status: str
    filed: datetime
    received: datetime | None = None
    appointment: datetime | None = None
    finished: datetime | None = None


@dataclass
class Away:
    """A post that is away, both days counted, and who was named to take its place."""

    post: str
    since: date
    until: date
    substitute: str = ""


class Seen(NamedTuple):
    """When a dossier is looked at, up to when a slot looks ahead, whose it is, and since when it is known."""

    now: datetime
    until: datetime
    agency: str
    since: datetime


@dataclass
class Duty:
    """What one agency has to have done by the end of a day; when it was reported."""

    key: str
    agency: str
    day: date
    reported: datetime | None = None


@dataclass
class Outage:
    """When it was first seen, known of, and known to be over."""

    start: datetime
    known: datetime
    over: datetime | None = None


@dataclass
class Facts:
    """All that happened, for anybody to say who was to be told of it."""

    worked: Mapping[date, bool]
    running: list[tuple[datetime, datetime]] = field(default_factory=list)
    told: dict[str, list[tuple[datetime, State]]] = field(default_factory=dict)  # by code, what files said when
    agency: dict[str, str] = field(default_factory=dict)  # by code
    duties: list[Duty] = field(default_factory=list)
    outages: list[Outage] = field(default_factory=list)
    away: list[Away] = field(default_factory=list)
    posts: frozenset[str] = frozenset()

    def works(self, day: date) -> bool:
        """Monday to Friday, but for what the official table says otherwise."""
        return self.worked.get(day, day.isoweekday() <= 5)

    def working(self, day: date, days: int) -> date:
        """The working day so many after a day, or before it."""
        step = DAY if days > 0 else -DAY
        for _ in range(abs(days)):
            day += step
            while not self.works(day):
                day += step
        return day

    def open(self, minute: datetime) -> bool:
        """Whether offices work in a minute."""
        at = minute.time()
        return self.works(minute.date()) and (time(7) <= at < time(11, 30) or time(13, 30) <= at < time(17))

    def after(self, moment: datetime, minutes: int) -> datetime:
        """When so many minutes of work are over."""
        while minutes:
            minutes -= self.open(moment)
            moment += MINUTE
        return moment

    def slots(self) -> Iterator[tuple[datetime, datetime]]:
        """Each moment at which a slot's letters were to be written, and up to when they look ahead."""
        done = LONG_AGO
        for start, stop in self.running:
            late = [one for one in self._dues(start - SERVED_WITHIN, start + MINUTE) if one > done][-1:]
            for at, due in [*((start, one) for one in late), *((one, one) for one in self._dues(start + MINUTE, stop))]:
                done = due
                yield at, next(self._dues(at + MINUTE, NEVER))

    def _dues(self, first: datetime, end: datetime) -> Iterator[datetime]:
        """The slots from a moment on, before another."""
        day = first.date()
        while datetime.combine(day, time()) < end:
            for clock in SLOTS:
                if self.works(day) and first <= datetime.combine(day, clock) < end:
                    yield datetime.combine(day, clock)
            day += DAY

    def is_away(self, post: str, day: date) -> Away | None:
        """The absence of a post on a day."""
        return next((one for one in self.away if one.post == post and one.since <= day <= one.until), None)

    def reads(self, post: str, day: date) -> str:
        """Who reads on a day what a post is told; the post itself where nobody is there."""
        if not self.is_away(post, day):
            return post
        return self._instead(post, day, [post]) or post

    def _instead(self, post: str, day: date, through: list[str]) -> str:
        gone = self.is_away(post, day)
        agency = post.partition("/")[0]
        for one in (gone.substitute if gone else "", f"{agency}/deputy", f"{agency}/head"):
            if one not in self.posts or one in through:
                continue
            if not self.is_away(one, day):
                return one
            if found := self._instead(one, day, [*through, one]):
                return found
        return ""


class Told(NamedTuple):
    """That a post was to be told a stage of something, at a moment."""

    kind: str
    key: str
    episode: str
    stage: str
    nth: int
    post: str
    at: datetime


class Rung(NamedTuple):
    """A stage: its name, whom it is for, and how often it came by now; 0 is never."""

    name: str
    posts: tuple[str, ...]
    came: int


def expected(facts: Facts) -> set[Told]:
    """Every telling of dossiers and duties that there should be, and no other."""
    heard: dict[tuple[str, str, str, str], tuple[int, int]] = {}
    found = set()
    for at, until in facts.slots():
        for kind, key, episode, rungs in (*_dossiers(facts, at, until), *_duties(facts, at)):
            highest: dict[str, tuple[int, int, str]] = {}
            for place, rung in enumerate(rungs):
                for post in rung.posts if rung.came else ():
                    if post in facts.posts:
                        highest[post] = (100 if rung.name == "backlog" else place, rung.came, rung.name)
            for post, (place, came, name) in highest.items():
                if (place, came) > heard.get((kind, key, episode, post), (-1, 0)):
                    heard[kind, key, episode, post] = place, came
                    found.add(Told(kind, key, episode, name, came, post, at))
    return found


Subject = tuple[str, str, str, Sequence[Rung]]


def _dossiers(facts: Facts, now: datetime, until: datetime) -> Iterator[Subject]:
    for code, said in facts.told.items():
        known = [one for at, one in said if at <= now]
        if not known:
            continue
        one, seen = known[-1], Seen(now, until, facts.agency[code], said[0][0])
        if one.status == "waiting":
            yield "reception", code, one.filed.isoformat(), _reception(facts, one.filed, seen)
        elif one.status == "open" and one.appointment and one.received:
            rungs = _result(facts, one.received, one.appointment, seen)
            yield "result", code, one.appointment.isoformat(), rungs


def _posts(agency: str, *roles: str) -> tuple[str, ...]:
    return tuple(f"{agency}/{role}" for role in roles)


def _reception(facts: Facts, filed: datetime, seen: Seen) -> list[Rung]:
    now, until, agency, since = seen
    due = facts.after(filed, 480)
    if due < since:
        return [Rung("backlog", _posts(agency, *EVERYBODY), 1)]
    half, last_hour = facts.after(filed, 240), _hour_before(facts, due)
    return [
        Rung("half", _posts(agency, "service_centre", "focal_point"), int(half <= now or half < until)),
        Rung(
            "last_hour",
            _posts(agency, "service_centre", "focal_point", "deputy"),
            int(last_hour <= now or last_hour < until),
        ),
        Rung("late", _posts(agency, *EVERYBODY), _came(facts, due.date(), 3, now) if due < now else 0),
    ]


def _hour_before(facts: Facts, due: datetime) -> datetime:
    """When the last hour of work begins: the end of the work before it."""
    left, at = 60, due
    while left:
        at -= MINUTE
        left -= facts.open(at)
    morning = at.replace(hour=11, minute=30)
    return morning if at.time() == time(13, 30) and facts.open(morning - MINUTE) else at


def _result(facts: Facts, received: datetime, due: datetime, seen: Seen) -> list[Rung]:
    now, until, agency, since = seen
    if due < since:
        return [Rung("backlog", _posts(agency, *EVERYBODY), 1)]
    today, day = now.date(), due.date()
    cut_off = facts.working(day, -1)
    rungs = [Rung("three_days", _posts(agency, "focal_point", "service_centre"), int(facts.working(day, -3) <= today))]
    if received.date() <= cut_off:
        before = facts.working(cut_off, -1) <= today
        rungs += [
            Rung("before_cut_off", _posts(agency, "focal_point", "service_centre", "deputy"), int(before)),
            Rung("cut_off", _posts(agency, *EVERYBODY), int(cut_off <= today)),
        ]
    else:
        rungs += [Rung("before_cut_off", (), 0), Rung("cut_off", (), 0)]
    return [
        *rungs,
        Rung("due", _posts(agency, *EVERYBODY), int(day <= today or due < until)),
        Rung("late", _posts(agency, *EVERYBODY), _came(facts, day, 3, now) if due < now else 0),
    ]


def _came(facts: Facts, first: date, every: int, now: datetime) -> int:
    """How often lateness came by now: at first, and each so many working days from the first day of work on."""
    first = first if facts.works(first) else facts.working(first, 1)
    times = 1
    while facts.working(first, every * times) <= now.date():
        times += 1
    return times


def _duties(facts: Facts, now: datetime) -> Iterator[Subject]:
    for one in facts.duties:
        if one.reported and one.reported <= now:
            continue
        today, leads = now.date(), _posts(one.agency, *LEADS)
        last = one.day if facts.works(one.day) else facts.working(one.day, -1)
        rungs = [
            Rung("three_days", leads[:2], int(facts.working(last, -3) <= today)),
            Rung("one_day", leads, int(facts.working(last, -1) <= today)),
            Rung("due", leads, int(last <= today)),
            Rung("late", leads, _came(facts, last + DAY, 2, now) if last < today else 0),
            Rung("centre", _posts(CENTRE, "focal_point", "head"), int(facts.working(last, 1) <= today)),
            Rung("superior", _posts(ABOVE, "head"), int(facts.working(last, 3) <= today)),
        ]
        yield "duty", one.key, "", rungs


def awake(moment: datetime) -> datetime:
    """The same moment by day, or the next seven o'clock."""
    if moment.time() < time(7):
        return datetime.combine(moment.date(), time(7))
    return moment if moment.time() < time(21) else datetime.combine(moment.date() + DAY, time(7))


def of_outages(facts: Facts) -> set[tuple[str, str, str]]:
    """Who is told of the beginning and the end of each: (when it began, stage, post)."""
    found = set()
    for one in facts.outages:
        key = one.start.isoformat()
        for agency in (WATCHED, CENTRE):
            found.add((key, "opened", f"{agency}/duty"))
            if one.over:
                found.add((key, "ended", f"{agency}/duty"))
                found.add((key, "ended_heads", f"{agency}/head"))
            if not one.over or _up_by_day(facts, one.known) < one.over:
                found.add((key, "opened_heads", f"{agency}/head"))
    return found


def _up_by_day(facts: Facts, moment: datetime) -> datetime:
    """The first moment by day, from one on, at which the daemon runs."""
    while True:
        moment = awake(moment)
        if any(start <= moment < stop for start, stop in facts.running):
            return moment
        later = [start for start, _ in facts.running if start > moment]
        if not later:
            return NEVER
        moment = min(later)


def doubled(many: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What is there more than once."""
    seen: set[tuple[str, ...]] = set()
    return [one for one in many if one in seen or seen.add(one)]  # type: ignore[func-returns-value]
