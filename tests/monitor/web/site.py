"""A site of pages: a real database behind a real server on loopback, filled by the store's own functions."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import requests
import uvicorn
from lxml import html
from sqlalchemy import Engine
from starlette.types import ASGIApp

from monitor.config import Settings
from monitor.core.agency import Agency, AgencyKind
from monitor.core.finding import FindingKind, Standing
from monitor.core.look import Cause, Kind, Look, Verdict
from monitor.core.message import Message
from monitor.core.period import ICT, to_ms
from monitor.core.service import Service, Step, Target
from monitor.core.source import DossierRow
from monitor.law import load_law
from monitor.register import Register
from monitor.register.register import register_of
from monitor.store import LetterState, dossier_loading, imports, letters, looks, projection, writing
from monitor.web import create_app

NOW = datetime(2026, 11, 26, 14, 5, tzinfo=ICT)
HOSTILE = "<script>document.title='hỏng'</script><img src=x onerror=\"document.title='hỏng'\">"


def words(element: html.HtmlElement) -> str:
    """What an element says, without its markup and with single blanks."""
    return " ".join(element.text_content().split())


def target(key: str, **said: Any) -> Target:
    """A target of our own, so that it may be looked at without CONTACT."""
    return Target(**({"key": key, "name": f"Trang {key}", "steps": (Step(url="http://x"),), "public": False} | said))


def register(**said: Any) -> Register:
    """A small register: one service with one target, three agencies, one of them with a hostile name."""
    service = Service(code="2.001474", name="Đăng ký hoạt động khuyến mại", owner="sct", targets=(target("a"),))
    names = {"sct": "Sở Công Thương", "yen-dinh": "UBND xã Yên Định", "hostile": HOSTILE}
    agencies = [Agency(key=key, name=name, kind=AgencyKind.DEPARTMENT) for key, name in names.items()]
    return register_of(
        **({"agencies": agencies, "services": [service], "centre": "sct", "province": "Thanh Hóa"} | said)
    )


def look(key: str, ago: timedelta, verdict: Verdict = Verdict.UP, cause: Cause = Cause.NONE) -> Look:
    """One look at a target, so long before NOW."""
    at = NOW - ago
    return Look(
        service="2.001474",
        target=key,
        vantage="trung-tam",
        kind=Kind.HTTP,
        at=at,
        received_at=at + timedelta(seconds=1),
        verdict=verdict,
        cause=cause,
        valid_for_ms=600_000,
        status=200,
    )


@dataclass
class Site:
    """One installation whose pages are being served."""

    engine: Engine
    settings: Settings = field(default_factory=Settings)
    register: Register = field(default_factory=register)
    now: datetime = NOW
    url: str = ""

    def app(self) -> ASGIApp:
        """The web application, whose clock stands where `now` says."""
        law = load_law(self.register.hours_of())
        return create_app(self.engine, self.settings, self.register, lambda: law, lambda: self.now)

    def looked(self, *seen: Look) -> None:
        """Looks come in."""
        with writing(self.engine) as db:
            looks.add(db, seen)

    def letter(self, key: str = "1", state: LetterState = LetterState.HELD, **said: Any) -> int:
        """A letter is put down; its number."""
        message = Message(
            key=key,
            message_id=f"<{key}@x>",
            date=NOW - timedelta(hours=6),
            sender="Giám sát <giam-sat@x.invalid>",
            to_address="so-cong-thuong@x.invalid",
            to_names=("Giám đốc Sở Công Thương",),
            subject="Hồ sơ: 3 quá hạn",
            text="Ba hồ sơ quá hạn.",
            html="<!DOCTYPE html><html><body><p>Ba hồ sơ quá hạn.</p></body></html>",
        )
        with writing(self.engine) as db:
            number = letters.add_once(
                db, message=replace(message, **said), kind="digest", slot=None, live=False, state=state, now=NOW
            )
        assert number is not None
        return number

    def dossiers(self, late: Mapping[str, int], name: str = "ho-so.xlsx", set_aside: int = 0) -> None:
        """A file is taken in, after which each agency has so many dossiers late."""
        total = sum(late.values())
        with writing(self.engine) as db:
            number = imports.begin(
                db, source="mot-cua", name=name, size=1, digest=name.encode(), manner=b"", at=NOW - timedelta(hours=7)
            )
            new = [(place, f"000.00.{place}") for place in range(1, total + 1)]
            row = DossierRow("", b"", "", "", "2", None, "4", None, None, None, None, None, 0, "", "", "")
            dossier_loading.add(db, number, source="mot-cua", at=NOW, new=new, said=[(place, row) for place, _ in new])
            counts = {"read": total + set_aside, "new": total, "set_aside": set_aside}
            as_of = NOW - timedelta(hours=8)
            imports.take(db, number, as_of=as_of, layout="", counts=counts, notes=(), confirmed=None)
            agencies = [key for key, count in late.items() for _ in range(count)]
            projection.write(db, [_now(place, key, as_of) for place, key in enumerate(agencies, 1)])
            imports.projected(db, number)

    def get(self, path: str, **said: Any) -> requests.Response:
        """One page, as a client without cookies or scripts gets it."""
        return requests.get(self.url + path, timeout=20, **said)

    def page(self, path: str, code: int = 200) -> html.HtmlElement:
        """One page, read."""
        answer = self.get(path)
        assert answer.status_code == code
        return html.fromstring(answer.content.decode())

    def facts(self, path: str = "/") -> dict[str, str]:
        """What a page tells in pairs, by its terms."""
        return {words(term): words(term.getnext()) for term in self.page(path).iter("dt")}

    def text(self, path: str = "/", code: int = 200) -> str:
        """What a page says, without its markup."""
        return words(self.page(path, code))


def _now(number: int, agency: str, as_of: datetime) -> projection.NowRow:
    late = Standing.LATE.value
    nothing = dict.fromkeys(projection.NowRow._fields)
    said = {
        "dossier_id": number,
        "version_id": number,
        "basis": "",
        "lead": True,
        "as_of": to_ms(as_of),
        "open": True,
        "receiving_agency": agency,
        "handling_agency": agency,
        "agency": agency,
        "standing": late,
        "reception_agency": "",
        "reception_standing": "",
        "result_agency": agency,
        "result_standing": late,
        "due_days_only": 0,
        "noted": "" if agency else FindingKind.UNKNOWN_UNIT.value,
    }
    return projection.NowRow(**(nothing | said))


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of an application while it is served."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()
