"""A JSON API on 127.0.0.1 that behaves as it is told: whole requests are read, each is answered by a function."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """One request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        """The body as JSON, or as the fields of a form."""
        if "json" in self.headers.get("content-type", ""):
            return json.loads(self.body)
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """An answer; `cut` lets only so many bytes of it out, `drip_s` is waited between bytes."""

    content: Any = None
    raw: bytes | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip_s: float = 0.0

    def as_bytes(self) -> bytes:
        """Head and body."""
        body = json.dumps(self.content).encode() if self.raw is None else self.raw
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
        lines = [f"HTTP/1.1 {self.status} Word", *(f"{k}: {v}" for k, v in {**headers, **self.headers}.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


Answers = Callable[[Got], Say]


class Api:
    """Answers each connection in a thread of its own."""

    def __init__(self, answers: Answers, context: ssl.SSLContext | None = None) -> None:
        self.answers, self._context = answers, context
        self.got: list[Got] = []
        self.closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
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
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as lines:
                method, target, _ = lines.readline().decode().split()
                headers = dict(_headers(iter(lines.readline, b"\r\n")))
                body = lines.read(int(headers.get("content-length", 0)))
                parts = urlsplit(target)
                got = Got(
                    method=method, path=parts.path, query=dict(parse_qsl(parts.query)), headers=headers, body=body
                )
                self.got.append(got)
                self._say(connection, self.answers(got))

    def _say(self, connection: socket.socket, said: Say) -> None:
        content = said.as_bytes()[: said.cut]
        if not said.drip_s:
            connection.sendall(content)
            return
        for byte in content:
            if self.closing.wait(said.drip_s):
                return
            connection.sendall(bytes([byte]))

    def close(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _headers(lines: Iterator[bytes]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, _, value = line.decode().partition(":")
        yield name.strip().lower(), value.strip()


Speak = Callable[..., Api]


@contextlib.contextmanager
def speaking() -> Iterator[Speak]:
    """Gives a function that starts an API with its answers."""
    apis: list[Api] = []

    def start(answers: Answers, context: ssl.SSLContext | None = None) -> Api:
        apis.append(Api(answers, context))
        return apis[-1]

    yield start
    for api in apis:
        api.close()
