"""Looks through TLS and proxies: whose fault a failure is."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from pathlib import Path

import pytest
import trustme

from monitor.core.look import Cause, Verdict
from monitor.probes.outcome import Egress, bypassed

PAGE = "<title>Khuyến mại</title><p>Mã thủ tục: 2.001474</p><a href='/nop'>Nộp trực tuyến</a>"


def test_a_certificate_of_the_authority_we_are_told_to_trust(serve, look, reply, authority, server_tls) -> None:
    server = serve(reply(PAGE), server_tls)
    outcome = look(server.url, ca_file=str(authority[1])).outcome
    assert outcome.verdict is Verdict.UP
    assert (outcome.phases.connect or 0) <= (outcome.phases.tls or 0) <= (outcome.phases.first_byte or 0)
    assert look(server.url, egress=Egress(ca_file=str(authority[1]))).outcome.verdict is Verdict.UP


def test_an_authority_nobody_trusts(serve, look, reply, server_tls) -> None:
    outcome = look(serve(reply(PAGE), server_tls).url).outcome
    assert (outcome.verdict, outcome.cause, outcome.doubtful) == (Verdict.DOWN, Cause.TLS, True)


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def test_a_certificate_for_another_name(serve, look, reply, authority) -> None:
    context = context_of(authority[0].issue_cert("khac.example"))
    assert look(serve(reply(PAGE), context).url, ca_file=str(authority[1])).outcome.cause is Cause.TLS


def test_an_expired_certificate(serve, look, reply, authority) -> None:
    past = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
    context = context_of(authority[0].issue_cert("127.0.0.1", not_before=past, not_after=past + dt.timedelta(days=1)))
    outcome = look(serve(reply(PAGE), context).url, ca_file=str(authority[1])).outcome
    assert outcome.cause is Cause.TLS
    assert "expired" in outcome.detail


def test_plain_words_where_tls_was_promised(look) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=greet)
        thread.start()
        outcome = look(f"https://127.0.0.1:{listener.getsockname()[1]}").outcome
        thread.join(5)
    assert outcome.cause is Cause.TLS


def test_a_file_of_authorities_that_is_missing_is_our_own_failure(
    serve, look, reply, server_tls, tmp_path: Path
) -> None:
    outcome = look(serve(reply(PAGE), server_tls).url, ca_file=str(tmp_path / "none.pem")).outcome
    assert outcome.verdict is Verdict.UNKNOWN


def test_an_endless_handshake_ends_at_the_deadline(look) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        assert look(url, deadline_s=0.4).outcome.cause is Cause.TIMEOUT


def test_through_a_proxy_in_the_clear_and_in_a_tunnel(serve, look, reply, proxy, *, authority, server_tls) -> None:
    through = serve(proxy)
    egress = Egress(proxy=through.url, ca_file=str(authority[1]))
    assert look(serve(reply(PAGE), server_tls).url, egress=egress).outcome.verdict is Verdict.UP
    outcome = look("http://cong.example/", egress=egress).outcome
    assert (outcome.cause, outcome.proxied) == (Cause.ACTION_MISSING, True)
    assert [r.split(b" ")[0] for r in through.requests] == [b"CONNECT", b"GET"]


def test_a_targets_own_proxy_comes_before_the_settings(serve, look, reply, proxy) -> None:
    through, direct = serve(proxy), serve(reply(PAGE))
    assert look(direct.url, egress=Egress(proxy=through.url), proxy="").outcome.verdict is Verdict.UP
    assert look(direct.url, egress=Egress(proxy=through.url, no_proxy="127.0.0.0/8")).outcome.verdict is Verdict.UP
    assert through.requests == []
    look(direct.url, proxy=through.url)
    assert len(through.requests) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_down_is_our_own_network(look, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    outcome = look(f"{scheme}://cong.example/", egress=Egress(proxy=f"http://127.0.0.1:{port}")).outcome
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.OWN_NETWORK)


def test_a_proxy_that_hangs_is_not_proof_of_anything(serve, look, reply) -> None:
    through = serve(reply(""))
    through.answer = through.hang
    outcome = look("https://cong.example/", egress=Egress(proxy=through.url), deadline_s=0.4).outcome
    assert (outcome.cause, outcome.doubtful, outcome.proxied) == (Cause.TIMEOUT, True, True)


def test_a_proxy_without_a_name_is_our_own_network(look) -> None:
    outcome = look("http://cong.example/", egress=Egress(proxy="http://proxy.invalid:3128")).outcome
    assert outcome.cause is Cause.OWN_NETWORK


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("status", "verdict"), [(407, Verdict.UNKNOWN), (502, Verdict.DOWN), (504, Verdict.DOWN)])
def test_a_proxys_refusal_is_ours_and_its_failure_doubtful(
    serve, look, reply, *, scheme: str, status: int, verdict: Verdict
) -> None:
    through = serve(reply("<h1>lỗi</h1>", status=status))
    outcome = look(f"{scheme}://cong.example/", egress=Egress(proxy=through.url)).outcome
    assert outcome.verdict is verdict
    assert outcome.doubtful is (verdict is Verdict.DOWN)
    assert outcome.proxied


def test_a_tunnel_that_is_forbidden_is_our_own_network(serve, look, reply) -> None:
    through = serve(reply("<h1>cấm</h1>", status=403))
    assert look("https://cong.example/", egress=Egress(proxy=through.url)).outcome.cause is Cause.OWN_NETWORK


def test_the_word_of_a_proxy_is_never_taken_for_the_targets(serve, look, reply) -> None:
    page = "<html><body><h1>Web Page Blocked</h1>FortiGuard</body></html>"
    through = serve(reply(page))
    assert look("http://cong.example/", egress=Egress(proxy=through.url)).outcome.cause is Cause.OWN_NETWORK


@pytest.mark.parametrize(
    ("host", "listed", "expected"),
    [
        ("127.0.0.1", "localhost,127.0.0.0/8", True),
        ("cong.thanhhoa.gov.vn", ".thanhhoa.gov.vn", True),
        ("thanhhoa.gov.vn", "thanhhoa.gov.vn", True),
        ("xthanhhoa.gov.vn", "thanhhoa.gov.vn", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8, *.vn", False),
        ("a.vn", "*", True),
        ("a.vn", "", False),
    ],
)
def test_no_proxy_names_hosts_domains_and_networks(host: str, listed: str, *, expected: bool) -> None:
    assert bypassed(host, listed) is expected


def test_a_socks_proxy_is_handed_the_name(look) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve_once() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"\x05\x00")
                heard.append(connection.recv(100))

        thread = threading.Thread(target=serve_once)
        thread.start()
        look("http://cong.example/", egress=Egress(proxy=f"socks5://127.0.0.1:{listener.getsockname()[1]}"))
        thread.join(5)
    assert b"cong.example" in heard[0]
