"""Addresses of looks that are no pages: dns://name, tls://host:443, tcp://host:25, and resolvers with their ports."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from monitor.core.look import Kind
from monitor.core.service import Target

DNS_PORT, TLS_PORT = 53, 443


def place_of(url: str) -> tuple[str, int]:
    """Host and port of an address; raise ValueError for one that has none. The ports of TLS and DNS may be left out."""
    parts = urlsplit(url)
    port = parts.port or {Kind.TLS: TLS_PORT, Kind.DNS: DNS_PORT}.get(Kind(parts.scheme), 0)
    if not parts.hostname or not port:
        raise ValueError(url)
    return parts.hostname, port


def resolver_of(text: str) -> tuple[str, int]:
    """Address and port of a resolver written as 10.0.0.2, 10.0.0.2:5353, 2001:db8::1 or [2001:db8::1]:53."""
    try:
        return str(ip_address(text)), DNS_PORT
    except ValueError:
        parts = urlsplit(f"//{text}")
        return str(ip_address(parts.hostname or "")), parts.port or DNS_PORT


def tls_places(target: Target) -> tuple[tuple[str, int], ...]:
    """Host and port of each server that a target's steps reach over TLS."""
    found: dict[tuple[str, int], None] = {}
    for step in target.steps:
        parts = urlsplit(step.url)
        if parts.scheme in {"https", "tls"} and parts.hostname:
            found[parts.hostname, parts.port or TLS_PORT] = None
    return tuple(found)


def loopback(host: str) -> bool:
    """Whether a host is this machine by its very name or address; no name server is asked."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost"
