"""The page behind a personal link: its agency's delays, explained once; what is foreign or over opens nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import html

from jobs import letters as slots
from jobs import tell
from jobs.app import App
from jobs.clock import HandClock
from jobs.demo.stage import stage
from monitor.config import Settings
from monitor.core.explanation import DelayCause, Explanation, Road
from monitor.core.period import ICT
from monitor.law import load_law
from monitor.register import Register
from monitor.reports.explaining import owing
from monitor.reports.link import Pass, link_key, token
from monitor.store import explanations, letters, reading
from monitor.web.letters import shown
from tests.jobs.dossiers import row, take_in
from tests.monitor.web.site import Site, served, words
from tests.monitor.web.test_browser import CONTRAST, visit
from tests.servers.sqlite import new_store

__all__ = ["visit"]
NOW = datetime(2026, 11, 25, 7, 30, tzinfo=ICT)
SCT = Pass(agency="so-cong-thuong", post="so-cong-thuong/focal_point", until=NOW + timedelta(days=14))
ANSWER = {
    "nguyen_nhan": "coordination",
    "giai_thich": "Chờ ý kiến, gọi 0912345678",
    "khac_phuc": "Đã gửi văn bản đôn đốc",
    "du_kien": "30/11/2026",
    "nguoi": "Trần Thị Thử, chuyên viên",
}


class Asked:
    """An office whose slot has asked two agencies about their late dossiers, with its pages served."""

    def __init__(self, app: App, site: Site) -> None:
        self.app, self.site = app, site
        self.key = link_key(app.settings.var_dir)

    def path(self, allowed: Pass = SCT) -> str:
        return f"/giai-trinh/{token(self.key, allowed)}"

    def numbers(self, agency: str = "so-cong-thuong") -> dict[str, int]:
        """The numbers of what is asked of an agency, by code."""
        with reading(self.app.engine) as db:
            some = owing(db, self.app.law, self.site.now, {agency})
        return {one.late.dossier.code: one.request.number for one in some}

    def hand_in(self, path: str, said: dict[str, Any], **more: Any) -> requests.Response:
        """The form as a browser hands it in, with a ticket of the page just opened."""
        page = self.site.page(path)
        if "phieu" not in said:
            said = said | {"phieu": page.xpath("//input[@name='phieu']/@value")[0]}
        return requests.post(self.site.url + path, data=said, timeout=20, **more)

    def given(self) -> list[Explanation]:
        with reading(self.app.engine) as db:
            return list(explanations.newest(db, most=100))


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Register:
    return stage(tmp_path_factory.mktemp("register"), "http://127.0.0.1:9/")


@contextmanager
def opened(folder: Path, register: Register) -> Iterator[Asked]:
    engine = new_store(folder / "tthc.db")
    settings = Settings(var_dir=folder / "var", public_url="http://127.0.0.1:8099")
    clock = HandClock(NOW - timedelta(days=1))
    law = load_law(register.hours_of())
    app = App(settings=settings, clock=clock, engine=engine, register=register, law=law)
    tell.go_live(app, "Người thử", clock.now())
    rows = [row(f"H56.{n:02}", appointment=f"24/11/2026 16:{n:02}:00") for n in range(1, 4)]
    rows.append(row("H56.90", unit="Sở Nội vụ", appointment="24/11/2026 16:00:00"))
    take_in(app, rows, clock.now())
    clock.turn_to(NOW)
    slots.slot(app, NOW, NOW)
    site = Site(engine, settings=settings, register=register, now=NOW + timedelta(hours=1))
    with served(site.app()) as site.url:
        yield Asked(app, site)
    engine.dispose()


@pytest.fixture
def asked(tmp_path: Path, shipped: Register) -> Iterator[Asked]:
    with opened(tmp_path, shipped) as one:
        yield one


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory, shipped: Register) -> Iterator[Asked]:
    """One for all tests in which nothing may be written."""
    with opened(tmp_path_factory.mktemp("untouched"), shipped) as one:
        yield one


def test_a_letter_carries_the_link_and_no_page_of_ours_shows_it(asked: Asked) -> None:
    with reading(asked.app.engine) as db:
        put = [letters.get(db, line.id) for line in letters.list_(db, 10)]
    mine = next(one.message for one in put if one and one.to_address.startswith("so-cong-thuong.focal_point"))
    assert f"http://127.0.0.1:8099{asked.path()}" in mine.text
    assert asked.path() in mine.html
    for kind in (mine, replace(mine, html="")):
        assert asked.path() not in shown(kind)
        assert "/giai-trinh/…" in shown(kind)
    page = asked.site.get(f"{asked.path()}")
    assert page.status_code == 200


def test_one_or_many_are_explained_at_once_and_a_form_is_taken_once(asked: Asked) -> None:
    path, numbers = asked.path(), asked.numbers()
    text = asked.site.text(path)
    assert all(code in text for code in ("H56.01", "H56.02", "H56.03"))
    assert "H56.90" not in text
    assert asked.given() == []  # a GET writes nothing

    chosen = ANSWER | {"ho_so": [str(numbers["H56.01"]), str(numbers["H56.02"])]}
    done = asked.hand_in(path, chosen)
    assert done.status_code == 200
    assert "Đã ghi giải trình cho 2 hồ sơ" in words(html.fromstring(done.text))
    one = asked.given()[0]
    assert (one.cause, one.road, one.text) == (DelayCause.COORDINATION, Road.PAGE, "Chờ ý kiến, gọi ***")
    assert (one.given_by, str(one.expected), one.agency) == (
        "Trần Thị Thử, chuyên viên", "2026-11-30", "so-cong-thuong",
    )  # fmt: skip
    assert set(asked.numbers()) == {"H56.03"}

    page = asked.site.page(path)
    ticket = page.xpath("//input[@name='phieu']/@value")[0]
    rest = ANSWER | {"tat_ca": "co", "tren_trang": page.xpath("//input[@name='tren_trang']/@value"), "phieu": ticket}
    assert "Không còn hồ sơ nào" in asked.hand_in(path, rest).text
    again = requests.post(asked.site.url + path, data=rest, timeout=20)
    assert "đã được ghi trước đó" in again.text
    assert len(asked.given()) == 3
    assert "Mọi hồ sơ của đường dẫn này đã được giải trình" in asked.site.text(path)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"ho_so": []}, "Đánh dấu ít nhất một hồ sơ."),
        ({"ho_so": ["foreign"]}, "không thuộc phần giải trình của đường dẫn này"),
        ({"ho_so": ["mine", "foreign"]}, "không thuộc phần giải trình của đường dẫn này"),
        ({"ho_so": ["999999"]}, "không thuộc phần giải trình của đường dẫn này"),
        ({"ho_so": ["1 OR 1=1"]}, "Biểu mẫu để quá lâu"),
        ({"nguyen_nhan": ""}, "Chọn một nguyên nhân."),
        ({"nguyen_nhan": "other", "giai_thich": ""}, "ghi rõ nguyên nhân gì"),
        ({"giai_thich": "x" * 2001}, "rút gọn còn nhiều nhất 2000"),
        ({"du_kien": "mai"}, "Ghi ngày như"),
        ({"du_kien": "30/11/2106"}, "quá xa"),
        ({"nguoi": ""}, "Thiếu tên, chức danh"),
        ({"phieu": "x"}, "Biểu mẫu để quá lâu"),
    ],
    ids=[
        "none", "foreign", "mixed", "unknown", "no-number", "no-cause", "other", "long", "no-day", "far", "nobody",
        "old",
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_written(
    untouched: Asked, said: dict[str, Any], told: str
) -> None:
    asked = untouched
    mine, foreign = asked.numbers()["H56.01"], asked.numbers("so-noi-vu")["H56.90"]
    whole = ANSWER | {"ho_so": ["mine"]} | said
    names = {"mine": str(mine), "foreign": str(foreign)}
    whole["ho_so"] = [names.get(one, one) for one in whole["ho_so"]]
    answer = asked.hand_in(asked.path(), whole)
    assert answer.status_code == 422
    assert told in html.fromstring(answer.text).text_content()
    assert asked.given() == []


def test_links_that_are_over_or_altered_or_of_nobody_explain_themselves(untouched: Asked) -> None:
    asked = untouched
    over = replace(SCT, until=NOW)
    gone = replace(SCT, post="so-cong-thuong/nobody")
    other = replace(SCT, agency="so-noi-vu")  # a post of one agency answers for no other
    for path, code, told in (
        (asked.path(over), 410, "Đường dẫn đã hết hạn"),
        (asked.path()[:-2], 404, "Đường dẫn không đúng"),
        ("/giai-trinh/x", 404, "Đường dẫn không đúng"),
        (asked.path(gone), 410, "không còn dùng được"),
        (asked.path(other), 410, "không còn dùng được"),
    ):
        assert told in asked.site.text(path, code)
        number = str(asked.numbers()["H56.01"])
        refused = requests.post(asked.site.url + path, data=ANSWER | {"ho_so": number}, timeout=20)
        assert refused.status_code == code
    narrow = replace(SCT, requests=(asked.numbers()["H56.02"],))
    assert "H56.01" not in asked.site.text(asked.path(narrow))
    wider = asked.hand_in(asked.path(narrow), ANSWER | {"ho_so": str(asked.numbers()["H56.01"])})
    assert wider.status_code == 422
    foreign = requests.post(
        asked.site.url + asked.path(), data=ANSWER, headers={"Origin": "https://elsewhere.invalid"}, timeout=20
    )
    assert foreign.status_code == 403
    assert asked.given() == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_filled_in_on_a_phone_and_a_desk(asked: Asked, visit: Callable[..., Any], width: int) -> None:
    page = visit(asked.site.url + asked.path(), width=width)
    page.check("input[name=ho_so] >> nth=0")
    page.select_option("#nguyen_nhan", "staff")
    page.fill("#giai_thich", "Người xử lý nghỉ ốm")
    page.fill("#nguoi", "Trần Thị Thử")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRAST) == []
    page.click("button[type=submit]")
    assert "Đã ghi giải trình cho 1 hồ sơ" in page.inner_text("[role=status]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(asked.given()) == 1
