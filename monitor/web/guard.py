"""What stands before every page: the name it may be asked under, and what browsers may do with it."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.config import Settings

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LETTER_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""A letter is shown as it was written, its styles with it; it may run, load and send nothing."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
UNLESS_SAID = {
    "Content-Security-Policy": PAGE_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
WRONG_NAME = (
    "Trang này không được gọi bằng tên máy đó. Dùng địa chỉ IP, hoặc đặt PUBLIC_URL trong tệp .env là địa chỉ "
    "mà người dùng gõ vào trình duyệt.\n"
)


def names_of(settings: Settings) -> frozenset[str]:
    """The names the pages answer to besides addresses: this machine's own, and those the settings give."""
    bound = settings.web_bind.rpartition(":")[0].strip("[]")
    public = urlsplit(settings.public_url).hostname or ""
    return frozenset(name.casefold() for name in ("localhost", bound, public) if name)


class Guard:
    """Refuses foreign Host names (a page of somebody else's could otherwise read ours) and sets the headers."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self.app, self.names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, with headers on its answer; another protocol than HTTP is not answered."""
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers[name] = value
                for name, value in UNLESS_SAID.items():
                    headers.setdefault(name, value)
            await send(message)

        if self.allows(Headers(scope=scope).get("host", "")):
            await self.app(scope, receive, with_headers)
        else:
            await PlainTextResponse(WRONG_NAME, 400)(scope, receive, with_headers)

    def allows(self, host: str) -> bool:
        """Whether a Host header names this machine: one of its names, or any address (those cannot be rebound)."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name in self.names:
            return True
        try:
            ip_address(name)
        except ValueError:
            return False
        return True
