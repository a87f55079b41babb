"""Who a letter goes to, and the letter put down for them: one copy an address, frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection

from jobs.app import App
from monitor.core.agency import Post, Role
from monitor.core.message import Message, Urgency
from monitor.reports.letters import Occasion, Words
from monitor.reports.render import terms
from monitor.store import LetterState, letters

log = structlog.get_logger()

_RANKS = tuple(Role)
NOBODY = "giam-sat@chua-thiet-lap.invalid"
"""Who a letter is from while SMTP_FROM is not set; none of those leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One address and the posts that share it; or one post that has no address yet."""

    address: str
    posts: tuple[Post, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Who reads it, as the letter's first line names them."""
        return tuple(f"{post.title} ({post.person})" if post.person else post.title for post in self.posts)

    @property
    def key(self) -> str:
        """What a letter's key knows them by: the address, whoever shares it today."""
        return self.address.casefold() or self.posts[0].key


def readers_of(posts: Iterable[Post]) -> list[Reader]:
    """One reader an address, one a post that has none, in the order of the posts; within a reader heads come first."""
    sharing: dict[str, dict[str, Post]] = {}
    for post in posts:
        sharing.setdefault(post.address.casefold() or post.key, {})[post.key] = post
    return [_reader(list(posts.values())) for posts in sharing.values()]


def _reader(posts: list[Post]) -> Reader:
    return Reader(address=posts[0].address, posts=tuple(sorted(posts, key=lambda post: _RANKS.index(post.role))))


def occasion(app: App, reader: Reader, now: datetime, *, live: bool) -> Occasion:
    """What a letter to that reader prints of itself."""
    pilot = not live and bool(app.settings.pilot_address)
    return Occasion(
        to_names=reader.names,
        now=now,
        live=live,
        link=app.settings.public_url,
        meant_for=(reader.address or "(chưa có địa chỉ)") if pilot else "",
    )


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
    whole_key = f"{key}/{reader.key}/{'live' if live else 'trial'}"
    address = reader.address if live else pilot or reader.address
    state = LetterState.WAITING if address else LetterState.NO_ADDRESS
    if not live and not pilot:
        state = LetterState.HELD
    sender = settings.smtp_from or NOBODY
    message = Message(
        key=whole_key,
        message_id=message_id_of(whole_key, sender),
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
