"""The monitor's own life as it is printed: when it was there and when not, and what its drills proved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from monitor.core.drill import Drill, Outcome
from monitor.core.life import Gap, Life
from monitor.core.period import MILLISECOND, Span, iso
from monitor.core.uptime import rounded_down
from monitor.reports.letters import tidy
from monitor.reports.render import render
from monitor.store import beats, drills


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLife:
    """The monitor's life in a window and the drills that began in it; `latest` is the newest drill of all."""

    life: Life
    drills: tuple[Drill, ...] = ()
    latest: Drill | None = None

    @property
    def drill_failed(self) -> bool:
        """Whether the newest drill says that a failure might go untold."""
        return self.latest is not None and self.latest.outcome.failed


def own_life(db: Connection, window: Span, now: datetime) -> OwnLife:
    """How the monitor itself fared in a window, as known at `now`."""
    return OwnLife(
        life=beats.life_of(db, window, now),
        drills=tuple(one for one in drills.between(db, window) if one.outcome is not Outcome.RUNNING),
        latest=drills.latest(db),
    )


def as_text(own: OwnLife) -> str:
    """A few lines in Vietnamese, for a report or a terminal."""
    return tidy(render("own_life.txt", own=own)).rstrip("\n")


def as_json(own: OwnLife) -> dict[str, Any]:
    """For programs: `alive_ms` and the gaps add up to `window_ms`; moments in Vietnamese time, steps in ms."""
    life = own.life
    return {
        "from": iso(life.window.start),
        "to": iso(life.window.end),
        "window_ms": life.window.ms,
        "alive_ms": life.alive_ms,
        "before_ms": life.before_ms,
        "availability": rounded_down(life.availability),
        "gaps": [_gap(gap) for gap in life.gaps],
        "drills": [_drill(one) for one in own.drills],
        "latest_drill": _drill(own.latest) if own.latest else None,
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "start": iso(gap.span.start),
        "end": iso(gap.span.end),
        "ms": gap.span.ms,
        "why": gap.why.value,
        "start_is_last_beat": gap.unsure,
    }


def _drill(one: Drill) -> dict[str, Any]:
    return {
        "began": iso(one.began),
        "outcome": one.outcome.value,
        "detected_after_ms": _ms(one.since_failure(one.detected_at)),
        "told_after_ms": _ms(one.since_failure(one.told_at)),
        "accepted_after_ms": _ms(one.since_failure(one.accepted_at)),
        "recovery_detected_after_ms": _ms(one.since_recovery(one.recovered_at)),
        "recovery_told_after_ms": _ms(one.since_recovery(one.recovery_told_at)),
        "recovery_accepted_after_ms": _ms(one.since_recovery(one.recovery_accepted_at)),
    }


def _ms(length: timedelta | None) -> int | None:
    return None if length is None else length // MILLISECOND
