"""What is to be read at once goes over a person's other ways as well as by mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from jobs.app import App
from jobs.brief import brief
from jobs.readers import named
from jobs.ways import Way, put, ways_of
from monitor.core.agency import Post
from monitor.core.message import Urgency
from monitor.reports.brief_words import brief_words
from monitor.store import TellingRow, letters
from monitor.store.over_channels import copy_key


def copy(
    db: Connection, app: App, letter: int, posts: Iterable[Post], *, told: Sequence[TellingRow], now: datetime
) -> None:
    """Put down the short of an urgent letter for each way of those who read it, each once; none in a trial."""
    ways = _ways(app, posts)
    row = letters.get(db, letter) if ways else None
    if row is None or not row.live or row.urgency is not Urgency.NOW:
        return
    found = brief(db, app, told, now)
    if found is None:
        return
    words = brief_words(found)
    for way, names in ways.items():
        put(db, row, way, words, key=copy_key(row.key, way.channel, way.address), names=tuple(names), now=now)


def _ways(app: App, posts: Iterable[Post]) -> dict[Way, list[str]]:
    """The ways, and whose each is."""
    found: dict[Way, list[str]] = {}
    for post in posts:
        for way in ways_of(app, post):
            found.setdefault(way, []).append(named(post))
    return found
