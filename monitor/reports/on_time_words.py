"""By what it is judged whether something was in time, as every list prints it."""

from __future__ import annotations

from monitor.core.law import Law
from monitor.reports.render import term


def on_time_by(law: Law) -> str:
    """The convention the office chose (ON_TIME_BY), as a phrase without a full stop."""
    return term(law.compared)
