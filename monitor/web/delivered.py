"""Where the gateway of short messages says what became of one: told by a secret address, noted, and nothing else."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import datetime

import structlog
from fastapi import Request
from sqlalchemy import Engine
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from monitor.config import Settings
from monitor.reports.link import CHANNEL, LinkKeyUnusable, channel_token, link_key
from monitor.store import letters, over_channels, writing

log = structlog.get_logger()

SMS = "sms"
PATH = f"{CHANNEL}/{SMS}/{{token}}"
_REQUEST = re.compile(r"[0-9a-f]{32}")
DELIVERED = "eSMS báo: đã tới máy"
REJECTED, ENDED = "4", "5"


class DeliveredPage:
    """Answers eSMS, which asks by GET and shows the secret of the address it was given with each message."""

    def __init__(self, engine: Engine, settings: Settings, now: Callable[[], datetime]) -> None:
        self._engine, self._settings, self._now = engine, settings, now

    def take(self, request: Request, token: str) -> Response:
        """Note what became of one message; 404 without the secret, 200 for whatever else it says."""
        if not self._knows(token):
            raise HTTPException(404)
        said = request.query_params
        asked = said.get("RequestId", "")
        if _REQUEST.fullmatch(asked):
            self._note(
                asked,
                arrived=_outcome(said.get("SendStatus", ""), said.get("SendSuccess", ""), said.get("SendFailed", "")),
            )
        return PlainTextResponse("OK")

    def _knows(self, token: str) -> bool:
        try:
            known = channel_token(link_key(self._settings.var_dir), SMS)
        except LinkKeyUnusable as error:
            log.error("link.no_key", why=str(error))
            return False
        return hmac.compare_digest(token.encode("utf-8", "surrogateescape"), known.encode())

    def _note(self, request: str, *, arrived: bool | None) -> None:
        if arrived is None:
            return
        with writing(self._engine) as db:
            letter = over_channels.sent_as(db, SMS, request)
            if letter is None:
                return
            if arrived:
                over_channels.delivered(db, letter.id, DELIVERED, self._now())
            else:
                letters.came_back(db, letter.id, "eSMS báo: không tới máy", self._now())
        log.info("letter.delivery", letter=letter.id, channel=SMS, arrived=arrived)


def _outcome(status: str, success: str, failed: str) -> bool | None:
    """Whether a message arrived; None while nobody knows."""
    if status == REJECTED:
        return False
    if status != ENDED:
        return None
    return True if _some(success) else False if _some(failed) else None


def _some(count: str) -> bool:
    return count.isascii() and count.isdecimal() and int(count[:9]) > 0
