"""A letter as a page: its HTML with the pictures inside, or its text where it has none."""

from __future__ import annotations

import base64
import re
from html import escape

from monitor.core.message import Message
from monitor.reports.link import APOLOGIES, PAGE

PLAIN = (
    '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{subject}</title></head>'
    '<body><pre style="white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.5 monospace">{text}</pre></body></html>'
)
_PERSONAL = re.compile(rf"({re.escape(PAGE)}|{re.escape(APOLOGIES)})/[\w.~-]+")


def shown(message: Message) -> str:
    """The letter's own words; inline pictures are put in where the mail names them by `cid:`.

    A personal link is its reader's alone: here it is left out.
    """
    if not message.html:
        text = _PERSONAL.sub(r"\1/…", message.text)
        return PLAIN.format(subject=escape(message.subject), text=escape(text))
    page = _PERSONAL.sub(r"\1/…", message.html)
    for one in message.attachments:
        if one.cid and one.media_type.startswith("image/"):
            inside = f"data:{one.media_type};base64,{base64.b64encode(one.content).decode()}"
            page = page.replace(f"cid:{one.cid}", inside)
    return page
