"""How official letters word a duty that comes again: how often, and by which day after the end of each period."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from monitor.core.obligation import DueKind, Recurrence
from monitor.core.order import Doubt, DoubtKind
from monitor.core.order_deadline import Deadline, Reckoning, doubted

_OFTEN = re.compile(
    r"(?:định kỳ\s*,?\s*)?(?:\b(?:hằng|hàng|mỗi)\s+(?P<unit>tuần|tháng|quý|năm)"
    r"|(?P<half>\b0?6|\bsáu)\s+tháng(?!\s+(?:đầu|cuối)|\s*/)|định kỳ\s+(?P<unit2>tuần|tháng|quý|năm)"
    r"|\b(?P<unit3>tháng|quý|năm)(?=\s*\()"
    r")|\bđịnh kỳ\b",
    re.IGNORECASE,
)
_MONTHLY_DAY = re.compile(
    r"(?P<how>trước|chậm nhất(?:\s+là)?(?:\s+vào)?|vào|hết)?\s*ngày\s+(?P<day>\d{1,2})"
    r"(?!\d|\s*[/.-]\s*\d|\s+tháng\s+\d)",
    re.IGNORECASE,
)
_NAMED_MONTH = re.compile(
    r"(?P<how>trước|chậm nhất(?:\s+là)?|hết)\s+(?:ngày\s+)?(?P<day>\d{1,2})/(?P<month>\d{1,2})(?!/?\d)", re.IGNORECASE
)
_HANDED_IN = re.compile(r"báo cáo|tổng hợp|gửi|cập nhật|rà soát|đánh giá|công khai|kiểm tra|thống kê", re.IGNORECASE)
_CLOSES = re.compile(
    r"từ\s+(?:hết\s+)?ngày\s+(?P<from>\d{1,2})(?!\s*/\d)[^;.]{0,40}?đến\s+(?:hết\s+)?ngày\s+(?P<to>\d{1,2})(?!\s*/\d)",
    re.IGNORECASE,
)
_CLOSING_BRACKET = re.compile(r"[^()]{0,40}\)")
_SENTENCE = re.compile(r"[^.;]+(?:\.\d[^.;]*)*")
_MONTHS = {"tháng": 1, "quý": 3, "năm": 12}
_LAST_OF_QUARTER = frozenset({3, 6, 9, 12})


def recurring(text: str, by: Reckoning) -> Iterator[Deadline]:
    """What comes again: how often, and the day within the same sentence."""
    for sentence in _SENTENCE.finditer(text):
        often = list(_OFTEN.finditer(sentence[0]))
        if not often or not _HANDED_IN.search(sentence[0]):
            continue
        pieces = [(a.start(), b.start()) for a, b in pairwise(often)] + [(often[-1].start(), len(sentence[0]))]
        if len(often) > 1 and all(_when(sentence[0][start:end]) for start, end in pieces):
            for start, end in pieces:  # "6 tháng (trước ngày 15/6), năm (trước ngày 15/12)"
                piece = sentence[0][start:end]
                yield _again(piece, sentence.start() + start, by)
        elif _comes_again(sentence[0], often[0]):
            yield _again(sentence[0], sentence.start(), by)


def _when(text: str) -> re.Match[str] | None:
    return _MONTHLY_DAY.search(text) or _NAMED_MONTH.search(text)


def _comes_again(sentence: str, often: re.Match[str]) -> bool:
    """Whether something is handed in that often, and not a plan of "hằng năm" carried out."""
    if "định kỳ" in often[0].lower() or _when(sentence):
        return True
    return bool(re.match(r"\s*(?:$|,|\(|báo cáo|tổng hợp|gửi|rà soát)", sentence[often.end() :]))


def _again(text: str, at: int, by: Reckoning) -> Deadline:
    """What a piece of a sentence that stands at a place says of how often and by which day."""
    often, closes = list(_OFTEN.finditer(text)), _CLOSES.search(text)
    rest = text if closes is None else text.replace(closes[0], " " * len(closes[0]))
    when = _when(rest)
    parts = [one for one in (often[0], closes, when) if one]
    first, last = min(one.start() for one in parts), max(one.end() for one in parts)
    closed = _CLOSING_BRACKET.match(text, last) if "(" in text[first:last].rpartition(")")[2] else None
    last = closed.end() if closed else last
    one = Deadline(start=at + first, end=at + last, words=" ".join(text[first:last].split()))
    unit = (often[0]["unit"] or often[0]["unit2"] or often[0]["unit3"] or "").lower()
    months = 6 if often[0]["half"] else _MONTHS.get(unit, 0)
    if not months or when is None:
        return doubted(one, DoubtKind.EVERY)
    closing, day = (int(closes["to"]) if closes else by.closing_day), int(when["day"])
    if not (1 <= closing <= 31 and _fits(when, months, closing, day)):
        return doubted(one, DoubtKind.EVERY)
    doubts: tuple[Doubt, ...] = () if closes else (Doubt(kind=DoubtKind.CLOSING_ASSUMED, about=str(closing)),)
    if len({other[0].lower() for other in often}) > 1 and not _yearly_twice(often):
        doubts += (Doubt(kind=DoubtKind.TWO_READINGS, about=one.words),)
    kind = DueKind.BEFORE if (when["how"] or "").lower() == "trước" else DueKind.BY
    every = Recurrence(months=months, closing_day=closing, due_day=day)
    return replace(one, due_kind=kind, every=every, doubts=doubts)


def _yearly_twice(often: Iterable[re.Match[str]]) -> bool:
    """ "6 tháng trước ngày 15/6 và 15/12 hằng năm" means twice a year, each year."""
    kinds = [bool(one["half"]) for one in often]
    return kinds[0] and len(kinds) == 2 and not kinds[1]


def _fits(when: re.Match[str], months: int, closing: int, day: int) -> bool:
    """Whether a day in a named month is the one that follows the end of a period."""
    if not 1 <= day <= 31:
        return False
    if "month" not in when.groupdict():
        return True
    ends = int(when["month"]) if day > closing else (int(when["month"]) - 2) % 12 + 1
    return {1: True, 3: ends in _LAST_OF_QUARTER, 6: ends in {6, 12}, 12: ends == 12}[months]
