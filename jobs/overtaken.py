"""Letters that a leave overtook before any server took them: who reads now is told instead, and told why."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import Connection

from jobs.app import App
from jobs.presence import Presence, presence
from monitor.core.period import at, day_of
from monitor.reports.unreached import addresses_of
from monitor.store import letters, lost, reading, tellings, writing
from monitor.store.letter_rows import LetterLine

log = structlog.get_logger()

WHY = "người nhận đã vắng trước khi thư đi được; soạn lại cho người thay"


def run(app: App, now: datetime) -> None:
    """Take letters of an earlier day off their way where nobody reads at their address today, and owe them again.

    What they tell is written anew, in the next letter to whoever stands in.
    """
    with reading(app.engine) as db:
        waiting = lost.never_tried_out(db, before=at(day_of(now)))
        if not waiting:
            return
        here = presence(db, app, now)
        gone = [one.id for one in waiting if _gone(db, here, one)]
    for number in gone:
        with writing(app.engine) as db:
            if letters.replaced(db, number, WHY, now):
                tellings.detach(db, number)
                log.info("letter.overtaken", letter=number)


def _gone(db: Connection, here: Presence, letter: LetterLine) -> bool:
    """Whether all whom a letter tells are away, and somebody reached elsewhere reads for them."""
    told = [here.register.posts[key] for key in tellings.people(db, letter.id) if key in here.register.posts]
    return bool(told) and all(
        here.stand_in(post) is not None and letter.to_address not in addresses_of(here.reader(post)) for post in told
    )
