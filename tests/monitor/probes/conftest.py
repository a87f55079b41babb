"""What the tests of looking share: servers, an authority, a target of our own, one look at it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from monitor.core.look import Cause
from monitor.core.service import Assertion, Step, Target, Want
from monitor.probes import http
from monitor.probes.http import Finished
from monitor.probes.outcome import Egress
from tests.servers import web
from tests.servers.web import Answer, Serve, proxy, reply


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server that gives an answer: bytes, or a function of request and connection."""
    with web.serving() as start:
        yield start


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """A certificate authority, and the file a look is told to trust."""
    return web.new_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def server_tls(authority: tuple[trustme.CA, Path]) -> ssl.SSLContext:
    """What a server on 127.0.0.1 proves itself with."""
    return web.server_side(authority[0])


CODE = Assertion(want=Want.TEXT, value="2.001474", cause=Cause.WRONG_PAGE)
ACTION = Assertion(want=Want.TEXT, value="Nộp trực tuyến", cause=Cause.ACTION_MISSING)
GOOD_PAGE = "<title>Khuyến mại</title><p>Mã thủ tục: 2.001474</p><a href='/nop'>Nộp trực tuyến</a>"


def target(
    *urls: str,
    key: str = "t",
    deadline_s: float = 3.0,
    assertions: tuple[Assertion, ...] = (CODE, ACTION),
    **more: object,
) -> Target:
    """A target of our own with one step an address, the assertions on the last."""
    steps = [Step(url=url) for url in urls[:-1]] + [Step(url=urls[-1], assertions=assertions)]
    return Target(key=key, name=key, steps=tuple(steps), deadline_s=deadline_s, public=False, **more)  # type: ignore[arg-type]


def now() -> datetime:
    return datetime.now(UTC)


Look = Callable[..., Finished]


@pytest.fixture
def look() -> Look:
    """Look once over HTTP."""

    def once(*urls: str, egress: Egress | None = None, **more: object) -> Finished:
        wanted = [target(*urls, **more)]  # type: ignore[arg-type]
        (done,) = http.look_all(wanted, egress or Egress(contact="it@example.vn"), now)
        return done

    return once


@pytest.fixture(name="reply")
def _reply() -> Callable[..., bytes]:
    return reply


@pytest.fixture(name="proxy")
def _proxy() -> Answer:
    return proxy


@pytest.fixture(name="now")
def _now() -> Callable[[], datetime]:
    return now
