"""The one type a channel knows: a message ready to be handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Urgency(StrEnum):
    """How soon a message wants to be read: at once at any hour, within waking hours, or at the next slot."""

    NOW = "now"
    WAKING = "waking"
    SLOT = "slot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a message; `cid` makes it an inline picture."""

    name: str
    media_type: str
    content: bytes
    cid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one address, frozen before the first attempt to send it.

    `message_id` is derived from `key`, and `date` is frozen with it, so that a resend after a crash is the same
    message, byte for byte. `to_address` is empty where a post has no address yet; `to_names` are all who share it.
    """

    key: str
    message_id: str
    date: datetime
    sender: str
    to_address: str
    to_names: tuple[str, ...]
    subject: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    urgency: Urgency = Urgency.SLOT
