"""How a heading, or any fixed word of a file, is compared: without case, marks, spaces and punctuation."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_PARENTHESES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_NUMBERING = re.compile(r"^\s*(?:\(?\d{1,2}\s*[.)]|[IVX]{1,4}\s*[.)])\s*")


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Letters and digits only, small, without marks: "Mã hồ sơ" → "mahoso". NFC and NFD give the same."""
    bare = unicodedata.normalize("NFKD", text).replace("đ", "d").replace("Đ", "d").casefold()
    return "".join(letter for letter in bare if letter.isalnum())


def forms(text: str) -> tuple[str, ...]:
    """The folded forms a heading may be known by: whole, without numbering, without what stands in parentheses."""
    plain = _NUMBERING.sub("", text)
    found = (fold(text), fold(plain), fold(_PARENTHESES.sub("", plain)))
    return tuple(dict.fromkeys(form for form in found if form))
