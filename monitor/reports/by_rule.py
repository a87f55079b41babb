"""A dossier's result as the rules alone make it due, beside whatever appointment its source prints."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from monitor.core.audit import Agreement, Deviation, deviation
from monitor.core.circumstances import Circumstances
from monitor.core.deadline import NOTICE_RULE
from monitor.core.dossier import Dossier
from monitor.core.law import Law, Rule, RuleUnknown
from monitor.core.limit import LimitUnit
from monitor.core.period import Stamp, day_of
from monitor.core.reckoning import Reckoning, reckoned
from monitor.core.workdays import CalendarUnknown, DayNote
from monitor.reports.counted import passed_over


@dataclass(frozen=True, slots=True, kw_only=True)
class ByRule:
    """The reckoning with what it rests on; `restart` is the rule that begins it anew with the last papers."""

    reckoning: Reckoning
    days: tuple[DayNote, ...]
    deviation: Deviation | None
    restart: Rule | None

    @property
    def rule(self) -> Rule:
        """The procedure's limit."""
        return self.reckoning.limit.rule

    @property
    def differs(self) -> bool:
        """Whether the printed appointment breaks the rule."""
        return self.deviation is not None and self.deviation.agreement in (Agreement.EARLY, Agreement.LATE)

    @property
    def in_hours(self) -> bool:
        """Whether it is counted in working hours, and a difference in seconds."""
        return self.reckoning.limit.unit is LimitUnit.HOURS

    @property
    def last(self) -> Stamp:
        """The latest of its figures."""
        return self.reckoning.due or self.reckoning.subtracted


def by_rule(dossier: Dossier, now: datetime, law: Law, known: Circumstances) -> ByRule | None:
    """None where it was not received, no rule limits its procedure, or the calendar does not reach."""
    try:
        reckoning = reckoned(dossier, now, law, known)
        if reckoning is None:
            return None
        first, last = day_of(reckoning.start), day_of(reckoning.due or reckoning.subtracted)
        days = passed_over(reckoning.calendar, first, last)
        return ByRule(
            reckoning=reckoning, days=days, deviation=deviation(dossier, reckoning, known), restart=_restart(law, first)
        )
    except CalendarUnknown:
        return None


def _restart(law: Law, on: date) -> Rule | None:
    try:
        return law.rule(NOTICE_RULE, on)
    except RuleUnknown:
        return None
