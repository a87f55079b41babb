"""Where dossiers come from, and one row as it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """One source of dossiers as the register describes it.

    `scope` is the key of the agency the source is complete for (empty: nothing is claimed); `layouts` the layouts a
    file of it may have (empty: any); `fresh_days` how many working days its figures may be old (0: not watched).
    """

    key: str
    name: str
    kind: str = "files"
    scope: str = ""
    layouts: tuple[str, ...] = ()
    fresh_days: int = 0
    options: Mapping[str, str] = field(default_factory=dict)


STAMPS = ("filed", "received", "appointment", "finished", "returned")
"""The stamps of a row, in the order of its `days_only` bits (bit 0 is `filed`)."""


class DossierRow(NamedTuple):
    """One dossier as read: facts only, personal data already left at the door.

    Stamps are milliseconds since 1970 (a day alone: its Vietnamese midnight, and its bit in `days_only` set).
    `supplements` is a JSON list of [asked ms, answered ms or null]. `raw` is a short digest of the cells as they came.
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


class BadRow(NamedTuple):
    """A row that could not be read, kept with its place and the reason a person can act on (Vietnamese)."""

    row: int
    code: str
    reason: str
