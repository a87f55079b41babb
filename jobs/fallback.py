"""A letter that did not arrive goes where its reader is reached otherwise, or to a colleague who can tell them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from jobs import otherwise
from jobs.app import App
from jobs.presence import Presence, presence
from jobs.readers import Reader, for_whom, message_id_of, occasion
from monitor.core.agency import Post, Role
from monitor.core.message import Message
from monitor.reports.letters import write
from monitor.reports.render import terms
from monitor.reports.unreached import addresses_of
from monitor.store import LetterLine, LetterRow, LetterState, letters, lost, over_channels, reading, tellings, writing
from monitor.store.letters import MAIL

log = structlog.get_logger()

LOOK_BACK = timedelta(days=14)
"""What was lost longer ago is sent to nobody else any more; it stays in the list of what did not arrive."""
STALE = timedelta(days=1)
"""What a slot's letter said so long ago is told by the next one, where it could be sent only now."""
COLLEAGUES = (Role.FOCAL_POINT, Role.DEPUTY, Role.HEAD, Role.SERVICE_CENTRE)
"""Who is asked to pass a letter on, in this order."""
_PERSONAL = re.compile(r"https?://\S+/(?:giai-trinh|du-thao-xin-loi|da-nhan)/\S+")


def run(app: App, now: datetime) -> None:
    """Send what will not arrive to the next address, or the next person; what has none is left as it is."""
    for one in _of_no_channel(app):
        with writing(app.engine) as db:
            over_channels.give_up(db, one.id, f"kênh {one.channel} không bật (CHANNELS)", now)
    with reading(app.engine) as db:
        fallen = [row.id for row in lost.fallen(db, now - LOOK_BACK)]
    for number in fallen:
        with writing(app.engine) as db:
            row = letters.get(db, number)
            if row is not None and row.state in lost.LOST:
                _instead(db, app, row, now)


def _of_no_channel(app: App) -> list[LetterLine]:
    """What waits for a channel that is off: its people are told otherwise."""
    with reading(app.engine) as db:
        return over_channels.not_of(db, app.settings.channels_on)


def _instead(db: Connection, app: App, row: LetterRow, now: datetime) -> None:
    here = presence(db, app, now)
    reads = [(post, here.reader(post)) for post in for_whom(db, here.register, row)]
    chain = lost.chain(db, row.id)
    tried = frozenset(one.way.casefold() for one in chain)
    mail = next((found for one in chain if one.channel == MAIL and (found := letters.get(db, one.id))), row)
    if _is_stale(row, now) and any(_next(by, tried) for _, by in reads):
        # Days later there is a way to them: the next letter says what is so now, and not a pile of old ones.
        letters.replaced(db, row.id, terms()["word"]["in_next"], now)
        tellings.detach(db, row.id)
        return
    for reader, whom in _elsewhere(reads, tried):
        themselves = {post.key for post in reader.posts} == {post.key for post in whom}
        message = replace(mail.message, to_address=reader.address, to_names=reader.names)
        if not themselves:  # who stands in gets no words, and no link, in another's name
            message = _passed_on(app, mail, reader, now)
        newer = _put(db, row, message, reader, now)
        tellings.hand_on(db, row.id, (post.key for post in whom), newer)
    other = [(post, by) for post, by in reads if not _next(by, tried)]
    reached = otherwise.told(db, app, row, chain=chain, reads=other, now=now)
    unreached = [by for _, by in other if by.key not in reached]
    tried |= {_next(by, tried).casefold() for _, by in reads}  # who has it by now need not have it passed on as well
    colleague = _colleague(here, unreached, tried)
    if colleague is not None:
        _put(db, row, _passed_on(app, mail, colleague, now), colleague, now)


def _is_stale(row: LetterRow, now: datetime) -> bool:
    """Whether it is a slot's letter of another day."""
    return row.slot is not None and row.date < now - STALE


def _next(post: Post, tried: frozenset[str]) -> str:
    return next((one for one in addresses_of(post) if one.casefold() not in tried), "")


def _elsewhere(reads: list[tuple[Post, Post]], tried: frozenset[str]) -> Iterator[tuple[Reader, list[Post]]]:
    """The next addresses of those who read, each once, and for whom they do."""
    found: dict[str, list[tuple[Post, Post]]] = {}
    for post, by in reads:
        if address := _next(by, tried):
            found.setdefault(address, []).append((post, by))
    for address, some in found.items():
        posts = {by.key: by for _, by in some}
        yield Reader(address=address, posts=tuple(posts.values())), [post for post, _ in some]


def _colleague(here: Presence, posts: list[Post], tried: frozenset[str]) -> Reader | None:
    """The first of the agencies' others who is there, and has an address that was not tried."""
    for agency in dict.fromkeys(post.agency for post in posts):
        for role in COLLEAGUES:
            for post in here.register.posts_of(agency, {role}):
                if post not in posts and post.key not in here.away and (address := _next(post, tried)):
                    return Reader(address=address, posts=(post,))
    return None


def _passed_on(app: App, row: LetterRow, colleague: Reader, now: datetime) -> Message:
    """The letter's words in one that says why it comes; what opens a page in its reader's name stays out of it."""
    original = _PERSONAL.sub(terms()["word"]["no_link"], row.message.text)
    words = write("instead", occasion(app, colleague, now, live=True), lost=row, original=original)
    return replace(
        row.message,
        to_address=colleague.address,
        to_names=colleague.names,
        subject=words.subject,
        text=words.text,
        html=words.html,
    )


def _put(db: Connection, row: LetterRow, message: Message, reader: Reader, now: datetime) -> int:
    key = f"{row.key}/thay/{row.id}/{reader.key}"
    domain = row.message.sender.rpartition("<")[2].rstrip(">")
    number = letters.add_once(
        db,
        message=replace(message, key=key, message_id=message_id_of(key, domain), date=now),
        kind=row.kind,
        slot=row.slot,
        live=row.live,
        state=LetterState.WAITING,
        now=now,
        instead_of=row.id,
    )
    assert number is not None  # noqa: S101 - nothing else writes that key, and this letter has none in its place yet
    log.info("letter.instead", letter=number, of=row.id)
    return number
