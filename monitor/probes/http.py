"""Looking over HTTP: one thread, one libcurl multi handle, many targets at once, results as they finish."""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import pycurl

from monitor.core.look import Cause
from monitor.core.service import Target
from monitor.probes.judge import Judgement
from monitor.probes.outcome import Egress, Outcome
from monitor.probes.resolve import Lookup, Resolver, system_lookup
from monitor.probes.visit import Visit

AT_ONCE = 48
"""Looks begun and unanswered; one that has waited PATIENCE_S counts no more, so that no hang holds up the others."""
PATIENCE_S = 0.25

_WANTED = {
    pycurl.POLL_IN: selectors.EVENT_READ,
    pycurl.POLL_OUT: selectors.EVENT_WRITE,
    pycurl.POLL_INOUT: selectors.EVENT_READ | selectors.EVENT_WRITE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A look that is over: when it began, and what it came to."""

    target: Target
    at: datetime
    outcome: Outcome


class Prober:
    """Looks at many targets at once. All methods but `wake` belong to one thread."""

    def __init__(self, egress: Egress, now: Callable[[], datetime], lookup: Lookup = system_lookup) -> None:
        self._egress, self._now = egress, now
        self._selector = selectors.DefaultSelector()
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._on_socket)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._on_timer)
        self._multi.setopt(pycurl.M_MAXCONNECTS, AT_ONCE)
        self._curl_due: float | None = None
        self._woken, self._waker = socket.socketpair()
        for end in (self._woken, self._waker):
            end.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._resolver = Resolver(lookup, lambda: self._send_word(b"."))
        self._waiting: deque[Target] = deque()
        self._resolving: list[Visit] = []
        self._running: dict[pycurl.Curl, Visit] = {}
        self._spare: list[pycurl.Curl] = []
        self._done: list[Finished] = []

    @property
    def busy(self) -> bool:
        """Whether a look is under way or waiting."""
        return bool(self._waiting or self._resolving or self._running or self._done)

    def start(self, target: Target) -> None:
        """Have a target looked at."""
        self._waiting.append(target)

    def wake(self) -> None:
        """Make a `finished` in another thread return early."""
        self._send_word(b"!")

    def _send_word(self, word: bytes) -> None:
        with suppress(OSError):
            self._waker.send(word)

    def finished(self, wait_s: float) -> list[Finished]:
        """Drive the looks until one is over, but at most so long; hand over all that are."""
        end = time.monotonic() + wait_s
        while not self._done:
            self._begin_waiting()
            left = end - time.monotonic()
            if self._drive(max(0.0, left)) or left <= 0:
                break
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        """Drop every look under way; nothing is waited for."""
        for curl in list(self._running):
            self._multi.remove_handle(curl)
            curl.close()
        for curl in self._spare:
            curl.close()
        self._running.clear()
        self._multi.close()
        self._selector.close()
        self._woken.close()
        self._waker.close()

    def _begin_waiting(self) -> None:
        if not self._waiting:
            return
        recent = time.monotonic() - PATIENCE_S
        fresh = sum(visit.began > recent for visit in (*self._running.values(), *self._resolving))
        while self._waiting and fresh < AT_ONCE:
            target = self._waiting.popleft()
            fresh += 1
            self._send(Visit(target, self._egress, self._now(), self._spare.pop() if self._spare else pycurl.Curl()))

    def _send(self, visit: Visit) -> None:
        """Take the visit's next request as far as it goes without waiting."""
        try:
            host = visit.unresolved_host()
            if host:
                self._resolving.append(visit)
                self._resolver.ask(host)
                return
            visit.prepare()
        except (pycurl.error, ValueError) as error:
            self._finish(visit, Judgement(cause=Cause.PROBE_FAILED, detail=f"không gửi được yêu cầu: {error}"))
            return
        self._running[visit.curl] = visit
        self._multi.add_handle(visit.curl)

    def _drive(self, wait_s: float) -> bool:
        """Wait for something to happen, and do what follows; say whether `wake` was called."""
        events = self._selector.select(self._patience(wait_s))
        woken = False
        for key, mask in events:
            if key.fileobj is self._woken:
                with suppress(BlockingIOError):
                    woken = b"!" in self._woken.recv(4096)
            else:
                ready = (pycurl.CSELECT_IN if mask & selectors.EVENT_READ else 0) | (
                    pycurl.CSELECT_OUT if mask & selectors.EVENT_WRITE else 0
                )
                self._multi.socket_action(key.fd, ready)
        if self._curl_due is not None and self._curl_due <= time.monotonic():
            self._curl_due = None
            self._multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
        self._resolve()
        self._collect()
        return woken

    def _patience(self, wait_s: float) -> float:
        now = time.monotonic()
        dues = [visit.deadline - now for visit in self._resolving]
        if self._curl_due is not None:
            dues.append(self._curl_due - now)
        if self._waiting:
            dues.append(PATIENCE_S)
        return max(0.0, min([wait_s, *dues]))

    def _resolve(self) -> None:
        for found in self._resolver.answers():
            for visit in [v for v in self._resolving if v.unresolved_host() == found.host]:
                self._resolving.remove(visit)
                failure = visit.resolved(found)
                if failure is None:
                    self._send(visit)
                else:
                    self._finish(visit, failure)
        now = time.monotonic()
        for visit in [v for v in self._resolving if v.deadline <= now]:
            self._resolving.remove(visit)
            self._finish(visit, visit.never_resolved())

    def _collect(self) -> None:
        more = 1
        while more:
            more, good, bad = self._multi.info_read()
            for curl in good:
                self._ended(curl, 0, "")
            for curl, code, words in bad:
                self._ended(curl, code, words)

    def _ended(self, curl: pycurl.Curl, code: int, words: str) -> None:
        visit = self._running.pop(curl)
        self._multi.remove_handle(curl)
        try:
            judgement = visit.ended(code, words)
        except Exception as error:  # noqa: BLE001 - whatever a strange answer breaks, its look is not lost
            judgement = Judgement(cause=Cause.PROBE_FAILED, detail=f"không đọc được câu trả lời: {error!r}"[:200])
        if judgement is None:
            self._send(visit)
        else:
            self._finish(visit, judgement)

    def _finish(self, visit: Visit, judgement: Judgement) -> None:
        self._done.append(Finished(target=visit.target, at=visit.at, outcome=visit.outcome(judgement)))
        if len(self._spare) < AT_ONCE:
            visit.curl.reset()
            self._spare.append(visit.curl)
        else:
            visit.curl.close()

    def _on_socket(self, what: int, fd: int, _multi: object, _data: object) -> None:
        if what == pycurl.POLL_REMOVE:
            with suppress(KeyError):
                self._selector.unregister(fd)
        elif fd in self._selector.get_map():
            self._selector.modify(fd, _WANTED[what])
        else:
            self._selector.register(fd, _WANTED[what])

    def _on_timer(self, timeout_ms: int) -> None:
        self._curl_due = None if timeout_ms < 0 else time.monotonic() + timeout_ms / 1000


def look_all(
    targets: Iterable[Target], egress: Egress, now: Callable[[], datetime], lookup: Lookup = system_lookup
) -> Iterator[Finished]:
    """Look at many targets once, and yield each result as it is in hand."""
    prober = Prober(egress, now, lookup)
    try:
        for target in targets:
            prober.start(target)
        while prober.busy:
            yield from prober.finished(1.0)
    finally:
        prober.close()
