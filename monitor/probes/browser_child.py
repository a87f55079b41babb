"""The browser's own process: an order in JSON on stdin, one page's worth of answer in JSON on stdout."""

from __future__ import annotations

import base64
import json
import os
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from monitor.core.journey import Unfit, url_of
from monitor.core.look import Cause
from monitor.core.service import Assertion, Means, Step, Take, Want
from monitor.probes.authority import NotTrusted, trust
from monitor.probes.outcome import UNAVAILABLE, Answer
from monitor.probes.taking import passed

MOST_HTML = 2 * 1024 * 1024
MOST_PICTURE = 3 * 1024 * 1024
LOOK_AGAIN_S = 0.2
STILL_S = 4.0
"""A page that has not changed for so long, and is not what is wanted, will not become it."""
RESERVE_S = 2.0
"""Kept of the deadline for the picture."""
MOST_CPU_S = 120
MOST_FILE = 256 * 1024 * 1024
NOWHERE = "http://127.0.0.1:9"
"""The proxy of Chromium itself, so that what it tells its maker of its own accord stays here; pages have their own."""

_TEXT = "() => document.title + '\\n' + (document.body ? document.body.innerText : '')"


class Timeout(Exception):
    """The look's deadline passed before the page answered."""


def limit_ourselves() -> None:
    """Low priority, little CPU, no core dumps, no huge files; Chromium reserves terabytes of addresses and is let."""
    os.nice(10)
    for kind, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, MOST_CPU_S),
        (resource.RLIMIT_FSIZE, MOST_FILE),
    ):
        _, most = resource.getrlimit(kind)
        least = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(kind, (least, least))


def step_of(order: Mapping[str, Any]) -> Step:
    """A step as it was handed over."""
    asserted = tuple(
        Assertion(want=Want(a["want"]), value=a["value"], cause=Cause(a["cause"])) for a in order["assertions"]
    )
    takes = tuple(Take(**t | {"by": Means(t["by"]), "cause": Cause(t["cause"])}) for t in order["take"])
    return Step(url=order["url"], headers=order["headers"], assertions=asserted, take=takes)


class Tab:
    """One page of the browser, and the last answer to a navigation in it."""

    def __init__(self, page: Any, order: Mapping[str, Any], end: float) -> None:
        self.page, self.order, self.end = page, order, end
        self.began = time.monotonic()
        self.step = 0
        self.values: dict[str, str] = {}
        self.first_byte: int | None = None
        self.response: Any = None
        page.on("response", self._note)
        page.on("dialog", lambda dialog: dialog.dismiss())

    def _note(self, response: Any) -> None:
        if response.request.is_navigation_request() and response.frame == self.page.main_frame:
            self.response = response
            if self.first_byte is None:
                self.first_byte = round((time.monotonic() - self.began) * 1000)

    def _left_ms(self) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise Timeout
        return left * 1000

    def walk(self) -> dict[str, Any]:
        """Take each step until one is not as wanted; the last page seen."""
        seen: dict[str, Any] = {}
        for number, ordered in enumerate(self.order["steps"]):
            step, self.step = step_of(ordered), number
            self.page.set_extra_http_headers(dict(step.headers))
            try:
                url = url_of(step, self.values)
            except Unfit as error:
                return seen | {"unfit": str(error)}
            self.page.goto(url, wait_until="commit", timeout=self._left_ms())
            seen, good = self._settle(step)
            if not good:
                break
        return seen

    def _settle(self, step: Step) -> tuple[dict[str, Any], bool]:
        """Wait until the page is as wanted, or stays as it is."""
        before, still_since = "", time.monotonic()
        while True:
            seen = self._seen()
            good = bool(seen["text"].strip() or step.take) and self._judge(seen, step)
            if seen["html"] != before:
                before, still_since = seen["html"], time.monotonic()
            late = time.monotonic() > self.end - RESERVE_S
            if good or late or time.monotonic() - still_since > STILL_S:
                return seen, good
            self.page.wait_for_timeout(LOOK_AGAIN_S * 1000)

    def _judge(self, seen: Mapping[str, Any], step: Step) -> bool:
        answer = Answer(
            url=seen["url"], status=seen["status"], headers=seen["headers"],
            body=seen["html"].encode("utf-8", "replace"), cut=seen["cut"], visible=seen["text"],
        )  # fmt: skip
        judgement, values = passed(answer, step, self.order["challenge"])
        self.values |= values
        return judgement.cause is Cause.NONE

    def _seen(self) -> dict[str, Any]:
        from playwright.sync_api import Error

        for _ in range(20):
            try:
                html, text = self.page.content(), self.page.evaluate(_TEXT)
                break
            except Error:  # the page is navigating: a shield's script, a redirect by script
                self._left_ms()
                self.page.wait_for_timeout(LOOK_AGAIN_S * 1000)
        else:
            html, text = "", ""
        response = self.response
        headers = {} if response is None else {k: v for k, v in response.headers.items() if k != "content-type"}
        return {
            "url": self.page.url,
            "status": 0 if response is None else response.status,
            "headers": headers | {"content-type": "text/html; charset=utf-8"},
            "html": html[:MOST_HTML],
            "cut": len(html) > MOST_HTML,
            "text": text[:MOST_HTML],
            "first_byte": self.first_byte,
        }

    def picture(self) -> str:
        """The page as a person would see it, PNG in base64; empty where it cannot be taken in time."""
        from playwright.sync_api import Error

        try:
            taken = self.page.screenshot(type="png", timeout=max(1.0, self.end - time.monotonic() + 1) * 1000)
        except Error:
            return ""
        return base64.b64encode(taken).decode() if len(taken) <= MOST_PICTURE else ""


def look(order: Mapping[str, Any]) -> dict[str, Any]:
    """Start Chromium, take the steps, bring the page home."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return {"failed": f"{UNAVAILABLE}: chưa cài playwright (pip install tthc-monitor[browser])"}
    if not Path(order["chromium"]).is_file():
        return {"failed": f"{UNAVAILABLE}: không có {order['chromium']} (cài chromium, hoặc đặt CHROMIUM_PATH)"}
    try:
        if order["ca_file"]:
            trust(Path(os.environ["HOME"]), order["ca_file"])
        with sync_playwright() as playwright:
            return _look(_launched(playwright, order), order) | {"proxied": order["proxied"]}
    except NotTrusted as error:
        return {"failed": f"{UNAVAILABLE}: không nạp được CA_FILE: {error}"}
    except Error as error:
        return {"failed": f"{UNAVAILABLE}: {error.message.splitlines()[0]}"}


def _look(browser: Any, order: Mapping[str, Any]) -> dict[str, Any]:
    from playwright.sync_api import Error

    tab = Tab(_page(browser, order), order, time.monotonic() + order["deadline_s"])
    try:
        seen = tab.walk()
    except Timeout:
        return {"failed": "TIMEOUT", "step": tab.step}
    except Error as error:
        return {"failed": _net_error(error.message), "step": tab.step}
    return seen | {"screenshot": tab.picture(), "step": tab.step}


def _launched(playwright: Any, order: Mapping[str, Any]) -> Any:
    return playwright.chromium.launch(
        executable_path=order["chromium"],
        headless=True,
        chromium_sandbox=os.geteuid() != 0,
        proxy={"server": NOWHERE, "bypass": "<-loopback>"},
        args=["--disable-dev-shm-usage", "--disable-gpu", "--disable-component-update", "--no-first-run"],
        timeout=15_000,
    )


def _proxy(address: str, bypass: Sequence[str]) -> dict[str, str]:
    """A page's proxy as playwright takes it; only what is listed goes past it, not this machine by itself."""
    if not address:
        return {"server": NOWHERE, "bypass": "*"}
    parts = urlsplit(address.replace("socks5h://", "socks5://", 1))
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    server = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
    account = {"username": unquote(parts.username or ""), "password": unquote(parts.password or "")}
    return {"server": server, "bypass": ",".join(["<-loopback>", *bypass])} | (account if parts.username else {})


def _page(browser: Any, order: Mapping[str, Any]) -> Any:
    """A page that says who we are beside what every Chromium says."""
    engine = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
    context = browser.new_context(
        user_agent=f"{engine} HeadlessChrome/{browser.version} Safari/537.36 {order['user_agent']}",
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": 1280, "height": 900},
        accept_downloads=False,
        proxy=_proxy(order["proxy"], order["bypass"]),
    )
    return context.new_page()


def _net_error(message: str) -> str:
    first = message.splitlines()[0]
    if "net::" in first:
        return first[first.index("net::") :]
    return "TIMEOUT" if "Timeout" in first else f"{UNAVAILABLE}: {first}"


def main() -> None:
    """Answer one order."""
    limit_ourselves()
    order = json.load(sys.stdin)
    json.dump(look(order), sys.stdout)
    sys.stdout.flush()
    # What playwright would still tidy up, our parent kills.
    os._exit(0)


if __name__ == "__main__":
    main()
