"""The law as dated data with its citations: rules, the calendar of days off, working hours."""

from __future__ import annotations

from monitor.law.in_force import HoursUnknown, in_force
from monitor.law.loading import LawError, load_law, official_calendar

__all__ = ["HoursUnknown", "LawError", "in_force", "load_law", "official_calendar"]
