"""The ways to a person besides mail, and the short letter that goes one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from jobs.app import App
from jobs.readers import message_id_of
from monitor.core.agency import Post
from monitor.reports.brief_words import BriefWords
from monitor.store import LetterRow, LetterState, letters
from notifiers.channels import CHANNELS
from notifiers.plain import unaccented

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, order=True)
class Way:
    """A channel and an address there."""

    channel: str
    address: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.address}"


def ways_of(app: App, post: Post) -> Iterator[Way]:
    """A person's ways whose channels are on, in the order of the contacts."""
    for one in post.channels:
        name, _, address = one.partition(":")
        if name in app.settings.channels_on and name in CHANNELS and CHANNELS[name].address.fullmatch(address):
            yield Way(name, address)


def put(
    db: Connection,
    row: LetterRow,
    way: Way,
    words: BriefWords,
    *,
    key: str,
    names: tuple[str, ...],
    now: datetime,
    instead_of: int | None = None,
) -> int | None:
    """Put down the short of a letter for one way; its number, or None where it is there already."""
    domain = row.message.sender.rpartition("<")[2].rstrip(">")
    message = replace(
        row.message,
        key=key,
        message_id=message_id_of(key, domain),
        date=now,
        to_address=way.address,
        to_names=names,
        subject=words.subject,
        text=unaccented(words.text) if CHANNELS[way.channel].plain else words.text,
        html="",
        attachments=(),
    )
    number = letters.add_once(
        db,
        message=message,
        kind=row.kind,
        slot=row.slot,
        live=row.live,
        state=LetterState.WAITING,
        now=now,
        instead_of=instead_of,
        channel=way.channel,
    )
    if number is not None:
        log.info("letter.other_way", letter=number, channel=way.channel, of=row.id)
    return number
