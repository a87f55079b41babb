"""Suspected interruptions: what no look saw, and a person has to rule on. They are listed apart and fill no hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SuspicionKind(StrEnum):
    """Why an interruption is suspected."""

    SILENCE = "silence"  # no dossier has arrived for unusually long
    COMPLAINT = "complaint"  # somebody could not file


class Finding(StrEnum):
    """What a named person found."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """A fact: something suggests that the service could not be used from `starts` on, to `ends` where that is known.

    `key` makes one that the monitor itself raises once (empty for a person's). `found`, `found_at`, `found_by` and
    `reason` are the newest ruling, None or empty before there is one. `number` is given by the store.
    """

    service: str
    kind: SuspicionKind
    starts: datetime
    ends: datetime | None
    entered_at: datetime
    text: str
    by: str = ""
    key: str = ""
    number: int | None = None
    found: Finding | None = None
    found_at: datetime | None = None
    found_by: str = ""
    reason: str = ""
