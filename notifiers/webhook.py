"""A web hook of the office's own: JSON, signed, so that its receiver knows it is ours and not an old one again."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC

from monitor.core.message import Message
from notifiers import Receipt
from notifiers.posting import Road, post
from notifiers.wording import link_in

SIGNATURE, STAMP, ID = "X-Tthc-Signature", "X-Tthc-Timestamp", "X-Tthc-Id"


class Webhook:
    """One receiver; what is sent again has the same `id`, by which it is known.

    The time that is signed is when the message was written: a receiver can refuse what is old.
    """

    resend_is_safe = True

    def __init__(self, settings: Mapping[str, str], road: Road) -> None:
        self._url, self._secret, self._road = settings["url"], settings["secret"], road

    def send(self, message: Message) -> Receipt:
        """Hand a message over; any 2xx takes it."""
        body = json.dumps(_content(message), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        stamp = str(int(message.date.timestamp()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            ID: message.message_id.strip("<>"),
            STAMP: stamp,
            SIGNATURE: signature(self._secret, stamp, body),
        }
        reply = post(self._road, self._url, body, headers)
        return Receipt(words=f"{reply.server} nhận (HTTP {reply.status})")


def signature(secret: str, stamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the time, a dot and the body as it is sent: "sha256=" and hexadecimal."""
    signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


def _content(message: Message) -> dict[str, str]:
    return {
        "id": message.message_id.strip("<>"),
        "at": message.date.astimezone(UTC).isoformat(timespec="seconds"),
        "to": message.to_address,
        "urgency": message.urgency.value,
        "subject": message.subject,
        "text": message.text,
        "link": link_in(message.text),
    }
