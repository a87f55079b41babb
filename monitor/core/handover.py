"""The hand-over of a received dossier to the unit that handles it: the same day, or early on the next working day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import NamedTuple

from monitor.core.deadline import after
from monitor.core.dossier import Dossier
from monitor.core.law import Law, RuleUnknown
from monitor.core.period import Stamp, at, day_of, ict
from monitor.core.phase import receiving_agency
from monitor.core.step import Step

HANDOVER_RULE = "handover_hour"
OPENING_RULE = "handover_opening_minutes"


class Handover(NamedTuple):
    """By when it had to be handed over, and when it was (None: not yet)."""

    due: Stamp
    done: datetime | None

    def late(self, now: datetime) -> bool:
        """Whether it was late, or is by now."""
        return after(now if self.done is None else self.done, self.due)


def handover(dossier: Dossier, steps: Sequence[Step], law: Law) -> Handover | None:
    """The hand-over as its steps tell it (NĐ 61/2018, Điều 18); None where they cannot.

    That is where no step or no reception is known, or where one unit receives and handles. Raise CalendarUnknown, and
    RuleUnknown where no rule is in force.
    """
    received, receiver = dossier.received, dossier.receiving_unit
    if received is None or not receiver or not steps or dossier.handling_unit == receiver:
        return None
    elsewhere = (step.at for step in steps if step.unit != receiver and not after(received, step.at))
    return Handover(handover_due(received, law, receiving_agency(dossier)), next(elsewhere, None))


def handover_due(received: Stamp, law: Law, agency: str) -> Stamp:
    """By when what was received then must be handed over: to the end of its day, or early on the next working day.

    Early is within the minutes after opening that the rule of the house gives. A reception of which only the day is
    known may have been after the hour: it is in time to the end of the next working day.
    """
    day, calendar = day_of(received), law.calendar_of(agency)
    hour = law.rule(HANDOVER_RULE, day).value
    if not isinstance(received, datetime):
        return calendar.add_days(day, 1)
    if calendar.is_working_day(day) and ict(received).time() <= time(hour):
        return day
    try:
        minutes = law.rule(OPENING_RULE, day).value
    except RuleUnknown:
        minutes = 0
    following = calendar.add_days(day, 1)
    return calendar.add_seconds(at(following), minutes * 60) if minutes else following
