"""Letters handed over: each as it was frozen, tried again until the server has it, or says that it never will."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from jobs import overtaken, urgent
from jobs.app import App
from jobs.leaving import may_leave
from monitor.sources.mask import mask
from monitor.store import LetterRow, letters, reading, writing
from monitor.store.attempts import tried_between
from notifiers import MaybeSent, Notifier, NotSent, Unreachable
from notifiers.mailbox import Mailbox
from notifiers.smtp import Smtp

log = structlog.get_logger()

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
MINUTE = timedelta(minutes=1)
BATCH = 10
DEADLINE_S = 45.0


def run(app: App, now: datetime) -> None:
    """The sender's beat: urgent letters are written, what waits handed over, and copies filed.

    Once more where something urgent was written down meanwhile: it waits for no beat.
    """
    while True:
        heard = app.bell.rung
        overtaken.run(app, now)
        urgent.compose(app, now)
        drain(app)
        file_copies(app, now)
        if app.bell.rung == heard:
            return
        now = app.clock.now()


def file_copies(app: App, now: datetime) -> None:
    """Put a copy of every new letter into the mailbox folder, whatever becomes of the letter itself.

    A folder that cannot be written keeps no letter from being sent; the copies follow when it can.
    """
    mailbox = Mailbox(app.settings.var_dir / "mailbox")
    while True:
        with reading(app.engine) as db:
            rows = letters.unfiled(db, BATCH)
        for row in rows:
            try:
                mailbox.send(row.message)
            except NotSent as error:
                log.warning("letter.not_filed", letter=row.id, why=mask(error.why))
                if not error.permanent:
                    return
            with writing(app.engine) as db:
                letters.filed(db, row.id, now)
        if len(rows) < BATCH:
            return


def drain(app: App, deadline_s: float = DEADLINE_S) -> None:
    """Hand over what waits and is due, over one connection; stop where the server cannot be reached, or hangs.

    `deadline_s` bounds one letter. What is urgent and comes up meanwhile is written and sent before the rest.
    """
    settings = app.settings
    if not settings.smtp_url:
        return
    lease_s = int(BATCH * deadline_s) + 60
    with Smtp(settings.smtp_url, ca_file=settings.ca_file, deadline_s=deadline_s) as smtp:
        while rows := _claimed(app, lease_s):
            if not _send(app, smtp, rows):
                return
            urgent.compose(app, app.clock.now())


def _claimed(app: App, lease_s: int) -> list[LetterRow]:
    """The next few, which nobody else takes for longer than they can take; no more than the server is to get a minute.

    What may not go yet goes at a later beat; at night and on days off most of it may not.
    """
    now = app.clock.now()
    with writing(app.engine) as db:
        allowed = BATCH
        if app.settings.smtp_per_minute:
            allowed = min(BATCH, app.settings.smtp_per_minute - tried_between(db, now - MINUTE, now))
        return letters.claim(db, now, allowed, lease_s, urgencies=may_leave(app, now)) if allowed > 0 else []


def _send(app: App, channel: Notifier, rows: Sequence[LetterRow]) -> bool:
    for place, row in enumerate(rows):
        app.hearts.on()
        try:
            receipt = channel.send(row.message)
        except (Unreachable, MaybeSent) as error:
            _not_sent(app, row, error)
            _put_back(app, rows[place + 1 :], error)
            return False
        except NotSent as error:
            _not_sent(app, row, error)
        else:
            with writing(app.engine) as db:
                letters.accepted(db, row.id, receipt.words, app.clock.now())
            log.info("letter.accepted", letter=row.id, attempts=row.attempts + 1)
    return True


def _put_back(app: App, rows: Sequence[LetterRow], error: NotSent) -> None:
    """Those not tried wait for the server; where one letter only made it hang, the next beat takes them at once."""
    wait = timedelta() if isinstance(error, MaybeSent) else RETRY_AFTER[0]
    with writing(app.engine) as db:
        letters.release(db, [row.id for row in rows], app.clock.now() + wait)


def _not_sent(app: App, row: LetterRow, error: NotSent) -> None:
    why = mask(error.why)
    log.warning("letter.not_sent", letter=row.id, attempts=row.attempts + 1, permanent=error.permanent, why=why)
    with writing(app.engine) as db:
        if error.permanent:
            letters.dead(db, row.id, error.why)
        else:
            next_at = app.clock.now() + wait_after(row)
            letters.retry(db, row.id, error.why, next_at, uncertain=isinstance(error, MaybeSent))


def wait_after(row: LetterRow) -> timedelta:
    """1, 5, 15, 60 minutes, then hourly; up to a tenth longer, each letter differently, so that they do not crowd."""
    spread = (row.id * 7919 + row.attempts * 104_729) % 101
    return RETRY_AFTER[min(row.attempts, len(RETRY_AFTER) - 1)] * (1000 + spread) / 1000
