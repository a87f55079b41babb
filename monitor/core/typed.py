"""Moments as people type them, on a Vietnamese clock."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.core.period import ICT

_FORMS = ("%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


def moment_typed(text: str) -> datetime | None:
    """ "23/11/2026 08:30", "08:30 23/11/2026" or "2026-11-23 08:30", in UTC; None for anything else."""
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=ICT).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
