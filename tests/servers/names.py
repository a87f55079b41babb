"""A real DNS server on 127.0.0.1 over UDP and TCP, with scripted answers."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Zone = Mapping[tuple[str, str], tuple[str, ...]]
"""From a name with its last dot and a kind of record to the records."""


class NameServer:
    """Answers from its zone; what is not in it has no such name. `silent` says nothing, `rcode` refuses with it."""

    def __init__(self, zone: Zone, *, rcode: int = 0, silent: bool = False, cut: bool = False) -> None:
        self.zone, self.rcode, self.silent, self.cut = zone, rcode, silent, cut
        self._udp, self._tcp = _one_port()
        self.port = int(self._udp.getsockname()[1])
        self.address = f"127.0.0.1:{self.port}"
        self.closing = threading.Event()
        for serve in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    def _serve_udp(self) -> None:
        with contextlib.suppress(OSError):
            while not self.closing.is_set():
                question, sender = self._udp.recvfrom(65535)
                if not self.silent and not self.closing.is_set():
                    self._udp.sendto(self._answer(question, cut=self.cut), sender)

    def _serve_tcp(self) -> None:
        """A truncated answer brings the asker here, where bytes drip one by one and never end."""
        with contextlib.suppress(OSError):
            while not self.closing.is_set():
                connection, _ = self._tcp.accept()
                threading.Thread(target=self._drip, args=(connection,), daemon=True).start()

    def _drip(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.sendall(struct.pack("!H", 500))
            while not self.closing.wait(0.05):
                connection.sendall(b"\0")

    def _answer(self, asked: bytes, *, cut: bool) -> bytes:
        question = dns.message.from_wire(asked)
        (wanted,) = question.question
        reply = dns.message.make_response(question)
        known = {name for name, _ in self.zone}
        records = self.zone.get((wanted.name.to_text(), dns.rdatatype.to_text(wanted.rdtype)), ())
        reply.set_rcode(dns.rcode.Rcode(self.rcode or (0 if wanted.name.to_text() in known else dns.rcode.NXDOMAIN)))
        if cut:
            reply.flags |= dns.flags.TC
        elif records and not self.rcode:
            reply.answer.append(dns.rrset.from_text(wanted.name, 60, "IN", wanted.rdtype, *records))
        return reply.to_wire()

    def close(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self._udp.sendto(b"", ("127.0.0.1", self.port))
        with contextlib.suppress(OSError):
            self._tcp.shutdown(socket.SHUT_RDWR)
        self._udp.close()
        self._tcp.close()


def _one_port() -> tuple[socket.socket, socket.socket]:
    """A port that is free both ways; one that is free for datagrams may be taken for connections."""
    while True:
        listener = socket.create_server(("127.0.0.1", 0))
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            datagrams.bind(listener.getsockname())
        except OSError:
            listener.close()
            datagrams.close()
        else:
            return datagrams, listener


@contextlib.contextmanager
def naming() -> Iterator[Callable[..., NameServer]]:
    """Gives a function that starts a name server with its zone."""
    servers: list[NameServer] = []

    def start(zone: Zone | None = None, **more: object) -> NameServer:
        servers.append(NameServer(zone or {}, **more))  # type: ignore[arg-type]
        return servers[-1]

    yield start
    for server in servers:
        server.close()
