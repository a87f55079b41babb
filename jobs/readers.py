"""Who a letter goes to, and the letter put down for them: one copy an address, frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from jobs.app import App
from jobs.presence import Presence
from monitor.core.absence import StandIn
from monitor.core.agency import Post, Role
from monitor.core.message import Message, Urgency
from monitor.register import Register
from monitor.reports.letters import Occasion, Words
from monitor.reports.link import (
    ACKNOWLEDGE,
    LETTER_VALID,
    LetterPass,
    LinkKeyUnusable,
    address,
    letter_token,
    link_key,
)
from monitor.reports.render import terms
from monitor.store import LetterRow, LetterState, letters, tellings

log = structlog.get_logger()

_RANKS = tuple(Role)
NOBODY = "giam-sat@chua-thiet-lap.invalid"
"""Who a letter is from while SMTP_FROM is not set; none of those leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One address and the posts that share it; or one post that has no address yet.

    `posts` are those who read; `stands_in` says for whom else, and why.
    """

    address: str
    posts: tuple[Post, ...]
    stands_in: tuple[StandIn, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Who reads it, as the letter's first line names them."""
        return tuple(map(named, self.posts))

    @property
    def key(self) -> str:
        """What a letter's key knows them by: the address, whoever shares it today."""
        return self.address.casefold() or self.posts[0].key

    @property
    def whom(self) -> tuple[Post, ...]:
        """All posts that its letter is for: those who read, and those they stand in for."""
        return tuple({post.key: post for post in (*self.posts, *(one.post for one in self.stands_in))}.values())


def named(post: Post) -> str:
    """A post with whoever holds it."""
    return f"{post.title} ({post.person})" if post.person else post.title


def readers_of(posts: Iterable[Post], here: Presence) -> list[Reader]:
    """One reader an address, one a post that has none, in the order of the posts; within a reader heads come first.

    Who is away gets no letter: whoever stands in does.
    """
    sharing: dict[str, dict[str, Post]] = {}
    instead: dict[str, list[StandIn]] = {}
    for post in {post.key: here.register.posts.get(post.key, post) for post in posts}.values():
        absent = here.stand_in(post)
        by = here.reader(post)
        place = by.address.casefold() or by.key
        sharing.setdefault(place, {})[by.key] = by
        if absent is not None:
            instead.setdefault(place, []).append(absent)
    return [
        Reader(
            address=next(iter(some.values())).address,
            posts=_by_rank(some.values()),
            stands_in=tuple(instead.get(place, ())),
        )
        for place, some in sharing.items()
    ]


def _by_rank(posts: Iterable[Post]) -> tuple[Post, ...]:
    return tuple(sorted(posts, key=lambda post: _RANKS.index(post.role)))


def for_whom(db: Connection, register: Register, row: LetterRow) -> tuple[Post, ...]:
    """Whom a letter is for: whom it tells something, else whom its first line names."""
    told = tellings.people(db, row.id)
    if told:
        return tuple(register.posts[key] for key in told if key in register.posts)
    return tuple(post for name in row.message.to_names if (post := register.post_titled(name)))


def occasion(app: App, reader: Reader, now: datetime, *, live: bool, key: str = "") -> Occasion:
    """What a letter to that reader prints of itself; with its key, the link behind which they say that they have it."""
    pilot = not live and bool(app.settings.pilot_address)
    return Occasion(
        to_names=reader.names,
        now=now,
        live=live,
        link=app.settings.public_url,
        meant_for=(reader.address or "(chưa có địa chỉ)") if pilot else "",
        stands_in=reader.stands_in,
        acknowledge=_link(app, reader, now, whole_key(key, reader, live=live)) if key else "",
    )


def _link(app: App, reader: Reader, now: datetime, key: str) -> str:
    """The page on which the readers of a letter say that they have it; empty where they reach no page of ours."""
    public = app.settings.public_url
    if not public:
        return ""
    posts = tuple(post.key for post in reader.posts)
    allowed = LetterPass(
        letter=message_id_of(key, app.settings.smtp_from or NOBODY), posts=posts, until=now + LETTER_VALID
    )
    try:
        return address(public, ACKNOWLEDGE, letter_token(link_key(app.settings.var_dir), allowed))
    except LinkKeyUnusable as error:
        log.error("link.no_key", why=str(error))
        return ""


def whole_key(key: str, reader: Reader, *, live: bool) -> str:
    """The key of one reader's letter."""
    return f"{key}/{reader.key}/{'live' if live else 'trial'}"


def put(
    db: Connection,
    app: App,
    *,
    key: str,
    reader: Reader,
    words: Words,
    now: datetime,
    kind: str,
    live: bool,
    slot: datetime | None = None,
    urgency: Urgency = Urgency.SLOT,
) -> int | None:
    """Put one letter down, once for its key and reader; its number, or None where it is there already.

    In a trial it is held, or goes to PILOT_ADDRESS; without an address it waits for one to be filled in.
    """
    settings = app.settings
    pilot = settings.pilot_address if settings.smtp_url else ""
    mine = whole_key(key, reader, live=live)
    address = reader.address if live else pilot or reader.address
    state = LetterState.WAITING if address else LetterState.NO_ADDRESS
    if not live and not pilot:
        state = LetterState.HELD
    sender = settings.smtp_from or NOBODY
    message = Message(
        key=mine,
        message_id=message_id_of(mine, sender),
        date=now,
        sender=f"{terms()['word']['sender']} <{sender}>",
        to_address=address,
        to_names=reader.names,
        subject=words.subject,
        text=words.text,
        html=words.html,
        attachments=words.attachments,
        urgency=urgency,
    )
    letter = letters.add_once(db, message=message, kind=kind, slot=slot, live=live, state=state, now=now)
    if letter is not None:
        log.info("letter.put", letter=letter, kind=kind, state=state.value, live=live)
    return letter


def message_id_of(key: str, sender: str) -> str:
    """The same for the same key for ever, so that a receiver knows a copy sent again."""
    return f"<{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}@{sender.rpartition('@')[2]}>"
