"""Other places that watch and report here: which of them have fallen silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.config import Settings
from monitor.store import replica

PATIENCE = timedelta(minutes=30)
"""A vantage looks at something every few minutes and reports at once: what it is silent for so long about is itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A vantage that no longer reports, heard last at `heard`; it counts as silent since `since`.

    One that has a key and was never heard is not set up yet, and is not silent.
    """

    name: str
    heard: datetime
    since: datetime


def silent_vantages(db: Connection, settings: Settings, now: datetime) -> Iterator[Silent]:
    """The vantages that have a key here and have not handed anything in lately, by name."""
    for name in sorted(settings.keys_of_vantages):
        heard = replica.heard(db, name)
        if heard is not None and heard + PATIENCE <= now:
            yield Silent(name=name, heard=heard, since=heard + PATIENCE)
