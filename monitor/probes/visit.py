"""One look over HTTP under way: its steps, its redirects, its deadline."""

from __future__ import annotations

import time
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import pycurl

from monitor.core.journey import Unfit, body_of, headers_of, hosts, url_of
from monitor.core.look import Cause, Evidence, Phases
from monitor.core.service import Step, Target, Want
from monitor.probes import failure
from monitor.probes.judge import Judgement, at_step, retry_after, status_wanted, verdict_of
from monitor.probes.outcome import Answer, Egress, Outcome
from monitor.probes.resolve import Found, is_address
from monitor.probes.taking import passed

MOST_BODY = 2 * 1024 * 1024
MOST_HOPS = 10
MOST_HEADERS = 100
ENCODINGS = "gzip, deflate"
SYSTEM_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
CURVES = "X25519:P-256:P-384:P-521"
"""What a look offers for the key exchange: all that servers use. With OpenSSL's own list, which has a post-quantum key
in it, the first message needs two packets, which old firewalls drop, and a look costs a tenth more."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443, "socks5h": 1080, "socks5": 1080}


class Visit:
    """A look at one target; each of its requests goes through `prepare` and `ended` on the same handle."""

    def __init__(self, target: Target, egress: Egress, at: datetime, curl: pycurl.Curl) -> None:
        self.target, self.at, self.curl = target, at, curl
        self._egress = egress
        self.began = time.monotonic()
        self.deadline = self.began + target.deadline_s
        self._step = 0
        self._hops = 0
        self._values: dict[str, str] = {}
        self._url = target.steps[0].url.replace("{{", "{")
        self._method = target.steps[0].method
        self._addresses: dict[str, tuple[str, ...]] = {}
        self._phases = Phases()
        self._answer: Answer | None = None
        self._host = self._address = ""
        self._taken: list[str] = []
        curl.setopt(pycurl.COOKIEFILE, "")
        curl.setopt(pycurl.COOKIELIST, "ALL")
        self._empty()

    def _empty(self) -> None:
        self._headers: dict[str, str] = {}
        self._chunks: list[bytes] = []
        self._size = 0
        self._cut = False
        self._sent = time.monotonic()

    @property
    def step(self) -> Step:
        """The step under way."""
        return self.target.steps[self._step]

    @property
    def _proxy(self) -> str:
        return self._egress.proxy_for(self.target, self._url)

    def _peer(self) -> tuple[str, int]:
        """Host and port that we ourselves connect to: the proxy's where there is one."""
        parts = urlsplit(self._proxy or self._url)
        return parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 80)

    def unresolved_host(self) -> str:
        """The name that has to be looked up before the next request can go; empty for none."""
        host, _ = self._peer()
        return "" if not host or host in self._addresses or is_address(host) else host

    def resolved(self, found: Found) -> Judgement | None:
        """Take the resolver's word; what it means where there is no address."""
        if found.addresses:
            self._addresses[found.host] = found.addresses
            if self._phases.name is None:
                self._phases = Phases(name=self._elapsed())
            return None
        return self._no_name(found.why)

    def never_resolved(self) -> Judgement:
        """The resolver did not answer within the deadline."""
        return self._no_name(f"DNS không trả lời trong {self.target.deadline_s:g} giây")

    def _no_name(self, why: str) -> Judgement:
        if self._proxy:
            return Judgement(cause=Cause.OWN_NETWORK, detail=f"tên máy proxy: {why}")
        return Judgement(cause=Cause.DNS, detail=why, doubtful=True)

    def prepare(self) -> None:
        """Set the handle up for the next request; raise ValueError for an address that is none."""
        curl, proxy = self.curl, self._proxy
        host, port = self._peer()
        if not host or urlsplit(self._url).scheme not in {"http", "https"}:
            raise ValueError(f"không phải địa chỉ http(s): {self._url}")
        self._empty()
        self._host = host
        last = self._step + 1 == len(self.target.steps)
        left_ms = max(1, round((self.deadline - time.monotonic()) * 1000))
        # A socks5 proxy is given the name too: names are never resolved by libcurl.
        proxy = proxy.replace("socks5://", "socks5h://", 1)
        for option, value in (
            (pycurl.URL, self._url),
            (pycurl.NOSIGNAL, 1),
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
            (pycurl.PROXY, proxy),
            (pycurl.NOPROXY, ""),
            (pycurl.SSL_SESSIONID_CACHE, 0),
            (pycurl.SSL_EC_CURVES, CURVES),
            (pycurl.CAINFO, self._egress.ca_for(self.target) or SYSTEM_AUTHORITIES),
            (pycurl.USERAGENT, self._egress.user_agent),
            (pycurl.ACCEPT_ENCODING, ENCODINGS),
            (pycurl.TIMEOUT_MS, left_ms),
            (pycurl.CONNECTTIMEOUT_MS, left_ms),
            (pycurl.BUFFERSIZE, 65_536),
            (pycurl.FRESH_CONNECT, int(self._step == 0 and self._hops == 0)),
            (pycurl.FORBID_REUSE, int(last)),
            (pycurl.HEADERFUNCTION, self._on_header),
            (pycurl.WRITEFUNCTION, self._on_body),
        ):
            curl.setopt(option, value)
        if host in self._addresses:
            curl.setopt(pycurl.RESOLVE, [f"{host}:{port}:{','.join(self._addresses[host])}"])
        self._prepare_request()

    def _prepare_request(self) -> None:
        curl, step = self.curl, self.step
        headers = headers_of(step, self._values) if self._at_home() else {}
        curl.unsetopt(pycurl.HTTPHEADER)  # an empty list would leave the step's before
        curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}".encode() for name, value in headers.items()])
        curl.setopt(pycurl.HTTPGET, 1)
        if self._method == "HEAD":
            curl.setopt(pycurl.NOBODY, 1)
        elif self._method != "GET":
            curl.setopt(pycurl.POSTFIELDS, body_of(step, self._values).encode())
            curl.setopt(pycurl.CUSTOMREQUEST, self._method)
        if self._method in {"GET", "HEAD"}:
            curl.unsetopt(pycurl.CUSTOMREQUEST)

    def _at_home(self) -> bool:
        """Whether the next request goes to a host that the target names, and not to where a server sends us."""
        return self._hops == 0 or urlsplit(self._url).hostname in hosts(self.target.steps)

    def _on_header(self, line: bytes) -> None:
        text = line.decode("iso-8859-1").strip()
        if text.startswith("HTTP/"):
            self._headers = {}
            return
        name, colon, value = text.partition(":")
        if colon and len(self._headers) < MOST_HEADERS:
            self._headers[name.strip().lower()] = value.strip()[:2000]

    def _on_body(self, chunk: bytes) -> int:
        room = MOST_BODY - self._size
        self._size += len(chunk)
        self._chunks.append(chunk[:room])
        if len(chunk) > room:
            self._cut = True
            return 0
        return len(chunk)

    def ended(self, code: int, words: str) -> Judgement | None:
        """Take a finished transfer into account; None where another request follows."""
        self._note_phases()
        self._taken.append(
            f"{self._method} {self._url[:500]} → {self.curl.getinfo(pycurl.RESPONSE_CODE) or words[:160]}"
        )
        if code and not (self._cut and code == pycurl.E_WRITE_ERROR):
            self._answer = self._answered()
            return failure.judged(code, words, self.curl, proxied=bool(self._proxy))
        answer = self._answer = self._answered()
        location = answer.headers.get("location")
        if location and answer.status in _REDIRECTS and not self._wants(answer.status):
            return self._redirected(answer, location)
        judgement, values = passed(answer, self.step, self.target.challenge)
        self._values |= values
        if judgement.cause is not Cause.NONE or self._step + 1 == len(self.target.steps):
            return judgement
        return self._next()

    def _next(self) -> Judgement | None:
        """Turn to the next step; the judgement where what was taken does not fit into it."""
        self._step += 1
        self._hops, self._method = 0, self.step.method
        try:
            self._url = url_of(self.step, self._values)
            headers_of(self.step, self._values)
        except Unfit as error:
            return Judgement(cause=Cause.CONTENT, detail=str(error))
        return None

    def _wants(self, status: int) -> bool:
        return any(a.want is Want.STATUS and status_wanted(status, a.value) for a in self.step.assertions)

    def _redirected(self, answer: Answer, location: str) -> Judgement | None:
        self._hops += 1
        if self._hops > MOST_HOPS:
            return Judgement(
                cause=Cause.LOGIN_LOOP, detail=f"chuyển hướng quá {MOST_HOPS} lần, lần cuối tới {location[:120]}"
            )
        if not self._can_go(location):
            return Judgement(cause=Cause.BROKEN, detail=f"chuyển hướng tới {location[:120]}")
        if answer.status in {301, 302, 303} and self._method != "HEAD":
            self._method = "GET"
        if self._method == "POST" and not self._at_home():
            detail = f"chuyển hướng dữ liệu gửi đi tới máy khác: {location[:120]}"
            return Judgement(cause=Cause.BROKEN, detail=detail)
        return None

    def _can_go(self, location: str) -> bool:
        try:
            self._url = urljoin(self._url, location)
            host, _ = self._peer()
            return bool(host) and urlsplit(self._url).scheme in {"http", "https"}
        except ValueError:
            return False

    def _answered(self) -> Answer:
        return Answer(
            url=self._url,
            status=int(self.curl.getinfo(pycurl.RESPONSE_CODE)),
            headers=self._headers,
            body=b"".join(self._chunks),
            cut=self._cut,
            proxied=bool(self._proxy),
        )

    def _elapsed(self) -> int:
        return round((time.monotonic() - self.began) * 1000)

    def _note_phases(self) -> None:
        """Keep the phases of the first request; the total is of them all."""
        if self._phases.connect is not None:
            return
        before = (self._sent - self.began) * 1000

        def ms(info: int) -> int | None:
            seconds = self.curl.getinfo(info)
            return round(before + seconds * 1000) if seconds else None

        self._address = str(self.curl.getinfo(pycurl.PRIMARY_IP) or "")
        self._phases = Phases(
            name=self._phases.name,
            connect=ms(pycurl.CONNECT_TIME),
            tls=ms(pycurl.APPCONNECT_TIME),
            first_byte=ms(pycurl.STARTTRANSFER_TIME),
        )

    def outcome(self, judgement: Judgement) -> Outcome:
        """What the whole look came to."""
        judgement = at_step(judgement, self._step, len(self.target.steps))
        phases, answer = self._phases, self._answer
        asks = retry_after(answer, self.at) if answer is not None else None
        return Outcome(
            verdict=verdict_of(judgement.cause),
            cause=judgement.cause,
            detail=judgement.detail,
            doubtful=judgement.doubtful,
            proxied=bool(self._proxy),
            phases=Phases(
                name=phases.name,
                connect=phases.connect,
                tls=phases.tls,
                first_byte=phases.first_byte,
                total=self._elapsed(),
            ),
            status=answer.status if answer is not None and answer.status else None,
            size=len(answer.body) if answer is not None else None,
            retry_after_s=asks,
            evidence=self._evidence(),
        )

    def _evidence(self) -> Evidence:
        """What was asked, where, and what came; of a step's own headers their wording in the register."""
        answer = self._answer or Answer(url=self._url, status=0)
        return Evidence(
            headers=answer.headers,
            body=answer.body,
            url=answer.url,
            request={"user-agent": self._egress.user_agent, "accept-encoding": ENCODINGS, **self.step.headers},
            addresses=self._addresses.get(self._host, ()),
            address=self._address,
            taken=tuple(self._taken),
        )
