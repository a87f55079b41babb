"""The two forms in a real browser: on a phone and a desk, by keyboard, and asked for by a foreign page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from monitor.config import Settings
from monitor.store import looks, notices, reading
from tests.monitor.web.site import HOSTILE, Site
from tests.monitor.web.test_browser import CONTRAST, visit
from tests.monitor.web.test_forms import ALWAYS, CHECK, PNG, STOP, STOPS, ticket

pytestmark = pytest.mark.browser
__all__ = ["visit"]
Visit = Callable[..., Any]


@pytest.fixture
def site(open_site: Callable[..., Site], tmp_path: Path) -> Site:
    """A site that keeps its files in the test's own folder."""
    return open_site(settings=Settings(var_dir=tmp_path / "var"))


def counts(site: Site) -> tuple[int, int]:
    """How many notices and checks are written."""
    with reading(site.engine) as db:
        return (
            len(notices.announced(db, "2.001474", ALWAYS)),
            len(looks.manual_between(db, "2.001474", ALWAYS)),
        )


@pytest.mark.parametrize("width", [360, 1280])
def test_a_notice_is_entered_and_taken_back(site: Site, visit: Visit, width: int) -> None:
    page = visit(site.url + STOPS, width=width)
    for name in ("tu", "den", "van_ban", "nguoi_ghi"):
        page.fill(f"#{name}", STOP[name])
    page.click(".sheet button")
    assert "Đã ghi thông báo số 1" in page.inner_text("[role=status]")
    page.reload()
    assert counts(site) == (1, 0)
    page.click("summary")
    page.fill("#ly_do-1", "nhầm ngày")
    page.fill("#nguoi_rut-1", "Trần Thị Thử")
    page.click("details button")
    assert "Đã rút lại thông báo số 1" in page.inner_text("[role=status]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [360, 1280])
def test_a_check_is_recorded_with_a_picture(site: Site, visit: Visit, width: int, tmp_path: Path) -> None:
    picture = tmp_path / "màn hình.png"
    picture.write_bytes(PNG)
    page = visit(site.url + CHECK, width=width)
    assert page.input_value("#luc") == "26/11/2026 14:05"
    page.check("input[value=khong]")
    page.fill("#nguoi", "Trần Thị Thử")
    page.set_input_files("#tep", picture)
    page.press("#nguoi", "Enter")
    page.wait_for_selector("[role=status]")
    assert "Đã ghi" in page.inner_text("[role=status]")
    page.reload()
    assert counts(site) == (0, 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", [STOPS, CHECK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read_and_the_page_is_quiet(site: Site, visit: Visit, path: str, scheme: str) -> None:
    said: list[str] = []
    page = visit(site.url + path, scheme=scheme, said=said)
    assert page.evaluate(CONTRAST) == []
    assert said == []


@pytest.mark.parametrize("width", [360, 1280])
def test_mistakes_stand_by_their_fields_and_hostile_words_do_nothing(site: Site, visit: Visit, width: int) -> None:
    page = visit(site.url + STOPS, width=width)
    page.fill("#tu", "ngày mai")
    page.fill("#den", HOSTILE[:20])
    page.fill("#van_ban", HOSTILE)
    page.fill("#nguoi_ghi", HOSTILE)
    page.click(".sheet button")
    below = "document.getElementById('loi-tu').getBoundingClientRect().top - tu.getBoundingClientRect().bottom"
    page.wait_for_selector("#loi-tu")
    page.wait_for_load_state("load")  # its style is there: only then things stand where they belong
    assert 0 <= page.evaluate(f"() => {{ const tu = document.getElementById('tu'); return {below}; }}") < 20
    assert page.input_value("#van_ban") == HOSTILE
    assert "hỏng" not in page.title()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
    assert counts(site) == (0, 0)


class _Elsewhere(BaseHTTPRequestHandler):
    page = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, type[_Elsewhere]]]:
    """Another site on this machine, and what it shows."""
    shown = type("Shown", (_Elsewhere,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), shown)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/", shown
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("policy", ["unsafe-url", "no-referrer"])
def test_a_foreign_page_with_a_stolen_ticket_writes_nothing(
    site: Site, visit: Visit, elsewhere: tuple[str, type[_Elsewhere]], policy: str
) -> None:
    url, shown = elsewhere
    said = STOP | {"phieu": ticket(site, STOPS)}
    fields = "".join(f'<input name="{name}" value="{value}">' for name, value in said.items())
    shown.page = (
        f'<meta name="referrer" content="{policy}"><form method="post" action="{site.url}{STOPS}">{fields}'
        "<button>Nhận quà</button></form>"
    ).encode()
    page = visit(url)
    page.click("button")
    assert "không có gì được ghi" in page.inner_text("body")
    assert counts(site) == (0, 0)
