"""Our own way out: which gateway this machine leaves by, and whether it answers."""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

ROUTES = Path("/proc/net/route")
ROUTES_6 = Path("/proc/net/ipv6_route")
PORTS = (443, 80, 53)
"""Asked where no ping may be sent, or none is answered; a refusal is an answer too."""

_GATEWAY_FLAG = 0x2
_ECHO = {socket.AF_INET: (8, 0, socket.IPPROTO_ICMP), socket.AF_INET6: (128, 129, socket.IPPROTO_ICMPV6)}
"""Of each family the types of an echo request and of its reply, and the protocol."""
_Reader = Callable[[Sequence[str]], tuple[int, str] | None]
_ALIVE = (ConnectionRefusedError, ConnectionResetError)


def default_gateways(routes: Path = ROUTES, routes_6: Path = ROUTES_6) -> tuple[str, ...]:
    """The gateways of the default routes, IPv4 first, the preferred ones first; none where the tables cannot be read.

    A link-local one carries its interface: fe80::1%eth0.
    """
    found = [*_of_table(routes, _route), *_of_table(routes_6, _route_6)]
    return tuple(dict.fromkeys(address for _, address in found))


def _of_table(path: Path, read: _Reader) -> list[tuple[int, str]]:
    try:
        lines = path.read_text("ascii", "replace").splitlines()
    except OSError:
        return []
    routes = []
    for line in lines:
        with suppress(ValueError, IndexError):
            if (route := read(line.split())) is not None:
                routes.append(route)
    return sorted(routes)


def _route(fields: Sequence[str]) -> tuple[int, str] | None:
    """Metric and gateway of a line of /proc/net/route (addresses in the host's byte order), where it is a default."""
    if int(fields[1], 16) or int(fields[7], 16) or not int(fields[3], 16) & _GATEWAY_FLAG:
        return None
    return int(fields[6]), str(IPv4Address(struct.pack("=I", int(fields[2], 16))))


def _route_6(fields: Sequence[str]) -> tuple[int, str] | None:
    """The same of a line of /proc/net/ipv6_route."""
    if int(fields[0], 16) or int(fields[1], 16) or not int(fields[8], 16) & _GATEWAY_FLAG:
        return None
    address = IPv6Address(bytes.fromhex(fields[4]))
    return int(fields[5], 16), f"{address}%{fields[9]}" if address.is_link_local else str(address)


def alive(address: str, wait_s: float, ports: Sequence[int] = PORTS) -> tuple[bool, str]:
    """Whether anything at an address answers within the time, and by what that is known.

    A ping first, where this account may send one; then a connection, to which a refusal is an answer.
    """
    end = time.monotonic() + wait_s
    try:
        (family, _, _, _, where), *_ = socket.getaddrinfo(
            address, 0, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
        )
    except OSError as error:
        return False, f"địa chỉ không dùng được: {error}"
    if _pinged(socket.AddressFamily(family), where, wait_s / 2):
        return True, f"{address} trả lời ping"
    for left, port in zip(range(len(ports), 0, -1), ports, strict=True):
        if said := _connected(socket.AddressFamily(family), where, port, (end - time.monotonic()) / left):
            return True, f"{address} {said}"
    return False, f"{address} không trả lời trong {wait_s:g} giây"


def _pinged(family: socket.AddressFamily, where: tuple[object, ...], wait_s: float) -> bool:
    ask, reply, protocol = _ECHO[family]
    mark = os.urandom(16)
    # The kernel fills in checksum and identifier, and hands over only answers to this socket.
    request = struct.pack("!BBHHH", ask, 0, 0, 0, 1) + mark
    try:
        with socket.socket(family, socket.SOCK_DGRAM, protocol) as ours:
            ours.setblocking(False)  # noqa: FBT003 - the socket module's own signature
            ours.sendto(request, where)
            end = time.monotonic() + wait_s
            while (left := end - time.monotonic()) > 0 and select.select([ours], [], [], left)[0]:
                answer = ours.recv(256)
                if answer[:1] == bytes([reply]) and answer.endswith(mark):
                    return True
    except OSError:
        return False
    return False


def _connected(family: socket.AddressFamily, where: tuple[object, ...], port: int, wait_s: float) -> str:
    with socket.socket(family, socket.SOCK_STREAM) as ours:
        ours.settimeout(max(0.05, wait_s))
        try:
            ours.connect((where[0], port, *where[2:]))
        except _ALIVE:
            return f"trả lời ở cổng {port}"
        except OSError:
            return ""
        return f"trả lời ở cổng {port}"
