"""The written apology for a result not ready in time, and the one new appointment that it may give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from monitor.core.period import Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Apology:
    """A fact: a sent apology, as a named person recorded it; the applicant stands in none of it.

    `old` is the appointment as printed when it was sent, `new` the one it gives. `breach`: it gives a second new
    appointment, which the law does not allow, and was recorded all the same because it was sent.
    """

    number: int = 0
    matter: int
    agency: str
    document: str  # số, ký hiệu
    dated: date
    old: Stamp
    new: Stamp
    reason: str = ""
    signer: str = ""
    file_sha256: str = ""
    breach: bool = False
    at: datetime
    by: str
