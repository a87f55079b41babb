"""Names to addresses, each question in a thread of its own, so that a resolver that never answers holds up nothing.

libcurl's own resolver thread is joined when its handle is cleaned up; that join can last as long as the resolver likes.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from queue import Empty, SimpleQueue

Lookup = Callable[[str], Sequence[str]]
"""From a host name to its addresses; raise OSError where it has none. May take its time."""

MOST_PENDING = 200
"""Threads left waiting for a dead resolver; the system's own gives up within a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The resolver's word on a host: addresses, or why there are none."""

    host: str
    addresses: tuple[str, ...] = ()
    why: str = ""


def system_lookup(host: str) -> Sequence[str]:
    """Ask the operating system."""
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def is_address(host: str) -> bool:
    """Whether a host needs no resolving."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


class Resolver:
    """Answers questions in the background; `wake` is called from there whenever an answer is in."""

    def __init__(self, lookup: Lookup, wake: Callable[[], None]) -> None:
        self._lookup, self._wake = lookup, wake
        self._answers: SimpleQueue[Found] = SimpleQueue()
        self._pending: set[str] = set()

    def ask(self, host: str) -> None:
        """Have a host looked up; one question at a time is asked about a host, its answer serves all who wait."""
        if host in self._pending:
            return
        if len(self._pending) >= MOST_PENDING:
            self._answers.put(Found(host=host, why="quá nhiều câu hỏi DNS còn chờ trả lời"))
            self._wake()
            return
        self._pending.add(host)
        threading.Thread(target=self._answer, args=(host,), name=f"dns {host}", daemon=True).start()

    def _answer(self, host: str) -> None:
        try:
            found = Found(host=host, addresses=tuple(self._lookup(host)), why="tên miền không có địa chỉ")
        except (OSError, UnicodeError) as error:
            found = Found(host=host, why=str(error))
        self._answers.put(found)
        self._wake()

    def answers(self) -> list[Found]:
        """What has come in since the last call."""
        found: list[Found] = []
        while True:
            try:
                answer = self._answers.get_nowait()
            except Empty:
                return found
            self._pending.discard(answer.host)
            found.append(answer)
