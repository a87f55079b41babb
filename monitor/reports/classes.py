"""What an interruption is called, by the notice there was of it and by what people confirmed."""

from __future__ import annotations

from monitor.reports.stop import StopClass
from monitor.reports.uptime_log import Interrupted


def class_of(one: Interrupted, *, force_majeure: bool = False) -> StopClass:
    """What an interruption within a window is called; `force_majeure` where a named person confirmed it.

    One that reaches beyond a stop announced in time is a failure: only what lies within the stop is planned.
    """
    if one.announced_ms and one.announced_ms >= one.observed_ms + one.unobserved_ms:
        return StopClass.IN_TIME
    if force_majeure:
        return StopClass.FORCE_MAJEURE
    return StopClass.TOO_LATE if one.documents and not one.announced_ms else StopClass.FAILURE
