"""Real servers on 127.0.0.1: scripted answers, TLS with an authority of our own, a small CONNECT proxy."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from monitor.core.look import Cause
from monitor.core.service import Assertion, Step, Target, Want
from monitor.probes import http
from monitor.probes.http import Finished
from monitor.probes.outcome import Egress

Answer = Callable[[bytes, socket.socket], None]


def reply(body: str | bytes = b"", status: int = 200, **headers: str) -> bytes:
    """A whole HTTP answer; header names with `_` for `-`."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Word", f"Content-Length: {len(content)}", "Connection: close"]
    if "Content_Type" not in headers:
        lines.append("Content-Type: text/html; charset=utf-8")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


class Server:
    """Answers each connection in a thread of its own with what it was given."""

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None) -> None:
        self.answer, self.context = answer, context
        self.requests: list[bytes] = []
        self.closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = int(self._listener.getsockname()[1])
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    more = connection.recv(65536)
                    if not more:
                        return
                    request += more
                self.requests.append(request)
                self.answer(request, connection)

    def hang(self, _request: bytes, _connection: socket.socket) -> None:
        """Say nothing until the test is over."""
        self.closing.wait(60)

    def close(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


Serve = Callable[..., Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that gives an answer: bytes, or a function of request and connection."""
    servers: list[Server] = []

    def start(answer: bytes | Answer, context: ssl.SSLContext | None = None) -> Server:
        given = answer
        act: Answer = (lambda _request, connection: connection.sendall(given)) if isinstance(given, bytes) else given
        servers.append(Server(act, context))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """A certificate authority, and the file a look is told to trust."""
    made = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    return made, path


@pytest.fixture(scope="session")
def server_tls(authority: tuple[trustme.CA, Path]) -> ssl.SSLContext:
    """What a server on 127.0.0.1 proves itself with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority[0].issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


def proxy(request: bytes, connection: socket.socket) -> None:
    """Open the tunnel a CONNECT asks for; an absolute http address is answered by the proxy in the target's name."""
    method, where, _ = request.split(b" ", 2)
    if method != b"CONNECT":
        connection.sendall(reply("Mã thủ tục: 2.001474 qua proxy"))
        return
    host, _, port = where.decode().rpartition(":")
    with socket.create_connection((host, int(port)), timeout=5) as far:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=_pour, args=(far, connection), daemon=True)
        back.start()
        _pour(connection, far)
        back.join(5)


def _pour(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)


CODE = Assertion(want=Want.TEXT, value="2.001474", cause=Cause.WRONG_PAGE)
ACTION = Assertion(want=Want.TEXT, value="Nộp trực tuyến", cause=Cause.ACTION_MISSING)
GOOD_PAGE = "<title>Khuyến mại</title><p>Mã thủ tục: 2.001474</p><a href='/nop'>Nộp trực tuyến</a>"


def target(
    *urls: str,
    key: str = "t",
    deadline_s: float = 3.0,
    assertions: tuple[Assertion, ...] = (CODE, ACTION),
    **more: object,
) -> Target:
    """A target of our own with one step an address, the assertions on the last."""
    steps = [Step(url=url) for url in urls[:-1]] + [Step(url=urls[-1], assertions=assertions)]
    return Target(key=key, name=key, steps=tuple(steps), deadline_s=deadline_s, public=False, **more)  # type: ignore[arg-type]


def now() -> datetime:
    return datetime.now(UTC)


Look = Callable[..., Finished]


@pytest.fixture
def look() -> Look:
    """Look once over HTTP."""

    def once(*urls: str, egress: Egress | None = None, **more: object) -> Finished:
        return http.probe(target(*urls, **more), egress or Egress(contact="it@example.vn"), now)  # type: ignore[arg-type]

    return once


@pytest.fixture(name="reply")
def _reply() -> Callable[..., bytes]:
    return reply


@pytest.fixture(name="proxy")
def _proxy() -> Answer:
    return proxy


@pytest.fixture(name="now")
def _now() -> Callable[[], datetime]:
    return now
