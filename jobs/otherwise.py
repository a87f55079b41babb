"""Who no address of their own reaches any more is told by another way than mail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from jobs.app import App
from jobs.brief import brief
from jobs.readers import named
from jobs.ways import Way, put, ways_of
from monitor.core.agency import Post
from monitor.reports.brief_words import Brief, BriefWords, brief_words
from monitor.store import LetterLine, LetterRow, lost, over_channels, tellings
from monitor.store.over_channels import copy_key


def told(
    db: Connection,
    app: App,
    row: LetterRow,
    *,
    chain: Sequence[LetterLine],
    reads: Sequence[tuple[Post, Post]],
    now: datetime,
) -> frozenset[str]:
    """Tell them by the next way that was not tried; the keys of those who have one.

    `reads` are whom the letter is for, each with who reads it; `chain` are the letters that did not arrive, the newest
    first. A copy that went there with one of them and did arrive is what tells them.
    """
    reached: set[str] = set()
    words: BriefWords | None = None
    for way, whom in _by_way(app, db, chain, reads).items():
        number = _copy(db, chain, way)
        if number is not None:
            over_channels.stand_in(db, number, row.id)
        else:
            words = words or _words(db, app, row, now)
            names = tuple(dict.fromkeys(named(by) for _, by in whom))
            key = f"{row.key}/thay/{row.id}/{way}"
            number = put(db, row, way, words, key=key, names=names, now=now, instead_of=row.id)
        if number is not None:
            tellings.hand_on(db, row.id, (post.key for post, _ in whom), number)
            reached |= {by.key for _, by in whom}
    return frozenset(reached)


def _by_way(
    app: App, db: Connection, chain: Sequence[LetterLine], reads: Sequence[tuple[Post, Post]]
) -> dict[Way, list[tuple[Post, Post]]]:
    tried = {one.way.casefold() for one in chain} | set(_copies_lost(db, app, chain, reads))
    found: dict[Way, list[tuple[Post, Post]]] = {}
    for post, by in reads:
        way = next((one for one in ways_of(app, by) if str(one).casefold() not in tried), None)
        if way is not None:
            found.setdefault(way, []).append((post, by))
    return found


def _copies_lost(
    db: Connection, app: App, chain: Sequence[LetterLine], reads: Sequence[tuple[Post, Post]]
) -> Iterator[str]:
    """The ways on which a copy went and did not arrive either."""
    ways = {way for _, by in reads for way in ways_of(app, by)}
    keys = [copy_key(one.key, way.channel, way.address) for one in chain for way in ways]
    yield from (one.way.casefold() for one in over_channels.by_key(db, keys).values() if one.state in lost.LOST)


def _copy(db: Connection, chain: Sequence[LetterLine], way: Way) -> int | None:
    """The copy that went this way with one of the letters, and stands in no other's place."""
    found = over_channels.by_key(db, [copy_key(one.key, way.channel, way.address) for one in chain])
    return next((one.id for one in found.values() if one.instead_of is None), None)


def _words(db: Connection, app: App, row: LetterRow, now: datetime) -> BriefWords:
    """What it told; a drill, or what tells nothing of a ladder, only that there is something to read."""
    found = brief(db, app, tellings.told_by(db, row.id), now, lost=True)
    return brief_words(found or Brief(link=app.settings.public_url, lost=True))
