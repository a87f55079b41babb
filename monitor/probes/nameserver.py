"""One name server asked for one host: what it says, with a name that does not exist told apart from silence."""

from __future__ import annotations

import time
from ipaddress import ip_address
from pathlib import Path

from monitor.core.attribution import Shown

RESOLV_CONF = Path("/etc/resolv.conf")
MOST_SERVERS = 3
"""As many as the system itself would ask."""
PORT = 53


def system_nameservers(conf: Path = RESOLV_CONF) -> tuple[str, ...]:
    """The name servers this machine asks, in its order; none where that is not written down."""
    try:
        words = [line.split() for line in conf.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return ()
    return tuple(line[1] for line in words if len(line) > 1 and line[0] == "nameserver")[:MOST_SERVERS]


def endpoint(server: str) -> tuple[str, int]:
    """Address and port of a name server written as 1.2.3.4, 1.2.3.4:5353, ::1 or [::1]:5353; raise ValueError."""
    bare, port = server, PORT
    if server.startswith("["):
        bare, _, rest = server[1:].partition("]")
        port = int(rest.removeprefix(":") or PORT)
    elif server.count(":") == 1:
        bare, _, rest = server.partition(":")
        port = int(rest)
    ip_address(bare.partition("%")[0])
    if not 0 < port < 65536:
        raise ValueError(f"no port: {port}")
    return bare, port


def ask(server: str, host: str, wait_s: float) -> tuple[Shown, str]:
    """Ask a name server for a host's addresses; FAILS where it has none to give, or gives no answer in time."""
    import dns.exception

    end = time.monotonic() + wait_s
    try:
        address, port = endpoint(server)
        for record in ("A", "AAAA"):
            trouble, found = _answer(address, port, host, record, end)
            if trouble or found:
                return Shown.FAILS if trouble else Shown.WORKS, f"{server}: {trouble or ', '.join(found[:3])}"
    except dns.exception.Timeout:
        return Shown.FAILS, f"{server}: không trả lời trong {wait_s:g} giây"
    except (dns.exception.DNSException, OSError, ValueError) as error:
        return Shown.FAILS, f"{server}: {error or type(error).__name__}"[:200]
    return Shown.FAILS, f"{server}: tên miền không có địa chỉ"


def _answer(address: str, port: int, host: str, record: str, end: float) -> tuple[str, list[str]]:
    """What is wrong with the answer, or the addresses in it; asked twice, since a datagram may be lost on its way."""
    import dns.exception
    import dns.message
    import dns.query
    import dns.rcode
    import dns.rdatatype

    question = dns.message.make_query(host, record)
    left = max(0.1, end - time.monotonic())
    try:
        answer, _ = dns.query.udp_with_fallback(question, address, timeout=left / 2, port=port)
    except dns.exception.Timeout:
        answer, _ = dns.query.udp_with_fallback(question, address, timeout=left / 2, port=port)
    if answer.rcode() is not dns.rcode.NOERROR:
        return dns.rcode.to_text(answer.rcode()), []
    wanted = dns.rdatatype.from_text(record)
    return "", [str(item) for rows in answer.answer if rows.rdtype is wanted for item in rows]
