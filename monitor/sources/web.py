"""Asking a source's web server: one deadline for the whole answer, a bound on its size, no other host."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from monitor.core.mask import mask
from monitor.sources.polling import Asked, NotFetched, OutOfTime

LARGEST = 32 * 1024**2
"""Bytes of one answer, unpacked: a page of any list is far smaller."""
CONNECT_S = 10.0
TRIES = 3
PAUSES_S = (1.0, 4.0)
LONGEST_WAIT_S = 60.0
"""A server that wants to be left alone for longer is asked again by the next poll."""
_REDIRECTS = 3
_PIECE = 1 << 16
_FAILED, _MOVED = frozenset({500, 502, 503, 504}), frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}


class OneContext(HTTPAdapter):
    """Requests reads all authorities anew for each connection, which costs twenty times the rest of it."""

    def __init__(self, ca_file: str) -> None:
        self._context = ssl.create_default_context(cafile=ca_file or None)
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        return super().proxy_manager_for(proxy, **named, ssl_context=self._context)


@cache
def session_of(ca_file: str) -> requests.Session:
    """A session for all who trust the same authorities; the environment's proxies and netrc do not count."""
    made = requests.Session()
    made.trust_env = False
    made.headers.update({"User-Agent": "tthc-monitor", "Accept": "application/json"})
    made.mount("https://", OneContext(ca_file))
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question. `content` is sent as JSON, `form` as a form; at most one of them."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: object = None
    form: Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer, unpacked; `server` is its host and port, to be named to people."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)
    server: str


class _Huge(Exception):
    """The answer is larger than any page may be."""


class _TooSlow(Exception):
    """The answer was not complete in time."""


class _Broken(Exception):
    """The answer ended before it was complete; asked again, the server may do better."""


class Caller:
    """Asks the servers of one source, each question a few times where the server only stumbles."""

    def __init__(self, asked: Asked, *, proxy: str | None, ca_file: str | None) -> None:
        self._asked, self._proxy, self._ca = asked, proxy, ca_file or asked.ca_file

    def call(self, request: Request) -> Answer:
        """The answer, whatever its status but for failures of the server; raise NotFetched, OutOfTime."""
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                answer = self._followed(request)
            except _Broken as broken:
                if last:
                    raise NotFetched(str(broken)) from broken
            else:
                if answer.status == 429:
                    self._wait(answer, last=last)
                    continue
                if answer.status not in _FAILED:
                    return answer
                if last:
                    raise NotFetched(_failed(answer))
            self._rest(PAUSES_S[attempt])
        raise AssertionError("the last attempt returns or raises")

    def _rest(self, seconds: float) -> None:
        if seconds >= self._asked.left_s():
            raise OutOfTime
        self._asked.pause(seconds)

    def _wait(self, answer: Answer, *, last: bool) -> None:
        """As long as the server asks for, where that is bearable."""
        wanted = answer.headers.get("retry-after", "")
        seconds = float(wanted) if wanted.isdecimal() else PAUSES_S[-1]
        if seconds > LONGEST_WAIT_S or last:
            raise OutOfTime(
                f"máy {answer.server} bảo chờ {int(seconds)} giây rồi mới hỏi tiếp (HTTP 429); lần sau lấy tiếp, "
                "nếu lặp lại thì tăng every_minutes"
            )
        self._rest(seconds)

    def _followed(self, request: Request) -> Answer:
        """The answer to a question, also where its server only moved it to another of its own addresses."""
        url, method = request.url, request.method
        for _ in range(_REDIRECTS + 1):
            answer = self._once(request, method, url)
            if answer.status not in _MOVED:
                return answer
            there = urljoin(url, answer.headers.get("location", ""))
            if _origin(urlsplit(there)) != _origin(urlsplit(url)):
                raise NotFetched(
                    f"máy {answer.server} chuyển hướng sang {_shown(there)}; không đi theo, không gửi mật khẩu sang "
                    "đó. Nếu đó là địa chỉ mới thì sửa url trong sources.toml"
                )
            if answer.status not in {307, 308}:
                method = "GET"
            url = there
        raise NotFetched(f"máy {server_of(request.url)} chuyển hướng lòng vòng; kiểm tra url trong sources.toml")

    def _once(self, request: Request, method: str, url: str) -> Answer:
        left = self._asked.left_s()
        seconds = min(left, self._asked.request_s)
        server = server_of(url)
        try:
            return _within(seconds, lambda: self._asked_now(request, method, url, server, seconds))
        except _TooSlow:
            mend = "giảm page_size, hoặc hỏi nơi quản lý nguồn"
            if left <= self._asked.request_s:
                raise OutOfTime(
                    f"máy {server} trả lời quá chậm, hết giờ của lần lấy; {mend}, tăng deadline_s"
                ) from None
            raise NotFetched(f"máy {server} trả lời quá chậm (hơn {seconds:.0f} giây một trang); {mend}") from None
        except _Huge:
            raise NotFetched(
                f"máy {server} trả lời quá lớn (trên {LARGEST // 1024**2} MB một trang); giảm page_size"
            ) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _told(error, server) from error

    def _asked_now(self, request: Request, method: str, url: str, server: str, seconds: float) -> Answer:
        proxy = self._asked.proxy(url) if self._proxy is None else self._proxy
        sent = method == request.method
        with session_of(self._ca).request(
            method,
            url,
            headers=dict(request.headers),
            params=dict(request.query) if url == request.url else None,
            json=request.content if sent else None,
            data=request.form if sent else None,
            proxies={"http": proxy, "https": proxy} if proxy else {},
            timeout=(min(CONNECT_S, seconds), seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            pieces, size = [], 0
            for piece in response.raw.stream(_PIECE, decode_content=True):
                size += len(piece)
                if size > LARGEST:
                    raise _Huge
                pieces.append(piece)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(status=response.status_code, headers=headers, content=b"".join(pieces), server=server)


def _within(seconds: float, work: Any) -> Answer:
    """Work done in time, or _TooSlow.

    Requests bounds only the silence between two pieces, so that a dripping server could hold it for ever. The thread
    is left behind then; it ends with the process, or when its server lets go.
    """
    found: Future[Answer] = Future()

    def run() -> None:
        try:
            found.set_result(work())
        except Exception as error:  # noqa: BLE001 - handed on to who waits for it
            found.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return found.result(seconds)
    except NotInTime:
        raise _TooSlow from None


def _told(error: Exception, server: str) -> NotFetched | _Broken:
    """What went wrong on the way, in words that name the mend."""
    causes = tuple(_causes(error))
    for kinds, words in _WORDS:
        if any(isinstance(cause, kinds) for cause in causes):
            return NotFetched(words.format(server=server))
    return _Broken(
        f"máy {server} ngắt giữa chừng, trả lời thiếu; lần sau lấy tiếp, nếu lặp lại thì hỏi nơi quản lý nguồn"
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


_WORDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    (
        (ssl.SSLCertVerificationError,),
        "chứng thư của máy {server} không tin được; ghi ca_file là chứng thư gốc của nơi ấy, hoặc sửa tên máy ở url",
    ),
    ((ssl.SSLError,), "máy {server} không bắt tay TLS được; kiểm tra url (https hay http, cổng), hoặc hỏi nơi quản lý"),
    (
        (requests.exceptions.ProxyError,),
        "proxy không cho qua tới máy {server}; kiểm tra PROXY_URL, hoặc proxy của nguồn",
    ),
    ((requests.exceptions.ConnectTimeout,), "máy {server} không trả lời; mở tường lửa cho máy và cổng này"),
    (
        (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError),
        "máy {server} trả lời quá chậm; giảm page_size, hoặc hỏi nơi quản lý nguồn",
    ),
    (
        (socket.gaierror, ConnectionRefusedError, urllib3.exceptions.NewConnectionError),
        "không kết nối được máy {server}; kiểm tra url, tường lửa, máy chủ tên miền",
    ),
    (
        (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, requests.exceptions.InvalidSchema),
        "không hỏi được máy {server}: địa chỉ hoặc header sai; sửa url, headers, mật khẩu của nguồn",
    ),
)


def _failed(answer: Answer) -> str:
    return (
        f"máy {answer.server} báo lỗi HTTP {answer.status} sau {TRIES} lần hỏi; lần sau lấy tiếp, nếu lặp lại thì hỏi "
        "nơi quản lý nguồn"
    )


def as_json(answer: Answer) -> Any:
    """The content of an answer; raise NotFetched where it is no JSON."""
    text = text_of(answer)
    if text.lstrip()[:1] == "<":
        raise NotFetched(
            f"máy {answer.server} trả lời trang HTML thay vì JSON (trang đăng nhập, trang lỗi hay lớp chống truy cập "
            "tự động?); kiểm tra url, tài khoản, và đề nghị nơi ấy cho phép địa chỉ của máy này"
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        what = "trả lời rỗng" if not text.strip() else "trả lời JSON hỏng hoặc bị cắt giữa chừng"
        raise NotFetched(
            f"máy {answer.server} {what}; lần sau lấy tiếp, nếu lặp lại thì hỏi nơi quản lý nguồn"
        ) from None


def text_of(answer: Answer) -> str:
    """An answer's text: by its mark, as UTF-8, or as Windows-1258 whatever its server claims; raise NotFetched."""
    content = answer.content
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1258"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotFetched(f"máy {answer.server} trả lời bằng bảng mã chữ không nhận ra; đề nghị nơi ấy trả UTF-8")


def said_in(content: object) -> str:
    """What an answer says went wrong, shortened and masked, to stand behind a reason; empty where it says nothing."""
    if not isinstance(content, Mapping):
        return ""
    for name in ("message", "error_description", "error_message", "error", "detail"):
        value = content.get(name)
        if isinstance(value, str) and value.strip():
            return f" (“{mask(' '.join(value.split()))[:120]}”)"
    return ""


def server_of(url: str) -> str:
    """Host and port of an address, as people are told them: never its path or query, which may hold a secret."""
    return _shown(url)


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
