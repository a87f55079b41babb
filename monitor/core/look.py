"""One look at a target: what was seen, from where, when, and how sure we are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.core.certificate import Certificate


class Verdict(StrEnum):
    """What a look says; UNKNOWN is "we could not tell" and is never silently up or down."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


class Kind(StrEnum):
    """How it was looked."""

    HTTP = "http"
    BROWSER = "browser"
    DNS = "dns"
    TLS = "tls"
    TCP = "tcp"


class Cause(StrEnum):
    """Why a look is not UP. The last group makes it UNKNOWN, the others DOWN."""

    NONE = ""
    DNS = "dns"  # the name does not resolve
    CONNECT = "connect"  # refused or unreachable
    TLS = "tls"  # certificate or handshake
    TIMEOUT = "timeout"  # the total deadline passed
    BROKEN = "broken"  # the connection broke, or the answer was no HTTP
    STATUS = "status"  # an HTTP status that was not wanted
    ACTION_MISSING = "action_missing"  # the page is there, the action to file online is not
    WRONG_PAGE = "wrong_page"  # soft 404, another procedure, missing title or code
    BANNER = "banner"  # a maintenance or error banner
    LOGIN_LOOP = "login_loop"  # redirects without end
    CONTENT = "content"  # any other assertion failed
    CHALLENGED = "challenged"  # a bot shield or captcha answered        (UNKNOWN)
    OWN_NETWORK = "own_network"  # our own network or proxy was down       (UNKNOWN)
    RATE_LIMITED = "rate_limited"  # 429                                     (UNKNOWN)
    PROBE_FAILED = "probe_failed"  # our own prober or browser failed        (UNKNOWN)


UNKNOWN_CAUSES = frozenset({Cause.CHALLENGED, Cause.OWN_NETWORK, Cause.RATE_LIMITED, Cause.PROBE_FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Phases:
    """Milliseconds since the start of the look at which each phase was over; None where it was not reached."""

    name: int | None = None
    connect: int | None = None
    tls: int | None = None
    first_byte: int | None = None
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A fact: one target looked at once.

    `at` is when it started, `received_at` when its result was in hand (aware UTC, milliseconds); `valid_for_ms` is how
    long a conclusive look may speak for (two intervals, as in force when it was made).
    """

    service: str
    target: str
    vantage: str
    kind: Kind
    at: datetime
    received_at: datetime
    verdict: Verdict
    cause: Cause = Cause.NONE
    phases: Phases = field(default_factory=Phases)
    valid_for_ms: int
    status: int | None = None
    size: int | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None or self.received_at.tzinfo is None:
            raise ValueError("a look's times need a zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualCheck:
    """A fact: what a named person saw ("kiểm tra thủ công"). It proves its moment and never fills hours."""

    service: str
    target: str
    at: datetime
    received_at: datetime
    verdict: Verdict
    by: str
    note: str = ""
    evidence_name: str = ""
    evidence_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a look brought home besides its verdict; bounded, kept only where a look was not UP.

    `headers`, `body` and `url` are the last answer's; `request` are the headers sent for it. `addresses` are all that
    the name resolved to, `address` the one that was used; through a proxy both are the proxy's. `taken`: the requests
    in their order, each with what came of it.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    screenshot: bytes = b""
    url: str = ""
    request: Mapping[str, str] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()
    address: str = ""
    taken: tuple[str, ...] = ()
    certificate: Certificate | None = None
