"""Where what a unit explains does not agree with what is known; printed beside, it deletes and accuses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from monitor.core.circumstances import Circumstances
from monitor.core.dossier import Dossier, Status
from monitor.core.explanation import DelayCause, Explanation
from monitor.core.period import Stamp, day_of
from monitor.core.phase import Phase, phase_of


class Doubt(StrEnum):
    """What speaks against an explanation, or what could not be held against it."""

    WAS_UP = "was_up"  # "lỗi hệ thống", while the service was measured up all the time concerned
    UNMEASURED = "unmeasured"  # "lỗi hệ thống", and most of that time was not measured
    NOT_WATCHED = "not_watched"  # "lỗi hệ thống" of a service that is not watched
    NO_SUPPLEMENT = "no_supplement"  # "chờ bổ sung" without any request for papers in the data
    NO_DUTY = "no_duty"  # "nghĩa vụ tài chính" without status 6 in the data
    STILL_OPEN = "still_open"  # "đã giải quyết nhưng chưa cập nhật", and the source has it open still
    AGREES = "agrees"  # "ngày hẹn sai", and the appointment is what the rules make it
    EXPECTED_BEFORE = "expected_before"  # the day expected lay behind when it was given
    EXPECTED_OVER = "expected_over"  # the day expected has passed since, and the dossier is open still
    SAME_WORDS = "same_words"  # the same words for many dossiers; it may well be one cause


def doubts_in(explanation: Explanation, dossier: Dossier, known: Circumstances, today: date) -> Iterator[Doubt]:
    """What the dossier's own testimonies say against an explanation of its delay."""
    told = (dossier, *known.history, *known.others)
    still_open = phase_of(dossier) is not Phase.ENDED
    match explanation.cause:
        case DelayCause.SUPPLEMENT if not any(one.supplements for one in told) and not _was(Status.SUPPLEMENT, told):
            yield Doubt.NO_SUPPLEMENT
        case DelayCause.FINANCIAL_DUTY if not _was(Status.FINANCIAL_DUTY, told) and not _stepped(known):
            yield Doubt.NO_DUTY
        case DelayCause.NOT_UPDATED if still_open and dossier.as_of > explanation.at:
            yield Doubt.STILL_OPEN
    if explanation.expected is not None:
        if explanation.expected < day_of(explanation.at):
            yield Doubt.EXPECTED_BEFORE
        elif explanation.expected < min(today, day_of(dossier.as_of)) and still_open:
            yield Doubt.EXPECTED_OVER


def _was(status: Status, told: Iterable[Dossier]) -> bool:
    return any(one.status == status for one in told)


def _stepped(known: Circumstances) -> bool:
    return any(step.status == Status.FINANCIAL_DUTY for step in known.steps)


def agrees(printed: Stamp, reckoned: Stamp) -> bool:
    """Whether an appointment is what the rules make it: the same day, for hours of it are each office's own."""
    return day_of(printed) == day_of(reckoned)
