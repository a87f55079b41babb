"""One plain connection to a host and port, directly or through a proxy, within a deadline that holds for all of it."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

import pycurl

from monitor.core.look import Cause, Phases
from monitor.probes import failure
from monitor.probes.judge import Judgement
from monitor.probes.resolve import Lookup, is_address, system_lookup

_PORTS = {"http": 80, "socks5": 1080, "socks5h": 1080}


class NotConnected(Exception):
    """There is no connection; what that means for the look, and how far it came."""

    def __init__(self, judgement: Judgement, phases: Phases | None = None) -> None:
        super().__init__(judgement.detail)
        self.judgement, self.phases = judgement, phases or Phases()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where a connection goes and how: to host and port, through which proxy, under what name, how long at most.

    Through a proxy the host's name is the proxy's to resolve. `stopped` is asked about once a second; True gives up.
    """

    host: str
    port: int
    deadline_s: float
    proxy: str = ""
    user_agent: str = ""
    lookup: Lookup = system_lookup
    stopped: Callable[[], bool] = field(default=threading.Event().is_set)


class Deadline:
    """The time a look has; everything it does asks here how much of it is left."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.began = seconds, time.monotonic()

    def elapsed_ms(self) -> int:
        """Milliseconds since the beginning."""
        return round((time.monotonic() - self.began) * 1000)

    def left(self) -> float:
        """Seconds left; raise TimeoutError for none."""
        left = self.began + self.seconds - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def passed(self) -> Judgement:
        """What it means that the time is over."""
        return Judgement(cause=Cause.TIMEOUT, detail=f"quá {self.seconds:g} giây", doubtful=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """An open socket, which is the caller's to close, and how it came about."""

    socket: socket.socket
    address: str
    phases: Phases


def connect(route: Route, deadline: Deadline) -> Connected:
    """Connect; raise NotConnected. Nothing is sent beyond what a proxy needs."""
    peer = urlsplit(route.proxy) if route.proxy else None
    if peer is not None and peer.scheme not in _PORTS:
        detail = f"proxy {peer.scheme}: chỉ nối được qua proxy http hoặc socks5"
        raise NotConnected(Judgement(cause=Cause.PROBE_FAILED, detail=detail))
    host = (peer.hostname or "") if peer is not None else route.host
    port = route.port if peer is None else peer.port or _PORTS[peer.scheme]
    addresses = _addresses(host, route, deadline)
    named = None if is_address(host) else deadline.elapsed_ms()
    with closing(pycurl.Curl()) as curl:
        try:
            _prepare(curl, route, f"{host}:{port}:{','.join(addresses)}" if named is not None else "", deadline)
            curl.perform()
        except pycurl.error as error:
            code, words = error.args
            raise NotConnected(failure.judged(code, words, curl, proxied=bool(peer)), Phases(name=named)) from error
        except TimeoutError as error:
            raise NotConnected(deadline.passed(), Phases(name=named)) from error
        return Connected(
            socket=socket.socket(fileno=os.dup(curl.getinfo(pycurl.ACTIVESOCKET))),
            address=str(curl.getinfo(pycurl.PRIMARY_IP) or ""),
            phases=Phases(name=named, connect=deadline.elapsed_ms()),
        )


def _prepare(curl: pycurl.Curl, route: Route, resolved: str, deadline: Deadline) -> None:
    bracketed = f"[{route.host}]" if ":" in route.host else route.host
    left_ms = max(1, round(deadline.left() * 1000))
    for option, value in (
        (pycurl.URL, f"http://{bracketed}:{route.port}/"),
        (pycurl.CONNECT_ONLY, 1),
        (pycurl.NOSIGNAL, 1),
        (pycurl.PROXY, route.proxy.replace("socks5://", "socks5h://", 1)),
        (pycurl.NOPROXY, ""),
        (pycurl.HTTPPROXYTUNNEL, int(bool(route.proxy))),
        (pycurl.USERAGENT, route.user_agent),
        (pycurl.TIMEOUT_MS, left_ms),
        (pycurl.CONNECTTIMEOUT_MS, left_ms),
        (pycurl.NOPROGRESS, 0),
        (pycurl.XFERINFOFUNCTION, lambda *_: int(route.stopped())),
    ):
        curl.setopt(option, value)
    if resolved:
        curl.setopt(pycurl.RESOLVE, [resolved])


def _addresses(host: str, route: Route, deadline: Deadline) -> tuple[str, ...]:
    """The addresses of the host we ourselves connect to; a resolver that hangs is left behind at the deadline."""
    if is_address(host):
        return (host,)
    answer: SimpleQueue[tuple[str, ...] | str] = SimpleQueue()

    def ask() -> None:
        try:
            answer.put(tuple(route.lookup(host)) or "tên miền không có địa chỉ")
        except (OSError, UnicodeError) as error:
            answer.put(str(error))

    threading.Thread(target=ask, name=f"dns {host}", daemon=True).start()
    try:
        found = answer.get(timeout=deadline.left())
    except (Empty, TimeoutError):
        found = f"DNS không trả lời trong {route.deadline_s:g} giây"
    if not isinstance(found, str):
        return found
    if route.proxy:
        raise NotConnected(Judgement(cause=Cause.OWN_NETWORK, detail=f"tên máy proxy: {found}"))
    raise NotConnected(Judgement(cause=Cause.DNS, detail=found, doubtful=True))
