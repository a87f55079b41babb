"""A dossier's code blotted out of texts and found in files, never taken for the code of another dossier."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

BLOT = "(đã xóa)"
_LARGEST_PART = 256 * 1024**2


@dataclass(frozen=True, slots=True)
class Blot:
    """Some codes of one dossier, as they may be written: plain, in HTML, in an address."""

    pattern: re.Pattern[str]

    @classmethod
    def of(cls, codes: Iterable[str]) -> Blot:
        """The blot of these codes; small letters do not matter."""
        forms = {form for code in codes for form in (code, html.escape(code), quote(code, safe=""))}
        longest_first = "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
        # A code may be the end, or the beginning, of another one: 000.00.19.H56-…, …-0001 and …-00012.
        return cls(re.compile(rf"(?<![0-9A-Za-z])(?<![0-9A-Z]\.)(?:{longest_first})(?![0-9A-Za-z])", re.IGNORECASE))

    def out_of(self, text: str) -> str:
        """The text with BLOT for each code."""
        return self.pattern.sub(BLOT, text)

    def in_text(self, text: str) -> bool:
        """Whether a text names the dossier."""
        return self.pattern.search(text) is not None

    def in_bytes(self, content: bytes) -> bool:
        """Whether a file's content names the dossier: as text of any usual encoding, or inside a ZIP (XLSX, DOCX).

        What is packed otherwise, as text in a PDF, is not seen.
        """
        if content[:2] == b"PK":
            return self._in_zip(content)
        # Read byte by byte, or two by two from either, each letter of a code is itself.
        as_read = (content.decode("latin-1"), *(content[at:].decode("utf-16-le", "replace") for at in (0, 1)))
        return any(map(self.in_text, as_read))

    def _in_zip(self, content: bytes) -> bool:
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                parts = [one for one in packed.infolist() if one.file_size <= _LARGEST_PART]
                return any(self.in_text(one.filename) or self.in_bytes(packed.read(one)) for one in parts)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
            return self.in_text(content.decode("latin-1"))
