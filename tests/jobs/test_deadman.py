"""An outside address is called while the program does its work, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from structlog.testing import capture_logs

from jobs import deadman
from jobs.app import App
from jobs.clock import HandClock
from jobs.deadman import NotCalled
from monitor.config import Settings
from monitor.law import load_law
from monitor.store import EventKind, LetterState, events, letters, looks, open_store, writing
from tests.monitor.web.site import NOW, Site, look, register


@pytest.fixture
def outside() -> Iterator[tuple[str, list[str]]]:
    """An address, and which paths were asked for there; /hong answers 500."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(500 if "hong" in self.path else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is to be said of a request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def app(tmp_path: Path, outside: tuple[str, list[str]]) -> Iterator[App]:
    """An office that looked a minute ago."""
    engine = open_store(f"sqlite:///{tmp_path / 'tthc.db'}")
    with writing(engine) as db:
        looks.add(db, [look("a", timedelta(minutes=1))])
    settings = Settings(var_dir=tmp_path, deadman_url=f"{outside[0]}/ping/ma-rieng")
    yield App(settings=settings, clock=HandClock(NOW), engine=engine, register=register(), law=load_law())
    engine.dispose()


def test_the_address_is_called_while_looks_are_made(app: App, outside: tuple[str, list[str]]) -> None:
    deadman.run(app, NOW)
    assert outside[1] == ["/ping/ma-rieng"]


def test_nobody_is_called_where_no_address_is_set(app: App, outside: tuple[str, list[str]]) -> None:
    deadman.run(replace(app, settings=app.settings.model_copy(update={"deadman_url": ""})), NOW)
    assert outside[1] == []


def test_a_program_that_looks_no_more_is_as_good_as_dead(app: App, outside: tuple[str, list[str]]) -> None:
    with capture_logs() as lines:
        deadman.run(app, NOW + timedelta(minutes=20))
    assert outside[1] == []
    assert [(line["event"], line["why"]) for line in lines] == [("deadman.withheld", "silent")]


@pytest.mark.parametrize(("seconds", "told"), [(0, []), (299, []), (300, ["deadman.withheld"])])
def test_who_just_started_has_no_look_yet_and_is_neither_well_nor_silent(
    app: App, outside: tuple[str, list[str]], seconds: int, told: list[str]
) -> None:
    now = NOW + timedelta(days=1)
    with writing(app.engine) as db:
        events.add(db, now - timedelta(seconds=seconds), EventKind.STARTED, "")
    with capture_logs() as lines:
        deadman.run(app, now)
    assert [line["event"] for line in lines] == told
    assert outside[1] == []


def test_who_just_started_and_has_looked_is_well(app: App, outside: tuple[str, list[str]]) -> None:
    with writing(app.engine) as db:
        events.add(db, NOW - timedelta(seconds=2), EventKind.STARTED, "")
    deadman.run(app, NOW)
    assert len(outside[1]) == 1


def test_a_program_whose_letters_do_not_get_out_is_too(app: App, outside: tuple[str, list[str]]) -> None:
    site, later = Site(app.engine), NOW + timedelta(hours=2)
    site.letter(state=LetterState.WAITING)
    site.looked(look("a", -timedelta(minutes=119)))
    deadman.run(app, later)
    with writing(app.engine) as db:
        (claimed,) = letters.claim(db, NOW, 1, 60)
        letters.retry(db, claimed.id, "mail server hangs", later, uncertain=False)
    deadman.run(app, later)
    assert len(outside[1]) == 1


@pytest.mark.parametrize("path", ["", "/hong"], ids=["nobody", "500"])
def test_an_address_that_does_not_answer_is_told_without_its_secret(
    app: App, outside: tuple[str, list[str]], path: str
) -> None:
    url = f"{outside[0]}{path}/ma-rieng" if path else "http://127.0.0.1:9/ma-rieng"
    astray = replace(app, settings=app.settings.model_copy(update={"deadman_url": url}))
    with pytest.raises(NotCalled, match=r"^127\.0\.0\.1: (ConnectionError|HTTPError)$"):
        deadman.call(astray)
    deadman.run(astray, NOW)
