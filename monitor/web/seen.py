"""What a page that shows dossiers leaves in the access log; a page is shown also where nothing can be written."""

from __future__ import annotations

from datetime import datetime

import structlog
from fastapi import Request
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.store import access, writing
from monitor.store.access import Deed

log = structlog.get_logger()

_silent: set[str] = set()
"""Databases of which it was said already that no note can be made."""


def seen(engine: Engine, at: datetime, by: str, road: str, what: str) -> None:
    """Note who looked at what."""
    try:
        with writing(engine) as db:
            access.note(db, at, by, road, Deed.SHOW, what)
    except SQLAlchemyError as error:
        if (which := str(engine.url)) not in _silent:
            _silent.add(which)
            log.error("access.not_noted", why=type(error).__name__)
    else:
        _silent.discard(str(engine.url))


def asked_from(request: Request) -> str:
    """The address a page was asked from; nobody signs in."""
    return request.client.host if request.client else "không rõ"
