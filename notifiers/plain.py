"""Text as a short message can carry it: without accents, in the alphabet of GSM, and in how many parts."""

from __future__ import annotations

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
"""What takes two places of the alphabet (GSM 03.38)."""
_OTHERWISE = str.maketrans({
    "đ": "d", "Đ": "D", "–": "-", "—": "-", "‑": "-", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "…": "...",
    "•": "-", "\u00a0": " ", "\u202f": " ", "\u200b": "", "\t": " ",
})  # fmt: skip
SINGLE, PART = 160, 153
UNICODE_SINGLE, UNICODE_PART = 70, 67


def unaccented(text: str) -> str:
    """The text in the alphabet of GSM alone: letters without their accents, what has no like left out."""
    bare = unicodedata.normalize("NFD", text.translate(_OTHERWISE))
    bare = "".join(one for one in bare if not unicodedata.combining(one))
    return "".join(one for one in unicodedata.normalize("NFKC", bare) if one.isascii() and one in _BASIC | _EXTENDED)


def parts(text: str) -> int:
    """How many short messages a text is sent as, and paid for."""
    if set(text) <= _BASIC | _EXTENDED:
        length, single, part = sum(2 if one in _EXTENDED else 1 for one in text), SINGLE, PART
    else:
        length, single, part = len(text.encode("utf-16-be")) // 2, UNICODE_SINGLE, UNICODE_PART
    return 1 if length <= single else -(-length // part)
