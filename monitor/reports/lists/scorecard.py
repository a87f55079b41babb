"""The figures of a period by agency: on time by the national index, the ages of what is late, how long things took."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from math import ceil

from sqlalchemy import Connection

from monitor.core.contradiction import contradictions
from monitor.core.dossier import Dossier
from monitor.core.law import Law
from monitor.core.on_time import OnTime, judged
from monitor.core.period import Span, Stamp, at, day_of
from monitor.core.phase import ended, handling_agency
from monitor.core.workdays import CalendarUnknown
from monitor.register import Register
from monitor.register.naming import grouped_under
from monitor.reports.lists.overdue import OverdueList, overdue
from monitor.reports.lists.repeats import Repeats, repeats
from monitor.reports.lists.seen_then import Ask, SeenThen, seen_then
from monitor.store.dossiers_known import Sought

AGES = (5, 10, 30)
"""The last working day late of each class of age but the oldest: 0–5, 6–10, 11–30, over 30."""
HIGH = Fraction(9, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTimeShare:
    """How many were judged by the formula, and how many of them were on time; `unjudged` stand in neither."""

    on_time: int = 0
    overdue: int = 0
    unjudged: int = 0

    @property
    def judged(self) -> int:
        """The denominator."""
        return self.on_time + self.overdue

    @property
    def share(self) -> Fraction | None:
        """None where nothing was judged."""
        return Fraction(self.on_time, self.judged) if self.judged else None

    def __add__(self, other: OnTimeShare) -> OnTimeShare:
        return OnTimeShare(
            on_time=self.on_time + other.on_time,
            overdue=self.overdue + other.overdue,
            unjudged=self.unjudged + other.unjudged,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ageing:
    """How many delays that last are how many working days old; `unknown` where no calendar says."""

    counts: tuple[int, ...] = (0,) * (len(AGES) + 1)
    unknown: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """Working days from reception to the end, of what ended in the period; None where nothing did."""

    count: int = 0
    median: Fraction | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One agency's figures; `by_timestamp` and `by_date` judge the same dossiers by either convention."""

    agency: str
    by_timestamp: OnTimeShare
    by_date: OnTimeShare
    ageing: Ageing
    durations: Durations

    def by(self, law: Law) -> OnTimeShare:
        """By the convention that the office chose."""
        return self.by_date if law.by_date else self.by_timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """Every agency's figures and the province's; `late` is the list whose ages are counted."""

    span: Span
    at: datetime
    made_at: datetime
    scores: tuple[Score, ...]
    total: Score
    late: OverdueList
    repeats: Repeats | None

    @property
    def differ(self) -> bool:
        """Whether the two conventions come to different figures anywhere."""
        return any(one.by_timestamp != one.by_date for one in self.scores)


@dataclass(slots=True)
class _Tally:
    timestamp: Counter[OnTime] = field(default_factory=Counter)
    date: Counter[OnTime] = field(default_factory=Counter)
    days: list[int] = field(default_factory=list)


def scorecard(
    db: Connection, register: Register, law: Law, span: Span, now: datetime, *, agency: str = ""
) -> Scorecard:
    """Of what was being handled in a period, by all that is known now; of one agency and all below it where named."""
    moment = min(span.end, now)
    ask = Ask(at=moment, known_at=now, now=now)
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    stamped, dated = replace(law, by_date=False), replace(law, by_date=True)
    sought = Sought(begun_before=moment, not_ended_before=span.start)
    for some in seen_then(db, register, law, ask, sought=sought):
        for seen in some:
            unit = handling_agency(seen.dossier)
            if _concerned(register, unit, agency) and _in_period(seen.dossier, span):
                tally = tallies[grouped_under(register, unit)]
                tally.timestamp[_judged(seen, moment, stamped)] += 1
                tally.date[_judged(seen, moment, dated)] += 1
                tally.days += _took(seen.dossier, span, law)
    late = overdue(db, register, law, moment, now, known_at=now, agency=agency)
    ages: defaultdict[str, list[int | None]] = defaultdict(list)
    for row in late.rows:
        ages[row.group].append(row.days)
    keys = sorted({*tallies, *ages}, key=lambda key: (register.agency_name(key), key))
    every = _Tally()
    for one in tallies.values():
        every.timestamp += one.timestamp
        every.date += one.date
        every.days += one.days
    return Scorecard(
        span=span,
        at=moment,
        made_at=now,
        scores=tuple(_score(key, tallies[key], ages[key]) for key in keys),
        total=_score("", every, [age for some in ages.values() for age in some]),
        late=late,
        repeats=repeats(db, register, law, moment) if moment >= now else None,
    )


def _concerned(register: Register, unit: str, agency: str) -> bool:
    return not agency or unit == agency or agency in register.ancestors(unit)


def _in_period(dossier: Dossier, span: Span) -> bool:
    """Received before its end, and not ended before its beginning."""
    if dossier.received is None or _moment(dossier.received) >= span.end:
        return False
    end = ended(dossier) or dossier.refused
    return end is None or _moment(end) >= span.start or day_of(end) >= day_of(span.start)


def _judged(seen: SeenThen, moment: datetime, law: Law) -> OnTime:
    if contradictions(seen.dossier):
        return OnTime.UNJUDGED
    return judged(seen.dossier, moment, law, seen.known).result


def _took(dossier: Dossier, span: Span, law: Law) -> Sequence[int]:
    """In how many working days it was done, where that was in the period."""
    start, end = dossier.received, ended(dossier)
    if start is None or end is None or not span.start <= _moment(end) < span.end or day_of(end) < day_of(start):
        return ()
    try:
        return (law.calendar_of(handling_agency(dossier)).working_days(day_of(start), day_of(end)),)
    except CalendarUnknown:
        return ()


def _moment(stamp: Stamp) -> datetime:
    return stamp if isinstance(stamp, datetime) else at(stamp)


def _score(agency: str, tally: _Tally, ages: Iterable[int | None]) -> Score:
    return Score(
        agency=agency,
        by_timestamp=_share(tally.timestamp),
        by_date=_share(tally.date),
        ageing=ageing(ages),
        durations=durations(tally.days),
    )


def _share(counts: Counter[OnTime]) -> OnTimeShare:
    return OnTimeShare(on_time=counts[OnTime.ON_TIME], overdue=counts[OnTime.OVERDUE], unjudged=counts[OnTime.UNJUDGED])


def ageing(ages: Iterable[int | None]) -> Ageing:
    """The ages in classes; whatever is over the last bound is in the oldest one."""
    counts, unknown = [0] * (len(AGES) + 1), 0
    for age in ages:
        if age is None:
            unknown += 1
        else:
            counts[sum(age > bound for bound in AGES)] += 1
    return Ageing(counts=tuple(counts), unknown=unknown)


def durations(days: Sequence[int]) -> Durations:
    """The median, halves included, and the least number of days that nine in ten did not take longer than."""
    if not days:
        return Durations()
    ordered = sorted(days)
    middle = len(ordered) // 2
    median = Fraction(ordered[middle]) if len(ordered) % 2 else Fraction(ordered[middle - 1] + ordered[middle], 2)
    return Durations(count=len(ordered), median=median, high=ordered[ceil(HIGH * len(ordered)) - 1])
