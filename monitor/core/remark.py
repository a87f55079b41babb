"""What people say of an interruption: cause, owner, letters and replies, rulings; appended, altering no figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class RemarkKind(StrEnum):
    """What a remark is about."""

    CAUSE = "cause"  # nguyên nhân
    OWNER = "owner"  # đơn vị chịu trách nhiệm khắc phục
    ASKED = "asked"  # đã đề nghị ai, bằng văn bản nào
    REPLY = "reply"  # trả lời của đơn vị vận hành
    RULING = "ruling"  # kết luận về một trả lời
    REMEDY = "remedy"  # biện pháp khắc phục
    FALLBACK = "fallback"  # phương án thay thế đã dùng
    FORCE_MAJEURE = "force_majeure"  # bất khả kháng, người có thẩm quyền xác nhận; a label on DOWN, never a deduction


class Ruling(StrEnum):
    """What a named person concluded of a reply."""

    CONTESTED = "contested"  # còn ý kiến khác nhau
    UPHELD = "upheld"  # chấp nhận giải trình
    REJECTED = "rejected"  # không chấp nhận


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A fact: one remark on the interruption of `target` that began with the failed look at `first_bad`.

    `document` and `dated` are the number and day of the letter it rests on. A RULING names the reply it is of by its
    number in `answers`. `number` is given by the store. A file that came with it is kept like evidence, by its SHA-256.
    """

    service: str
    target: str
    first_bad: datetime
    at: datetime
    kind: RemarkKind
    text: str
    by: str
    document: str = ""
    dated: date | None = None
    ruling: Ruling | None = None
    answers: int | None = None
    file_name: str = ""
    file_sha256: str = ""
    number: int | None = None
