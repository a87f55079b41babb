"""Moments as people type them, on a Vietnamese clock."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.core.period import ICT

YEARS = range(2000, 2200)
"""The years anybody means."""
_FORMS = ("%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


def moment_typed(text: str) -> datetime | None:
    """ "23/11/2026 08:30", "08:30 23/11/2026" or "2026-11-23 08:30", in UTC; None for anything else.

    Another century is a slip of the hand: a stop entered for it would be found in no list.
    """
    for form in _FORMS:
        try:
            found = datetime.strptime(text.strip(), form).replace(tzinfo=ICT)
        except ValueError:
            continue
        return found.astimezone(UTC) if found.year in YEARS else None
    return None
