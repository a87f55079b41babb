"""The facts of availability for other programs: JSON under /api/v1, read only."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from fastapi import Request
from sqlalchemy import Connection, Engine
from starlette.exceptions import HTTPException
from starlette.responses import Response

from monitor.config import Settings
from monitor.core.law import Law
from monitor.core.period import Span, aware, ict, iso
from monitor.core.service import Service
from monitor.core.typed import YEARS
from monitor.core.uptime import figures
from monitor.register import Register
from monitor.reports import accounts, outward
from monitor.reports.present import present
from monitor.reports.standing import standing
from monitor.store import publications, reading

LONGEST = timedelta(days=100)
"""No window is longer than this: a quarter and its rest."""
MOST = 1000
"""How many looks one page has at most."""


class Api:
    """Answers in JSON, with an ETag; a mistake in the question is a 400 or 404 that says what is wanted."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        register: Register,
        law: Callable[[], Law],
        now: Callable[[], datetime],
    ) -> None:
        self.engine, self.settings, self.register, self._law, self.now = engine, settings, register, law, now

    @property
    def law(self) -> Law:
        """The law in force now."""
        return self._law()

    def routes(self) -> dict[str, Callable[..., Response]]:
        """What is asked under which address."""
        return {
            "/api/v1/services": self.services,
            "/api/v1/services/{code}": self.service,
            "/api/v1/services/{code}/uptime": self.uptime,
            "/api/v1/services/{code}/looks": self.looks,
            "/api/v1/publications": self.publications,
        }

    def services(self, request: Request) -> Response:
        """Every service and its state now."""
        with reading(self.engine) as db:
            return answer(request, outward.overview(standing(db, self.settings, self.register, self.law, self.now())))

    def service(self, request: Request, code: str) -> Response:
        """One service, its targets, its open interruptions."""
        known = self._known(code)
        with reading(self.engine) as db:
            one = present(db, self.settings, self.register, self.law, service=known, now=self.now())
        return answer(request, outward.service(one))

    def uptime(self, request: Request, code: str) -> Response:
        """The account of a window (`from`, `to`; the seven days until now if not said), with its interruptions."""
        known, window = self._known(code), self._window(request)
        with reading(self.engine) as db:
            found = accounts.kept(db, self.law, known, window, known.required_targets())
            counted = accounts.account(known, found, window)
        said = {"service": code, "from": iso(window.start), "to": iso(window.end)}
        return answer(request, said | figures(counted))

    def looks(self, request: Request, code: str) -> Response:
        """Looks within a window by time, `limit` a page; `next` is the `from` of the page after, null at the end."""
        known, window = self._known(code), self._window(request)
        limit = _number(request, "limit", MOST)
        with reading(self.engine) as db:
            page, after = _page(db, known, window, limit)
        return answer(request, {"service": code, "looks": [outward.look(one) for one in page], "next": after})

    def publications(self, request: Request) -> Response:
        """Everything published, in the order in which it was."""
        with reading(self.engine) as db:
            found = publications.list_(db)
        return answer(request, {"publications": [outward.publication(one) for one in found]})

    def _known(self, code: str) -> Service:
        known = self.register.service(code)
        if known is None:
            raise HTTPException(404, f"không có dịch vụ {code[:40]}; đang có: {', '.join(self.register.services)}")
        return known

    def _window(self, request: Request) -> Span:
        end = _moment(request, "to") or self.now()
        start = _moment(request, "from") or end - timedelta(days=7)
        if not start < end or end - start > LONGEST:
            raise HTTPException(400, f"from phải trước to, cách nhau không quá {LONGEST.days} ngày")
        return Span(start=start, end=end)


def answer(request: Request, facts: outward.Facts) -> Response:
    """Facts in JSON; 304 where the reader has them already."""
    body = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if tag in (part.strip() for part in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def refusal(code: int, why: str) -> Response:
    """What is wrong with a question, or with us, for programs."""
    body = json.dumps({"error": why or HTTPStatus(code).phrase}, ensure_ascii=False).encode()
    return Response(body, code, media_type="application/json")


def _page(db: Connection, known: Service, window: Span, limit: int) -> tuple[list[Any], str | None]:
    """The first looks of a window; all that began at one moment stand on one page, so that none is lost between two."""
    found = accounts.looks_at(db, known.targets, window)
    inside = sorted((one for one in found if one.at in window), key=lambda one: (one.at, one.target, one.vantage))
    if len(inside) <= limit:
        return inside, None
    after = inside[limit].at
    cut = [one for one in inside[:limit] if one.at < after]
    if not cut:
        cut = [one for one in inside if one.at == after]
        after = min((one.at for one in inside if one.at > after), default=window.end)
    return cut, iso(after)


def _moment(request: Request, name: str) -> datetime | None:
    said = request.query_params.get(name)
    if not said:
        return None
    try:
        moment = aware(datetime.fromisoformat(said.replace(" ", "+")))
        if moment.year not in YEARS:  # near the ends of the calendar no day can be reckoned from
            raise ValueError
        return moment
    except (ValueError, OverflowError):
        example = ict(datetime.fromisoformat("2026-11-23T00:00:00+07:00")).isoformat()
        raise HTTPException(400, f"{name}: viết như {example}") from None


def _number(request: Request, name: str, most: int) -> int:
    said = request.query_params.get(name, str(most))
    if not said.isascii() or not said.isdecimal() or len(said) > 9 or not 0 < int(said) <= most:
        raise HTTPException(400, f"{name}: một số từ 1 đến {most}")
    return int(said)
