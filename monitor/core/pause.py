"""Time that does not count against a dossier because a person said so, by a document: an approved pause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.period import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedPause:
    """A fact: `span` of a dossier does not count, since the service was interrupted (its `target`, `first_bad`).

    It moves what this program reckons, never the appointment that the source prints.
    """

    number: int = 0
    matter: int
    span: Span
    service: str
    target: str
    first_bad: datetime
    document: str
    reason: str = ""
    at: datetime
    by: str
