"""Looks over HTTP at real servers: phases, steps, redirects, bounds, deadlines."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from monitor.core.look import Cause, Kind, Verdict
from monitor.core.service import Assertion, Step, Target, Want
from monitor.probes import PROBES, http
from monitor.probes.outcome import Egress

PAGE = "<title>Khuyến mại</title><p>Mã thủ tục: 2.001474</p><a href='/nop'>Nộp trực tuyến</a>"


def target(url: str, key: str = "t", deadline_s: float = 3.0) -> Target:
    assertions = (Assertion(want=Want.TEXT, value="2.001474"),)
    return Target(key=key, name=key, steps=(Step(url=url, assertions=assertions),), deadline_s=deadline_s, public=False)


def now() -> datetime:
    return datetime.now(UTC)


def test_every_kind_of_look_but_http_has_its_probe() -> None:
    assert set(PROBES) == set(Kind) - {Kind.HTTP}


def test_a_good_page_is_up_with_its_phases(serve, look, reply) -> None:
    outcome = look(serve(reply(PAGE)).url).outcome
    assert (outcome.verdict, outcome.cause, outcome.status, outcome.size) == (
        Verdict.UP,
        Cause.NONE,
        200,
        len(PAGE.encode()),
    )
    assert outcome.phases.name is None
    assert outcome.phases.connect is not None
    assert outcome.phases.first_byte is not None
    assert outcome.phases.connect <= outcome.phases.first_byte <= outcome.phases.total


def test_we_say_who_we_are(serve, look, reply) -> None:
    server = serve(reply(PAGE))
    look(server.url, egress=Egress(contact="ttpvhcc@example.vn"))
    assert b"User-Agent: tthc-monitor/0.1 (+ttpvhcc@example.vn)\r\n" in server.requests[0]


def test_each_look_opens_a_connection_of_its_own(serve, reply) -> None:
    server = serve(reply(PAGE))
    done = list(http.look_all([target(server.url, key=str(n)) for n in range(5)], Egress(), now))
    assert len(done) == len(server.requests) == 5


def test_all_steps_must_hold_and_share_their_cookies(serve, look, reply) -> None:
    def answer(request: bytes, connection: socket.socket) -> None:
        if b"GET /nop" not in request:
            connection.sendall(reply("", Set_Cookie="phien=7; Path=/"))
        else:
            connection.sendall(reply(PAGE if b"Cookie: phien=7" in request else "không có phiên"))

    server = serve(answer)
    assert look(server.url, server.url + "/nop").outcome.verdict is Verdict.UP
    assert look(server.url + "/nop").outcome.cause is Cause.WRONG_PAGE


def test_a_step_that_fails_ends_the_look(serve, look, reply) -> None:
    server = serve(reply("", status=500))
    assert look(server.url, server.url + "/nop").outcome.cause is Cause.STATUS
    assert len(server.requests) == 1


def test_a_redirect_is_followed(serve, look, reply) -> None:
    there = serve(reply(PAGE))
    here = serve(reply("", status=302, Location=f"{there.url}/trang"))
    assert look(here.url).outcome.verdict is Verdict.UP
    assert there.requests[0].startswith(b"GET /trang ")


def test_redirects_without_end_are_a_login_loop(serve, look, reply) -> None:
    server = serve(reply("", status=302, Location="/dang-nhap"))
    assert look(server.url).outcome.cause is Cause.LOGIN_LOOP
    assert len(server.requests) <= 12


@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:alert(1)", "http://[", "http://127.0.0.1:99999/"]
)
def test_a_redirect_leads_to_no_other_protocol(serve, look, reply, place: str) -> None:
    assert look(serve(reply("", status=302, Location=place)).url).outcome.cause is Cause.BROKEN


def test_a_redirect_that_is_asked_for_is_not_followed(serve, look, reply) -> None:
    server = serve(reply("", status=302, Location="/"))
    asked = (Assertion(want=Want.STATUS, value="302"),)
    assert look(server.url, assertions=asked).outcome.verdict is Verdict.UP
    assert len(server.requests) == 1


def test_a_form_is_posted_as_written(serve, reply) -> None:
    server = serve(reply('{"rows": [{"PROCEDURE_CODE": "2.001474"}]}', Content_Type="application/json"))
    asked = (Assertion(want=Want.JSON, value="rows[?PROCEDURE_CODE=='2.001474']"),)
    step = Step(url=server.url, method="POST", body="params=1", headers={"X-A": "b"}, assertions=asked)
    (done,) = http.look_all([Target(key="t", name="t", steps=(step,), public=False)], Egress(), now)
    assert done.outcome.verdict is Verdict.UP
    assert server.requests[0].startswith(b"POST / ")
    assert b"X-A: b\r\n" in server.requests[0]


def test_a_refused_connection(look) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = look(f"http://127.0.0.1:{port}").outcome
    assert (outcome.cause, outcome.doubtful) == (Cause.CONNECT, True)


@pytest.mark.parametrize(
    ("words", "cause", "doubtful"),
    [
        (b"", Cause.BROKEN, True),
        (b"SSH-2.0-OpenSSH\r\n", Cause.BROKEN, True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nngan", Cause.BROKEN, False),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nngan", Cause.BROKEN, False),
    ],
    ids=["nothing", "not HTTP", "half a body", "not gzip"],
)
def test_a_broken_answer(serve, look, words: bytes, cause: Cause, *, doubtful: bool) -> None:
    outcome = look(serve(words).url).outcome
    assert (outcome.verdict, outcome.cause, outcome.doubtful) == (Verdict.DOWN, cause, doubtful)


def test_a_page_in_gzip_is_read(serve, look, reply) -> None:
    assert look(serve(reply(gzip.compress(PAGE.encode()), Content_Encoding="gzip")).url).outcome.verdict is Verdict.UP


def _endless(_request: bytes, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"<p>x</p>" * 8192)


def _gigabyte(_request: bytes, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n" + PAGE.encode())
    while True:
        connection.sendall(b"<p>x</p>" * 8192)


def _bomb(_request: bytes, connection: socket.socket) -> None:
    bomb = gzip.compress(bytes(100_000_000), compresslevel=9)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + bomb)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [(_endless, Cause.PROBE_FAILED), (_gigabyte, Cause.NONE), (_bomb, Cause.PROBE_FAILED)],
    ids=["endless", "a gigabyte", "a bomb"],
)
def test_a_body_is_read_to_a_bound(serve, look, answer: Callable[[bytes, socket.socket], None], cause: Cause) -> None:
    began = time.monotonic()
    outcome = look(serve(answer).url, deadline_s=10.0).outcome
    assert outcome.cause is cause
    assert outcome.size == http_bound()
    assert time.monotonic() - began < 5


def http_bound() -> int:
    return 2 * 1024 * 1024


def _drip(_request: bytes, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def _drip_headers(_request: bytes, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-A: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [_drip, _drip_headers])
def test_the_deadline_is_for_the_whole_look(serve, look, answer: Callable[[bytes, socket.socket], None]) -> None:
    outcome = look(serve(answer).url, deadline_s=0.5).outcome
    assert outcome.cause is Cause.TIMEOUT
    assert 450 <= outcome.phases.total <= 900


def test_steps_share_one_deadline(serve, look, reply) -> None:
    def slow(_request: bytes, connection: socket.socket) -> None:
        time.sleep(0.3)
        connection.sendall(reply(PAGE))

    server = serve(slow)
    assert look(server.url, server.url, server.url, deadline_s=0.5).outcome.cause is Cause.TIMEOUT


def test_a_hang_delays_no_other_look(serve, reply) -> None:
    hanging, good = serve(reply("")), serve(reply(PAGE))
    hanging.answer = hanging.hang
    hangs = [target(hanging.url, key=f"hang {n}", deadline_s=2.5) for n in range(60)]
    began, finished = time.monotonic(), {}
    for done in http.look_all([*hangs, *(target(good.url, key=f"good {n}") for n in range(60))], Egress(), now):
        finished[done.target.key] = (time.monotonic() - began, done.outcome.cause)
    assert len(finished) == 120
    assert max(after for key, (after, _) in finished.items() if key.startswith("good")) < 1.5
    assert {cause for key, (_, cause) in finished.items() if key.startswith("hang")} == {Cause.TIMEOUT}


class SilentResolver:
    """A name server on a real socket that hears every question and never answers."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))

    def lookup(self, host: str) -> Sequence[str]:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.settimeout(30)
            asking.sendto(host.encode(), self.socket.getsockname())
            return [asking.recv(512).decode()]


def test_a_resolver_that_never_answers_delays_no_other_look(serve, reply) -> None:
    silent, good = SilentResolver(), serve(reply(PAGE))
    lost = [target(f"http://ten-mien-{n}.example/", key=f"lost {n}", deadline_s=1.0) for n in range(30)]
    began, finished = time.monotonic(), {}
    everyone = [*lost, *(target(good.url, key=f"good {n}") for n in range(30))]
    for done in http.look_all(everyone, Egress(), now, silent.lookup):
        finished[done.target.key] = (time.monotonic() - began, done.outcome)
    over = time.monotonic() - began
    assert max(after for key, (after, _) in finished.items() if key.startswith("good")) < 0.8
    assert {outcome.cause for key, (_, outcome) in finished.items() if key.startswith("lost")} == {Cause.DNS}
    assert over < 2.0
    silent.socket.close()


def test_a_name_is_looked_up_for_each_look_and_its_time_is_a_phase(serve, reply) -> None:
    server, asked = serve(reply(PAGE)), []

    def lookup(host: str) -> Sequence[str]:
        asked.append(host)
        time.sleep(0.05)
        return ["127.0.0.1"]

    url = server.url.replace("127.0.0.1", "cong-dich-vu.example")
    for _ in range(2):
        (done,) = http.look_all([target(url)], Egress(), now, lookup)
        assert done.outcome.verdict is Verdict.UP
        assert done.outcome.phases.name is not None
        assert done.outcome.phases.name >= 50
        assert (done.outcome.phases.connect or 0) >= done.outcome.phases.name
    assert asked == ["cong-dich-vu.example"] * 2
    assert b"Host: cong-dich-vu.example:" in server.requests[0]


def test_a_name_that_moves_is_followed(serve, reply) -> None:
    server, places = serve(reply(PAGE)), iter(["127.0.0.2", "127.0.0.1"])
    url = server.url.replace("127.0.0.1", "cong-dich-vu.example")
    prober = http.Prober(Egress(), now, lambda _host: [next(places)])
    seen = []
    for _ in range(2):
        prober.start(target(url))
        while prober.busy:
            seen += [done.outcome.verdict for done in prober.finished(1.0)]
    prober.close()
    assert seen == [Verdict.DOWN, Verdict.UP]


def test_a_name_without_an_address(serve, look) -> None:
    outcome = look("http://khong-co.invalid/").outcome
    assert (outcome.cause, outcome.doubtful) == (Cause.DNS, True)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://", "khong phai dia chi", "http://127.0.0.1:99999/"])
def test_an_address_that_is_none_is_our_own_failure(look, url: str) -> None:
    assert look(url).outcome.verdict is Verdict.UNKNOWN


def test_the_environments_proxy_is_not_ours(serve, look, reply, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert look(serve(reply(PAGE)).url).outcome.verdict is Verdict.UP


def test_another_thread_can_cut_a_wait_short() -> None:
    prober = http.Prober(Egress(), now)
    threading.Timer(0.1, prober.wake).start()
    began = time.monotonic()
    assert prober.finished(10) == []
    assert time.monotonic() - began < 5
    prober.close()


def test_closing_waits_for_nothing(serve, reply) -> None:
    silent, hanging = SilentResolver(), serve(reply(""))
    hanging.answer = hanging.hang
    prober = http.Prober(Egress(), now, silent.lookup)
    for url in ("http://ten-mien.example/", hanging.url):
        prober.start(target(url, deadline_s=60))
    prober.finished(0.2)
    began = time.monotonic()
    prober.close()
    assert time.monotonic() - began < 0.2
    silent.socket.close()
