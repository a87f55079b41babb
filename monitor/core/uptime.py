"""The account of a window of time: up, down, maintenance, excluded and unknown, to the millisecond."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from monitor.core.interruption import Interruption
from monitor.core.period import Span


class State(StrEnum):
    """The five parts every window is made of."""

    UP = "up"
    DOWN = "down"
    MAINTENANCE = "maintenance"
    EXCLUDED = "excluded"
    UNKNOWN = "unknown"


class Gap(StrEnum):
    """Why a stretch is UNKNOWN."""

    NOT_LOOKED = "not_looked"            # nothing conclusive and nothing tried: the monitor was off, or not begun
    UNCONFIRMED = "unconfirmed"          # one failed look that no second one confirmed
    CHALLENGED = "challenged"            # a bot shield answered
    OWN_NETWORK = "own_network"          # "mạng nội bộ"
    RATE_LIMITED = "rate_limited"
    PROBE_FAILED = "probe_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of one state; `gap` tells why where it is UNKNOWN."""

    span: Span
    state: State
    gap: Gap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A planned stop, as announced; `entered_at` is when its notice came into the journal."""

    service: str
    span: Span
    entered_at: datetime
    document: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHours:
    """The stretches in which a service promises to run; outside them time is EXCLUDED."""

    spans: tuple[Span, ...]


class Judgement(StrEnum):
    """Against an internal target."""

    MET = "met"
    NOT_MET = "not_met"
    INSUFFICIENT = "insufficient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The window partitioned, in integer milliseconds; the five add up to the window exactly.

    `lower`, `measured` and `upper` are exact fractions, None where nothing was measured.
    """

    window: Span
    up_ms: int
    down_ms: int
    maintenance_ms: int
    excluded_ms: int
    unknown_ms: int
    unknown_by: Mapping[Gap, int] = field(default_factory=dict)
    measured: Fraction | None
    lower: Fraction | None
    upper: Fraction | None
    coverage: Fraction | None
    segments: tuple[Segment, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
