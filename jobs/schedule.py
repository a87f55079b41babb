"""The timetable: which job runs when, in which lane, and what claims it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

import structlog

from jobs import (
    agree,
    asking,
    beat,
    bounces,
    calendar_watch,
    certificates,
    chairman,
    channel_trouble,
    channels,
    deadman,
    deliver,
    drill,
    expiry,
    fallback,
    inbox,
    laws,
    letters,
    offices,
    poll,
    project,
    repeated,
    retention,
    seals,
    send,
    silence,
    tell,
    waiting,
    weekly,
)
from jobs.app import App
from monitor.core.period import at, ict
from monitor.store import runs, writing
from notifiers.channels import CHANNELS

log = structlog.get_logger()

LONGEST_GAP = timedelta(days=40)
"""No calendar entry is further apart than this; how far back a missed one is looked for."""


class Lane(StrEnum):
    """Jobs of one lane run one after the other; lanes never wait for each other. Looking has threads of its own."""

    TELLING = "telling"
    SENDING = "sending"
    READING = "reading"
    REPORTING = "reporting"
    OUTSIDE = "outside"  # what waits for machines of others
    RETURNED = "returned"
    POLLING = poll.LANE
    SMS, ZALO, ZBS = "sms", "zalo", "zbs"  # each channel by itself: one that hangs holds up no other
    TEAMS, WEBHOOK, APPRISE = "teams", "webhook", "apprise"
    LIFE = "life"


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """A level-triggered job: at each beat it asks what is owed now. Nothing is claimed, nothing can be missed."""

    name: str
    lane: Lane
    seconds: int
    run: Callable[[App, datetime], None]

    def next_after(self, app: App, moment: datetime) -> datetime:  # noqa: ARG002 - the same question to both kinds
        """The next full beat strictly after a moment."""
        return _next_beat(moment, self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointed:
    """A job with moments of its own; the row (job, due) claims it, so each moment is served once, late if need be."""

    name: str
    lane: Lane
    next_due: Callable[[App, datetime], datetime]
    run: Callable[[App, datetime, datetime], None]
    tolerance: timedelta
    retry_s: int = 60  # how soon a moment that failed is tried again

    def next_after(self, app: App, moment: datetime) -> datetime:
        """The next moment strictly after another at which to ask: one of its own, or the beat that mends a failure."""
        return min(self.next_due(app, moment), _next_beat(moment, self.retry_s))

    def last_due(self, app: App, now: datetime) -> datetime | None:
        """The latest moment at or before now that is not older than the tolerance; None where there is none."""
        last = None
        for due in self._dues(app, now - min(self.tolerance, LONGEST_GAP)):
            if due > now:
                break
            last = due
        return last

    def _dues(self, app: App, moment: datetime) -> Iterator[datetime]:
        while True:
            moment = self.next_due(app, moment)
            yield moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """A level-triggered job that says itself when it wants to be asked next; in between it is asked now and then."""

    name: str
    lane: Lane
    wanted: Callable[[App, datetime], datetime]
    run: Callable[[App, datetime], None]
    ask_s: int = 60

    def next_after(self, app: App, moment: datetime) -> datetime:
        """The next moment strictly after another at which to ask."""
        return min(self.wanted(app, moment), _next_beat(moment, self.ask_s))


Entry = Every | Appointed | Attended


def _next_beat(moment: datetime, seconds: int) -> datetime:
    beat = timedelta(seconds=seconds)
    epoch = datetime(1970, 1, 1, tzinfo=moment.tzinfo)
    return epoch + ((moment - epoch) // beat + 1) * beat


def _daily(clock: time) -> Callable[[App, datetime], datetime]:
    def next_due(_app: App, moment: datetime) -> datetime:
        day = ict(moment).date()
        due = at(day, clock)
        return due if due > moment else at(day + timedelta(days=1), clock)

    return next_due


SEND = "send"
TIMETABLE: tuple[Entry, ...] = (
    Every(name="beat", lane=Lane.LIFE, seconds=beat.SECONDS, run=beat.run),
    Every(name="law", lane=Lane.TELLING, seconds=60, run=laws.tick),
    Every(name="offices", lane=Lane.TELLING, seconds=60, run=offices.tick),
    Every(name="tick", lane=Lane.TELLING, seconds=60, run=tell.tick),
    Every(name="waiting", lane=Lane.TELLING, seconds=60, run=waiting.tick),
    Appointed(
        name="slot", lane=Lane.TELLING, next_due=letters.next_slot, run=letters.slot, tolerance=timedelta(hours=5)
    ),
    Appointed(
        name="chairman", lane=Lane.TELLING, next_due=letters.next_slot, run=chairman.run, tolerance=timedelta(hours=5)
    ),
    Every(name=SEND, lane=Lane.SENDING, seconds=5, run=send.run),
    *(
        Attended(name=f"over {name}", lane=Lane(name), wanted=channels.wanted(name), run=channels.job(name), ask_s=3600)
        for name in CHANNELS
    ),
    Every(name="fallback", lane=Lane.TELLING, seconds=60, run=fallback.run),
    Every(name="channel_trouble", lane=Lane.TELLING, seconds=60, run=channel_trouble.run),
    Every(name="bounces", lane=Lane.RETURNED, seconds=bounces.SECONDS, run=bounces.run),
    Attended(name="drill", lane=Lane.LIFE, wanted=drill.wanted, run=drill.run),
    Every(name="agree", lane=Lane.TELLING, seconds=5, run=agree.run),
    Every(name="deadman", lane=Lane.OUTSIDE, seconds=deadman.SECONDS, run=deadman.run),
    Every(name="certificates", lane=Lane.OUTSIDE, seconds=certificates.SECONDS, run=certificates.run),
    Every(name="deliver", lane=Lane.OUTSIDE, seconds=10, run=deliver.run),
    Every(name="poll", lane=Lane.POLLING, seconds=poll.SECONDS, run=poll.run),
    Every(name="inbox", lane=Lane.READING, seconds=10, run=inbox.scan),
    Every(name="silence", lane=Lane.READING, seconds=3600, run=silence.run),
    Every(name="project", lane=Lane.READING, seconds=60, run=project.catch_up),
    Appointed(
        name="weekly", lane=Lane.REPORTING, next_due=weekly.next_due, run=weekly.run, tolerance=timedelta(days=21)
    ),
    Appointed(
        name="seals", lane=Lane.REPORTING, next_due=_daily(time(0, 5)), run=seals.sign, tolerance=timedelta(days=1)
    ),
    Appointed(
        name="repeated",
        lane=Lane.REPORTING,
        next_due=_daily(repeated.CLOCK),
        run=repeated.run,
        tolerance=timedelta(hours=12),
    ),
    Appointed(
        name="retention",
        lane=Lane.REPORTING,
        next_due=_daily(time(2, 30)),
        run=retention.run,
        tolerance=timedelta(days=1),
    ),
    Appointed(
        name="expiry", lane=Lane.REPORTING, next_due=_daily(time(2, 0)), run=expiry.run, tolerance=timedelta(days=1)
    ),
    Appointed(
        name="calendar_watch",
        lane=Lane.REPORTING,
        next_due=calendar_watch.next_due,
        run=calendar_watch.run,
        tolerance=calendar_watch.TOLERANCE,
    ),
    Appointed(name="asking", lane=Lane.REPORTING, next_due=asking.next_due, run=asking.run, tolerance=asking.TOLERANCE),
    Appointed(
        name="samples",
        lane=Lane.READING,
        next_due=_daily(time(3, 0)),
        run=project.compare,
        tolerance=timedelta(days=1),
    ),
)


def perform(app: App, entry: Entry, now: datetime) -> None:
    """Run one entry as of now: the beat, or the latest moment not served yet."""
    match entry:
        case Every() | Attended():
            entry.run(app, now)
        case Appointed():
            due = entry.last_due(app, now)
            if due is None:
                return
            with writing(app.engine) as db:
                if not runs.claim(db, entry.name, due, now):
                    return
            entry.run(app, due, now)
            with writing(app.engine) as db:
                runs.finish(db, entry.name, due, app.clock.now())
