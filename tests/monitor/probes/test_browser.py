"""Looks with a real Chromium at real servers: what a person would see, and what is left when it is over."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.core.look import Cause, Kind, Verdict
from monitor.core.service import Assertion, Means, Step, Take, Target, Want
from monitor.probes import browser
from monitor.probes.http import Finished
from monitor.probes.outcome import Egress

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for found in map(shutil.which, NAMES) if found), None)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and os.environ.get("CI") != "true", reason="this machine has no Chromium"),
]

PAGE = "<title>Khuyến mại</title><p>Mã thủ tục: 2.001474</p><a href='/nop'>Nộp trực tuyến</a>"
EGRESS = Egress(contact="ttpvhcc@example.vn", chromium_path=str(CHROMIUM))
WANTED = (
    Assertion(want=Want.TEXT, value="2.001474", cause=Cause.WRONG_PAGE),
    Assertion(want=Want.TEXT, value="Nộp trực tuyến", cause=Cause.ACTION_MISSING),
)


def target(*urls: str, deadline_s: float = 20.0, **more: object) -> Target:
    steps = (*(Step(url=url) for url in urls[:-1]), Step(url=urls[-1], assertions=WANTED))
    return Target(key="t", name="t", steps=steps, deadline_s=deadline_s, public=False, **more)  # type: ignore[arg-type]


@pytest.fixture
def open_(now: Callable[[], object]) -> Callable[..., Finished]:
    """Look once with Chromium."""

    def once(*urls: str, egress: Egress = EGRESS, **more: object) -> Finished:
        return browser.probe(target(*urls, **more), egress, now, threading.Event())  # type: ignore[arg-type]

    return once


def test_a_page_that_a_script_builds_is_read_as_a_person_reads_it(serve, open_, reply) -> None:
    late = f"<body><script>setTimeout(() => {{document.body.innerHTML = `{PAGE}`}}, 700)</script></body>"
    server = serve(reply(late))
    outcome = open_(server.url).outcome
    assert (outcome.verdict, outcome.cause, outcome.status) == (Verdict.UP, Cause.NONE, 200)
    assert outcome.evidence.screenshot.startswith(b"\x89PNG")
    assert "Nộp trực tuyến" in outcome.evidence.body.decode()
    assert outcome.phases.first_byte is not None
    assert 0 < outcome.phases.first_byte <= outcome.phases.total
    assert b"tthc-monitor/0.1 (+ttpvhcc@example.vn)" in server.requests[0]


def test_what_is_hidden_is_not_there(serve, open_, reply) -> None:
    hidden = PAGE.replace("<a ", "<a style='display:none' ")
    outcome = open_(serve(reply(hidden)).url).outcome
    assert (outcome.verdict, outcome.cause) == (Verdict.DOWN, Cause.ACTION_MISSING)
    assert outcome.evidence.screenshot


def test_a_shield_that_never_yields_is_not_an_outage(serve, open_, reply) -> None:
    shield = "<script>window['bobcmn']='1'</script><p>Please enable JavaScript to view the page content.</p>"
    outcome = open_(serve(reply(shield)).url).outcome
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.CHALLENGED)


def test_a_shield_that_lets_a_browser_through_is_passed(serve, open_, reply) -> None:
    def answer(request: bytes, connection: socket.socket) -> None:
        script = "<script>document.cookie='qua=1';setTimeout(() => location.reload(), 300)</script>bobcmn"
        connection.sendall(reply(PAGE if b"qua=1" in request else script))

    assert open_(serve(answer).url).outcome.verdict is Verdict.UP


def test_each_step_is_taken_in_the_same_session(serve, open_, reply) -> None:
    def answer(request: bytes, connection: socket.socket) -> None:
        if b"GET /trang" in request:
            connection.sendall(reply(PAGE if b"phien=7" in request else "không có phiên"))
        else:
            connection.sendall(reply("<p>trang chủ</p>", Set_Cookie="phien=7; Path=/"))

    server = serve(answer)
    assert open_(server.url, f"{server.url}/trang").outcome.verdict is Verdict.UP
    assert open_(f"{server.url}/trang").outcome.cause is Cause.WRONG_PAGE


def test_a_server_that_hangs_is_a_timeout_within_the_deadline(serve, open_, reply) -> None:
    server = serve(reply(""))
    server.answer = server.hang
    began = time.monotonic()
    assert open_(server.url, deadline_s=2.0).outcome.cause is Cause.TIMEOUT
    assert time.monotonic() - began < 2 + browser.START_S


def test_a_refused_connection_is_doubtful(open_) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = open_(f"http://127.0.0.1:{port}").outcome
    assert (outcome.verdict, outcome.cause, outcome.doubtful) == (Verdict.DOWN, Cause.CONNECT, True)


def test_through_a_proxy_that_asks_who_we_are(serve, open_, reply) -> None:
    def ask(request: bytes, connection: socket.socket) -> None:
        known = b"Proxy-Authorization: Basic dTpwQHM=" in request  # u:p@s
        asked = reply("", status=407, Proxy_Authenticate='Basic realm="x"')
        connection.sendall(reply(PAGE) if known else asked)

    through = serve(ask)
    there = replace(EGRESS, proxy=through.url.replace("//", "//u:p%40s@"))
    assert open_("http://cong.example/", egress=there).outcome.verdict is Verdict.UP
    wrong = open_("http://cong.example/", egress=replace(EGRESS, proxy=through.url)).outcome
    assert (wrong.verdict, wrong.cause, wrong.proxied) == (Verdict.UNKNOWN, Cause.OWN_NETWORK, True)


def test_the_browser_tells_its_maker_nothing(serve, open_, reply) -> None:
    through = serve(reply(PAGE))
    slow = "<script>setTimeout(() => {document.body.innerHTML = `" + PAGE + "`}, 3000)</script>"
    through.answer = lambda _request, connection: connection.sendall(reply(slow))
    assert open_("http://cong.example/", egress=replace(EGRESS, proxy=through.url)).outcome.verdict is Verdict.UP
    assert {request.split(b"/")[2] for request in through.requests} == {b"cong.example"}


def test_a_proxy_that_is_down_is_our_own_network(open_) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        proxy = f"http://127.0.0.1:{closed.getsockname()[1]}"
    outcome = open_("http://cong.example/", egress=replace(EGRESS, proxy=proxy)).outcome
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.OWN_NETWORK)


def test_no_proxy_is_obeyed_by_the_browser_too(serve, open_, reply) -> None:
    through, direct = serve(reply("qua proxy")), serve(reply(PAGE))
    egress = replace(EGRESS, proxy=through.url, no_proxy="127.0.0.0/8")
    outcome = open_(direct.url, egress=egress).outcome
    assert (outcome.verdict, outcome.proxied) == (Verdict.UP, False)
    assert through.requests == []
    assert open_(direct.url, egress=replace(EGRESS, proxy=through.url)).outcome.cause is Cause.WRONG_PAGE


def test_the_authority_we_are_told_to_trust(serve, open_, reply, *, authority, server_tls) -> None:
    server = serve(reply(PAGE), server_tls)
    assert open_(server.url, ca_file=str(authority[1])).outcome.verdict is Verdict.UP
    outcome = open_(server.url).outcome
    assert (outcome.cause, outcome.doubtful) == (Cause.TLS, True)


def test_a_file_of_authorities_that_holds_none_is_our_own_failure(serve, open_, reply, tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("không phải chứng thư")
    outcome = open_(serve(reply(PAGE)).url, ca_file=str(empty)).outcome
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.PROBE_FAILED)
    assert "CA_FILE" in outcome.detail


def test_a_browser_that_is_not_there_is_an_unknown_look_that_says_so(serve, open_, reply) -> None:
    outcome = open_(serve(reply(PAGE)).url, egress=replace(EGRESS, chromium_path="/khong/co")).outcome
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.PROBE_FAILED)
    assert "CHROMIUM_PATH" in outcome.detail


def test_without_the_extra_for_the_browser_a_look_is_unknown_and_says_what_to_install(
    open_, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "playwright").mkdir()
    (tmp_path / "playwright" / "__init__.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    outcome = open_("http://127.0.0.1:9/").outcome
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.PROBE_FAILED)
    assert "pip install tthc-monitor[browser]" in outcome.detail


def test_a_program_that_is_no_browser_is_an_unknown_look(serve, open_, reply) -> None:
    outcome = open_(serve(reply(PAGE)).url, egress=replace(EGRESS, chromium_path=sys.executable)).outcome
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.PROBE_FAILED)


def test_where_nothing_can_be_written_a_look_is_unknown_and_the_browser_goes_on_looking(
    serve, open_, reply, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(reply(PAGE))
    with monkeypatch.context() as full:
        full.setattr("tempfile.tempdir", str(tmp_path / "gone"))
        outcome = open_(server.url).outcome
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.PROBE_FAILED)
    assert open_(server.url).outcome.verdict is Verdict.UP


def test_half_a_letter_in_a_page_does_not_keep_it_from_being_read(serve, open_, reply) -> None:
    broken = f"{PAGE}<script>document.body.append('\\ud800')</script>"
    assert open_(serve(reply(broken)).url).outcome.verdict is Verdict.UP


def test_a_look_told_to_stop_ends_at_once_and_leaves_nothing_behind(serve, reply, now) -> None:
    server, stopping = serve(reply("")), threading.Event()
    server.answer = server.hang
    threading.Timer(3.0, stopping.set).start()
    began = time.monotonic()
    outcome = browser.probe(target(server.url, deadline_s=60), EGRESS, now, stopping).outcome
    assert outcome.cause is Cause.PROBE_FAILED
    assert time.monotonic() - began < 4
    assert marked() == []


def marked() -> list[str]:
    """The processes that a look's child started and that still live."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if browser.MARK.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_text("utf-8", "replace"))
        except OSError:
            continue
    return found


def test_a_browser_takes_a_value_into_the_next_address(serve, reply, now) -> None:
    late = "<script>setTimeout(() => {document.body.innerHTML = `<input name=ma value='a/b?c&d'>`}, 300)</script>"
    first, second = serve(reply(f"<body>x{late}</body>")), serve(reply(PAGE))
    take = Take(name="ma", by=Means.SELECTOR, value="input[name=ma]", attribute="value")
    steps = (Step(url=first.url, take=(take,)), Step(url=f"{second.url}/?ma={{ma}}", assertions=WANTED))
    journey = Target(key="t", name="t", kind=Kind.BROWSER, steps=steps, deadline_s=25.0, public=False)
    assert browser.probe(journey, EGRESS, now, threading.Event()).outcome.verdict is Verdict.UP
    assert second.requests[0].split(b"\r\n")[0] == b"GET /?ma=a%2Fb%3Fc%26d HTTP/1.1"


def test_a_browser_names_the_step_that_hands_nothing_on(serve, reply, now) -> None:
    first, second = serve(reply("<p>Trang tìm kiếm</p>")), serve(reply(PAGE))
    take = Take(name="ma", by=Means.XPATH, value="//input/@value", cause=Cause.ACTION_MISSING)
    steps = (Step(url=first.url, take=(take,)), Step(url=f"{second.url}/?ma={{ma}}", assertions=WANTED))
    journey = Target(key="t", name="t", kind=Kind.BROWSER, steps=steps, deadline_s=25.0, public=False)
    outcome = browser.probe(journey, EGRESS, now, threading.Event()).outcome
    assert (outcome.cause, outcome.detail) == (Cause.ACTION_MISSING, "bước 1/2: không lấy được {ma}: //input/@value")
    assert second.requests == []


def test_an_empty_page_amid_a_journey_is_not_its_end(serve, open_, reply) -> None:
    first, second = serve(reply("<body></body>")), serve(reply(PAGE))
    outcome = open_(first.url, second.url, deadline_s=25.0).outcome
    assert (outcome.verdict, outcome.detail) == (Verdict.DOWN, "bước 1/2: trang trống, không đi tiếp được")
    assert second.requests == []
