"""The page of a drill: a server of our own on this machine alone, whose failing and working we decide."""

from __future__ import annotations

import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from monitor.core.drill import TARGET
from monitor.core.service import Assertion, Step, Target, Want

MARK = "dien-tap-phat-hien-gian-doan"
"""What the page shows while it works."""
INTERVAL_S, DEADLINE_S, RECHECK_S = 60.0, 5.0, 5.0


class DrillPage:
    """Nothing until it is opened; then a target to look at, which `works` or does not."""

    def __init__(self, interval_s: float = INTERVAL_S, recheck_s: float = RECHECK_S) -> None:
        self.works = True
        self.opened_at: datetime | None = None
        self._pace = interval_s, recheck_s
        self._guard = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._target: Target | None = None

    @property
    def target(self) -> Target | None:
        """What is looked at while the page is open; None while it is not."""
        return self._target

    def open(self, now: datetime) -> None:
        """Serve the page, working, on a port of its own; once however often it is opened. Raise OSError."""
        with self._guard:
            if self._server is None:
                self.works, self.opened_at = True, now
                self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
                self._server.daemon_threads = True
                threading.Thread(target=self._server.serve_forever, name="drill page", daemon=True).start()
                self._target = self._made(self._server.server_address[1])

    def close(self) -> None:
        """Serve it no more."""
        with self._guard:
            server, self._server, self._target, self.opened_at = self._server, None, None, None
        if server is not None:
            server.shutdown()
            server.server_close()

    def _made(self, port: int) -> Target:
        interval_s, recheck_s = self._pace
        shows = Assertion(want=Want.TEXT, value=MARK)
        return Target(
            key=TARGET,
            name="trang diễn tập",
            steps=(Step(url=f"http://127.0.0.1:{port}/", assertions=(shows,)),),
            interval_s=interval_s,
            deadline_s=DEADLINE_S,
            recheck_s=recheck_s,
            jitter=0.0,
            public=False,
            proxy="",
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        page = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the base class wants this name
                content = f"<title>{MARK}</title>".encode() if page.works else b""
                self.send_response(200 if page.works else 503)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
                """Nothing: the looks tell."""

        return Handler
