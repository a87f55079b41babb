"""Who is told what, and when: stages of a ladder, and the tellings owed now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.core.message import Urgency


class SubjectKind(StrEnum):
    """What can be told of."""

    RECEPTION = "reception"
    RESULT = "result"                    # its ladder holds the apology cut-off too
    INTERRUPTION = "interruption"
    UNKNOWN_UNIT = "unknown_unit"        # to the Centre


class Anchor(StrEnum):
    """The moment a stage is counted from."""

    START = "start"                      # filed; first failed look
    DUE = "due"
    CUT_OFF = "cut_off"                  # last working day on which an apology is in time
    END = "end"                          # recovery; otherwise never reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One rung. It is reached `working_days` (and `working_seconds`) after its anchor, negative is before; or, where
    `fraction_percent` is set, at that share of the working time from START to DUE. `audience` names side and role, e.g. "handling:head",
    "receiving:focal_point", "centre:duty", "told:duty". `repeat_working_days` > 0 repeats it while true, at most
    `at_most` times (0: without end)."""

    name: str
    anchor: Anchor
    working_days: int = 0
    working_seconds: int = 0
    fraction_percent: int = 0
    audience: tuple[str, ...]
    urgency: Urgency = Urgency.SLOT
    repeat_working_days: int = 0
    at_most: int = 0
    late: bool = False                   # told as "tồn đọng" when it was already past at first sight


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The stages of one kind of subject, in the order they are reached."""

    subject: SubjectKind
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """That one person is, or was, told one stage of one subject; unique by its first six fields.

    `episode` distinguishes a condition that became false and true again (for a result: the appointment as printed, so
    that a changed calendar tells nobody anew). `nth` counts repeats from 1. `live` is False for what a trial held.
    """

    subject: SubjectKind
    key: str                             # e.g. "<source>\x1f<code>", "<target>\x1f<first bad ms>"
    episode: str
    stage: str
    nth: int
    person: str                          # key of a post
    live: bool
    made_at: datetime
    urgency: Urgency = Urgency.SLOT
    skipped: tuple[str, ...] = ()


BACKLOG = "backlog"
"""The stage under which what was already late at first sight is told once: "tồn đọng"."""
