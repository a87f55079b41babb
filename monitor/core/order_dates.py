"""How official letters word a deadline, and which day that is."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from monitor.core.obligation import DueKind
from monitor.core.order import Doubt, DoubtKind
from monitor.core.order_deadline import Deadline, Reckoning, at_match, doubted
from monitor.core.order_recurrence import recurring
from monitor.core.workdays import CalendarUnknown, DayNote, WorkCalendar


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

_AT_ONCE = re.compile(r"\bngay (?:sau )?khi nhận được\b", re.IGNORECASE)
_NEAR = 60
_LAST_YEAR = 9998
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def deadlines(text: str, by: Reckoning) -> tuple[Deadline, ...]:
    """Every deadline that a text words, in its order; where two readings overlap, the more exact one."""
    found: list[Deadline] = []
    readers: tuple[Callable[[str, Reckoning], Iterator[Deadline]], ...] = (recurring, _days, _spans, _months, _at_once)
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
        one = at_match(match, DueKind.BEFORE if how == "trước" else DueKind.BY)
        before = text[: match.start()]
        if (how in {"đến", "đến hết"} and _BOTH.search(before)) or _CONDITION.search(before):
            yield doubted(one, DoubtKind.STRETCH)
        elif _EITHER.search(before):  # to be dealt with by then, or overdue by then
            found = _on_day(one, match, by)
            yield doubted(found, DoubtKind.TWO_READINGS) if found.due else found
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
        one, since = at_match(match, DueKind.BY), (match["since"] or "").strip()
        if _RULE.search(since):
            yield doubted(one, DoubtKind.STRETCH)
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
        one = at_match(match, DueKind.BEFORE if before else DueKind.BY)
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


def _at_once(text: str, by: Reckoning) -> Iterator[Deadline]:
    del by
    for match in _AT_ONCE.finditer(text):
        yield doubted(at_match(match, DueKind.BY), DoubtKind.AT_ONCE)


def _checked(one: Deadline, by: Reckoning) -> Deadline:
    """A day before the letter's own is hardly a deadline; one on which nobody works is doubtful."""
    if one.due is None:
        return one
    if (one.due - timedelta(days=1) if one.due_kind is DueKind.BEFORE else one.due) < by.dated:
        return doubted(replace(one, due=None), DoubtKind.PAST)
    try:
        off = one.due_kind is DueKind.BY and not by.calendar.is_working_day(one.due)
    except CalendarUnknown:
        return doubted(one, DoubtKind.CALENDAR_UNKNOWN)
    return (
        replace(one, doubts=(*one.doubts, Doubt(kind=DoubtKind.DAY_OFF, about=f"{one.due:%d/%m/%Y}"))) if off else one
    )
