"""Every clock of a dossier reckoned the plain, slow way: minute by minute, day by day, with no arithmetic of the core.

It knows working time as a list of minutes that are open, and days as numbers; what it is given is minutes since the
calendar's first day, Vietnamese time, and days where a source names only the day. A stamp is ("minute", n) or
("day", n), an end that is not there is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

DAY = 1440
MORNING, AFTERNOON = range(7 * 60, 11 * 60 + 30), range(13 * 60 + 30, 17 * 60)

Stamp = tuple[str, int]
Pause = tuple[Stamp, Stamp | None]


def minute(at: int) -> Stamp:
    """A moment."""
    return "minute", at


def whole(day: int) -> Stamp:
    """A day of which no hour is known."""
    return "day", day


def day(stamp: Stamp) -> int:
    """The day a stamp falls on."""
    kind, at = stamp
    return at if kind == "day" else at // DAY


def begin(stamp: Stamp) -> int:
    """The first minute of a stamp."""
    kind, at = stamp
    return at * DAY if kind == "day" else at


def end(stamp: Stamp) -> int:
    """The minute after a day, or the moment itself."""
    kind, at = stamp
    return (at + 1) * DAY if kind == "day" else at


def later(one: Stamp, other: Stamp) -> bool:
    """Whether one lies after the other, by the day where either is only a day."""
    if one[0] == other[0] == "minute":
        return one[1] > other[1]
    return day(one) > day(other)


@dataclass
class Plain:
    """Working time as lists: of each day whether it is worked, of each minute whether the office is open."""

    worked: list[bool]
    open: bytearray = field(init=False)

    def __post_init__(self) -> None:
        self.open = bytearray(len(self.worked) * DAY)
        for number, works in enumerate(self.worked):
            if works:
                for at in (*MORNING, *AFTERNOON):
                    self.open[number * DAY + at] = 1

    def hours(self, hours: int, start: Stamp, pauses: Sequence[Pause], until: Stamp) -> Stamp:
        """Minute by minute; those of a pause are passed over."""
        exact = start[0] == "minute"
        at = begin(start) if exact else end(start)
        shut = set[int]()
        for first, last in pauses:
            stop = until if last is None else last
            exact = exact and first[0] == "minute" and stop[0] == "minute"
            shut.update(range(max(begin(first), at), end(stop)))
        left = hours * 60
        while left:
            if self.open[at] and at not in shut:
                left -= 1
            at += 1
        return minute(at) if exact else whole((at - 1) // DAY if at % DAY == 0 else at // DAY)

    def days(self, days: int, start: Stamp, pauses: Sequence[Pause], until: Stamp, *, working: bool) -> Stamp:
        """Day by day, that of the event not counted; those after a pause's first day, to its last, are passed over."""
        spans = []
        for first, last in pauses:
            stop = until if last is None else last
            if max(day(first), day(start)) <= day(stop):
                spans.append((max(day(first), day(start)), day(stop)))
        at, left = day(start), days
        while left:
            at += 1
            if (self.worked[at] or not working) and not any(first < at <= last for first, last in spans):
                left -= 1
        return whole(self._held(at, spans))

    def _held(self, at: int, spans: list[tuple[int, int]]) -> int:
        """Pushed off days off; and to the end of a pause that began by that day."""
        while True:
            while not self.worked[at]:
                at += 1
            holding = [last for first, last in spans if first <= at < last]
            if not holding:
                return at
            at = max(holding)

    def next_worked(self, at: int) -> int:
        """The next working day after a day."""
        at += 1
        while not self.worked[at]:
            at += 1
        return at

    def minutes(self, first: int, last: int) -> int:
        """How many minutes are open in between."""
        return sum(self.open[at] for at in range(first, last))

    def after(self, at: int, minutes: int) -> int:
        """The first minute by which so many were open."""
        while minutes:
            minutes -= self.open[at]
            at += 1
        return at


@dataclass
class Case:
    """One dossier as plain facts, and the rules that hold for it; `unit` is "hours", "days" or "calendar"."""

    unit: str
    value: int
    filed: Stamp
    received: Stamp | None
    appointment: Stamp | None
    finished: Stamp | None
    refused: Stamp | None
    status: str
    supplements: list[Pause]
    duties: list[Pause]
    approved: list[Pause]
    apologies: list[tuple[int, Stamp, Stamp]]  # dated, old, new
    handed_over: int | None  # the minute of the first step elsewhere
    has_steps: bool
    as_of: int
    now: int
    by_date: bool
    reception_hours: int = 8
    notice_days: int = 3
    opening_minutes: int = 60

    @property
    def asked(self) -> list[Pause]:
        """Requests for papers; where none is told, that the source's latest word says so."""
        return self.supplements or ([(minute(self.as_of), None)] if self.status == "5" else [])

    @property
    def paid(self) -> list[Pause]:
        """Financial duties, told of by steps, or by the source's latest word."""
        return self.duties or ([(minute(self.as_of), None)] if self.status == "6" else [])

    @property
    def pauses(self) -> list[Pause]:
        """All of them."""
        return [*self.asked, *self.paid, *self.approved]


ENDED = {"3", "7", "8", "9", "10"}
PAUSED = {"5", "6"}


def told(case: Case, plain: Plain) -> dict[str, object]:
    """All that can be said of it, as `bench.oracle` has the core say it."""
    return {
        **_figures(case, plain),
        "reception": _reception(case, plain),
        "result": _result(case, plain),
        "handover": _handover(case, plain),
        "notice": _notice(case, plain),
        "second_supplement": len(case.supplements) > 1,
        "put_off": len({day(new) for _, _, new in case.apologies}) > 1,
        "refused_late": _refused_late(case, plain),
        "index": _index(case, plain),
    }


def _by_day(stamp: Stamp, case: Case) -> Stamp:
    return whole(day(stamp)) if case.by_date else stamp


def _limit(case: Case, plain: Plain, start: Stamp, pauses: Sequence[Pause], until: Stamp) -> Stamp:
    if case.unit == "hours":
        return plain.hours(case.value, start, pauses, until)
    return plain.days(case.value, start, pauses, until, working=case.unit == "days")


def _figures(case: Case, plain: Plain) -> dict[str, object]:
    if case.received is None:
        return {"plain": None, "subtracted": None, "restarted": None}
    now = minute(case.now)
    restarted: Stamp | None = None
    if all(last is not None for _, last in case.asked):
        ends = [last for _, last in case.asked if last is not None]
        start = case.received
        for one in ends:
            start = one if end(one) > end(start) else start
        restarted = _limit(case, plain, start, [*case.paid, *case.approved], now)
    return {
        "plain": _limit(case, plain, case.received, [], now),
        "subtracted": _limit(case, plain, case.received, case.pauses, now),
        "restarted": restarted,
    }


def _own_due(case: Case, plain: Plain) -> Stamp | None:
    """By our own reckoning: the later of both ways; none while a pause lasts."""
    lasting = case.status not in ENDED and any(last is None for _, last in case.pauses)
    if case.received is None or lasting:
        return None
    found = _figures(case, plain)
    subtracted, restarted = found["subtracted"], found["restarted"]
    if not isinstance(subtracted, tuple) or not isinstance(restarted, tuple):
        return None
    return restarted if end(restarted) > end(subtracted) else subtracted


def _reception(case: Case, plain: Plain) -> object:
    answered = case.refused if case.status == "3" else case.received
    if answered is None and case.status != "1":
        return None
    due = _by_day(plain.hours(case.reception_hours, case.filed, case.approved, minute(case.now)), case)
    if answered is None:
        return "late" if later(minute(case.now), due) else "open"
    return "late_done" if later(answered, due) else None


def _holding(case: Case) -> Stamp | None:
    """The appointment that holds: the apology's where the first was in time and the source still prints the old one."""
    if case.appointment is not None and case.apologies:
        dated, old, new = case.apologies[0]
        same = not later(old, case.appointment) and not later(case.appointment, old)
        if same and dated <= day(old) and later(new, old):
            return new
    return case.appointment


def _result(case: Case, plain: Plain) -> object:
    if case.status in PAUSED:
        return "paused"
    if case.status == "1":
        return None
    due = _holding(case)
    due = _own_due(case, plain) if due is None else due
    if due is None:
        return None
    due = _by_day(due, case)
    if case.status in ENDED:
        if case.finished is None or (case.status == "7" and case.received is None):
            return None
        return "late_done" if later(case.finished, due) else None
    return "late" if later(minute(case.now), due) else "open"


def _handover(case: Case, plain: Plain) -> object:
    received = case.received
    if received is None or not case.has_steps or (case.handed_over is None and case.status not in {"2", "4"}):
        return None
    if received[0] == "day":
        due = whole(plain.next_worked(day(received)))
    elif plain.worked[day(received)] and received[1] % DAY <= 15 * 60:
        due = whole(day(received))
    else:
        due = minute(plain.after(plain.next_worked(day(received)) * DAY, case.opening_minutes))
    due = _by_day(due, case)
    if later(minute(case.now if case.handed_over is None else case.handed_over), due):
        return "noted"
    return "running" if case.handed_over is None else None


def _notice(case: Case, plain: Plain) -> bool:
    if case.received is None or not case.supplements:
        return False
    asked = min(day(first) for first, _ in case.supplements)
    at, left = day(case.received), case.notice_days
    while left:
        at += 1
        left -= plain.worked[at]
    return asked > at


def _refused_late(case: Case, plain: Plain) -> bool:
    if case.refused is None or case.received is None or case.status not in ENDED:
        return False
    due = case.appointment if case.appointment is not None else _own_due(case, plain)
    return due is not None and later(case.refused, _by_day(due, case))


def _index(case: Case, plain: Plain) -> str:
    """The formula of the national index, with now for the end of the period."""
    received, period_end = case.received, minute(case.now)
    if received is None or later(received, period_end):
        return "unjudged"
    asked = [one for one in case.asked if begin(one[0]) <= case.now]
    stop = _index_end(case, asked, period_end)
    untold = case.status in ENDED and case.finished is None and (case.status not in {"3", "8"} or case.refused is None)
    late = "unjudged" if untold and stop == period_end else "overdue"
    if len(asked) > 1:
        return "overdue"
    waited = 0
    for first, last in asked:
        from_, to = max(begin(first), begin(received)), min(end(stop), end(stop) if last is None else end(last))
        waited += max(to - from_, 0)
    if case.appointment is not None:
        compared = minute(stop[1] - waited) if stop[0] == "minute" else whole((stop[1] * DAY - waited) // DAY)
        return late if later(compared, _by_day(case.appointment, case)) else "on_time"
    due = _limit(case, plain, received, asked, stop)
    return late if later(stop, _by_day(due, case)) else "on_time"


def _index_end(case: Case, asked: list[Pause], period_end: Stamp) -> Stamp:
    if case.status in {"3", "8"}:
        ends = [case.refused, case.finished]
    elif case.status in ENDED:
        ends = [case.finished]
    else:
        ends = []
    for one in ends:
        if one is not None and not later(one, period_end):
            return one
    if len(asked) == 1 and asked[0][1] is None:
        return asked[0][0]
    return period_end
