"""The page behind a personal link with an agency's drafts: its own dossiers, in Word, until the link is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from jobs import letters as slots
from jobs import tell
from jobs.apologise import Given, record
from jobs.app import App
from jobs.clock import HandClock
from jobs.demo.stage import stage
from monitor.config import Settings
from monitor.core.period import ICT
from monitor.law import load_law
from monitor.reports.link import APOLOGIES, Pass, link_key, token
from monitor.store import letters, matters, reading
from monitor.web.letters import shown
from tests.jobs.dossiers import row, take_in
from tests.monitor.web.site import Site, served
from tests.monitor.web.test_browser import CONTRAST, visit
from tests.servers.sqlite import new_store

__all__ = ["visit"]
NOW = datetime(2026, 11, 25, 7, 30, tzinfo=ICT)
SCT = Pass(agency="so-cong-thuong", post="so-cong-thuong/focal_point", until=NOW + timedelta(days=14))


class Drafts:
    """An office with results due in two days, its slot served, its pages up."""

    def __init__(self, app: App, site: Site) -> None:
        self.app, self.site = app, site
        self.path = f"{APOLOGIES}/{token(link_key(app.settings.var_dir), SCT)}"

    def number(self, code: str) -> int:
        with reading(self.app.engine) as db:
            return matters.find(db, code)[0].matter

    def status(self, path: str) -> int:
        return self.site.get(path).status_code


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drafts]:
    folder: Path = tmp_path_factory.mktemp("drafts")
    register = stage(tmp_path_factory.mktemp("register"), "http://127.0.0.1:9/")
    engine = new_store(folder / "tthc.db")
    clock = HandClock(NOW - timedelta(hours=1))
    app = App(
        settings=Settings(var_dir=folder / "var", public_url="http://127.0.0.1:8099"),
        clock=clock,
        engine=engine,
        register=register,
        law=load_law(register.hours_of()),
    )
    tell.go_live(app, "Người thử", clock.now())
    rows = [row(code, appointment="27/11/2026 17:00:00") for code in ("H56.01", "H56/02 x", "H56.03")]
    rows += [row("H56.90", unit="Sở Nội vụ", appointment="27/11/2026 17:00:00")]
    rows += [row("H56.91", appointment="24/11/2026 17:00:00"), row("H56.92", appointment="25/12/2026 17:00:00")]
    take_in(app, rows, clock.now())
    sent = Given(document="12/PXL-SCT", dated=date(2026, 11, 25), new=date(2026, 12, 4), by="Người thử")
    record(app, ["H56.03"], sent, clock.now())
    clock.turn_to(NOW)
    slots.slot(app, NOW, NOW)
    site = Site(engine, settings=app.settings, register=register, now=NOW)
    with served(site.app()) as site.url:
        yield Drafts(app, site)
    engine.dispose()


def test_the_cut_offs_letter_carries_the_link_and_no_page_of_ours_shows_it(drafts: Drafts) -> None:
    with reading(drafts.app.engine) as db:
        put = [letters.get(db, line.id) for line in letters.list_(db, 20)]
    mine = next(one.message for one in put if one and one.to_address.startswith("so-cong-thuong.focal_point"))
    assert f"http://127.0.0.1:8099{drafts.path}" in mine.text
    assert drafts.path in mine.html
    assert drafts.path not in shown(mine)
    deputy = next(one.message for one in put if one and one.to_address.startswith("so-cong-thuong.deputy"))
    assert APOLOGIES not in deputy.text


def test_the_page_lists_what_an_apology_can_be_in_time_for_and_each_draft_comes_in_word(drafts: Drafts) -> None:
    page = drafts.site.page(drafts.path)
    text = drafts.site.text(drafts.path)
    links = page.xpath("//a/@href")
    drafted = [link for link in links if link.startswith(drafts.path)]
    assert len(drafted) == 2
    assert "H56.01" in text
    assert "Xin lỗi chậm nhất" in text
    assert "26/11/2026" in text
    assert not any(code in text for code in ("H56.03", "H56.90", "H56.91", "H56.92"))
    for link, code in zip(drafted, ("H56.01", "H56/02 X"), strict=True):
        got = drafts.site.get(link)
        assert "attachment" in got.headers["Content-Disposition"]
        assert code in "\n".join(one.text for one in Document(BytesIO(got.content)).paragraphs)


@pytest.mark.parametrize("code", ["H56.90", "H56.03", "H56.91", "H56.92"])
def test_no_other_draft_can_be_had_by_the_link(drafts: Drafts, code: str) -> None:
    assert drafts.status(f"{drafts.path}/{drafts.number(code)}") == 404


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "x", "..%2F1"])
def test_no_number_of_nothing_opens_anything(drafts: Drafts, number: str) -> None:
    assert drafts.status(f"{drafts.path}/{number}") == 404


def test_a_link_that_is_over_or_altered_says_so(drafts: Drafts) -> None:
    key = link_key(drafts.app.settings.var_dir)
    over = Pass(agency=SCT.agency, post=SCT.post, until=NOW)
    gone = Pass(agency=SCT.agency, post="so-noi-vu/focal_point", until=SCT.until)
    for path, status, said in (
        (f"{APOLOGIES}/{token(key, over)}", 410, "nhờ Trung tâm Phục vụ hành chính công tỉnh soạn dự thảo"),
        (f"{drafts.path}x", 404, "Đường dẫn không đúng"),
        (f"{APOLOGIES}/{token(key, gone)}", 410, "không còn dùng được"),
        (f"{APOLOGIES}/{token(key, over)}/1", 410, "hết hạn"),
    ):
        got = drafts.site.get(path)
        assert got.status_code == status
        assert said in got.text


def test_a_broken_template_is_our_own_fault_and_said_so(drafts: Drafts) -> None:
    own = drafts.app.settings.var_dir / "templates" / "xin-loi-gia-han.docx"
    own.parent.mkdir()
    own.write_bytes(b"not a Word file")
    try:
        assert drafts.status(f"{drafts.path}/{drafts.number('H56.01')}") == 503
    finally:
        own.unlink()
        own.parent.rmdir()


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_in_a_browser_the_list_fits_and_can_be_read(drafts: Drafts, visit: Callable[..., Any], width: int) -> None:
    page = visit(drafts.site.url + drafts.path, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
