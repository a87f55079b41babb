"""What a person typed into a form: read within bounds, and told back beside what is wrong with it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

MOST_BODY = 32 * 1024 * 1024
"""More than any form takes, so that a file too large is told beside its field; beyond this nothing is read at all."""
MOST_FILE = 5 * 1024 * 1024
LONGEST = 300
LONGEST_NOTE = 2000
_FIELDS, _MANY_FIELDS, _FIELD_BYTES = 20, 700, 16 * 1024
OLD_FORM = "Biểu mẫu để quá lâu, hoặc chương trình đã khởi động lại: xem lại rồi bấm ghi lần nữa."
_KINDS: Mapping[str, tuple[bytes, ...]] = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "pdf": (b"%PDF-",),
}
FORM_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
FORM_HEADERS: Mapping[str, str] = {"Content-Security-Policy": FORM_POLICY, "Referrer-Policy": "same-origin"}
"""A page with a form may hand it in to us, and must say whence: without a referrer a browser gives no Origin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """One form as it was handed in: texts composed (NFC) on one line, and at most one file.

    `lists` holds every value of a field that may be there several times, `texts` the last.
    """

    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    file: bytes = b""
    file_name: str = ""

    def get(self, name: str) -> str:
        """The text of a field; empty where it was left out."""
        return self.texts.get(name, "")

    def every(self, name: str) -> tuple[str, ...]:
        """Every value of a field, in their order."""
        return self.lists.get(name, ())

    @property
    def suffix(self) -> str:
        """What kind of file it is by what is in it: png, jpg or pdf; empty for any other."""
        return next((kind for kind, marks in _KINDS.items() if self.file.startswith(marks)), "")


@dataclass(slots=True)
class Mistakes:
    """What is wrong, by field, one Vietnamese line each that names the mend."""

    by_field: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, words: str) -> None:
        """The first thing that is wrong with a field is told."""
        self.by_field.setdefault(name, words)

    def text(self, typed: Typed, name: str, missing: str, longest: int = LONGEST) -> str:
        """A text that must be there and not be longer than that."""
        found = typed.get(name)
        if not found:
            self.add(name, missing)
        elif len(found) > longest:
            self.add(name, f"Dài {len(found)} ký tự: rút gọn còn nhiều nhất {longest}.")
        return found

    def __bool__(self) -> bool:
        return bool(self.by_field)


async def typed(request: Request) -> Typed:
    """The form of a request. Raises HTTPException: 411 where its length is not said, 413 beyond MOST_BODY, 400 else."""
    return await _read(request, _FIELDS)


async def typed_long(request: Request) -> Typed:
    """The same of a form in which one of several hundred things may be ticked."""
    return await _read(request, _MANY_FIELDS)


async def _read(request: Request, most: int) -> Typed:
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411)
    if int(length) > MOST_BODY:
        raise HTTPException(413)
    async with request.form(max_files=1, max_fields=most, max_part_size=_FIELD_BYTES) as form:
        texts: dict[str, str] = {}
        lists: dict[str, tuple[str, ...]] = {}
        content, name = b"", ""
        for key, value in form.multi_items():
            if isinstance(value, UploadFile):
                content, name = await value.read(), _line(value.filename or "")
            else:
                texts[key] = _line(value)
                lists[key] = (*lists.get(key, ()), texts[key])
    return Typed(texts=texts, lists=lists, file=content, file_name=name.replace("\\", "/").rpartition("/")[2][-120:])


Form = Annotated[Typed, Depends(typed)]
LongForm = Annotated[Typed, Depends(typed_long)]


def _line(text: str) -> str:
    """A text without what no line of print can hold."""
    kept = (
        " " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in unicodedata.normalize("NFC", text)
    )
    return " ".join("".join(kept).split())
