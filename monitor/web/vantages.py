"""Where other vantages hand in their looks: links of their sealed chains, with a key, taken in order, once."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import structlog
from fastapi import Request
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from monitor.core.journal import Entry
from monitor.store import reading, replica, writing
from monitor.store.replica import Link, NotTaken
from monitor.web.api import answer

log = structlog.get_logger()

MOST_BYTES = 4 * 1024 * 1024


class Vantages:
    """Answers a vantage that shows its key: where its chain stands here, and what became of the links it sent.

    `keys` are SHA-256 digests of the keys in hexadecimal, by vantage.
    """

    def __init__(self, engine: Engine, keys: Mapping[str, str], now: Callable[[], datetime]) -> None:
        self.engine, self.keys, self.now = engine, keys, now

    def head(self, request: Request, name: str) -> Response:
        """Number and digest of the newest link that is here."""
        self._known(request, name)
        with reading(self.engine) as db:
            seq, digest = replica.head(db, name)
        return answer(request, {"vantage": name, "seq": seq, "digest": digest.hex()})

    async def take(self, request: Request, name: str) -> Response:
        """Take links in; 409 for those that do not follow or do not hold, with nothing of them written."""
        self._known(request, name)
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                raise HTTPException(413, f"không quá {MOST_BYTES} byte một lần")
        return await run_in_threadpool(self._take, request, name, bytes(body))

    def _take(self, request: Request, name: str, body: bytes) -> Response:
        try:
            links = [_link(name, one) for one in json.loads(body)["links"]]
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise HTTPException(400, 'không hiểu được: cần {"links": [{seq, previous, digest, rows}, …]}') from error
        try:
            with writing(self.engine) as db:
                seq = replica.take(db, name, links)
                replica.note_heard(db, name, self.now())
        except NotTaken as error:
            log.warning("vantage.not_taken", vantage=name, why=str(error))
            raise HTTPException(409, str(error)) from error
        return answer(request, {"vantage": name, "seq": seq})

    def _known(self, request: Request, name: str) -> None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        given = sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
        known = self.keys.get(name, "")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given, known):
            raise HTTPException(401, "sai khóa, hoặc điểm đo này không có trong VANTAGE_KEYS")


def _link(vantage: str, said: Mapping[str, Any]) -> Link:
    digest, previous = bytes.fromhex(said["digest"]), bytes.fromhex(said["previous"])
    if type(said["seq"]) is not int or not all(isinstance(row, dict) for row in said["rows"]):
        raise ValueError("seq is a number, rows are objects")
    return Link(entry=Entry(chain=vantage, seq=said["seq"], digest=digest, previous=previous), rows=tuple(said["rows"]))
