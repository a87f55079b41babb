"""One conclusion about a dossier: which rule speaks, how it stands, and by what it was come by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.core.deadline import Counting, Deadline
from monitor.core.law import RuleUnknown
from monitor.core.period import Stamp


class FindingKind(StrEnum):
    """Which rule speaks. The first three are clocks; the others are things a person must look at."""

    RECEPTION = "reception"  # tiếp nhận: 8 working hours, online dossiers
    RESULT = "result"  # trả kết quả: the appointment
    APOLOGY = "apology"  # the cut-off for the apology before the appointment
    NO_APPOINTMENT = "no_appointment"
    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_UNIT = "unknown_unit"  # "chưa xác định đơn vị"
    NO_CALENDAR = "no_calendar"  # "chưa có lịch"
    SECOND_SUPPLEMENT = "second_supplement"
    SUPPLEMENT_NOTICE = "supplement_notice"  # papers asked for later than the law allows after reception
    HANDOVER = "handover"  # handed over to its handling unit late
    REFUSED_LATE = "refused_late"
    SECOND_REAPPOINTMENT = "second_reappointment"
    MOVED_UNAPOLOGISED = "moved_unapologised"  # "đổi ngày hẹn không có phiếu xin lỗi"
    MOVED_BACK = "moved_back"  # the appointment moved to an earlier moment
    REOPENED = "reopened"
    EXACT_RESULT = "exact_result"  # finished at its appointment, to the second
    MIDNIGHT_RESULT = "midnight_result"  # finished at 23:59
    PAUSED_WHEN_DUE = "paused_when_due"  # one of many that their unit paused on the day they were due
    UNENDED_PAUSE = "unended_pause"  # handled on, yet nobody says when the papers came: its limit cannot be counted
    DIFFERING = "differing"  # two systems tell it differently
    IMPOSSIBLE_DATES = "impossible_dates"  # dates that contradict each other: the clocks that hang on them are silent


class Standing(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    NEAR = "near"  # sắp đến hạn
    DUE = "due"  # đến hạn: its last working day or hour
    LATE = "late"  # chậm tiếp nhận; đang giải quyết quá hạn
    LATE_DONE = "late_done"  # đã tiếp nhận chậm; đã giải quyết quá hạn
    PAUSED = "paused"  # waiting for the citizen
    NOTED = "noted"  # of the kinds that are no clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One conclusion, never stored as a fact.

    `due` is compared by day where it is a date. `since` is when it became late. `agency` is the key of the unit whose
    duty it is (empty: unknown). `rules` are the keys of the rules used, `counted` names how the time was counted, or
    which dates are impossible together. `projected`: a day not yet announced lies in the count ("dự kiến").
    `next_change_at`: when its standing changes by itself (None: never). `beside` is the other figure where there are
    two: of a reception its due before approved pauses were left out, of a printed appointment the same with them left
    out, of a limit reckoned by us the earlier of both ways to count a supplement. It decides nothing.
    """

    kind: FindingKind
    standing: Standing
    due: Stamp | None = None
    since: datetime | None = None
    agency: str = ""
    rules: tuple[str, ...] = ()
    counted: str = ""
    projected: bool = False
    next_change_at: datetime | None = None
    beside: Stamp | None = None


def clock(kind: FindingKind, deadline: Deadline, now: datetime, agency: str, until: datetime | None = None) -> Finding:
    """A clock as it stands; `until`: when it falls silent, late or not."""
    if now < deadline.near:
        standing, change = Standing.RUNNING, deadline.near
    elif now < deadline.last:
        standing, change = Standing.NEAR, deadline.last
    elif now < deadline.late:
        standing, change = Standing.DUE, deadline.late
    else:
        return late(kind, Standing.LATE, deadline, agency, until)
    return Finding(
        kind=kind,
        standing=standing,
        due=deadline.due,
        agency=agency,
        rules=deadline.rules,
        counted=deadline.counted,
        projected=deadline.projected,
        next_change_at=change if until is None else min(change, until),
    )


def late(
    kind: FindingKind, standing: Standing, deadline: Deadline, agency: str, until: datetime | None = None
) -> Finding:
    """A clock that has run out; `until`: when it falls silent."""
    return Finding(
        kind=kind,
        standing=standing,
        due=deadline.due,
        since=deadline.late,
        agency=agency,
        rules=deadline.rules,
        counted=deadline.counted,
        projected=deadline.projected,
        next_change_at=until,
    )


def noted(kind: FindingKind, agency: str, *rules: str) -> Finding:
    """Something that a person must look at."""
    return Finding(kind=kind, standing=Standing.NOTED, agency=agency, rules=rules)


def uncountable(missing: LookupError, agency: str, *rules: str, until: datetime | None = None) -> Finding:
    """A deadline that could not be counted, and whether a calendar or a rule is missing."""
    return Finding(
        kind=FindingKind.NO_CALENDAR,
        standing=Standing.NOTED,
        agency=agency,
        rules=rules,
        counted=Counting.NO_RULE if isinstance(missing, RuleUnknown) else Counting.NO_CALENDAR,
        next_change_at=until,
    )
