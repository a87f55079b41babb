"""Where dossiers come from, and one row as it comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from monitor.core.place import Place


class SourceKind(StrEnum):
    """How a source is reached; all but FILES are polled."""

    FILES = "files"  # the drop folder
    MAILBOX = "mailbox"  # exports that come by mail (IMAP)
    SFTP = "sftp"
    ADAPTER = "adapter"  # DongBoHoSoMC, CapNhatTienDoHoSoMC, TraCuuHoSo behind a session log-in
    API = "api"  # any JSON API, by configuration
    SQL = "sql"  # a read-only query


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a source's full lists are complete for; all empty: nothing is claimed, and a gap means nothing.

    `since` and `until` bound the day of filing, or of reception where no filing is told (inclusive; None is open).
    """

    agency: str = ""
    since: date | None = None
    until: date | None = None
    procedures: tuple[str, ...] = ()
    national_portal_only: bool = False

    def __bool__(self) -> bool:
        return bool(self.agency)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """One source of dossiers as the register describes it.

    `layouts` are the layouts a file of it may have (empty: any); `fresh_days` how many working days its figures may be
    old before nobody is told anything from it (0: not watched). `every_minutes` is how often it is polled, `deadline_s`
    how long one poll may take. `officers`: names of officers are kept. `place` tells where it is and how it is asked.
    """

    key: str
    name: str
    kind: SourceKind = SourceKind.FILES
    scope: Scope = field(default_factory=Scope)
    layouts: tuple[str, ...] = ()
    fresh_days: int = 0
    every_minutes: int = 60
    deadline_s: int = 300
    officers: bool = False
    place: Place | None = None


STAMPS = ("filed", "received", "appointment", "finished", "returned", "refused")
"""The stamps of a row, in the order of its `days_only` bits (bit 0 is `filed`)."""


class DossierRow(NamedTuple):
    """One dossier as read: facts only, personal data already left at the door.

    Stamps are milliseconds since 1970 (a day alone: its Vietnamese midnight, and its bit in `days_only` set).
    `supplements` is a JSON list of [asked ms, answered ms or null]. `raw` is a short digest of the cells as they came.
    `officer` is kept only where the source says so; `other_code` is the code another system knows the dossier by.
    """

    code: str
    raw: bytes
    procedure: str
    procedure_name: str
    channel: str
    from_national_portal: int | None
    status: str
    filed: int | None
    received: int | None
    appointment: int | None
    finished: int | None
    returned: int | None
    days_only: int
    receiving_unit: str
    handling_unit: str
    supplements: str
    refused: int | None = None
    officer: str = ""
    other_code: str = ""


class BadRow(NamedTuple):
    """A row that could not be read, kept with its place and the reason a person can act on (Vietnamese)."""

    row: int
    code: str
    reason: str
