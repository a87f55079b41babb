"""A letter as a page: its HTML with the pictures inside, or its text where it has none."""

from __future__ import annotations

import base64
from html import escape

from monitor.core.message import Message

PLAIN = (
    '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{subject}</title></head>'
    '<body><pre style="white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 monospace">{text}</pre></body></html>'
)


def shown(message: Message) -> str:
    """The letter's own words; inline pictures are put in where the mail names them by `cid:`."""
    if not message.html:
        return PLAIN.format(subject=escape(message.subject), text=escape(message.text))
    page = message.html
    for one in message.attachments:
        if one.cid and one.media_type.startswith("image/"):
            inside = f"data:{one.media_type};base64,{base64.b64encode(one.content).decode()}"
            page = page.replace(f"cid:{one.cid}", inside)
    return page
