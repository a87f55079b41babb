"""Moments and days as people type them, on a Vietnamese clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from monitor.core.period import ICT, at

YEARS = range(2000, 2200)
"""The years anybody means."""
_DAYS = ("%d/%m/%Y", "%Y-%m-%d")
_CLOCKS = ("%H:%M", "%H:%M:%S")
_MOMENTS = (
    *(f"{day}{between}{clock}" for day in _DAYS for clock in _CLOCKS for between in (" ", "T")),
    *(f"{clock} {day}" for day in _DAYS for clock in _CLOCKS),
)


def moment_typed(text: str) -> datetime | None:
    """ "23/11/2026 08:30", "08:30 23/11/2026" or "2026-11-23 08:30", in UTC; None for anything else.

    Another century is a slip of the hand: a stop entered for it would be found in no list.
    """
    found = _read(text, _MOMENTS)
    return found.astimezone(UTC) if found else None


def day_typed(text: str) -> date | None:
    """ "23/11/2026" or "2026-11-23"; None for anything else."""
    found = _read(text, _DAYS)
    return found.date() if found else None


def begin_typed(text: str) -> datetime | None:
    """From when a stretch lasts: a moment, or the day it begins with; in UTC, None for anything else."""
    day = day_typed(text)
    return at(day) if day else moment_typed(text)


def end_typed(text: str) -> datetime | None:
    """Up to when a stretch lasts: a moment, or the whole of its last day; in UTC, None for anything else."""
    day = day_typed(text)
    return at(day + timedelta(days=1)) if day else moment_typed(text)


def _read(text: str, forms: tuple[str, ...]) -> datetime | None:
    for form in forms:
        try:
            found = datetime.strptime(text.strip(), form).replace(tzinfo=ICT)
        except ValueError:
            continue
        return found if found.year in YEARS else None
    return None
