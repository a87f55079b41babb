"""What one look at a target came to, before it is given a service, a vantage and a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from monitor.core.certificate import Certificate
from monitor.core.look import Cause, Evidence, Phases, Verdict
from monitor.core.service import Target

NAME = "tthc-monitor/0.1"
UNAVAILABLE = "trình duyệt không dùng được"
"""How the detail of a look begins for which no browser could be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """How our looks leave this machine: through which proxy, trusting whom, under what name."""

    contact: str = ""
    proxy: str = ""
    no_proxy: str = ""
    ca_file: str = ""
    chromium_path: str = "/usr/bin/chromium"

    @property
    def user_agent(self) -> str:
        """Who we are and who answers for us."""
        return f"{NAME} (+{self.contact})" if self.contact else NAME

    def proxy_for(self, target: Target, url: str) -> str:
        """The proxy a look at `url` goes through; empty for none. A target's own proxy is never bypassed."""
        if target.proxy is not None:
            return target.proxy
        return "" if not self.proxy or bypassed(urlsplit(url).hostname or "", self.no_proxy) else self.proxy

    def bypass_for(self, target: Target) -> tuple[str, ...]:
        """The hosts a browser at this target reaches without its proxy, as Chromium writes them."""
        if target.proxy is not None:
            return ()
        return tuple(rule for entry in self.no_proxy.split(",") if entry.strip() for rule in _rules(entry.strip()))

    def ca_for(self, target: Target) -> str:
        """The file of authorities a target's certificate must lead to; empty for the system's."""
        return target.ca_file or self.ca_file


def bypassed(host: str, no_proxy: str) -> bool:
    """Whether a host is in a NO_PROXY list: names, domains, addresses, networks, or `*`."""
    return any(_covers(entry.strip().lower(), host.lower()) for entry in no_proxy.split(",") if entry.strip())


def _covers(entry: str, host: str) -> bool:
    if entry == "*":
        return True
    try:
        return ip_address(host) in ip_network(entry, strict=False)
    except ValueError:
        domain = entry.removeprefix("*").removeprefix(".")
        return host == domain or host.endswith(f".{domain}")


def _rules(entry: str) -> tuple[str, ...]:
    if entry == "*" or "/" in entry:
        return (entry,)
    domain = entry.removeprefix("*").removeprefix(".")
    return domain, f".{domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The result of one look at one target.

    `doubtful`: nothing of the target itself answered, so that the fault may be our own network's; a DOWN like this
    counts only when a control target answered at about the same time. `retry_after_s`: how long the server asks to
    be left alone. `proxied`: it went through a proxy.
    """

    verdict: Verdict
    cause: Cause = Cause.NONE
    phases: Phases = field(default_factory=Phases)
    status: int | None = None
    size: int | None = None
    detail: str = ""
    doubtful: bool = False
    proxied: bool = False
    retry_after_s: float | None = None
    evidence: Evidence = field(default_factory=Evidence)
    certificate: Certificate | None = None  # of looks at certificates


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One complete HTTP answer, after redirects. Header names are in lower case.

    `cut`: the body went on beyond what we read. `visible`: the words on the page, where a browser says them.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    visible: str | None = None
    proxied: bool = False
