"""A Microsoft Teams channel, by the web hook of a Workflow: an Adaptive Card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from monitor.core.message import Message
from notifiers import NotSent, Receipt, Refused
from notifiers.posting import Road, post_json
from notifiers.wording import link_in, without_link

LARGEST = 28 * 1024
"""Bytes of one message that Teams takes."""


class Teams:
    """The channels of an office; `settings` holds the web hook of each by its name, which is the address.

    A message that comes twice is seen twice.
    """

    resend_is_safe = False

    def __init__(self, settings: Mapping[str, str], road: Road) -> None:
        self._hooks, self._road = settings, road

    def send(self, message: Message) -> Receipt:
        """Hand a message over; Teams takes about four a second and answers 429 to more."""
        url = self._hooks.get(message.to_address)
        if not url:
            raise Refused(f"tệp khóa của các kênh không có webhook Teams tên “{message.to_address}”")
        content = card(message)
        size = len(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())
        if size > LARGEST:
            raise NotSent(f"tin {size} byte, quá {LARGEST} byte mà Teams nhận", permanent=True)
        reply = post_json(self._road, url, content)
        return Receipt(words=f"Teams nhận (HTTP {reply.status})")


def card(message: Message) -> dict[str, Any]:
    """The message as the body that a Workflow's "When a Teams webhook request is received" wants."""
    link = link_in(message.text)
    body = [
        {"type": "TextBlock", "text": _literal(message.subject), "weight": "Bolder", "size": "Medium", "wrap": True},
        {"type": "TextBlock", "text": _literal(without_link(message.text)), "wrap": True},
    ]
    content: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if link:
        content["actions"] = [{"type": "Action.OpenUrl", "title": "Mở trang giám sát", "url": link}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": content}
    return {"type": "message", "attachments": [attachment]}


def _literal(text: str) -> str:
    """A card's text is Markdown: what would be marks is shown as it stands."""
    return "".join(f"\\{one}" if one in "\\*_[]`~#<>|" else one for one in text)
