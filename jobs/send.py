"""Letters handed over: each as it was frozen, tried again until the server has it, or says that it never will."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from jobs import letters as composing
from jobs.app import App
from monitor.store import LetterRow, letters, reading, writing
from notifiers import MaybeSent, NotSent, Unreachable
from notifiers.mailbox import Mailbox
from notifiers.smtp import Smtp

log = structlog.get_logger()

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
BATCH = 5
DEADLINE_S = 45.0
LEASE_S = int(BATCH * DEADLINE_S) + 60
"""Longer than a batch can take, so that nobody else takes a letter that is on its way."""


def run(app: App, now: datetime) -> None:
    """The sender's beat: urgent letters are written, copies filed, and what waits handed over."""
    composing.compose_urgent(app, now)
    file_held(app, now)
    drain(app, now)


def file_held(app: App, now: datetime) -> None:
    """Put a copy of every new letter into the mailbox folder, whatever becomes of the letter itself."""
    mailbox = Mailbox(app.settings.var_dir / "mailbox")
    while True:
        with reading(app.engine) as db:
            rows = letters.unfiled(db, BATCH)
        for row in rows:
            mailbox.send(row.message)
            with writing(app.engine) as db:
                letters.filed(db, row.id, now)
        if len(rows) < BATCH:
            return


def drain(app: App, now: datetime) -> None:
    """Hand over what waits and is due, over one connection; stop where the server cannot be reached."""
    settings = app.settings
    if not settings.smtp_url:
        return
    with Smtp(settings.smtp_url, ca_file=settings.ca_file, deadline_s=DEADLINE_S) as smtp:
        while rows := _claimed(app, now):
            if not _send(app, smtp, rows, now):
                return


def _claimed(app: App, now: datetime) -> list[LetterRow]:
    with writing(app.engine) as db:
        return letters.claim(db, now, BATCH, LEASE_S)


def _send(app: App, smtp: Smtp, rows: Sequence[LetterRow], now: datetime) -> bool:
    for place, row in enumerate(rows):
        try:
            receipt = smtp.send(row.message)
        except Unreachable as error:
            _put_back(app, rows[place:], error, now)
            return False
        except NotSent as error:
            _not_sent(app, row, error, now)
        else:
            with writing(app.engine) as db:
                letters.accepted(db, row.id, receipt.words, app.clock.now())
            log.info("letter.accepted", letter=row.id, attempts=row.attempts + 1)
    return True


def _put_back(app: App, rows: Sequence[LetterRow], error: Unreachable, now: datetime) -> None:
    """The first one was tried; the others wait as long as it does, so that one server down costs one attempt a beat."""
    first, *others = rows
    _not_sent(app, first, error, now)
    with writing(app.engine) as db:
        letters.release(db, [row.id for row in others], now + _wait(first))


def _not_sent(app: App, row: LetterRow, error: NotSent, now: datetime) -> None:
    log.warning("letter.not_sent", letter=row.id, attempts=row.attempts + 1, permanent=error.permanent, why=error.why)
    with writing(app.engine) as db:
        if error.permanent:
            letters.dead(db, row.id, error.why, now)
        else:
            letters.retry(db, row.id, error.why, now + _wait(row), uncertain=isinstance(error, MaybeSent))


def _wait(row: LetterRow) -> timedelta:
    """1, 5, 15, 60 minutes, then hourly."""
    return RETRY_AFTER[min(row.attempts, len(RETRY_AFTER) - 1)]
