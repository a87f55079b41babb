"""Letters that a leave, a new holder or a new address overtook before any server took them: who reads now is told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog

from jobs.app import App
from jobs.presence import Presence, presence
from monitor.core.agency import Post
from monitor.core.period import at, day_of
from monitor.reports.unreached import addresses_of
from monitor.store import letters, lost, reading, tellings, writing
from monitor.store.letter_rows import LetterLine

log = structlog.get_logger()

WHY = "trước khi thư đi được, người nhận đã vắng hoặc đã đổi người, đổi địa chỉ; soạn lại cho người đọc nay"


def run(app: App, now: datetime) -> None:
    """Take letters of an earlier day off their way where nobody reads at their address today, and owe them again.

    What they tell is written anew, in the next letter to whoever stands in.
    """
    with reading(app.engine) as db:
        waiting = lost.never_tried_out(db, before=at(day_of(now)))
        if not waiting:
            return
        here = presence(db, app, now)
        told = tellings.people_of(db, [one.id for one in waiting])
        gone = [one.id for one in waiting if _gone(here, one, told.get(one.id, ()))]
    for number in gone:
        with writing(app.engine) as db:
            if letters.replaced(db, number, WHY, now):
                tellings.detach(db, number)
                log.info("letter.overtaken", letter=number)


def _gone(here: Presence, letter: LetterLine, told: Iterable[str]) -> bool:
    """Whether nobody whom a letter tells is reached at its address any more, and each of them is elsewhere.

    Where a person said that it goes to another address, it does.
    """
    known = [here.reader(here.register.posts[key]) for key in told if key in here.register.posts]
    return "/again/" not in letter.key and bool(known) and all(_elsewhere(by, letter.to_address) for by in known)


def _elsewhere(by: Post, address: str) -> bool:
    ways = [one.casefold() for one in addresses_of(by)]
    return bool(ways) and address.casefold() not in ways
