"""Official letters (công văn) about dossiers: those that come in, and those drafted here for Văn thư to number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from monitor.core.explanation import Delay


class DispatchKind(StrEnum):
    """What an outgoing letter asks of an agency."""

    URGE = "urge"  # đôn đốc
    EXPLAIN = "explain"  # yêu cầu giải trình


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A fact: a letter that came in, entered by a named person for its agency; `file_sha256` names the kept file."""

    number: int = 0
    agency: str
    document: str  # số, ký hiệu
    dated: date
    signer: str
    file_sha256: str = ""
    file_name: str = ""
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """An outgoing letter with its list. Until a person records number and day it is a draft and tells nobody.

    `document`, `dated`, `signer` are empty before that; recorded, it is a notification to the agency, with or without
    a mail relay.
    """

    number: int = 0
    kind: DispatchKind
    agency: str
    drafted_at: datetime
    delays: tuple[Delay, ...]
    document: str = ""
    dated: date | None = None
    signer: str = ""
    recorded_at: datetime | None = None
    by: str = ""
