"""The badge: one service's state in a small picture, off until it is switched on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree

from monitor.config import Settings
from monitor.core.look import Cause, Verdict
from tests.monitor.web.site import Site, look

ON = Settings(badges="on")
MINUTE = timedelta(minutes=1)


def said(site: Site) -> str:
    answer = site.get("/badge/2.001474.svg")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    return " | ".join(etree.fromstring(answer.content).itertext("{http://www.w3.org/2000/svg}text"))


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ((), "2.001474 | không xác định · tuần này không có dữ liệu"),
        ((Verdict.UP, Verdict.UP), "2.001474 | hoạt động · tuần này 100,00 %"),
        ((Verdict.UP, Verdict.DOWN, Verdict.DOWN), "2.001474 | gián đoạn · tuần này 50,00 %"),
    ],
    ids=["nothing", "up", "down"],
)
def test_it_says_the_state_and_the_week(
    open_site: Callable[..., Site], verdicts: tuple[Verdict, ...], words: str
) -> None:
    site = open_site(settings=ON)
    site.looked(
        *(
            look(
                "a", (len(verdicts) - place - 1) * 5 * MINUTE, one, Cause.TIMEOUT if one is Verdict.DOWN else Cause.NONE
            )
            for place, one in enumerate(verdicts)
        )
    )
    assert said(site) == words


def test_it_is_off_until_it_is_switched_on_and_there_for_services_only(
    open_site: Callable[..., Site], site: Site
) -> None:
    assert site.get("/badge/2.001474.svg").status_code == 404
    assert open_site(settings=ON).get("/badge/1.000000.svg").status_code == 404


def test_a_browser_draws_it(open_site: Callable[..., Site], chromium: Any) -> None:
    site = open_site(settings=ON)
    site.looked(look("a", MINUTE))
    page = chromium.new_page()
    page.goto(f"{site.url}/badge/2.001474.svg")
    boxes = page.evaluate("[...document.querySelectorAll('text')].map(t => t.getBBox().width)")
    assert all(width > 20 for width in boxes)
    page.close()
