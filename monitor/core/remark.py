"""What people say of an interruption: cause, owner, letters and replies, rulings; appended, altering no figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from unicodedata import normalize

from monitor.core.period import day_of


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

    `document` and `dated` are the number and day of the letter it rests on. A RULING names the reply, or the claim of
    force majeure, that it is of by its number in `answers`. `number` is given by the store. A file that came with it is
    kept like evidence, by its SHA-256.
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


class RemarkRefused(ValueError):
    """A remark lacks something it rests on, or cannot be true; the text is one Vietnamese line that names the mend."""


MOST_TEXT, MOST_NAME = 5_000, 300
"""So many characters hold what a person says of an interruption; more belongs into the file that goes with it."""

_EMPTY: Mapping[RemarkKind, str] = {
    RemarkKind.CAUSE: "Nguyên nhân còn trống: ghi nguyên nhân đã biết.",
    RemarkKind.OWNER: "Đơn vị khắc phục còn trống: ghi tên đơn vị.",
    RemarkKind.ASKED: "Chưa ghi đã đề nghị ai: ghi tên đơn vị nhận văn bản.",
    RemarkKind.REPLY: "Trả lời còn trống: ghi tóm tắt điều đơn vị trả lời.",
    RemarkKind.RULING: "Chưa ghi lý do: ghi vì sao kết luận như vậy.",
    RemarkKind.REMEDY: "Biện pháp khắc phục còn trống: ghi việc đã làm.",
    RemarkKind.FALLBACK: "Phương án thay thế còn trống: ghi cách nộp hồ sơ đã dùng thay.",
    RemarkKind.FORCE_MAJEURE: "Chưa ghi sự kiện bất khả kháng: ghi sự kiện nào.",
}
_ON_PAPER = frozenset({RemarkKind.ASKED, RemarkKind.FORCE_MAJEURE})
_AFTERWARDS = frozenset({RemarkKind.ASKED, RemarkKind.REPLY})


def checked(remark: Remark) -> Remark:
    """The remark with its texts tidied; raise RemarkRefused where it rests on nothing, or is of a day that cannot be.

    Whom we asked, and force majeure, rest on a letter with its day. `by` of a force majeure is who confirms it.
    """
    one = replace(
        remark,
        text=_tidied(remark.text),
        by=_tidied(remark.by),
        document=_tidied(remark.document),
        file_name=_tidied(remark.file_name),
    )
    why = next(_wrong(one), None)
    if why is not None:
        raise RemarkRefused(why)
    return one


def _wrong(one: Remark) -> Iterator[str]:
    if not one.text:
        yield _EMPTY[one.kind]
    if not one.by:
        yield "Chưa ghi người nói: ghi họ tên, chức danh."
    if len(one.text) > MOST_TEXT:
        yield f"Nội dung dài quá {MOST_TEXT} ký tự: ghi tóm tắt, phần còn lại để trong tệp kèm theo."
    if max(len(one.by), len(one.document), len(one.file_name)) > MOST_NAME:
        yield f"Họ tên, số văn bản, tên tệp dài quá {MOST_NAME} ký tự: viết ngắn lại."
    if one.kind in _ON_PAPER and not one.document:
        yield "Chưa ghi số văn bản: ghi số, ký hiệu văn bản làm căn cứ."
    if bool(one.document) != bool(one.dated):
        yield "Số văn bản và ngày văn bản phải đi cùng nhau: ghi đủ cả hai, hoặc bỏ cả hai."
    if one.first_bad > one.at:
        yield "Gián đoạn này chưa xảy ra: kiểm tra lại giờ của máy."
    yield from _wrong_day(one)
    if one.kind is RemarkKind.RULING and (one.ruling is None or one.answers is None):
        yield "Kết luận phải nêu trả lời số mấy và kết luận gì."


def _wrong_day(one: Remark) -> Iterator[str]:
    if one.dated is None:
        return
    if one.dated > day_of(one.at):
        yield f"Ngày văn bản {one.dated:%d/%m/%Y} còn ở tương lai: sửa lại ngày."
    if one.kind in _AFTERWARDS and one.dated < day_of(one.first_bad):
        yield f"Ngày văn bản {one.dated:%d/%m/%Y} trước ngày gián đoạn {day_of(one.first_bad):%d/%m/%Y}: sửa lại ngày."


def _tidied(text: str) -> str:
    """Composed as Vietnamese is typed, without blanks around and without what cannot be printed."""
    kept = (letter for letter in normalize("NFC", text) if letter in "\n\t" or letter.isprintable())
    return "".join(kept).strip()
