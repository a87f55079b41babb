"""Mail by SMTP: TLS checked, passwords never in clear, one connection for a batch, and no waiting without end."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import unquote, urlsplit

from monitor.core.message import Message
from notifiers import MaybeSent, NotSent, Receipt, Unreachable
from notifiers.mime import BadAddress, bare_address, sender_of, to_bytes

_PORTS = {"smtp": 25, "smtps": 465}
_TOO_LARGE = 552
_OF_OURS = re.compile(
    r"relay(ing)? (access )?denied|client host|sender address rejected|sender verify|authenticat"
    r"|(daily|hourly|sending) (user )?(sending )?(limit|quota)|\b5\.4\.5\b|\b5\.7\.(0|25|26)\b",
    re.IGNORECASE,
)
"""By which words a server refuses us, as who we are or how much we sent, though it answers to one recipient's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mail is handed over, as `SMTP_URL` says it."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Server({self.host}:{self.port})"

    @classmethod
    def of(cls, url: str) -> Server:
        """The server of `smtps://user:password@host:465` or `smtp://host:587?starttls`."""
        parts = urlsplit(url)
        return cls(
            host=parts.hostname or "",
            port=parts.port or _PORTS[parts.scheme],
            tls=parts.scheme == "smtps",
            starttls=parts.query == "starttls",
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


class _Line(smtplib.SMTP):
    """A connection to the server, whose wire is handed out before the first byte is read from it."""

    def __init__(
        self, server: Server, context: ssl.SSLContext, timeout_s: float, wire: Callable[[socket.socket], None]
    ):
        self._tls = context if server.tls else None
        self._wire = wire
        super().__init__(server.host, server.port, timeout=timeout_s)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        raw = socket.create_connection((host, port), timeout)
        self._wire(raw.dup())
        return self._tls.wrap_socket(raw, server_hostname=host) if self._tls else raw


class Smtp:
    """A mail server; used as a context manager it keeps one connection for all that is sent within.

    `timeout_s` bounds each wait, `deadline_s` the whole of one message, connection and all.
    """

    resend_is_safe = True

    def __init__(self, url: str, *, ca_file: str = "", timeout_s: float = 20.0, deadline_s: float = 60.0) -> None:
        self.server = Server.of(url)
        self.ca_file, self.timeout_s, self.deadline_s = ca_file, timeout_s, deadline_s
        self._line: smtplib.SMTP | None = None
        self._wire: socket.socket | None = None
        self._keep = False

    def __enter__(self) -> Smtp:
        self._keep = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keep = False
        self._hang_up()

    def send(self, message: Message) -> Receipt:
        """Hand one message over; raise NotSent, Unreachable, or MaybeSent where no answer came to the whole message."""
        try:
            sender, to = sender_of(message.sender)[1], bare_address(message.to_address)
            content = to_bytes(message)
        except BadAddress as error:
            raise NotSent(str(error), permanent=True) from error
        try:
            return self._send(sender, to, content)
        finally:
            if not self._keep:
                self._hang_up()

    def check(self) -> str:
        """Connect, encrypt and log in without sending anything; the server's words, or NotSent."""
        try:
            with self._watched(), self._losing():
                return _said(self._connected().noop()[1])
        finally:
            self._hang_up()

    def _send(self, sender: str, to: str, content: bytes) -> Receipt:
        stood_idle = self._line is not None
        try:
            return self._transact(sender, to, content)
        except Unreachable:
            if not stood_idle:
                raise
        return self._transact(sender, to, content)  # the server closes what stands idle: a fresh connection tells more

    def _transact(self, sender: str, to: str, content: bytes) -> Receipt:
        with self._watched():
            with self._losing():
                line = self._connected()
                self._expect_sender(line.mail(sender, [f"size={len(content)}"] if line.has_extn("size") else []), line)
                self._expect(line, line.rcpt(to))
                self._expect(line, line.docmd("DATA"), 354)
            try:
                line.send(_dotted(content))
                reply = line.getreply()
            except (OSError, smtplib.SMTPException) as error:
                self._hang_up()
                raise MaybeSent(f"mất kết nối khi chờ máy chủ thư xác nhận: {_reason(error)}") from error
            self._expect(line, reply)
        return Receipt(words=f"{reply[0]} {_said(reply[1])}")

    def _expect_sender(self, reply: tuple[int, bytes], line: smtplib.SMTP) -> None:
        """Who is refused as a sender, or must log in first, is so for every letter: none of them is to be given up.

        Too large (552) is the letter's own fault.
        """
        code, words = reply
        if 500 <= code < 600 and code != _TOO_LARGE:
            self._hang_up()
            raise Unreachable(f"máy chủ thư không nhận người gửi: {code} {_said(words)}; sửa SMTP_URL, SMTP_FROM")
        self._expect(line, reply)

    def _expect(self, line: smtplib.SMTP, reply: tuple[int, bytes], wanted: int = 250) -> None:
        code, words = reply
        if code == wanted or (code == 251 and wanted == 250):
            return
        if code in {421, -1}:
            self._hang_up()
            raise Unreachable(f"máy chủ thư ngừng phục vụ: {code} {_said(words)}")
        with suppress(OSError, smtplib.SMTPException):
            line.rset()
        ours = _OF_OURS.search(_said(words))  # the next letter would fare no better: none of them is to be given up
        raise NotSent(f"máy chủ thư từ chối: {code} {_said(words)}", permanent=500 <= code < 600 and not ours)

    def _connected(self) -> smtplib.SMTP:
        if self._line is None:
            line = _Line(self.server, self._context(), self.timeout_s, self._watch)
            self._line = line
            line.ehlo_or_helo_if_needed()
            if self.server.starttls:
                line.starttls(context=self._context())
                line.ehlo_or_helo_if_needed()
            if self.server.user:
                self._log_in(line)
        return self._line

    def _log_in(self, line: smtplib.SMTP) -> None:
        if not isinstance(line.sock, ssl.SSLSocket):
            raise smtplib.SMTPNotSupportedError(
                "mật khẩu không được gửi qua kết nối không mã hóa; dùng smtps:// hoặc thêm ?starttls vào SMTP_URL"
            )
        line.login(self.server.user, self.server.password)

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file or None)

    @contextmanager
    def _losing(self) -> Iterator[None]:
        """Until the message is under way, whatever breaks means that it was not sent."""
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            self._hang_up()
            words = f"{error.smtp_code} {_said(error.smtp_error)}"
            raise Unreachable(f"máy chủ thư không nhận tài khoản gửi: {words}") from error
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            self._hang_up()
            raise Unreachable(f"không kết nối được máy chủ thư: {_reason(error)}") from error

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Cut the wire at the deadline: a server that answers a byte at a time never runs into a timeout."""
        timer = threading.Timer(self.deadline_s, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _watch(self, wire: socket.socket) -> None:
        self._wire = wire

    def _cut(self) -> None:
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(socket.SHUT_RDWR)

    def _hang_up(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError, smtplib.SMTPException):
                if line.sock is not None:
                    line.sock.settimeout(2.0)
                    line.quit()
            line.close()
        if self._wire is not None:
            self._wire.close()
            self._wire = None


def _dotted(content: bytes) -> bytes:
    """The content as DATA wants it: lines that begin with a dot get one more, a single dot ends it."""
    return re.sub(rb"(?m)^\.", b"..", content.removesuffix(b"\r\n")) + b"\r\n.\r\n"


def _said(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())[:300]


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (UnicodeError, "tài khoản hoặc mật khẩu có chữ ngoài ASCII mà máy chủ không nhận"),
    (TimeoutError, "quá thời gian chờ"),
    (ConnectionRefusedError, "máy chủ từ chối kết nối"),
    (socket.gaierror, "không tìm thấy tên máy chủ"),
)


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"chứng thư không hợp lệ ({error.verify_message})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_said(error.smtp_error)}"
    cause = error.__context__ if isinstance(error, smtplib.SMTPServerDisconnected) else None
    known = next((why for kind, why in _REASONS if isinstance(error, kind) or isinstance(cause, kind)), "")
    return known or _said(str(error)) or type(error).__name__
