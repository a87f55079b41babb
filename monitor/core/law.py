"""The law as the core sees it: dated rules with their citations, and the working calendars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from monitor.core.workdays import WorkCalendar


class Comparison(StrEnum):
    """By what it is judged whether something was in time; each list prints which."""

    TIMESTAMP = "timestamp"  # to the minute printed, as the national index does (QĐ 766)
    DATE = "date"  # by the day, as the province's screens do


class RuleUnknown(LookupError):
    """No rule of that key is in force on that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One value of the law within dates (both inclusive; None is open).

    `confirmed_by` is empty until a person ticks it.
    """

    key: str
    value: int
    unit: str
    start: date | None = None
    end: date | None = None
    citation: str
    confirmed_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """Rules by key, calendars by the name of their hours, and which hours each agency keeps.

    `version` is a digest of rules and calendars together. `by_date`: what is in time is judged by the day, as the
    province's screens do, and not by the moment, as the national index does; the office chooses.
    """

    rules: Mapping[str, tuple[Rule, ...]]
    calendars: Mapping[str, WorkCalendar]
    hours_of: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    by_date: bool = False

    @property
    def compared(self) -> Comparison:
        """By what it is judged whether something was in time."""
        return Comparison.DATE if self.by_date else Comparison.TIMESTAMP

    def rule(self, key: str, on: date) -> Rule:
        """The rule in force on a day; raise RuleUnknown."""
        for rule in self.rules.get(key, ()):
            if (rule.start is None or rule.start <= on) and (rule.end is None or on <= rule.end):
                return rule
        raise RuleUnknown(f"no rule {key!r} is in force on {on:%d/%m/%Y}")

    def calendar_of(self, agency: str) -> WorkCalendar:
        """The working calendar an agency keeps; the default one where it names none."""
        return self.calendars[self.hours_of.get(agency, "default")]
