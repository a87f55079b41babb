"""What a unit answers when it is asked why, held against what an explanation must have before it is written down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from unicodedata import category, normalize

from monitor.core.explanation import Delay, DelayCause, Explanation, Road
from monitor.core.mask import mask
from monitor.core.period import day_of

MOST_TEXT, MOST_NAME = 2_000, 300
_FURTHEST = timedelta(days=366 * 2)
"""A day expected further ahead is more likely a slip in the year."""


class AnswerRefused(ValueError):
    """An answer lacks something, or cannot be meant so; its text is one Vietnamese line that names the mend.

    `field` is the field of `Answer` that it is about.
    """

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, that may be given for many delays at once; `incoming` numbers the official letter it rests on."""

    cause: DelayCause
    text: str = ""
    remedy: str = ""
    expected: date | None = None
    road: Road
    given_by: str
    entered_by: str
    incoming: int | None = None


def checked(answer: Answer, now: datetime) -> Answer:
    """The answer on one line each and masked, as it will be kept; raise AnswerRefused."""
    one = replace(
        answer,
        text=mask(tidied(answer.text)),
        remedy=mask(tidied(answer.remedy)),
        given_by=mask(tidied(answer.given_by)),
        entered_by=tidied(answer.entered_by),
    )
    if one.cause is DelayCause.OTHER and not one.text:
        raise AnswerRefused("text", "Nguyên nhân khác: ghi rõ nguyên nhân gì ở phần giải thích.")
    for field, most, what in (
        ("text", MOST_TEXT, "Phần giải thích"),
        ("remedy", MOST_TEXT, "Biện pháp khắc phục"),
        ("given_by", MOST_NAME, "Tên người giải trình"),
        ("entered_by", MOST_NAME, "Tên người ghi"),
    ):
        length = len(getattr(one, field))
        if length > most:
            raise AnswerRefused(field, f"{what} dài {length} ký tự: rút gọn còn nhiều nhất {most}.")
    if not one.given_by:
        raise AnswerRefused("given_by", "Thiếu tên, chức danh người giải trình.")
    if not one.entered_by:
        raise AnswerRefused("entered_by", "Thiếu họ tên người ghi.")
    if one.expected is not None and one.expected > day_of(now) + _FURTHEST:
        raise AnswerRefused("expected", f"Ngày dự kiến {one.expected:%d/%m/%Y} quá xa: kiểm tra lại năm.")
    return one


def explanations(answer: Answer, delays: Iterable[tuple[Delay, str]], now: datetime) -> tuple[Explanation, ...]:
    """The facts that an answer makes of delays, each with the agency whose duty it was."""
    return tuple(
        Explanation(
            delay=delay,
            agency=agency,
            at=now,
            cause=answer.cause,
            text=answer.text,
            remedy=answer.remedy,
            expected=answer.expected,
            road=answer.road,
            given_by=answer.given_by,
            entered_by=answer.entered_by,
            incoming=answer.incoming,
        )
        for delay, agency in delays
    )


def says_again(known: Explanation, answer: Answer) -> bool:
    """Whether an answer says nothing that was not said already, in the same words and by the same letter."""
    return (known.cause, known.text, known.remedy, known.expected, known.given_by, known.incoming) == (
        answer.cause, answer.text, answer.remedy, answer.expected, answer.given_by, answer.incoming,
    )  # fmt: skip


def tidied(text: str) -> str:
    """A text composed (NFC), on one line, without what no line of print can hold."""
    kept = (" " if category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in normalize("NFC", text))
    return " ".join("".join(kept).split())
