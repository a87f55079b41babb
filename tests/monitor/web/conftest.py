"""The pages over a real database, served by a real server on loopback, read by a client and by a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.monitor.web.site import Site, served
from tests.servers.sqlite import new_store

CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Opens sites; what is said of one (settings, register, now) is as given."""
    with ExitStack() as stack:

        def opened(**said: Any) -> Site:
            engine = new_store(tmp_path / "tthc.db")
            stack.callback(engine.dispose)
            site = Site(engine, **said)
            site.url = stack.enter_context(served(site.app()))
            return site

        yield opened


@pytest.fixture
def site(open_site: Callable[..., Site]) -> Site:
    """A site as it is on its first day."""
    return open_site()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A real browser; without one the tests that need it are left out, but never in CI."""
    if not Path(CHROMIUM).exists() and not os.environ.get("CI"):
        pytest.skip(f"no Chromium at {CHROMIUM}")
    api = pytest.importorskip("playwright.sync_api") if not os.environ.get("CI") else _playwright()
    args = ["--disable-gpu", "--disable-background-networking", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield browser
        browser.close()


def _playwright() -> Any:
    from playwright import sync_api

    return sync_api
