"""Where letters go: nowhere while it is a trial, to one address in a pilot, to the offices once a person said so."""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from monitor.config import Settings
from monitor.store import watches

LIVE = "live"
"""The mark a named person leaves when ending the trial: JSON with `at` and `by`."""


class Mode(StrEnum):
    """What becomes of a letter."""

    TRIAL = "trial"
    PILOT = "pilot"
    LIVE = "live"


def live_since(db: Connection) -> datetime | None:
    """When a named person ended the trial; None while it lasts."""
    ended = live_by(db)
    return ended[0] if ended else None


def live_by(db: Connection) -> tuple[datetime, str] | None:
    """When the trial was ended, and by whom; None while it lasts."""
    mark = watches.get_mark(db, LIVE)
    if not mark:
        return None
    said = json.loads(mark)
    return datetime.fromisoformat(said["at"]), said.get("by", "")


def mode(db: Connection, settings: Settings) -> Mode:
    """Trial until a named person ended it; a pilot where letters may meanwhile go to PILOT_ADDRESS."""
    if live_since(db) is not None:
        return Mode.LIVE
    return Mode.PILOT if settings.pilot_address and settings.smtp_url else Mode.TRIAL
