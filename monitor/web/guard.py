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
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
UNLESS_SAID = {
    "Content-Security-Policy": PAGE_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
WRONG_NAME = (
    "Trang này không được gọi bằng tên máy đó. Dùng địa chỉ IP, hoặc đặt PUBLIC_URL trong tệp .env là địa chỉ "
    "mà người dùng gõ vào trình duyệt.\n"
)
ELSEWHERE = (
    "Biểu mẫu này không đến từ trang của chương trình, nên không có gì được ghi. Mở trang từ địa chỉ của máy giám sát "
    "rồi điền lại.\n"
)
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def names_of(settings: Settings) -> frozenset[str]:
    """The names the pages answer to besides addresses: this machine's own, and those the settings give."""
    bound = settings.web_bind.rpartition(":")[0].strip("[]")
    public = urlsplit(settings.public_url).hostname or ""
    return frozenset(name.casefold() for name in ("localhost", bound, public) if name)


class Guard:
    """Refuses foreign Host names (a page of somebody else's could otherwise read ours) and sets the headers.

    What a browser wants written must come from a page of ours: of this host, or of `public`, as users name it.
    """

    def __init__(self, app: ASGIApp, names: Collection[str], public: str = "") -> None:
        self.app, self.names, self.public = app, names, urlsplit(public).netloc.casefold()

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

        headers = Headers(scope=scope)
        if not self.allows(headers.get("host", "")):
            await PlainTextResponse(WRONG_NAME, 400)(scope, receive, with_headers)
        elif scope["method"] not in READING and self.from_elsewhere(headers):
            await PlainTextResponse(ELSEWHERE, 403)(scope, receive, with_headers)
        else:
            await self.app(scope, receive, with_headers)

    def from_elsewhere(self, headers: Headers) -> bool:
        """Whether a browser says that another site than ours asks for this; programs, which say nothing, are let by."""
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return True
        origin = headers.get("origin")
        if origin is None:
            return False
        try:
            asked_by = urlsplit(origin).netloc.casefold()
        except ValueError:
            return True
        return not asked_by or asked_by not in {headers.get("host", "").casefold(), self.public}

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
