"""A real mail server on loopback with moods: it takes, refuses, breaks off or hangs, message by message."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

DROP = "drop"
"""Keeps the message and breaks the connection off before the answer."""
HANG = "hang"
"""Takes the message in and never answers."""


@dataclass
class MailServer:
    """What it was given; `answers` are used up one a message, then each is taken with 250.

    An answer is DROP, HANG, "mail " and a reply to the sender, "rcpt " and one to the address, or a reply to the whole
    message.
    """

    url: str = ""
    answers: list[str] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    tried: int = 0
    takes_s: float = 0.0
    """How long each message takes it to take in."""
    refuses: str = ""
    """While it is set: the answer to every sender, whatever `answers` has."""

    @property
    def mails(self) -> list[EmailMessage]:
        """What it kept, read."""
        return [email.message_from_bytes(one, _class=EmailMessage, policy=email.policy.default) for one in self.kept]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuses:
            self.tried += 1
            return self.refuses
        if self.answers and self.answers[0].startswith("mail "):
            return self.answers.pop(0).removeprefix("mail ")
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.tried += 1
        if self.answers and self.answers[0].startswith("rcpt "):
            return self.answers.pop(0).removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 nhan roi"
        await asyncio.sleep(600 if answer == HANG else self.takes_s)
        if answer.startswith("250") or answer == DROP:
            self.kept.append(envelope.original_content or b"")
            self.to.extend(envelope.rcpt_tos)
        if answer == DROP:
            server.transport.abort()
        return answer


class _OnSocket(Controller):
    """A controller on a socket bound already, so that the system chooses the port."""

    def __init__(self, handler: MailServer, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        super().__init__(handler, hostname=host, port=port)
        self.listener = listener

    def _create_server(self) -> Coroutine[Any, Any, Any]:
        return self.loop.create_server(self._factory_invoker, sock=self.listener)


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that runs meanwhile."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = MailServer(url=f"smtp://127.0.0.1:{listener.getsockname()[1]}")
    controller = _OnSocket(server, listener)
    controller.start()
    try:
        yield server
    finally:
        controller.stop(no_assert=True)
