"""Free text without what tells a person: telephone, identity and account numbers, e-mail addresses."""

from __future__ import annotations

import re

HIDDEN = "***"

# Begun only where a word begins and never taken back, so that no text makes it slow.
_MAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++@[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)+")
_GAP = r"[ .\-\u00a0]?"
_PHONE = re.compile(
    rf"(?<![\w.])(?:\+?84|0){_GAP}(?:\(?\d\)?{_GAP}){{8,9}}\d(?!\w)|(?<![\w.])(?:\+?84|0)\d{{8,10}}(?!\w)"
)
_NUMBER = re.compile(r"(?<![\w.])\d{3}[ .]?\d{3}[ .]?\d{3}(?:[ .]?\d{3})?(?!\w)|(?<!\w)(?:\d{9}|\d{12})(?!\w)")
# "03-11-2026 08:30" has the digits of a telephone; more digits in a group after it, and it is taken for one.
_DAY = re.compile(
    r"(?<![\w./\-])((?:\d{1,2}-\d{1,2}-|\d{1,2}\.\d{1,2}\.|\d{1,2}/\d{1,2}/)(?:19|20)\d\d)"
    r"(?![\w/]|[ .\-\u00a0]?\d{3}|[.\-]\d)"
)


def mask(text: str) -> str:
    """The text with every number or address that may lead to a person replaced by ***; days stay as they are."""
    if "@" in text:
        text = _MAIL.sub(HIDDEN, text)
    if not any(letter.isdigit() for letter in text):
        return text
    parts = _DAY.split(text)
    parts[::2] = (_NUMBER.sub(HIDDEN, _PHONE.sub(HIDDEN, part)) for part in parts[::2])
    return "".join(parts)
