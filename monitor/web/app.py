"""The pages, put together: status, letters, health."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from monitor.config import Settings
from monitor.core.law import Law
from monitor.register import Register
from monitor.reports.render import render
from monitor.store import letters, reading
from monitor.web.guard import LETTER_POLICY, Guard, names_of
from monitor.web.letters import shown
from monitor.web.standing import SHOWN, status, unset

STATIC = Path(__file__).with_name("static")
LETTERS = 200
"""How many of the newest letters the list shows."""


class Pages:
    """What every page is made from."""

    def __init__(
        self, engine: Engine, settings: Settings, register: Register, law: Law, now: Callable[[], datetime]
    ) -> None:
        self.engine, self.settings, self.register, self.law, self.now = engine, settings, register, law, now

    def page(self, name: str, code: int = 200, **facts: Any) -> HTMLResponse:
        """One page with the facts that the frame around every page asks for."""
        return HTMLResponse(render(f"pages/{name}.html", here=name, now=self.now(), **facts), code)

    def status(self) -> HTMLResponse:
        """How everything stands now."""
        with reading(self.engine) as db:
            facts = status(db, self.settings, self.register, self.law, self.now())
        return self.page("status", status=facts, columns=SHOWN)

    def letters(self) -> HTMLResponse:
        """The newest letters."""
        with reading(self.engine) as db:
            rows = letters.list_(db, LETTERS)
            counted = letters.counts(db)
        return self.page("letters", letters=rows, total=sum(counted.values()))

    def letter(self, number: int) -> HTMLResponse:
        """One letter with everything known of its way."""
        return self.page("letter", letter=self._letter(number))

    def body(self, number: int) -> HTMLResponse:
        """What the letter says, as a page of its own that may do nothing; framed by the letter's page."""
        headers = {"Content-Security-Policy": LETTER_POLICY, "X-Frame-Options": "SAMEORIGIN"}
        return HTMLResponse(shown(self._letter(number).message), headers=headers)

    def attachment(self, number: int, place: int) -> Response:
        """What goes with a letter, always as a download."""
        attached = self._letter(number).message.attachments
        if not 0 <= place < len(attached):
            raise HTTPException(404)
        one = attached[place]
        disposition = f"attachment; filename*=UTF-8''{quote(one.name)}"
        return Response(one.content, media_type=one.media_type, headers={"Content-Disposition": disposition})

    def health(self) -> JSONResponse:
        """Whether the database answers; 503 where it does not."""
        try:
            with reading(self.engine) as db:
                db.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return JSONResponse({"ok": False}, 503)
        return JSONResponse({"ok": True, "at": self.now().isoformat(), "unset": unset(self.settings)})

    def missing(self, _request: Request, error: Exception) -> HTMLResponse:
        """A page that says what went wrong."""
        code = error.status_code if isinstance(error, HTTPException) else 500
        return self.page("error", code, code=code)

    def _letter(self, number: int) -> letters.LetterRow:
        if not 0 < number < 2**63:
            raise HTTPException(404)
        with reading(self.engine) as db:
            row = letters.get(db, number)
        if row is None:
            raise HTTPException(404)
        return row


def create_app(
    engine: Engine, settings: Settings, register: Register, law: Law, now: Callable[[], datetime]
) -> FastAPI:
    """The web application over a store; `now` is asked once a page."""
    pages = Pages(engine, settings, register, law, now)
    app = FastAPI(title="tthc-monitor", docs_url=None, redoc_url=None, openapi_url=None)
    routes: dict[str, Callable[..., Response]] = {
        "/": pages.status,
        "/letters": pages.letters,
        "/letters/{number}": pages.letter,
        "/letters/{number}/body": pages.body,
        "/letters/{number}/attachments/{place}": pages.attachment,
        "/healthz": pages.health,
    }
    for path, answer in routes.items():
        app.add_api_route(path, answer, methods=["GET", "HEAD"], response_model=None)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(HTTPException, pages.missing)
    app.add_exception_handler(Exception, pages.missing)
    app.add_middleware(Guard, names=names_of(settings))
    return app
