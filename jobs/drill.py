"""The weekly drill: a page of our own fails for real, and what follows is measured, from the look to the letter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy import Connection

from jobs import tell
from jobs.app import App
from jobs.presence import presence
from jobs.readers import occasion, put, readers_of
from jobs.subjects import key_of_interruption, technical_contacts
from monitor.core.drill import DEADLINE, TARGET, Drill, Outcome, last_due
from monitor.core.look import Verdict
from monitor.core.message import Urgency
from monitor.core.period import MILLISECOND, Span, at, ict, to_ms
from monitor.reports.letters import write
from monitor.store import InterruptionRow, LetterState, beats, drills, interruptions, looks, reading, writing
from monitor.store.drills import Told

log = structlog.get_logger()

STEP = timedelta(seconds=5)
TRIES = 3
"""So often a drill that the end of the monitor cut short is begun in a week."""
FIRST, LAST = time(7, 0), time(21, 0)
"""One that is late begins within these hours only: its letters go to whoever is on duty."""
_ENDED = frozenset({LetterState.HELD, LetterState.NO_ADDRESS, LetterState.DEAD, LetterState.REPLACED})
"""Where a letter stays that no server takes any more."""


def wanted(app: App, moment: datetime) -> datetime:
    """When to ask next: soon while a drill goes on, else at the next 08:00."""
    if app.drill_page.target is not None:
        return moment + STEP
    morning = at(ict(moment).date(), time(8))
    return morning if morning > moment else morning + timedelta(days=1)


def run(app: App, now: datetime) -> None:
    """Take the drill one step further, whatever step that is; begin one where one is owed."""
    with reading(app.engine) as db:
        drill = drills.running(db)
    if drill is None:
        _between(app, now)
    elif app.drill_page.target is None:
        _end(app, replace(drill, outcome=Outcome.CUT), now)  # the process that began it is gone, and its page with it
    else:
        _go_on(app, drill, now)
    if drill is not None and app.drill_page.target is None:
        _between(app, now)  # what it left is mended at once


def owed(db: Connection, app: App, now: datetime) -> bool:
    """Whether a drill is due and was not held; only the latest Monday counts, and only of a monitor that was there."""
    due, there_since = last_due(now), beats.first(db)
    if app.settings.drill != "on" or there_since is None or there_since > due or not FIRST <= ict(now).time() < LAST:
        return False
    held = drills.since(db, due)
    return len(held) < TRIES and all(one.outcome is Outcome.CUT for one in held)


def _between(app: App, now: datetime) -> None:
    """No drill is under way: open the page for one, or for a failure that a drill left; let it fail once it was seen.

    So a drill begins with a page that works, and the failure must be noticed as any other is.
    """
    page = app.drill_page
    with reading(app.engine) as db:
        due, left = owed(db, app, now), _open(db) is not None
        seen = looks.last(db, TARGET)
    if page.opened_at is None:
        if due or left:
            page.open(now)
        return
    works = seen is not None and seen.verdict is Verdict.UP and seen.at >= page.opened_at
    if works and not left and due:
        _begin(app, now)
    elif (works and not left) or not (due or left):
        page.close()
    elif now - page.opened_at > DEADLINE:
        page.close()
        if due:
            _end(app, Drill(began=now, outcome=Outcome.UNSEEN), now)


def _begin(app: App, now: datetime) -> None:
    with writing(app.engine) as db:
        drills.save(db, Drill(began=now))
    app.drill_page.works = False
    log.info("drill.began")


def _open(db: Connection) -> InterruptionRow | None:
    return next((row for row in interruptions.still_open(db) if row.target == TARGET), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Letters:
    """How far the letters of one half of a drill have come; `through`: as far as they will ever."""

    told_at: datetime | None = None
    accepted_at: datetime | None = None
    through: bool = False
    ended: Outcome = Outcome.PASSED


def _go_on(app: App, drill: Drill, now: datetime) -> None:
    with reading(app.engine) as db:
        row = _interruption(db, drill, now)
        told = drills.told_of(db, key_of_interruption(row)) if row is not None else []
    failure = _letters(app, [one for one in told if not one.over])
    recovery = _letters(app, [one for one in told if one.over])
    after = replace(
        drill,
        detected_at=row.opened_at if row else None,
        told_at=failure.told_at,
        accepted_at=failure.accepted_at,
        recovered_at=row.closed_at if row else None,
        recovery_told_at=recovery.told_at,
        recovery_accepted_at=recovery.accepted_at,
    )
    if failure.through and after.restored_at is None:
        app.drill_page.works = True
        after = replace(after, restored_at=app.clock.now())
    if failure.through and recovery.through:
        _end(app, replace(after, outcome=_worse(failure.ended, recovery.ended)), now)
    elif now - drill.began > DEADLINE:
        _end(app, replace(after, outcome=_stuck(after)), now)
    elif after != drill:
        with writing(app.engine) as db:
            drills.save(db, after)


def _interruption(db: Connection, drill: Drill, now: datetime) -> InterruptionRow | None:
    window = Span(start=drill.began, end=now + MILLISECOND)
    found = interruptions.between(db, window)
    return next((row for row in found if row.target == TARGET and row.first_bad >= drill.began), None)


def _letters(app: App, told: list[Told]) -> _Letters:
    if not told:
        return _Letters()
    accepted = min((one.accepted_at for one in told if one.accepted_at is not None), default=None)
    told_at = min(one.made_at for one in told)
    if accepted is not None:
        return _Letters(told_at=told_at, accepted_at=accepted, through=True)
    states = {one.state for one in told}
    through = not app.settings.smtp_url or states <= _ENDED
    ended = Outcome.HELD
    if LetterState.NO_ADDRESS in states:
        ended = Outcome.NO_ADDRESS
    elif LetterState.DEAD in states:
        ended = Outcome.UNSENT
    return _Letters(told_at=told_at, through=through, ended=ended)


def _worse(one: Outcome, other: Outcome) -> Outcome:
    return next(
        (found for found in (one, other) if found.failed), Outcome.HELD if Outcome.HELD in (one, other) else one
    )


def _stuck(drill: Drill) -> Outcome:
    """Which step did not come in time."""
    if drill.detected_at is None:
        return Outcome.UNSEEN
    if drill.told_at is None:
        return Outcome.UNTOLD
    return Outcome.UNSENT if drill.restored_at is None else Outcome.UNRECOVERED


def _end(app: App, drill: Drill, now: datetime) -> None:
    """Write down what came of it, and a failure to the Centre; the page is closed last, so that a crash heals."""
    over = replace(drill, ended_at=now)
    with writing(app.engine) as db:
        drills.save(db, over)
        if over.outcome.failed:
            _report(db, app, over, now)
    app.drill_page.close()
    if over.outcome.failed:
        app.bell.ring()
        log.error("drill.failed", outcome=over.outcome.value)
    else:
        log.info("drill.ended", outcome=over.outcome.value)


def _report(db: Connection, app: App, drill: Drill, now: datetime) -> None:
    live = tell.mode(db)
    key = f"drill/{to_ms(drill.began)}"
    for reader in readers_of(technical_contacts(app.register), presence(db, app, now)):
        words = write("drill", occasion(app, reader, now, live=live, key=key), drill=drill, deadline=DEADLINE)
        put(db, app, key=key, reader=reader, words=words, now=now, kind="drill", live=live, urgency=Urgency.NOW)
