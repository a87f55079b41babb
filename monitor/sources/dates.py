"""Every form in which a source writes a moment or a day, as milliseconds since 1970."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from enum import Enum
from math import isnan

from monitor.core.period import ICT, to_ms
from monitor.sources.headings import fold

DAY_MS = 86_400_000
ICT_MS = 7 * 3_600_000

Read = tuple[int, bool]
"""Milliseconds since 1970, and whether the source names the day alone."""


class Unreadable(ValueError):
    """The cell holds no date of a known form."""


class Order(Enum):
    """Which of two numbers is the day; a layout says it where it is not the Vietnamese way."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


_EMPTY = frozenset(
    "null none nan na nat chuaco khong khongco chuaxacdinh khongxacdinh chuacapnhat khongthoihan".split()  # noqa: SIM905
)
_NO_YEARS = frozenset({1, 1899, 1900, 9999})
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_FIRST_SERIAL, _LAST_SERIAL = 32874, 73415  # 01/01/1990 and 31/12/2100 as Excel counts
_SERIAL_EPOCH = date(1899, 12, 30)

_CLOCK = (
    r"(?P<h>\d{1,2})\s*[:hg]\s*(?P<mi>\d{2})?(?:\s*[:mp]\s*(?P<s>\d{1,2})(?:[.,]\d{1,9})?)?"
    r"\s*(?:phút|p)?\s*(?P<half>SA|CH|AM|PM)?"
)
_DMY = r"(?P<a>\d{1,2})\s*[/.\-]\s*(?P<b>\d{1,2})\s*[/.\-]\s*(?P<y>\d{4})"
_WORDS = r"(?P<a>\d{1,2})\s+tháng\s+(?P<b>\d{1,2})\s+năm\s+(?P<y>\d{4})"
_DAY_FIRST = re.compile(rf"(?:ngày\s+)?(?:{_DMY})(?:[\sT,]+(?:lúc\s+)?{_CLOCK})?", re.IGNORECASE)
_CLOCK_FIRST = re.compile(rf"(?:lúc\s+)?{_CLOCK}[\s,]+(?:ngày\s+)?{_DMY}", re.IGNORECASE)
_IN_WORDS = re.compile(rf"(?:{_CLOCK}[\s,]+)?(?:ngày\s+)?{_WORDS}", re.IGNORECASE)
_ISO = re.compile(
    r"(?P<y>\d{4})[-/](?P<b>\d{1,2})[-/](?P<a>\d{1,2})"
    r"(?:[T\s]+(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2})(?:[.,]\d{1,9})?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?(?:\.0)?")
_PADDED = re.compile(r"\d\d/\d\d/\d{4}(?!\d)", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_FORMS = (_DAY_FIRST, _ISO, _CLOCK_FIRST, _IN_WORDS)

_days: dict[str, int] = {}
_clocks: dict[str, int] = {"": 0}


def stamp(cell: object, order: Order = Order.DAY_FIRST) -> Read | None:
    """The moment a cell names, None where it is empty; raise Unreadable. Exactly midnight is the day alone."""
    if type(cell) is str:
        if not cell:
            return None
        return (plainly(cell) if order is Order.DAY_FIRST else None) or _text(cell, order)
    if isinstance(cell, datetime):
        return _moment(cell)
    if isinstance(cell, date):
        return _day(cell.year, cell.month, cell.day)
    if cell is None:
        return None
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _number(cell)
    raise Unreadable(type(cell).__name__)


def plainly(cell: str) -> Read | None:
    """dd/MM/yyyy[ HH:mm[:ss]] of a day met before, without a regular expression; None where it is not plainly so."""
    midnight = _days.get(cell[:10])
    if midnight is None:
        return None
    clock = _clocks.get(cell[10:])
    if clock is None:
        clock = _clock(cell[10:])
        if clock is None:
            return None
        _clocks[cell[10:]] = clock
    return midnight + clock, clock == 0


def _clock(text: str) -> int | None:
    """Milliseconds since midnight of " HH:mm[:ss]"; None where it is anything else, so that few are remembered."""
    if len(text) == 9 and text[0] == " " and text[3] == ":" == text[6]:
        digits = text[1:3] + text[4:6] + text[7:]
    elif len(text) == 6 and text[0] == " " and text[3] == ":":
        digits = text[1:3] + text[4:] + "00"
    else:
        return None
    if not (digits.isascii() and digits.isdecimal()):
        return None
    number = int(digits)
    hour, minute, second = number // 10000, number // 100 % 100, number % 100
    if hour > 23 or minute > 59 or second > 59:
        return None
    return (hour * 3600 + minute * 60 + second) * 1000


def _text(cell: str, order: Order) -> Read | None:
    text = cell.strip().strip("\u00a0'").strip()
    if not any(letter.isdigit() for letter in text):
        if fold(text) in _EMPTY or not fold(text):
            return None
        raise Unreadable(text)
    if text == "0":
        return None
    if _SERIAL.fullmatch(text):
        return _number(float(text.replace(",", ".")))
    digits = _DIGITS.fullmatch(text)
    if digits:
        year, month, day, *clock = (int(part or 0) for part in digits.groups())
        return _at(year, month, day, *clock)
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            return _matched(match, order, text)
    raise Unreadable(text)


def _matched(match: re.Match[str], order: Order, text: str) -> Read | None:
    part = match.groupdict()
    day, month = int(part["a"]), int(part["b"])
    if order is Order.MONTH_FIRST and match.re in (_DAY_FIRST, _CLOCK_FIRST):
        day, month = month, day
    hour = int(part["h"] or 0)
    match (part.get("half") or "").upper():
        case "CH" | "PM" if hour < 12:
            hour += 12
        case "SA" | "AM" if hour == 12:
            hour = 0
    zone = part.get("zone")
    if zone:
        return _zoned(text)
    read = _at(int(part["y"]), month, day, hour, int(part["mi"] or 0), int(part["s"] or 0))
    if read and order is Order.DAY_FIRST and match.re is _DAY_FIRST and _PADDED.match(text) and len(_days) < 50_000:
        _days[text[:10]] = (read[0] + ICT_MS) // DAY_MS * DAY_MS - ICT_MS
    return read


def _zoned(text: str) -> Read | None:
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "T", 1).replace(" ", "").upper())
    except ValueError as error:
        raise Unreadable(text) from error
    return _moment(moment)


def _moment(moment: datetime) -> Read | None:
    if moment.year in _NO_YEARS:
        return None
    local = moment.replace(tzinfo=ICT) if moment.tzinfo is None else moment.astimezone(ICT)
    local = (local + timedelta(microseconds=500)).replace(microsecond=0) if moment.tzinfo is None else local
    _expect_year(local.year)
    return to_ms(local), local.timetz().replace(tzinfo=None) == time()


def _number(value: float) -> Read | None:
    if value == 0 or isnan(value):
        return None
    if _FIRST_SERIAL <= value <= _LAST_SERIAL:
        day = _SERIAL_EPOCH + timedelta(days=int(value))
        seconds = round((value - int(value)) * 86_400)
        return (to_ms(datetime(day.year, day.month, day.day, tzinfo=ICT)) + seconds * 1000, seconds == 0)
    if value == int(value) and (match := _DIGITS.fullmatch(str(int(value)))):
        year, month, day_of_month, *clock = (int(part or 0) for part in match.groups())
        return _at(year, month, day_of_month, *clock)
    raise Unreadable(str(value))


def _day(year: int, month: int, day: int) -> Read | None:
    return _at(year, month, day)


def _at(year: int, month: int, day: int, *clock: int) -> Read | None:
    hour, minute, second = (*clock, 0, 0, 0)[:3]
    if year in _NO_YEARS:
        return None
    _expect_year(year)
    try:
        moment = datetime.combine(date(year, month, day), time(hour, minute, second), ICT)
    except ValueError as error:
        raise Unreadable(f"{day}/{month}/{year}") from error
    return to_ms(moment), not any(clock)


def _expect_year(year: int) -> None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise Unreadable(f"năm {year}")
