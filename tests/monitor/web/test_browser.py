"""The pages in a real browser: on a phone and a desk, light and dark, by keyboard, with hostile words in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from monitor.core.agency import Agency, AgencyKind
from monitor.core.look import Cause, Verdict
from tests.monitor.web.site import HOSTILE, Site, look, register

pytestmark = pytest.mark.browser
PATHS = ("/", "/letters", "/letters/1", "/nope")
CONTRAST = """
() => {
  const read = text => { const n = text.match(/[\\d.]+/g).map(Number); return [n[0], n[1], n[2], n[3] ?? 1]; };
  const light = c => [0, 1, 2].map(i => c[i] / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = e => { for (; e; e = e.parentElement) { const c = read(getComputedStyle(e).backgroundColor);
    if (c[3] === 1) return c; } return read('rgb(255, 255, 255)'); };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const poor = [];
  for (let node; node = walker.nextNode();) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility()) continue;
    const [a, b] = [light(read(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(`${node.data.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return poor;
}
"""


@pytest.fixture
def full(open_site: Callable[..., Site]) -> Site:
    """A province on a bad day: an interruption, 200 agencies with something late, a letter, a long file name."""
    units = [Agency(key=f"k{n}", name=f"UBND xã có tên khá dài số {n}", kind=AgencyKind.COMMUNE) for n in range(199)]
    units.append(Agency(key="hostile", name=HOSTILE, kind=AgencyKind.COMMUNE))
    site = open_site(register=register(agencies=units))
    site.looked(*(look("a", timedelta(minutes=60 + n)) for n in range(300, 0, -5)))
    site.looked(*(look("a", timedelta(minutes=n), Verdict.DOWN, Cause.TIMEOUT) for n in (55, 50, 5)))
    late = {unit.key: 1 + place % 7 for place, unit in enumerate(units)}
    site.dossiers(late, name="danh-sach-ho-so-qua-han-thang-muoi-mot-nam-2026-ban-cuoi-cung.xlsx", set_aside=3)
    site.letter(subject="Hồ sơ: " + "rất-dài-không-dấu-cách-" * 8, to_address="a" * 60 + "@thanhhoa.gov.vn")
    return site


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages, each in a new context; `said` gathers what the console said and who else was asked."""
    contexts = []

    def opened(url: str, *, width: int = 1280, scheme: str = "light", said: list[str] | None = None) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        if said is not None:
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            host = url.split("/")[2]
            page.on("request", lambda asked: None if asked.url.split("/")[2] == host else said.append(asked.url))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("width", [360, 768, 1280, 2200])
def test_no_page_scrolls_sideways(full: Site, visit: Callable[..., Any], path: str, width: int) -> None:
    page = visit(full.url + path, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_quiet_and_asks_nobody_else(full: Site, visit: Callable[..., Any], path: str) -> None:
    said: list[str] = []
    visit(full.url + path, said=said)
    expected = (
        ["Failed to load resource: the server responded with a status of 404 (Not Found)"] if path == "/nope" else []
    )
    assert said == expected


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read_against_its_ground(
    full: Site, visit: Callable[..., Any], path: str, scheme: str
) -> None:
    assert visit(full.url + path, scheme=scheme).evaluate(CONTRAST) == []


def test_the_style_sheet_is_taken_and_the_strip_drawn(full: Site, visit: Callable[..., Any]) -> None:
    page = visit(full.url + "/")
    colours = {
        state: page.locator(f".strip .bar-{state}").first.evaluate("bar => getComputedStyle(bar).fill")
        for state in ("up", "down", "unknown")
    }
    assert len(set(colours.values())) == 3
    assert page.locator(".strip svg").first.bounding_box()["height"] == 22


def test_the_first_tab_leads_past_the_frame(full: Site, visit: Callable[..., Any]) -> None:
    page = visit(full.url + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Đến nội dung chính"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_folded_agencies_open_without_a_script(full: Site, visit: Callable[..., Any]) -> None:
    page = visit(full.url + "/")
    last = page.locator("details tbody tr").last
    assert not last.is_visible()
    page.locator("[aria-labelledby=ho-so] summary").click()
    assert last.is_visible()


class _Spy(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def spy() -> Iterator[tuple[str, list[str]]]:
    """A server elsewhere that nobody should ask, and what it was asked."""
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Spy", (_Spy,), {"asked": asked}))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_a_hostile_letter_is_shown_and_does_nothing(
    site: Site, visit: Callable[..., Any], spy: tuple[str, list[str]]
) -> None:
    url, asked = spy
    attack = (
        f"<p>Nội dung thật</p><script>top.document.title='hỏng';fetch('{url}/f')</script><img src='{url}/i'>"
        f"<link rel='stylesheet' href='{url}/c'><iframe src='{url}/n'></iframe>"
        f"<meta http-equiv='refresh' content='0;url={url}/r'><base href='{url}/'>"
        f"<form action='{url}/a'><button id='send'>Gửi</button></form><a href='{url}/l' target='_top' id='leave'>ra</a>"
    )
    number = site.letter(subject=HOSTILE, to_names=(HOSTILE,), to_address=HOSTILE, text=HOSTILE, html=attack)
    page = visit(f"{site.url}/letters/{number}")
    frame = page.frame_locator("iframe")
    assert frame.locator("p").inner_text() == "Nội dung thật"
    frame.locator("#send").click()
    frame.locator("#leave").click(no_wait_after=True)
    page.wait_for_timeout(300)
    assert page.title().startswith("<script>")
    assert page.url == f"{site.url}/letters/{number}"
    assert asked == []


@pytest.mark.parametrize("path", ["/", "/letters"])
def test_hostile_names_do_nothing(site: Site, visit: Callable[..., Any], path: str) -> None:
    site.dossiers({"hostile": 1, HOSTILE: 2}, name=HOSTILE)
    site.letter(subject=HOSTILE, to_names=(HOSTILE,), to_address=HOSTILE)
    page = visit(site.url + path)
    assert "hỏng" not in page.title()
    assert page.locator("img, main script").count() == 0
    assert HOSTILE in page.inner_text("body")
