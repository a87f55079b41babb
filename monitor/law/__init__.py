"""The law as dated data with its citations: rules, the calendar of days off, working hours."""

from __future__ import annotations

from monitor.law.loading import LawError, load_law, official_calendar

__all__ = ["LawError", "load_law", "official_calendar"]
