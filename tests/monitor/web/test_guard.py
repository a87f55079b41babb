"""What stands before every page: the name it is asked under, the headers on each answer, the answer when all fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import requests

from monitor.config import Settings
from monitor.law import load_law
from monitor.store.engine import engine_of, url_of
from monitor.web import create_app
from tests.monitor.web.site import NOW, Site, register, served

PATHS = ("/", "/letters", "/letters/1", "/letters/1/body", "/healthz", "/static/style.css", "/nope")


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "10.1.2.3", "[::1]:80", "giamsat.thanhhoa.gov.vn"],
)
def test_a_name_of_this_machine_is_answered(open_site: Callable[..., Site], host: str) -> None:
    site = open_site(settings=Settings(public_url="https://giamsat.thanhhoa.gov.vn"))
    assert site.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "", "[", "a b"])
@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_name_is_refused_everywhere(site: Site, host: str, path: str) -> None:
    answer = site.get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "Thanh Hóa" not in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_forbids_what_no_page_needs(site: Site, path: str) -> None:
    site.letter()
    headers = site.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "form-action 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] in {"DENY", "SAMEORIGIN"}
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written_through_the_pages(site: Site, method: str) -> None:
    number = site.letter()
    answer = requests.request(method, f"{site.url}/letters/{number}", timeout=20)
    assert answer.status_code == 405
    assert "chỉ để xem" in answer.text


def test_health_is_good_while_the_database_answers(site: Site) -> None:
    answer = site.get("/healthz")
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    assert answer.json()["at"].endswith("+07:00")


@pytest.fixture
def broken() -> Any:
    """The address of pages whose database cannot be opened."""
    engine = engine_of(url_of("sqlite:////nonexistent/folder/tthc.db"))
    with served(create_app(engine, Settings(), register(), load_law, lambda: NOW)) as url:
        yield url
    engine.dispose()


def test_health_is_bad_without_a_database(broken: str) -> None:
    answer = requests.get(f"{broken}/healthz", timeout=20)
    assert (answer.status_code, answer.json()) == (503, {"ok": False})


def test_a_page_without_a_database_says_so_and_tells_nothing_else(broken: str) -> None:
    answer = requests.get(f"{broken}/", timeout=20)
    assert answer.status_code == 503
    assert "Cơ sở dữ liệu chưa trả lời" in answer.text
    assert "nonexistent" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_an_unexpected_failure_is_a_page_with_all_its_headers(site: Site) -> None:
    def stopped() -> datetime:
        asked.append(NOW)
        if len(asked) == 1:
            raise ZeroDivisionError
        return NOW

    asked: list[datetime] = []
    app = create_app(site.engine, site.settings, site.register, load_law, stopped)
    with served(app) as url:
        answer = requests.get(f"{url}/", timeout=20)
    assert answer.status_code == 500
    assert "Trang gặp lỗi" in answer.text
    assert "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
