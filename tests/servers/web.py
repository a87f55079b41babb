"""Real web servers on 127.0.0.1: scripted answers, TLS with an authority of our own, a small CONNECT proxy."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import trustme

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


@contextlib.contextmanager
def serving() -> Iterator[Serve]:
    """Gives a function that starts a server with its answer: bytes, or a function of request and connection."""
    servers: list[Server] = []

    def start(answer: bytes | Answer, context: ssl.SSLContext | None = None) -> Server:
        given = answer
        act: Answer = (lambda _request, connection: connection.sendall(given)) if isinstance(given, bytes) else given
        servers.append(Server(act, context))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def new_authority(folder: Path) -> tuple[trustme.CA, Path]:
    """A certificate authority, and the file by which a look is told to trust it."""
    made = trustme.CA()
    path = folder / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    return made, path


def server_side(authority: trustme.CA) -> ssl.SSLContext:
    """What a server on 127.0.0.1 proves itself with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        return int(closed.getsockname()[1])


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
