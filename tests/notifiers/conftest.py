"""Real mail servers on loopback: a good one, and ones that hang, cut, refuse."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Kept:
    """What a server was given, and what it is to answer."""

    mails: list[bytes] = field(default_factory=list)
    to: list[tuple[str, ...]] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    logins: list[str] = field(default_factory=list)
    on_rcpt: str = ""
    on_data: str = "250 2.0.0 da nhan"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.on_rcpt:
            return self.on_rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.on_data.startswith("250"):
            self.mails.append(envelope.original_content or b"")
            self.to.append(tuple(envelope.rcpt_tos))
            self.sessions.add(id(session))
        return self.on_data


class OnSocket(Controller):
    """A controller on a socket bound already, so that the system chooses the port."""

    def __init__(self, handler: Kept, listener: socket.socket, **kwargs: Any) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(handler, hostname=host, port=port, **kwargs)
        self.listener = listener

    def _create_server(self) -> Coroutine[Any, Any, Any]:
        return self.loop.create_server(self._factory_invoker, sock=self.listener, ssl=self.ssl_context)


@dataclass
class Running:
    """A server that runs: where it is, and what it keeps."""

    kept: Kept
    port: int


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(scope="session")
def server_side(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


Start = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a mail server with aiosmtpd's options; all are stopped at the end."""
    started: list[OnSocket] = []

    def begin(**options: Any) -> Running:
        kept = Kept()

        def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
            assert isinstance(data, LoginPassword)
            kept.logins.append(data.login.decode())
            return AuthResult(success=data.password == b"mat/khau@1", handled=False)

        if options.pop("auth", False):
            options |= {"authenticator": check, "auth_required": options.get("auth_require_tls", True)}
        listener = socket.create_server(("127.0.0.1", 0))
        controller = OnSocket(kept, listener, **options)
        controller.start()
        started.append(controller)
        return Running(kept, listener.getsockname()[1])

    yield begin
    for controller in started:
        controller.stop()


@pytest.fixture
def scripted() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """A bare TCP server whose every connection is answered by a function; gives its port."""
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def begin(answer: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                with line:
                    try:
                        answer(line)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        threads.append(thread)
        return int(listener.getsockname()[1])

    yield begin
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join(5)
