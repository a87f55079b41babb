"""A simulated portal on loopback that works, slows, challenges, loses the action to file, and goes down."""

from __future__ import annotations

import threading
import time
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PROCEDURE = "Thông báo sửa đổi, bổ sung nội dung chương trình khuyến mại"

_PAGE = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{name}</title></head><body>
<h1>{name}</h1><p>Mã thủ tục: 2.001474</p>
<table><tr><th>Hình thức nộp</th><td>Trực tiếp · Trực tuyến · Bưu chính</td></tr>
<tr><th>Cơ quan thực hiện</th><td>Sở Công Thương</td></tr></table>
{action}<p>{filler}</p></body></html>"""
_ACTION = '<p><a class="nop-truc-tuyen" href="/nop">Nộp trực tuyến</a></p>'
_CHALLENGE = (
    '<!doctype html><html><head><script src="/TSPD/080d?type=9"></script>'
    '<script>window["bobcmn"]="1011"</script></head>'
    "<body><noscript>Please enable JavaScript to view the page content.</noscript></body></html>"
)
_FILLER = "Thành phần hồ sơ, trình tự thực hiện và căn cứ pháp lý của thủ tục. " * 40


class Mood(StrEnum):
    """How the portal answers."""

    WORKING = "working"
    SLOW = "slow"
    CHALLENGE = "challenge"
    NO_ACTION = "no_action"
    DOWN = "down"


class Portal:
    """A web server on 127.0.0.1 in a given mood; `with Portal() as portal: portal.mood = Mood.SLOW`."""

    def __init__(self, *, slow_s: float = 0.5) -> None:
        self.mood = Mood.WORKING
        self.slow_s = slow_s
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Portal:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(portal) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, body = portal.answer()
                if status == 0:
                    self.close_connection = True
                    return
                content = body.encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
                """Say nothing: the story is told elsewhere."""

        return Handler

    def answer(self) -> tuple[int, str]:
        """Status and body of the next answer; status 0 hangs up without a word."""
        match self.mood:
            case Mood.WORKING:
                return 200, _PAGE.format(name=PROCEDURE, action=_ACTION, filler=_FILLER)
            case Mood.SLOW:
                time.sleep(self.slow_s)
                return 200, _PAGE.format(name=PROCEDURE, action=_ACTION, filler=_FILLER)
            case Mood.CHALLENGE:
                return 200, _CHALLENGE
            case Mood.NO_ACTION:
                return 200, _PAGE.format(name=PROCEDURE, action="", filler=_FILLER)
            case Mood.DOWN:
                return 0, ""
