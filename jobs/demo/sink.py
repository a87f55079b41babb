"""A real mail server on loopback that keeps what it is given."""

from __future__ import annotations

import email.policy
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Delivered:
    """One message as it arrived."""

    to: tuple[str, ...]
    subject: str
    content: bytes = b""


class _OnSocket(Controller):
    """A controller on a socket that is bound already, so that the system chooses the port."""

    def __init__(self, handler: object, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(handler, hostname=host, port=port)
        self.listener = listener

    def _create_server(self) -> Coroutine[Any, Any, Any]:
        return self.loop.create_server(self._factory_invoker, sock=self.listener)


class Sink:
    """An SMTP server at `url`; `on_mail` is called with each message, in the server's thread."""

    def __init__(self, on_mail: Callable[[Delivered], None]) -> None:
        self.on_mail = on_mail
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{listener.getsockname()[1]}"
        self._controller = _OnSocket(self, listener)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one message."""
        content = envelope.original_content or b""
        subject = BytesHeaderParser(policy=email.policy.default).parsebytes(content)["Subject"]
        self.on_mail(Delivered(tuple(envelope.rcpt_tos), str(subject), content))
        return "250 2.0.0 nhận rồi"

    def __enter__(self) -> Sink:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
