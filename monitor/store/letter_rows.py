"""A letter's rows, and the message they are: what is put down is what is sent, byte for byte."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from monitor.core.message import Attachment, Message, Urgency
from monitor.store.states import LetterState
from monitor.store.tables import letter_attachments, letters

MAIL = "mail"
"""The channel of all that goes by no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """A letter without its words, as a list shows it; `to_names` are joined by "; "."""

    id: int
    key: str
    kind: str
    channel: str  # "mail", or another of CHANNELS
    live: bool
    state: LetterState
    urgency: Urgency
    slot: datetime | None
    date: datetime
    to_address: str
    to_names: str
    subject: str
    attempts: int
    last_why: str  # what the server said last
    next_at: datetime  # when it may be tried next; while it is being sent, when its lease ends
    accepted_at: datetime | None
    filed_at: datetime | None
    instead_of: int | None  # the letter that did not arrive, in whose place this one goes

    @property
    def way(self) -> str:
        """Where it goes: an address, or that of a channel behind the channel's name, "sms:0912345678"."""
        return self.to_address if self.channel == MAIL else f"{self.channel}:{self.to_address}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRow(LetterLine):
    """A letter with the message as it was frozen."""

    message: Message


LINE: tuple[Any, ...] = tuple(letters.c[name] for name in LetterLine.__dataclass_fields__)
_WORDS: tuple[Any, ...] = (letters.c.message_id, letters.c.sender, letters.c.text, letters.c.html)


def written(message: Message) -> dict[str, Any]:
    """A message as columns of its letter, its attachments apart."""
    return {
        "key": message.key,
        "urgency": message.urgency,
        "date": message.date,
        "message_id": message.message_id,
        "sender": message.sender,
        "to_address": message.to_address,
        "to_names": json.dumps(message.to_names, ensure_ascii=False),
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
    }


def line(row: Row[Any]) -> LetterLine:
    """One row of LINE."""
    return LetterLine(**_line(row))


def rows_of(db: Connection, which: ColumnElement[bool]) -> list[LetterRow]:
    """Letters with their messages, by number."""
    found: Sequence[Row[Any]] = db.execute(select(*LINE, *_WORDS).where(which).order_by(letters.c.id)).all()
    attached = _attached(db, [row.id for row in found])
    return [LetterRow(**_line(row), message=_message(row, tuple(attached[row.id]))) for row in found]


def _line(row: Row[Any]) -> dict[str, Any]:
    known = {name: row._mapping[name] for name in LetterLine.__dataclass_fields__}
    return known | {"to_names": "; ".join(json.loads(row.to_names))}


def _attached(db: Connection, ids: list[int]) -> defaultdict[int, list[Attachment]]:
    attached: defaultdict[int, list[Attachment]] = defaultdict(list)
    of_these = select(letter_attachments).where(letter_attachments.c.letter.in_(ids))
    for row in db.execute(of_these.order_by(letter_attachments.c.letter, letter_attachments.c.place)):
        attached[row.letter].append(
            Attachment(name=row.name, media_type=row.media_type, content=bytes(row.content), cid=row.cid)
        )
    return attached


def _message(row: Row[Any], attachments: tuple[Attachment, ...]) -> Message:
    return Message(
        key=row.key,
        message_id=row.message_id,
        date=row.date,
        sender=row.sender,
        to_address=row.to_address,
        to_names=tuple(json.loads(row.to_names)),
        subject=row.subject,
        text=row.text,
        html=row.html,
        attachments=attachments,
        urgency=row.urgency,
    )
