"""One HTTP request to a gateway: whole within a deadline, and never in doubt whether it left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urlsplit

import pycurl

from notifiers import MaybeSent, NotSent, Refused, Unreachable

LARGEST = 256 * 1024
"""Bytes of an answer that are read; a gateway says what became of one message in a few hundred."""
_SAID = 200
_REASONS = {
    pycurl.E_COULDNT_RESOLVE_HOST: "không phân giải được tên máy",
    pycurl.E_COULDNT_RESOLVE_PROXY: "không phân giải được tên máy proxy",
    pycurl.E_COULDNT_CONNECT: "không kết nối được",
    pycurl.E_OPERATION_TIMEDOUT: "quá thời gian chờ",
    pycurl.E_PEER_FAILED_VERIFICATION: "chứng thư không tin được",
    pycurl.E_SSL_CONNECT_ERROR: "không lập được kết nối mã hóa",
    pycurl.E_GOT_NOTHING: "đóng kết nối mà không trả lời",
    pycurl.E_WRITE_ERROR: "câu trả lời dài bất thường",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """How requests leave. `ca_file` holds the authorities that are trusted; `deadline_s` bounds one request whole."""

    ca_file: str
    proxy: str = ""
    no_proxy: str = ""
    connect_s: float = 10.0
    deadline_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a gateway answered with 2xx; `server` names it to people, without the rest of its address."""

    server: str
    status: int
    content: bytes = field(repr=False)

    @property
    def words(self) -> str:
        """Its own words, on one short line."""
        return " ".join(self.content.decode("utf-8", "replace").split())[:_SAID]

    def json(self) -> Mapping[str, Any]:
        """The object it answered with; raise MaybeSent for anything else, since nobody knows what became of it then."""
        try:
            said = json.loads(self.content)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise MaybeSent(f"{self.server} trả lời không phải JSON: {self.words[:80]}")
        return said


def post_json(road: Road, url: str, content: object, headers: Mapping[str, str] | None = None) -> Reply:
    """Post an object; as `post`."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return post(road, url, body, {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


def post_form(road: Road, url: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Reply:
    """Post a form; as `post`."""
    body = urlencode(fields).encode()
    return post(road, url, body, {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})})


def post(road: Road, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """The answer to one request on a connection of its own, redirects not followed.

    Raises Unreachable where nothing left, MaybeSent where no whole answer came to what had left, NotSent (temporary
    for 429 and 503, else for good) and Refused (401, 402, 403, 404) by the status.
    """
    server = urlsplit(url).hostname or ""
    curl, content, head, out = pycurl.Curl(), BytesIO(), _Head(), _Out(body)
    try:
        for option, value in _options(road, url, len(body), headers):
            curl.setopt(option, value)
        curl.setopt(pycurl.READFUNCTION, out.read)
        curl.setopt(pycurl.WRITEFUNCTION, lambda piece: _kept(content, piece))
        curl.setopt(pycurl.HEADERFUNCTION, head.line)
        try:
            curl.perform()
        except pycurl.error as error:
            code, words = int(error.args[0]), str(error.args[1])
            why = f"{server}: {_REASONS.get(code, words[:_SAID])}"
            raise (MaybeSent if out.begun else Unreachable)(why) from None
        status = int(curl.getinfo(pycurl.RESPONSE_CODE))
    finally:
        curl.close()
    reply = Reply(server=server, status=status, content=content.getvalue())
    if not 200 <= status < 300:
        raise _refusal(reply, head.retry_after_s)
    return reply


def _options(road: Road, url: str, size: int, headers: Mapping[str, str]) -> list[tuple[int, Any]]:
    lines = {"User-Agent": "tthc-monitor", "Accept": "application/json", "Expect": "", **headers}
    written = [f"{name}: {value}" if value else f"{name}:" for name, value in lines.items()]
    return [
        (pycurl.URL, url),
        (pycurl.POST, 1),
        (pycurl.POSTFIELDSIZE, size),
        (pycurl.HTTPHEADER, [line.encode() for line in written]),
        (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
        (pycurl.FOLLOWLOCATION, 0),
        (pycurl.FRESH_CONNECT, 1),
        (pycurl.FORBID_REUSE, 1),
        (pycurl.NOSIGNAL, 1),
        (pycurl.CONNECTTIMEOUT_MS, int(road.connect_s * 1000)),
        (pycurl.TIMEOUT_MS, int(road.deadline_s * 1000)),
        (pycurl.CAINFO, road.ca_file),
        (pycurl.PROXY, road.proxy),
        (pycurl.NOPROXY, road.no_proxy),
    ]


def _kept(content: BytesIO, piece: bytes) -> int:
    """How much was taken: less than there is ends the transfer."""
    return content.write(piece) if content.tell() + len(piece) <= LARGEST else 0


class _Out:
    """The body on its way out; `begun` once the first of it is."""

    def __init__(self, body: bytes) -> None:
        self._body = BytesIO(body)
        self.begun = False

    def read(self, size: int) -> bytes:
        """The next piece."""
        self.begun = True
        return self._body.read(size)


class _Head:
    """The one header of an answer that counts."""

    def __init__(self) -> None:
        self._after = self._date = ""

    def line(self, line: bytes) -> None:
        """Take one line."""
        name, _, value = line.decode("latin-1").partition(":")
        match name.strip().lower():
            case "date":
                self._date = value.strip()
            case "retry-after":
                self._after = value.strip()

    @property
    def retry_after_s(self) -> float:
        """Seconds as they stand, or from the server's own clock to a date; nothing for what cannot be read."""
        said = self._after
        if said.isascii() and said.isdecimal() and len(said) < 9:
            return float(said)
        try:
            wait = parsedate_to_datetime(said) - parsedate_to_datetime(self._date)
        except (TypeError, ValueError, OverflowError):
            return 0.0
        return max(wait.total_seconds(), 0.0)


def _refusal(reply: Reply, after_s: float) -> NotSent:
    """What a status that is no success comes to.

    A gateway that fails on its way (500, 502, 504) may have passed the message on before it did.
    """
    why = f"{reply.server} trả lời HTTP {reply.status}: {reply.words}"
    match reply.status:
        case 401 | 402 | 403 | 404 | 410:
            return Refused(why)
        case 408 | 425 | 429 | 503:
            return NotSent(why, after_s=after_s)
        case status if status >= 500:
            return MaybeSent(why)
        case status if 300 <= status < 400:
            return Unreachable(why)
        case _:
            return NotSent(why, permanent=True)
