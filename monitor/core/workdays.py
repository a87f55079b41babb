"""Official working time: which days an office works, and how working hours and working days are counted."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from monitor.core.period import MILLISECOND, NaiveMoment, at, day_of

_DAY_MS = 86_400_000
_SATURDAY, _SUNDAY = 5, 6

Opening = tuple[time, time]
"""From when to when an office is open on a day."""


class CalendarUnknown(LookupError):
    """The calendar does not reach that day; the text is one line for a person, with the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayNote:
    """A day off, or a day made up (`working`), with the document that makes it so.

    `confirmed_by` is empty until a person ticks it; `projected`: not announced yet ("dự kiến").
    """

    day: date
    working: bool
    title: str
    document: str
    confirmed_by: str = ""
    projected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When an office is open, within dates (both inclusive; None is open): Monday to Friday, and Saturday if at all.

    A made-up day keeps the hours of a weekday.
    """

    weekdays: tuple[Opening, ...]
    saturday: tuple[Opening, ...] = ()
    start: date | None = None
    end: date | None = None

    def hold_on(self, day: date) -> bool:
        """Whether these are the hours of a day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class _Table:
    """Every opening of the years in milliseconds from the first day's midnight, and every working day in days from it.

    `reached[i]` is the working time passed when opening i closes; `before[d]` counts the working days before day d;
    `projected` are the days not announced yet.
    """

    opens: list[int] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)
    workdays: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    projected: list[int] = field(default_factory=list)

    def add(self, openings: tuple[Opening, ...], *, projected: bool) -> None:
        number = len(self.before)
        if projected:
            self.projected.append(number)
        self.before.append(len(self.workdays))
        if openings:
            self.workdays.append(number)
        for opens, closes in openings:
            self.opens.append(number * _DAY_MS + _clock_ms(opens))
            self.closes.append(number * _DAY_MS + _clock_ms(closes))
            passed = self.reached[-1] if self.reached else 0
            self.reached.append(passed + self.closes[-1] - self.opens[-1])

    def worked(self, position: int) -> int:
        """Working milliseconds from the first day's midnight to a position."""
        slot = bisect_right(self.opens, position)
        if not slot:
            return 0
        left = self.closes[slot - 1] - position
        return self.reached[slot - 1] - left if left > 0 else self.reached[slot - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """One agency group's official working time from the first day to the last, each exception with its document.

    `hours` must hold on each of the days, in order; `notes` name a day once. Of a year in `projected_years` nothing is
    announced yet, its ordinary days included: any of them may still be swapped. Moments come back aware, in UTC, cut
    to milliseconds. Each method raises CalendarUnknown outside the table, on either side.
    """

    first: date
    last: date
    hours: tuple[Hours, ...]
    notes: tuple[DayNote, ...] = ()
    projected_years: frozenset[int] = frozenset()
    version: str = field(init=False)
    _begin: datetime = field(init=False, repr=False, compare=False)
    _limit: int = field(init=False, repr=False, compare=False)
    _zero: int = field(init=False, repr=False, compare=False)
    _table: _Table = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        notes = tuple(sorted(self.notes, key=lambda note: note.day))
        object.__setattr__(self, "notes", notes)
        object.__setattr__(self, "version", self._digest())
        object.__setattr__(self, "_begin", at(self.first))
        object.__setattr__(self, "_zero", self.first.toordinal())
        object.__setattr__(self, "_limit", ((self.last - self.first).days + 1) * _DAY_MS)
        table, noted = _Table(), {note.day: note for note in notes}
        for number in range((self.last - self.first).days + 1):
            day = self.first + timedelta(days=number)
            note = noted.get(day)
            projected = day.year in self.projected_years or (note is not None and note.projected)
            table.add(self._openings(day, note), projected=projected)
        object.__setattr__(self, "_table", table)

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on a day, be it for some hours only."""
        number = self._number(day)
        before = self._table.before
        after = before[number + 1] if number + 1 < len(before) else len(self._table.workdays)
        return after > before[number]

    def working_seconds(self, start: datetime, end: datetime) -> int:
        """Whole working seconds in [start, end); raise ValueError where it ends before it starts."""
        begin, finish = self._position(start), self._position(end)
        if finish < begin:
            raise ValueError(f"a stretch cannot end ({end}) before it starts ({start})")
        return (self._table.worked(finish) - self._table.worked(begin)) // 1000

    def add_seconds(self, start: datetime, seconds: int) -> datetime:
        """The first moment by which so many working seconds have passed since the start.

        So a deadline at closing time stays at closing time, and none at all is the start itself. Raise ValueError for
        a negative number.
        """
        position, table = self._position(start), self._table
        if seconds > 0:
            target = table.worked(position) + seconds * 1000
            slot = bisect_left(table.reached, target)
            if slot == len(table.reached):
                raise self._beyond()
            position = table.closes[slot] - table.reached[slot] + target
        elif seconds < 0:
            raise ValueError(f"working time is counted forward, not {seconds} seconds")
        return self._begin + MILLISECOND * position

    def add_days(self, start: date, days: int) -> date:
        """The last of N working days, the event's own day not counted (BLDS 2015, Điều 147); never N × 8 hours.

        None at all is the event's own day. Raise ValueError for a negative number.
        """
        number, table = self._number(start), self._table
        if days < 0:
            raise ValueError(f"working days are counted forward, not {days} days")
        if not days:
            return start
        slot = bisect_right(table.workdays, number) + days - 1
        if slot >= len(table.workdays):
            raise self._beyond()
        return date.fromordinal(self._zero + table.workdays[slot])

    def working_days(self, start: date, end: date) -> int:
        """Working days after one day up to another, that one counted; raise ValueError if it lies before."""
        first, last = self._number(start), self._number(end)
        if last < first:
            raise ValueError(f"days cannot be counted from {start} back to {end}")
        return bisect_right(self._table.workdays, last) - bisect_right(self._table.workdays, first)

    def working_day_before(self, day: date) -> date:
        """The last working day strictly before a day; that day itself may be the first one outside the table."""
        number = self._number(day, upto=self.last + timedelta(days=1))
        slot = bisect_left(self._table.workdays, number)
        if not slot:
            raise self._unknown(self.first - timedelta(days=1))
        return date.fromordinal(self._zero + self._table.workdays[slot - 1])

    def explain(self, start: date, end: date) -> tuple[DayNote, ...]:
        """Each day off or made up from a day to another, both included; ordinary weekends need no document."""
        self._number(start)
        self._number(end)
        return tuple(note for note in self.notes if start <= note.day <= end)

    def is_projected(self, start: date, end: date) -> bool:
        """Whether a day not announced yet lies between two days, both included: a count over it is "dự kiến"."""
        first, last = self._number(start), self._number(end)
        return bisect_left(self._table.projected, first) < bisect_right(self._table.projected, last)

    def _openings(self, day: date, note: DayNote | None) -> tuple[Opening, ...]:
        hours = next((hours for hours in self.hours if hours.hold_on(day)), None)
        if hours is None:
            raise ValueError(f"no working hours hold on {day}")
        if note is not None:
            return hours.weekdays if note.working else ()
        if day.weekday() == _SUNDAY:
            return ()
        return hours.saturday if day.weekday() == _SATURDAY else hours.weekdays

    def _position(self, moment: datetime) -> int:
        """Milliseconds from the first day's midnight."""
        if moment.tzinfo is None:
            raise NaiveMoment(moment)
        position = (moment - self._begin) // MILLISECOND
        if not 0 <= position <= self._limit:
            raise self._unknown(day_of(moment))
        return position

    def _number(self, day: date, *, upto: date | None = None) -> int:
        """Days from the first day."""
        if isinstance(day, datetime):
            raise TypeError(f"{day.isoformat()} is a moment, a working day is a date: take monitor.core.period.day_of")
        if not self.first <= day <= (upto or self.last):
            raise self._unknown(day)
        return day.toordinal() - self._zero

    def _beyond(self) -> CalendarUnknown:
        return self._unknown(self.last + timedelta(days=1))

    def _unknown(self, day: date) -> CalendarUnknown:
        """Years after the last are confirmed by a person; earlier ones can only ship."""
        mend = "vào monitor/law/calendar.toml" if day < self.first else "bằng tthc calendar confirm TỆP"
        return CalendarUnknown(
            f"chưa có lịch làm việc năm {day.year} (cần đến ngày {day:%d/%m/%Y}; lịch hiện có từ {self.first:%d/%m/%Y} "
            f"đến {self.last:%d/%m/%Y}): bổ sung năm {day.year} {mend}"
        )

    def _digest(self) -> str:
        return hashlib.sha256("\n".join(self._written()).encode()).hexdigest()

    def _written(self) -> Iterator[str]:
        yield f"{self.first} {self.last} {sorted(self.projected_years)}"
        yield from map(repr, self.hours)
        yield from map(repr, self.notes)


def _clock_ms(clock: time) -> int:
    return (clock.hour * 3600 + clock.minute * 60 + clock.second) * 1000
