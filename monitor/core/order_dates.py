"""How official letters word a deadline, and which day that is."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from monitor.core.obligation import DueKind, Recurrence
from monitor.core.order import Doubt, DoubtKind
from monitor.core.workdays import CalendarUnknown, DayNote, WorkCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One wording of a deadline, where it stands in the text, and what it comes to.

    Neither `due` nor `every`: something that looks like a deadline and is none, or cannot be reckoned; `doubts` say.
    """

    start: int
    end: int
    words: str
    due: date | None = None
    due_kind: DueKind = DueKind.BY
    every: Recurrence | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def taken(self) -> bool:
        """Whether it comes to something that can be followed."""
        return self.due is not None or self.every is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """What deadlines are reckoned by: the letter's day, the calendar, and when periods of reports close."""

    dated: date
    calendar: WorkCalendar
    closing_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOff:
    """A day on which no office works, with the document that makes it so; None for an ordinary weekend."""

    day: date
    note: DayNote | None


_DAY = (
    r"(?:(?P<d>\d{1,2})\s*/\s*(?P<m>\d{1,2})(?:\s*/\s*(?P<y>\d{4}|\d{2}))?"
    r"|(?P<d2>\d{1,2})\s*(?P<sep>[-.])\s*(?P<m2>\d{1,2})\s*(?P=sep)\s*(?P<y2>\d{4})"
    r"|(?P<d3>\d{1,2})\s+tháng\s+(?P<m3>\d{1,2})(?:\s*,?\s*năm\s+(?P<y3>\d{4}))?)(?![\d/])"
)
_HOUR = r"(?:(?P<hour>\d{1,2}\s*(?:giờ|h|g)(?:\s*\d{2})?(?:\s*(?:phút|'|’|p))?)\s*,?\s*(?:của\s+)?)?"
_LATEST = r"(?:chậm nhất|muộn nhất|không (?:muộn|chậm)(?: hơn| quá)?|không quá|hạn cuối)(?:\s+là)?(?:\s*:)?"
_ON = re.compile(
    rf"(?:(?P<latest>{_LATEST})\s*)?(?P<how>trước|đến hết|hết|đến|trong|vào|sau)?\s*{_HOUR}(?P<word>ngày)?\s*{_DAY}",
    re.IGNORECASE,
)
_BOTH = re.compile(rf"\btừ\s+(?:ngày\s+)?{_DAY}\s*$", re.IGNORECASE)
_CONDITION = re.compile(
    r"(?:(?:hồ sơ|văn bản|đơn|trường hợp)[^,;.]{0,40}\b(?:tiếp nhận|phát sinh|nộp|ban hành|đăng ký|hẹn trả)"
    r"|(?:đã|được)\s+(?:tiếp nhận|ban hành|nộp)|có hiệu lực|tính|số liệu|hẹn trả)\s*,?\s*$",
    re.IGNORECASE,
)
_EITHER = re.compile(r"(?:quá hạn|đến hạn|tồn đọng)\s*,?\s*$", re.IGNORECASE)

_SPAN = re.compile(
    r"(?:trong(?:\s+(?:thời hạn|thời gian|vòng))?|chậm nhất(?:\s+là)?(?:\s+(?:sau|trong))?|không quá)\s+(?:tối đa\s+)?"
    r"(?P<n>\d{1,3})\s*(?:\([^)]{1,30}\)\s*)?ngày(?P<work>\s+làm việc)?"
    r"(?:\s*,?\s*(?:(?:kể|tính)\s+)?(?:từ|sau)\s+(?:khi|ngày|thời điểm)?\s*(?P<since>[^,;:.()]{0,60}))?",
    re.IGNORECASE,
)
_RULE = re.compile(r"\b(?:hồ sơ|phản ánh|kiến nghị|đơn|yêu cầu của)\b", re.IGNORECASE)
_SIGNED = re.compile(r"\b(?:ký|ban hành|phát hành)\b", re.IGNORECASE)

_MONTH = re.compile(
    r"(?P<how>trước|trong|hết|chậm nhất(?:\s+là)?(?:\s+trong)?|xong)\s+"
    r"(?:tháng\s+(?P<month>\d{1,2})|quý\s+(?P<quarter>IV|I{1,3}|[1-4]))(?![\d/]*\d\s*lần)"
    r"(?:\s*(?:/|năm|,\s*năm)\s*(?P<year>\d{4}))?(?!\s*/?\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:hoàn thành|xong)\s+(?P<how>trong|trước)\s+năm\s+(?P<year>\d{4})", re.IGNORECASE)

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
_AT_ONCE = re.compile(r"\bngay (?:sau )?khi nhận được\b", re.IGNORECASE)
_NEAR = 60
_LAST_YEAR = 9998
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_LAST_OF_QUARTER = frozenset({3, 6, 9, 12})


def deadlines(text: str, by: Reckoning) -> tuple[Deadline, ...]:
    """Every deadline that a text words, in its order; where two readings overlap, the more exact one."""
    found: list[Deadline] = []
    readers: tuple[Callable[[str, Reckoning], Iterator[Deadline]], ...] = (_recurring, _days, _spans, _months, _at_once)
    for reader in readers:
        for one in reader(text, by):
            if not any(one.start < other.end and other.start < one.end for other in found):
                found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


def in_cell(text: str, by: Reckoning) -> tuple[Deadline, ...]:
    """The same for a cell of a table's column of deadlines, where "15/10/2025" alone is one: until that day's end."""
    for before in ("", "hết ", "báo cáo ", "hoàn thành trong "):
        found = deadlines(f"{before}{text[:1].lower()}{text[1:]}" if before else text, by)
        if found:
            return tuple(_as_cell(one, text) for one in found) if before else found
    return ()


def _as_cell(one: Deadline, text: str) -> Deadline:
    doubts = tuple(replace(doubt, about=text) if doubt.about == one.words else doubt for doubt in one.doubts)
    return replace(one, words=text, start=0, end=len(text), doubts=doubts)


def days_off(last: date, working: date, calendar: WorkCalendar) -> tuple[DayOff, ...]:
    """Why a deadline's last calendar day is not its last working day: each day between them, the latest first."""
    noted = {note.day: note for note in calendar.explain(working, last)} if working < last else {}
    between = (last - timedelta(days=back) for back in range((last - working).days))
    return tuple(DayOff(day=day, note=noted.get(day)) for day in between)


def _days(text: str, by: Reckoning) -> Iterator[Deadline]:
    for match in _ON.finditer(text):
        how, latest = (match["how"] or "").lower(), match["latest"]
        if how in {"sau", "vào", ""} and not latest:
            continue
        if how == "trong" and not match["word"]:
            continue
        one = _at(match, DueKind.BEFORE if how == "trước" else DueKind.BY)
        before = text[: match.start()]
        if (how in {"đến", "đến hết"} and _BOTH.search(before)) or _CONDITION.search(before):
            yield _doubted(one, DoubtKind.STRETCH)
        elif _EITHER.search(before):  # to be dealt with by then, or overdue by then
            found = _on_day(one, match, by)
            yield _doubted(found, DoubtKind.TWO_READINGS) if found.due else found
        else:
            yield _on_day(one, match, by)


def _on_day(one: Deadline, match: re.Match[str], by: Reckoning) -> Deadline:
    day, doubts = _day(match, by.dated)
    if day is None:
        return replace(one, doubts=doubts)
    if match["latest"] and one.due_kind is DueKind.BEFORE:
        doubts += (Doubt(kind=DoubtKind.TWO_READINGS, about=one.words),)
    if match["hour"]:
        doubts += (Doubt(kind=DoubtKind.HOUR, about=match["hour"].strip()),)
        # The day itself is still in time until that hour.
        one = replace(one, due_kind=DueKind.BY)
    return _checked(replace(one, due=day, doubts=doubts), by)


def _day(match: re.Match[str], dated: date) -> tuple[date | None, tuple[Doubt, ...]]:
    """The day that a match names; one without a year is the first on or after the letter's."""
    day, month = (int(match[name] or match[f"{name}2"] or match[f"{name}3"]) for name in "dm")
    year = match["y"] or match["y2"] or match["y3"]
    doubts: tuple[Doubt, ...] = ()
    try:
        if year:
            return date(int(year) if len(year) == 4 else 2000 + int(year), month, day), doubts
        doubts = (Doubt(kind=DoubtKind.YEAR_MISSING, about=match[0].strip()),)
        same = date(dated.year, month, day)
        return (same if same >= dated else date(dated.year + 1, month, day)), doubts
    except ValueError:
        return None, (*doubts, Doubt(kind=DoubtKind.NO_SUCH_DAY, about=match[0].strip()))


def _spans(text: str, by: Reckoning) -> Iterator[Deadline]:
    for match in _SPAN.finditer(text):
        one, since = _at(match, DueKind.BY), (match["since"] or "").strip()
        if _RULE.search(since):
            yield _doubted(one, DoubtKind.STRETCH)
            continue
        start, doubts = _since(since, by)
        try:
            if match["work"]:
                due = by.calendar.add_days(start, int(match["n"]))
            else:
                due = start + timedelta(days=int(match["n"]))
                doubts += (Doubt(kind=DoubtKind.CALENDAR_DAYS, about=one.words),)
        except (CalendarUnknown, OverflowError):
            yield replace(one, doubts=(*doubts, Doubt(kind=DoubtKind.CALENDAR_UNKNOWN, about=one.words)))
            continue
        yield _checked(replace(one, due=due, doubts=doubts), by)


def _since(words: str, by: Reckoning) -> tuple[date, tuple[Doubt, ...]]:
    named = re.match(_DAY, words)
    if named:
        day, doubts = _day(named, by.dated)
        return day or by.dated, doubts
    if _SIGNED.search(words):
        return by.dated, ()
    kind = DoubtKind.FROM_RECEIPT if words else DoubtKind.FROM_LETTER
    return by.dated, (Doubt(kind=kind, about=words),)


def _months(text: str, by: Reckoning) -> Iterator[Deadline]:
    for match in (*_MONTH.finditer(text), *_YEAR.finditer(text)):
        before = match["how"].lower() == "trước"
        one = _at(match, DueKind.BEFORE if before else DueKind.BY)
        about, missing = (Doubt(kind=DoubtKind.PERIOD, about=one.words),), not match["year"]
        year = by.dated.year if missing else int(match["year"])
        span = _period(match.groupdict(), year)
        if span is None:
            yield replace(one, doubts=(Doubt(kind=DoubtKind.NO_SUCH_DAY, about=one.words),))
            continue
        due = span[0] if before else span[1]
        if missing and due < by.dated:
            due = date(due.year + 1, due.month, monthrange(due.year + 1, due.month)[1] if not before else 1)
        doubts = (*about, Doubt(kind=DoubtKind.YEAR_MISSING, about=one.words)) if missing else about
        yield _checked(replace(one, due=due, doubts=doubts), by)


def _period(named: dict[str, str | None], year: int) -> tuple[date, date] | None:
    """The first and the last day of a month, a quarter or a year."""
    quarter, month = (named.get("quarter") or "").lower(), named.get("month")
    if quarter:
        last = 3 * (_QUARTERS.get(quarter) or int(quarter))
        first = last - 2
    elif month:
        first = last = int(month)
    else:
        first, last = 1, 12
    if not (1 <= last <= 12 and 1 <= year <= _LAST_YEAR):
        return None
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _recurring(text: str, by: Reckoning) -> Iterator[Deadline]:
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
        return _doubted(one, DoubtKind.EVERY)
    closing, day = (int(closes["to"]) if closes else by.closing_day), int(when["day"])
    if not (1 <= closing <= 31 and _fits(when, months, closing, day)):
        return _doubted(one, DoubtKind.EVERY)
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


def _at_once(text: str, by: Reckoning) -> Iterator[Deadline]:
    del by
    for match in _AT_ONCE.finditer(text):
        yield _doubted(_at(match, DueKind.BY), DoubtKind.AT_ONCE)


def _at(match: re.Match[str], kind: DueKind) -> Deadline:
    return Deadline(start=match.start(), end=match.end(), words=" ".join(match[0].split()), due_kind=kind)


def _doubted(one: Deadline, kind: DoubtKind) -> Deadline:
    return replace(one, doubts=(*one.doubts, Doubt(kind=kind, about=one.words)))


def _checked(one: Deadline, by: Reckoning) -> Deadline:
    """A day before the letter's own is hardly a deadline; one on which nobody works is doubtful."""
    if one.due is None:
        return one
    if (one.due - timedelta(days=1) if one.due_kind is DueKind.BEFORE else one.due) < by.dated:
        return _doubted(replace(one, due=None), DoubtKind.PAST)
    try:
        off = one.due_kind is DueKind.BY and not by.calendar.is_working_day(one.due)
    except CalendarUnknown:
        return _doubted(one, DoubtKind.CALENDAR_UNKNOWN)
    return (
        replace(one, doubts=(*one.doubts, Doubt(kind=DoubtKind.DAY_OFF, about=f"{one.due:%d/%m/%Y}"))) if off else one
    )
