"""Mail that came back is read, and tied to the letters that it is about."""

from __future__ import annotations

import hashlib
from datetime import datetime

import structlog

from jobs.app import App
from monitor.sources.mask import mask
from monitor.sources.notice import bounces_of
from monitor.sources.polling import NotFetched
from monitor.sources.returned import Returned, returned
from monitor.store import bounces, reading, watches, writing
from monitor.store.bounces import RETURNS_TROUBLE

log = structlog.get_logger()

SECONDS = 300
MARK = "bounces"


def run(app: App, now: datetime) -> None:
    """Read what came back since the last time; a mailbox that cannot be read is said on the status page."""
    url = app.settings.bounces_url
    if not url:
        return
    with reading(app.engine) as db:
        mark, before = watches.get_mark(db, MARK) or "", watches.get_mark(db, RETURNS_TROUBLE) or ""
    trouble = ""
    try:
        for one in returned(url, mark, now, ca_file=app.settings.ca_file):
            app.hearts.on()
            take_in(app, one, now)
    except NotFetched as error:
        trouble = mask(str(error))
        log.warning("bounces.not_read", why=trouble)
    if trouble != before:
        with writing(app.engine) as db:
            watches.set_mark(db, RETURNS_TROUBLE, trouble)


def take_in(app: App, one: Returned, now: datetime) -> None:
    """Keep what one mail says did not arrive, and up to where the mailbox was read, together."""
    try:
        found = bounces_of(one.content, ours=app.settings.smtp_from.rpartition("@")[2])
    except Exception:  # a mail made to break its reader keeps nobody from reading the next
        log.exception("bounces.unreadable")
        found = ()
    if not found and not one.mark:
        return
    with writing(app.engine) as db:
        for bounce in found:
            digest = hashlib.sha256(one.content + b"\0" + bounce.recipient.encode()).hexdigest()
            row = bounces.add(db, bounce, digest, now)
            if row is not None:
                log.warning("letter.came_back", letter=row.letter, action=bounce.action, status=bounce.status)
        if one.mark:
            watches.set_mark(db, MARK, one.mark)
