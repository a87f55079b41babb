"""Free text without what tells a person: telephone, identity and account numbers, e-mail addresses."""

from __future__ import annotations

import re

HIDDEN = "***"

# Begun only where a word begins and never taken back, so that no text makes it slow.
_MAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]++@[\w-]++(?:\.[\w-]++)+")
_GAP = r"[ .\-\u2013_\u00a0]?"
_BEGIN = r"(?:(?<![\w.])|(?<=_)|(?<=[đĐ][tT]))"
_END = r"(?![^\W_])"
_PHONE = re.compile(
    rf"{_BEGIN}(?:\+?84|0084|0){_GAP}(?:\(?\d\)?{_GAP}){{8,9}}\d{_END}|(?<!\d)(?<!\d\.)(?:\+?84|0084|0)\d{{8,10}}(?!\d)"
)
# A sum of money is grouped by dots as an identity number may be.
_NUMBER = re.compile(
    rf"{_BEGIN}\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}(?:{_GAP}\d{{3}})?+{_END}(?! ?(?:đồng|đ|VNĐ|VND){_END})"
    r"|(?<!\d)(?:\d{9}|\d{12})(?!\d)"
)
_WIDE = str.maketrans("\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19", "0123456789")
# "03-11-2026 08:30" has the digits of a telephone; more digits in a group after it, and it is taken for one.
_DAY = (
    r"(?<![^\W_])(?<![./\-])(?:\d{1,2}-\d{1,2}-|\d{1,2}\.\d{1,2}\.|\d{1,2}/\d{1,2}/)(?:19|20)\d\d"
    rf"{_END}(?!/|[ .\-\u00a0]?\d{{3}}|[.\-]\d)"
)
# A dossier's code, which begins with the mark of a province or ministry: H56.02-261116-0001.
_CODE = rf"(?<![^\W_])(?<!\.)(?=[\d.]*+[A-Z])[0-9A-Z]{{1,4}}(?:\.[0-9A-Z]{{1,4}}){{0,3}}-\d{{6,8}}-\d{{4,7}}{_END}"
_STAYS = re.compile(f"({_DAY}|{_CODE})")


def mask(text: str) -> str:
    """The text with every number or address that may lead to a person replaced by ***.

    Days, dossier codes and sums of money with their unit stay as they are.
    """
    if "@" in text:
        text = _MAIL.sub(HIDDEN, text)
    if not any(letter.isdigit() for letter in text):
        return text
    parts = _STAYS.split(text.translate(_WIDE))
    parts[::2] = (_NUMBER.sub(HIDDEN, _PHONE.sub(HIDDEN, part)) for part in parts[::2])
    return "".join(parts)
