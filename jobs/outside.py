"""Requests to machines of others that a job makes: one session, its authorities read once, its proxy as set."""

from __future__ import annotations

import ssl
from functools import cache
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from monitor.config import Settings
from monitor.probes.outcome import NAME, bypassed

PATIENCE_S = (5.0, 20.0)
"""Seconds to connect, and between two pieces of the answer."""


class _OneContext(HTTPAdapter):
    """Requests reads all authorities anew for each connection, which costs twenty times the rest of it."""

    def __init__(self, ca_file: str) -> None:
        self._context = ssl.create_default_context(cafile=ca_file or None)
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named, ssl_context=self._context)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        return super().proxy_manager_for(proxy, **named, ssl_context=self._context)


@cache
def session_of(ca_file: str) -> requests.Session:
    """The session for all who trust the same authorities; the environment's proxies and netrc do not count."""
    made = requests.Session()
    made.trust_env = False
    made.headers["User-Agent"] = NAME
    made.mount("https://", _OneContext(ca_file))
    return made


def proxies_for(settings: Settings, host: str) -> dict[str, str]:
    """The proxy that a request to a host goes through, as requests wants it."""
    if not settings.proxy_url or bypassed(host, settings.no_proxy):
        return {}
    return dict.fromkeys(("http", "https"), settings.proxy_url)
