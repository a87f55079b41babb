"""Requests to machines of others that a job makes: one session, its authorities read once, its proxy as set."""

from __future__ import annotations

from functools import cache

import requests

from monitor.config import Settings
from monitor.probes.outcome import NAME, bypassed
from monitor.sources.web import OneContext

PATIENCE_S = (5.0, 20.0)
"""Seconds to connect, and between two pieces of the answer."""


@cache
def session_of(ca_file: str) -> requests.Session:
    """The session for all who trust the same authorities; the environment's proxies and netrc do not count."""
    made = requests.Session()
    made.trust_env = False
    made.headers["User-Agent"] = NAME
    made.mount("https://", OneContext(ca_file))
    return made


def proxies_for(settings: Settings, host: str) -> dict[str, str]:
    """The proxy that a request to a host goes through, as requests wants it."""
    if not settings.proxy_url or bypassed(host, settings.no_proxy):
        return {}
    return dict.fromkeys(("http", "https"), settings.proxy_url)
