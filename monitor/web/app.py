"""What is served, put together: status, letters, health, and the facts for other programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from monitor.config import Settings
from monitor.core.law import Law
from monitor.core.period import Span, ict, iso
from monitor.register import Register
from monitor.reports.divisions import at_large
from monitor.reports.mode import Mode, mode
from monitor.reports.present import present
from monitor.reports.render import render
from monitor.reports.standing import standing
from monitor.reports.uptime_log import parts
from monitor.store import LetterRow, LetterState, access, acknowledgements, letters, reading
from monitor.store.attempts import attempts
from monitor.web import acknowledge, apologies, check, delivered, dossier, explain, stops, week
from monitor.web.acknowledge import AcknowledgePages
from monitor.web.api import Api, refusal
from monitor.web.apologies import ApologyPages
from monitor.web.check import CheckPages
from monitor.web.dossier import DossierPages
from monitor.web.explain import ExplainPages
from monitor.web.frame import Frame
from monitor.web.guard import LETTER_POLICY, Guard, names_of
from monitor.web.letters import shown
from monitor.web.seen import asked_from, seen
from monitor.web.stops import StopPages
from monitor.web.tickets import Tickets
from monitor.web.vantages import Vantages

log = structlog.get_logger()

STATIC = Path(__file__).with_name("static")
LETTERS = 100
"""How many letters one page of the list shows."""


class Pages(Frame):
    """The pages that only show."""

    def status(self) -> HTMLResponse:
        """How everything stands now."""
        with reading(self.engine) as db:
            facts = at_large(standing(db, self.settings, self.register, self.law, self.now()), self.register)
        return self.page(
            "status",
            facts.mode,
            status=facts,
            parts=parts,
            strip=lambda one: week.rows(one.week, one.account.segments),
            shape=week.SHAPE,
            last_day=_last_day,
        )

    def letters(self, trang: int = 1, trangthai: LetterState | None = None) -> HTMLResponse:
        """A page of the letters, the newest first; the two words of the address are what readers see there."""
        with reading(self.engine) as db:
            counted = {state: many for state, many in sorted(letters.counts(db).items(), key=_by_place) if many}
            total = counted.get(trangthai, 0) if trangthai else sum(counted.values())
            last = max(1, -(-total // LETTERS))
            if not 0 < trang <= last:
                raise HTTPException(404)
            rows = letters.list_(db, LETTERS, skip=(trang - 1) * LETTERS, state=trangthai)
            now_in = self._mode(db)
        return self.page(
            "letters", now_in, letters=rows, counted=counted, total=total, number=trang, last=last, chosen=trangthai
        )

    def letter(self, number: int) -> HTMLResponse:
        """One letter with everything known of its way."""
        row = self._letter(number)
        with reading(self.engine) as db:
            now_in, tried = self._mode(db), attempts(db, row.id)
            known = acknowledgements.of(db, [row.id]).get(row.id, ())
        titles = {
            one.person: self.register.posts[one.person].title for one in known if one.person in self.register.posts
        }
        return self.page("letter", now_in, letter=row, attempts=tried, known=known, titles=titles)

    def body(self, request: Request, number: int) -> HTMLResponse:
        """What the letter says, as a page of its own that may do nothing; framed by the letter's page."""
        headers = {"Content-Security-Policy": LETTER_POLICY, "X-Frame-Options": "SAMEORIGIN"}
        row = self._letter(number)
        self._seen(request, f"thư {number}")
        return HTMLResponse(shown(row.message), headers=headers)

    def attachment(self, request: Request, number: int, place: int) -> Response:
        """What goes with a letter, always as a download."""
        attached = self._letter(number).message.attachments
        if not 0 <= place < len(attached):
            raise HTTPException(404)
        one = attached[place]
        self._seen(request, f"thư {number}, tệp kèm {place + 1}")
        disposition = f"attachment; filename*=UTF-8''{quote(one.name)}"
        return Response(one.content, media_type=one.media_type, headers={"Content-Disposition": disposition})

    def health(self) -> JSONResponse:
        """Whether the database answers; 503 where it does not."""
        try:
            with reading(self.engine) as db:
                db.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return JSONResponse({"ok": False}, 503)
        return JSONResponse({"ok": True, "at": iso(self.now())})

    def metrics(self, request: Request) -> Response:
        """How everything stands, for whoever scrapes it."""
        from monitor.web.metrics import exposed

        with reading(self.engine) as db:
            facts = standing(db, self.settings, self.register, self.law, self.now())
        return exposed(facts, request.headers.get("accept", ""))

    def badge(self, code: str) -> Response:
        """One service's state and week as a small picture; it may be shown in anybody's page."""
        known = self.register.service(code)
        if known is None:
            raise HTTPException(404)
        with reading(self.engine) as db:
            one = present(db, self.settings, self.register, self.law, service=known, now=self.now())
        headers = {"Cache-Control": "max-age=60", "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response(render("pages/badge.svg", one=one), media_type="image/svg+xml", headers=headers)

    def failed(self, request: Request, error: Exception) -> Response:
        """A page that says what went wrong, or JSON where a program asked; what is our own fault is logged."""
        match error:
            case HTTPException():
                code = error.status_code
            case RequestValidationError():
                code = 404
            case SQLAlchemyError():
                code = 503
                log.error("page.no_database", why=type(error).__name__)
            case _:
                code = 500
        if request.url.path.startswith("/api/"):
            return refusal(code, error.detail if isinstance(error, HTTPException) else "")
        return self.page("error", None, code, code=code)

    def _mode(self, db: Connection) -> Mode:
        return mode(db, self.settings)

    def _seen(self, request: Request, what: str) -> None:
        seen(self.engine, self.now(), asked_from(request), access.PAGE, what)

    def _letter(self, number: int) -> LetterRow:
        if not 0 < number < 2**63:
            raise HTTPException(404)
        with reading(self.engine) as db:
            row = letters.get(db, number)
        if row is None:
            raise HTTPException(404)
        return row


def _by_place(counted: tuple[LetterState, int]) -> int:
    return tuple(LetterState).index(counted[0])


def _last_day(span: Span) -> date:
    return ict(span.end - timedelta(days=1)).date()


def create_app(
    engine: Engine, settings: Settings, register: Register, law: Callable[[], Law], now: Callable[[], datetime]
) -> ASGIApp:
    """The web application over a store; `now` is asked once a page, `law` each time: it may change meanwhile.

    The guard stands before everything, errors too.
    """
    pages = Pages(engine, settings, register, law, now)
    one_dossier = DossierPages(pages)
    drafts = ApologyPages(pages)
    app = FastAPI(title="tthc-monitor", docs_url=None, redoc_url=None, openapi_url=None)
    routes: dict[str, Callable[..., Response]] = {
        "/": pages.status,
        "/letters": pages.letters,
        "/letters/{number}": pages.letter,
        "/letters/{number}/body": pages.body,
        "/letters/{number}/attachments/{place}": pages.attachment,
        dossier.PATH: one_dossier.show,
        f"{dossier.PATH}/bang-tinh.pdf": one_dossier.pdf,
        f"{dossier.PATH}/bang-tinh.docx": one_dossier.docx,
        apologies.PATH: drafts.show,
        f"{apologies.PATH}/{{number}}": drafts.draft,
        "/healthz": pages.health,
        "/metrics": pages.metrics,
        **Api(engine, settings, register, law, now).routes(),
    }
    for path, answer in routes.items():
        app.add_api_route(path, answer, methods=["GET", "HEAD"], response_model=None)
    _forms(app, pages)
    if delivered.SMS in settings.channels_on:
        told = delivered.DeliveredPage(engine, settings, now)
        app.add_api_route(delivered.PATH, told.take, methods=["GET"], response_model=None)
    if settings.badges == "on":
        app.add_api_route("/badge/{code}.svg", pages.badge, methods=["GET", "HEAD"], response_model=None)
    if settings.keys_of_vantages:
        vantages = Vantages(engine, settings.keys_of_vantages, now)
        app.add_api_route("/api/v1/vantages/{name}", vantages.head, methods=["GET"], response_model=None)
        app.add_api_route("/api/v1/vantages/{name}/links", vantages.take, methods=["POST"], response_model=None)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for kind in (HTTPException, RequestValidationError, SQLAlchemyError, Exception):
        app.add_exception_handler(kind, pages.failed)
    return Guard(app, names_of(settings), settings.public_url)


def _forms(app: FastAPI, frame: Frame) -> None:
    """The pages on which named persons write: each is shown by GET and handed in by POST."""
    tickets = Tickets()
    planned, checks = StopPages(frame, tickets), CheckPages(frame, tickets)
    app.add_api_route(stops.PATH, planned.show, methods=["GET", "HEAD"], response_model=None)
    app.add_api_route(stops.PATH, planned.add, methods=["POST"], response_model=None)
    app.add_api_route(f"{stops.PATH}/{{number}}/rut-lai", planned.take_back, methods=["POST"], response_model=None)
    app.add_api_route(check.PATH, checks.show, methods=["GET", "HEAD"], response_model=None)
    app.add_api_route(check.PATH, checks.record, methods=["POST"], response_model=None)
    explained = ExplainPages(frame, tickets)
    app.add_api_route(f"{explain.PATH}/{{token}}", explained.show, methods=["GET", "HEAD"], response_model=None)
    app.add_api_route(f"{explain.PATH}/{{token}}", explained.explain, methods=["POST"], response_model=None)
    known = AcknowledgePages(frame)
    app.add_api_route(acknowledge.PATH, known.show, methods=["GET", "HEAD"], response_model=None)
    app.add_api_route(acknowledge.PATH, known.acknowledge, methods=["POST"], response_model=None)
