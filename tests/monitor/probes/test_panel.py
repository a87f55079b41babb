"""What a panel asks is asked side by side, within its bound, at real servers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from monitor.core.attribution import Part, Shown
from monitor.core.look import Cause, Evidence, Phases, Verdict
from monitor.core.service import Step, Target
from monitor.probes.http import Finished
from monitor.probes.judge import verdict_of
from monitor.probes.outcome import Egress, Outcome
from monitor.probes.panel import Inquiry, Secure, clock_offset_ms, inquire, page, reference
from tests.servers.names import NameServer, naming
from tests.servers.web import reply

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HOST = "dichvucong.example"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def name() -> Iterator[Callable[..., NameServer]]:
    with naming() as start:
        yield start


def target(url: str, key: str = "trang", **more: object) -> Target:
    return Target(key=key, name=key, steps=(Step(url=url),), public=False, **more)  # type: ignore[arg-type]


def over(cause: Cause, status: int | None = None, **more: object) -> Finished:
    outcome = Outcome(verdict=verdict_of(cause), cause=cause, status=status, **more)  # type: ignore[arg-type]
    return Finished(target=target("http://trang.example/"), at=AT, outcome=outcome)


def test_an_empty_inquiry_asks_nobody() -> None:
    assert inquire(Inquiry(), Egress(), now).showings == ()


@pytest.mark.parametrize(
    ("zone", "server", "shown", "words"),
    [
        ({(f"{HOST}.", "A"): ("192.0.2.7",)}, {}, Shown.WORKS, "192.0.2.7"),
        ({(f"{HOST}.", "AAAA"): ("2001:db8::7",)}, {}, Shown.WORKS, "2001:db8::7"),
        ({}, {}, Shown.FAILS, "không có tên miền này"),
        ({(f"{HOST}.", "TXT"): ('"x"',)}, {}, Shown.FAILS, "không có bản ghi A"),
        ({}, {"rcode": 2}, Shown.FAILS, "SERVFAIL"),
        ({}, {"silent": True}, Shown.FAILS, "không trả lời"),
    ],
    ids=["address", "address-6", "nxdomain", "nodata", "servfail", "silence"],
)
def test_what_a_resolver_says_is_told_apart(name, zone, server, shown: Shown, words: str) -> None:
    resolver = name(zone, **server)
    found = inquire(Inquiry(resolvers={Part.RESOLVER_2: (resolver.address,)}, host=HOST), Egress(), now)
    (showing,) = found.showings
    assert (showing.part, showing.shown) == (Part.RESOLVER_2, shown)
    assert words in showing.detail
    assert resolver.address in showing.detail


def test_everything_is_asked_side_by_side_and_what_hangs_is_left_behind(name, serve) -> None:
    silent, hanging, good = name({}, silent=True), serve(b""), serve(reply("ok"))
    hanging.answer = hanging.hang
    began = time.monotonic()
    found = inquire(
        Inquiry(
            gateways=("127.0.0.1",),
            resolvers={Part.RESOLVER: (silent.address,), Part.RESOLVER_2: (silent.address,)},
            host=HOST,
            pages=(target(hanging.url, "treo"), target(good.url, "tot")),
        ),
        Egress(),
        now,
        limit_s=1.0,
    )
    assert time.monotonic() - began < 3
    assert {s.part: s.shown for s in found.showings} == {
        Part.GATEWAY: Shown.WORKS,
        Part.RESOLVER: Shown.FAILS,
        Part.RESOLVER_2: Shown.FAILS,
    }
    assert {key: one.outcome.verdict for key, one in found.pages.items()} == {"tot": Verdict.UP}


def test_a_resolver_of_the_system_that_hangs_holds_nothing_up(serve) -> None:
    silence = threading.Event()

    def never(_host: str) -> list[str]:
        silence.wait(20)
        return []

    began = time.monotonic()
    found = inquire(Inquiry(pages=(target("http://treo.example/"),)), Egress(), now, never, limit_s=0.5)
    silence.set()
    assert time.monotonic() - began < 3
    assert found.pages == {}


def test_the_certificate_is_read_also_where_it_is_not_trusted(
    serve, server_tls, authority: tuple[object, Path]
) -> None:
    server = serve(reply("ok"), server_tls)
    for ca_file, trusted in ((str(authority[1]), True), ("", False)):
        secure = Secure(host="127.0.0.1", port=server.port, ca_file=ca_file)
        certificate = inquire(Inquiry(secure=secure), Egress(), now).certificate
        assert certificate is not None
        assert "127.0.0.1" in certificate.names
        assert (certificate.problem == "") is trusted


@pytest.mark.parametrize(
    ("finished", "as_reference", "as_page"),
    [
        (over(Cause.NONE, 200), Shown.WORKS, Shown.WORKS),
        (over(Cause.CHALLENGED, 200), Shown.WORKS, Shown.BLOCKED),
        (over(Cause.RATE_LIMITED, 429), Shown.WORKS, Shown.BLOCKED),
        (over(Cause.STATUS, 403), Shown.WORKS, Shown.BLOCKED),
        (over(Cause.STATUS, 500), Shown.WORKS, Shown.FAILS),
        (over(Cause.STATUS, 502), Shown.FAILS, Shown.FAILS),
        (over(Cause.TIMEOUT), Shown.FAILS, Shown.FAILS),
        (over(Cause.WRONG_PAGE, 200), Shown.FAILS, Shown.FAILS),
        (over(Cause.OWN_NETWORK), Shown.FAILS, Shown.UNJUDGED),
        (over(Cause.PROBE_FAILED), Shown.FAILS, Shown.UNJUDGED),
    ],
)
def test_what_a_page_shows(finished: Finished, as_reference: Shown, as_page: Shown) -> None:
    assert reference(Part.DOMESTIC, finished).shown is as_reference
    assert page(Part.FRONT_PAGE, finished).shown is as_page


@pytest.mark.parametrize(
    ("header", "offset"),
    [
        (format_datetime(AT, usegmt=True), -300),
        (format_datetime(AT - timedelta(seconds=42), usegmt=True), 41_700),
        (format_datetime(AT + timedelta(days=4000), usegmt=True), -(2**31 - 1)),
        ("", None),
        ("hôm qua", None),
    ],
)
def test_our_clock_is_held_against_the_date_of_an_answer(header: str, offset: int | None) -> None:
    told = Evidence(headers={"date": header} if header else {})
    finished = over(Cause.NONE, 200, evidence=told, phases=Phases(first_byte=200, total=900))
    assert clock_offset_ms(finished) == offset
