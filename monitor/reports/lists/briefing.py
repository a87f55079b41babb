"""The summary for the weekly meeting: agencies, change on last week, five cases to decide, what was done; one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from monitor.core.dossier import Dossier
from monitor.core.explanation import Delay, DelayCause, ExplanationRequest
from monitor.core.finding import Finding, FindingKind, Standing
from monitor.core.law import Law
from monitor.core.measure import Measure
from monitor.core.obligation import DutyState
from monitor.core.period import Span, Stamp, at, day_of
from monitor.core.phase import Phase, handling_agency, phase_of
from monitor.core.repeat import Repeated
from monitor.register import Register
from monitor.register.naming import grouped_under
from monitor.reports.duties import DutyNow, duties_now
from monitor.reports.lists.forecasts import Forecasts, forecasts
from monitor.reports.lists.overdue import Overdue, OverdueList, overdue
from monitor.reports.lists.repeats import Window, repeats, told_before
from monitor.reports.lists.seen_then import Ask, seen_then
from monitor.store import explanations, measures
from monitor.store.dossiers_known import Sought

WEEK = timedelta(days=7)
CASES = 5
_NEAR = (Standing.NEAR, Standing.DUE)


class Ground(StrEnum):
    """Why a case is put before those who decide, the first first."""

    SECOND = "second"  # a second new appointment: beyond what the agency itself may give
    UNEXPLAINED_OVER = "unexplained_over"
    UNEXPLAINED = "unexplained"
    LONGEST = "longest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case to decide, and why it was chosen.

    `days` are working days late, None where no calendar says; `due` is its appointment, `late` whether it has passed.
    """

    dossier: Dossier
    group: str
    ground: Ground
    late: bool = True
    days: int | None = None
    due: Stamp | None = None
    cause: DelayCause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One agency: how many stand how, and how many did a week before (None: that week knows no figures)."""

    agency: str
    reception: int
    near: int
    late: int
    done: int
    explained: int
    reception_before: int | None
    late_before: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """All that the page says. `now` is the list as of its moment; the figures of the lines are that list's."""

    now: OverdueList
    week: OverdueList
    lines: tuple[Line, ...]
    cases: tuple[Case, ...]
    measures: tuple[Measure, ...]
    often: tuple[Repeated, ...]
    window: Window | None
    forecast: Forecasts | None
    duties: tuple[DutyNow, ...] = ()

    @property
    def lasting(self) -> tuple[Overdue, ...]:
        """What is late at its moment."""
        return self.now.rows

    @property
    def results(self) -> tuple[Overdue, ...]:
        """The results among them, for which an apology is owed."""
        return tuple(row for row in self.now.rows if row.finding.kind is FindingKind.RESULT)

    @property
    def uncounted(self) -> Counter[str]:
        """How many dossiers stand in no figure, by why."""
        return Counter(one.why.value for one in self.now.unjudged)


def briefing(db: Connection, register: Register, law: Law, moment: datetime, now: datetime) -> Briefing:
    """As things stood at a moment, by what was known then; a forecast from today on, where that is not long ago."""
    week = Span(start=moment - WEEK, end=moment)
    listed = overdue(db, register, law, moment, now)
    before = overdue(db, register, law, moment - WEEK, now)
    through = overdue(db, register, law, week, now, known_at=moment)
    asked = repeats(db, register, law, moment)
    return Briefing(
        now=listed,
        week=through,
        lines=tuple(_lines(register, listed, before, through, _near(db, register, law, listed))),
        cases=_cases(
            [*_late(listed.rows, explanations.requests(db, [row.delay for row in listed.rows]), day_of(moment))],
            [*_put_off(db, register, law, listed)],
        ),
        measures=measures.between(db, week),
        often=told_before(db, register, law, moment, asked) if asked else (),
        window=asked.window if asked else None,
        forecast=forecasts(db, register, law, now) if now - moment < WEEK else None,
        duties=tuple(one for one in duties_now(db, register, law, moment) if one.state is DutyState.LATE),
    )


def done_late(told: OverdueList) -> tuple[Overdue, ...]:
    """Of a list for a week the results that came late within it."""
    return tuple(row for row in told.rows if row.finding.kind is FindingKind.RESULT and _ended_within(row, told.span))


def _ended_within(row: Overdue, span: Span | None) -> bool:
    if row.moved or row.ended is None or span is None:
        return False
    moment = row.ended if isinstance(row.ended, datetime) else at(row.ended)
    return span.start <= moment < span.end


def _near(db: Connection, register: Register, law: Law, listed: OverdueList) -> Counter[str]:
    """Results about to fall due, by agency; none from figures that are too old."""
    ask = Ask(at=listed.at, known_at=listed.known_at, now=listed.made_at)
    sought = Sought(begun_before=listed.at, not_ended_before=listed.at)
    found = Counter[str]()
    for some in seen_then(db, register, law, ask, sought=sought, worth=_may_be_near):
        for seen in some:
            doubtful = any(one.kind is FindingKind.IMPOSSIBLE_DATES for one in seen.found)
            if doubtful or seen.dossier.source in listed.stale:
                continue
            for one in seen.found:
                if one.kind is FindingKind.RESULT and one.standing in _NEAR and one.agency:
                    found[grouped_under(register, one.agency)] += 1
    return found


def _may_be_near(found: Collection[Finding]) -> bool:
    """What is late by its printed appointment may be near by the new one that an apology gave."""
    near = (*_NEAR, Standing.LATE)
    return any(one.kind is FindingKind.RESULT and one.standing in near for one in found)


def _lines(
    register: Register, listed: OverdueList, before: OverdueList, through: OverdueList, near: Mapping[str, int]
) -> Iterable[Line]:
    known = bool(before.figures)
    late, late_before = _counted(listed.rows), _counted(before.rows)
    done = Counter(row.group for row in done_late(through))
    explained = Counter(row.group for row in listed.rows if row.explanation is not None)
    groups = {key for key, _ in late} | {key for key, _ in late_before} | set(done) | {k for k, v in near.items() if v}
    for group in sorted(groups, key=lambda key: (register.agency_name(key), key)):
        yield Line(
            agency=group,
            reception=late[group, FindingKind.RECEPTION],
            near=near.get(group, 0),
            late=late[group, FindingKind.RESULT],
            done=done[group],
            explained=explained[group],
            reception_before=late_before[group, FindingKind.RECEPTION] if known else None,
            late_before=late_before[group, FindingKind.RESULT] if known else None,
        )


def _counted(rows: Iterable[Overdue]) -> Counter[tuple[str, FindingKind]]:
    return Counter((row.group, row.finding.kind) for row in rows)


def _cases(late: Collection[Case], put_off: Iterable[Case]) -> tuple[Case, ...]:
    """The first of all, one a dossier."""
    order = list(Ground)
    every = sorted((*late, *put_off), key=lambda one: (order.index(one.ground), -(one.days or 0), one.dossier.code))
    first: dict[int, Case] = {}
    for one in every:
        first.setdefault(one.dossier.matter, one)
    return tuple(first.values())[:CASES]


def _late(rows: Iterable[Overdue], requests: Mapping[Delay, ExplanationRequest], today: date) -> Iterator[Case]:
    for row in rows:
        yield Case(
            dossier=row.dossier,
            group=row.group,
            ground=_ground(row, requests.get(row.delay), today),
            days=row.days,
            due=row.due,
            cause=row.explanation.cause if row.explanation else None,
        )


def _put_off(db: Connection, register: Register, law: Law, listed: OverdueList) -> Iterator[Case]:
    """What was put off more often than the law allows, also where it is not late by its newest appointment."""
    ask = Ask(at=listed.at, known_at=listed.known_at, now=listed.made_at)
    kind = FindingKind.SECOND_REAPPOINTMENT
    sought = Sought(begun_before=listed.at, not_ended_before=listed.at, noted=kind)
    for some in seen_then(db, register, law, ask, sought=sought):
        for seen in some:
            dossier = seen.dossier
            again = any(one.kind is kind for one in seen.found)
            if again and dossier.source not in listed.stale and phase_of(dossier) is not Phase.ENDED:
                due = next((one.due for one in seen.found if one.kind is FindingKind.RESULT), dossier.appointment)
                group = grouped_under(register, handling_agency(dossier))
                yield Case(dossier=dossier, group=group, ground=Ground.SECOND, late=False, due=due)


def _ground(row: Overdue, request: ExplanationRequest | None, today: date) -> Ground:
    if FindingKind.SECOND_REAPPOINTMENT in row.noted or any(one.breach for one in row.apologies):
        return Ground.SECOND
    if row.explanation is not None:
        return Ground.LONGEST
    over = request is not None and request.due is not None and request.due < today
    return Ground.UNEXPLAINED_OVER if over else Ground.UNEXPLAINED


__all__ = ["Briefing", "Case", "Ground", "Line", "briefing", "done_late"]
