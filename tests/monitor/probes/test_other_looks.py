"""Names, certificates and ports, looked at where real servers answer, refuse, drip or say nothing."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import trustme

from monitor.core.look import Cause, Kind, Verdict
from monitor.core.service import Assertion, Step, Target, Want
from monitor.probes import PROBES
from monitor.probes.certificate import NotConnected, certificate_of
from monitor.probes.http import Finished
from monitor.probes.outcome import Egress, Outcome
from tests.servers import web
from tests.servers.names import NameServer, naming
from tests.servers.web import reply

NAME = "dvc.example."
ZONE = {(NAME, "A"): ("203.0.113.7", "203.0.113.8"), (NAME, "AAAA"): ("2001:db8::1",)}


def look(
    url: str, *, egress: Egress | None = None, deadline_s: float = 5.0, ca_file: str = "", **step: object
) -> Outcome:
    kind = Kind(url.partition(":")[0])
    target = Target(
        key="t", name="t", kind=kind, steps=(Step(url=url, **step),), deadline_s=deadline_s, public=False,  # type: ignore[arg-type]
        ca_file=ca_file or None,
    )  # fmt: skip
    finished: Finished = PROBES[kind](target, egress or Egress(), lambda: dt.datetime.now(dt.UTC), threading.Event())
    return finished.outcome


@pytest.fixture
def name_server() -> Iterator[Callable[..., NameServer]]:
    with naming() as start:
        yield start


def address(value: str) -> tuple[Assertion, ...]:
    return (Assertion(want=Want.ADDRESS, value=value),)


def test_a_name_is_up_where_every_resolver_answers(name_server) -> None:
    first, second = name_server(ZONE), name_server(ZONE)
    outcome = look("dns://dvc.example", resolvers=(first.address, second.address), assertions=address("203.0.113.7"))
    assert outcome.verdict is Verdict.UP
    assert outcome.detail == f"{first.address}: 203.0.113.7, 203.0.113.8; {second.address}: 203.0.113.7, 203.0.113.8"
    assert look("dns://dvc.example", resolvers=(first.address,), record="AAAA").detail.endswith(": 2001:db8::1")


@pytest.mark.parametrize(
    ("faulty", "said", "doubtful"),
    [
        ({"silent": True}, "không trả lời", True),
        ({}, "không có tên miền này", False),
        ({"rcode": 2}, "từ chối: SERVFAIL", False),
        ({"rcode": 5}, "từ chối: REFUSED", False),
        ({"zone": {(NAME, "AAAA"): ("2001:db8::1",)}}, "không có bản ghi A", False),
        ({"zone": ZONE, "cut": True}, "không trả lời", True),
    ],
    ids=["silent", "no name", "fails", "refuses", "no record", "drips"],
)
def test_what_a_resolver_says_instead_is_in_the_detail(name_server, faulty: dict, said: str, *, doubtful: bool) -> None:
    resolver = name_server(**faulty)
    outcome = look("dns://dvc.example", resolvers=(resolver.address,), deadline_s=1.0)
    assert (outcome.verdict, outcome.cause, outcome.doubtful) == (Verdict.DOWN, Cause.DNS, doubtful)
    assert outcome.detail == f"{resolver.address}: {said}"


def test_one_resolver_of_two_that_is_silent_is_named_and_not_doubted(name_server) -> None:
    good, dead = name_server(ZONE), name_server(ZONE, silent=True)
    began = time.monotonic()
    outcome = look("dns://dvc.example", resolvers=(good.address, dead.address), deadline_s=1.0)
    assert (outcome.verdict, outcome.doubtful) == (Verdict.DOWN, False)
    assert f"{dead.address}: không trả lời" in outcome.detail
    assert time.monotonic() - began < 10


def test_an_address_that_a_resolver_lacks_is_a_failure(name_server) -> None:
    good, changed = name_server(ZONE), name_server({(NAME, "A"): ("198.51.100.9",)})
    resolvers = (good.address, changed.address)
    outcome = look("dns://dvc.example", resolvers=resolvers, assertions=address("203.0.113.7"))
    assert (outcome.verdict, outcome.cause, outcome.doubtful) == (Verdict.DOWN, Cause.DNS, False)
    assert outcome.detail.startswith("thiếu 203.0.113.7: ")


def test_behind_a_proxy_a_name_that_does_not_resolve_here_says_nothing(name_server) -> None:
    behind = Egress(proxy="http://127.0.0.1:9")
    nothing = look("dns://dvc.example", egress=behind, resolvers=(name_server().address,))
    assert (nothing.verdict, nothing.cause) == (Verdict.UNKNOWN, Cause.OWN_NETWORK)
    assert look("dns://dvc.example", egress=behind, resolvers=(name_server(ZONE).address,)).verdict is Verdict.UP


@pytest.fixture
def shows(serve, authority: tuple[trustme.CA, Path]) -> Callable[[trustme.LeafCert], str]:
    """Start a server that proves itself with a certificate; its tls:// address."""

    def start(leaf: trustme.LeafCert) -> str:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(context)
        return f"tls://127.0.0.1:{serve(reply('x'), context).port}"

    return start


def dated(ca: trustme.CA, days: float, *names: str) -> trustme.LeafCert:
    end = dt.datetime.now(dt.UTC) + dt.timedelta(days=days)
    return ca.issue_cert(*(names or ("127.0.0.1",)), not_before=end - dt.timedelta(days=90), not_after=end)


def test_a_good_certificate_is_up_and_its_days_are_said(shows, authority) -> None:
    outcome = look(shows(dated(authority[0], 20.5)), ca_file=str(authority[1]))
    assert outcome.verdict is Verdict.UP
    assert outcome.detail.startswith("chứng thư còn 20 ngày, đến ")
    assert outcome.certificate is not None
    assert outcome.certificate.names == ("127.0.0.1",)
    assert (outcome.phases.connect or 0) <= (outcome.phases.tls or 0) <= outcome.phases.total


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        (lambda ca: dated(ca, -3), "chứng thư hết hạn ngày "),
        (lambda ca: dated(ca, 120), "chứng thư chỉ có hiệu lực từ ngày "),
        (lambda ca: dated(ca, 20, "khac.example"), "chứng thư cấp cho tên khác: khac.example"),
        (lambda _: trustme.CA().issue_cert("127.0.0.1"), "chứng thư không dẫn tới tổ chức chứng thực được tin cậy"),
    ],
    ids=["expired", "not yet", "wrong name", "unknown authority"],
)
def test_a_certificate_that_is_not_to_be_trusted_is_down_and_kept(shows, authority, leaf, said: str) -> None:
    outcome = look(shows(leaf(authority[0])), ca_file=str(authority[1]))
    assert (outcome.verdict, outcome.cause) == (Verdict.DOWN, Cause.TLS)
    assert outcome.detail.startswith(said)
    assert outcome.certificate is not None
    assert outcome.evidence.certificate == outcome.certificate
    assert outcome.certificate.problem == outcome.detail
    assert outcome.evidence.address == "127.0.0.1"


def signed_by_itself(folder: Path, spoil: Callable[[bytes], bytes] = bytes, name: str = "") -> ssl.SSLContext:
    """A server's side with a certificate of its own, of one name or none, its bytes spoilt after it was signed."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, nobody = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = dt.datetime.now(dt.UTC)
    made = x509.CertificateBuilder(nobody, nobody, key.public_key(), 1, now, now + dt.timedelta(days=9))
    if name:
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    der = spoil(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "all.pem").write_bytes(ssl.DER_cert_to_PEM_cert(der).encode() + key.private_bytes(*form))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "all.pem")
    return context


def test_a_certificate_signed_by_itself(serve, tmp_path: Path) -> None:
    outcome = look(f"tls://127.0.0.1:{serve(reply('x'), signed_by_itself(tmp_path)).port}")
    assert (outcome.cause, outcome.certificate and outcome.certificate.names) == (Cause.TLS, ())


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        (b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x04", False),
        (b"\x82\x09b.example", b"\xa3\x09b.example", True),
        (b"\x82\x09b.example", b"\x87\x09b.example", False),
    ],
    ids=["a version that is none", "a name of X.400", "an address that is none"],
)
def test_a_strange_certificate_breaks_no_look(
    serve, tmp_path: Path, before: bytes, after: bytes, *, kept: bool
) -> None:
    context = signed_by_itself(tmp_path, lambda der: der.replace(before, after), "b.example")
    outcome = look(f"tls://127.0.0.1:{serve(reply('x'), context).port}")
    assert (outcome.verdict, outcome.cause) == (Verdict.DOWN, Cause.TLS)
    assert (outcome.certificate is not None) == kept


def test_no_tls_where_it_was_promised_and_nothing_at_all(serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(100)
                connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n" * 10)

        threading.Thread(target=greet, daemon=True).start()
        outcome = look(f"tls://127.0.0.1:{listener.getsockname()[1]}")
    assert (outcome.verdict, outcome.cause, outcome.doubtful) == (Verdict.DOWN, Cause.TLS, True)
    refused = look(f"tls://127.0.0.1:{web.closed_port()}")
    assert (refused.cause, refused.doubtful) == (Cause.CONNECT, True)


def drips(listener: socket.socket, over: threading.Event) -> None:
    """Take connections and answer each with one byte after the other, for ever: a TLS record that never ends."""
    while not over.is_set():
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            try:
                connection.sendall(b"\x16\x03\x03\x40\x00")
                while not over.wait(0.05):
                    connection.sendall(b"\x02")
            except OSError:
                continue


@pytest.mark.parametrize("kind", ["tls", "tcp"])
def test_the_deadline_holds_against_a_server_that_drips(kind: str) -> None:
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drips, args=(listener, over), daemon=True).start()
        wanted = (Assertion(want=Want.TEXT, value="ESMTP"),) if kind == "tcp" else ()
        began = time.monotonic()
        outcome = look(f"{kind}://127.0.0.1:{listener.getsockname()[1]}", deadline_s=0.6, assertions=wanted)
        took = time.monotonic() - began
        over.set()
    assert outcome.verdict is Verdict.DOWN
    assert outcome.cause is (Cause.TIMEOUT if kind == "tls" else Cause.CONTENT)
    assert took < 5


def test_a_port_that_greets(serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            for _ in range(3):
                connection, _ = listener.accept()
                with suppress(OSError), connection:
                    connection.sendall(b"220 thu.exa")
                    connection.sendall("mple ESMTP Máy chủ thư\r\n".encode())

        threading.Thread(target=greet, daemon=True).start()
        url = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        assert look(url).verdict is Verdict.UP
        greeted = look(url, assertions=(Assertion(want=Want.TEXT, value="máy chủ thư"),))
        assert greeted.verdict is Verdict.UP
        assert greeted.phases.first_byte is not None
        other = look(url, assertions=(Assertion(want=Want.TEXT, value="IMAP4"),))
        assert (other.verdict, other.cause, other.doubtful) == (Verdict.DOWN, Cause.CONTENT, False)
        assert b"ESMTP" in other.evidence.body


def test_a_port_that_nobody_listens_on_and_one_that_hangs_up() -> None:
    closed = look(f"tcp://127.0.0.1:{web.closed_port()}")
    assert (closed.verdict, closed.cause, closed.doubtful) == (Verdict.DOWN, Cause.CONNECT, True)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            listener.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        url = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        broken = look(url, assertions=(Assertion(want=Want.TEXT, value="ESMTP"),))
    assert (broken.verdict, broken.cause, broken.doubtful) == (Verdict.DOWN, Cause.BROKEN, True)


def test_through_a_proxy_by_connect(serve, shows, proxy, authority) -> None:
    through = serve(proxy)
    egress = Egress(proxy=through.url, contact="it@example.vn")
    outcome = look(shows(dated(authority[0], 20)), egress=egress, ca_file=str(authority[1]))
    assert (outcome.verdict, outcome.proxied) == (Verdict.UP, True)
    assert look(f"tcp://127.0.0.1:{serve(reply('x')).port}", egress=egress).verdict is Verdict.UP
    assert [request.split(b" ")[0] for request in through.requests] == [b"CONNECT", b"CONNECT"]
    assert b"it@example.vn" in through.requests[0]


@pytest.mark.parametrize(
    ("answer", "verdict", "cause"),
    [
        (reply("", status=403), Verdict.UNKNOWN, Cause.OWN_NETWORK),
        (reply("", status=407), Verdict.UNKNOWN, Cause.OWN_NETWORK),
        (reply("", status=502), Verdict.DOWN, Cause.CONNECT),
        (reply("", status=504), Verdict.DOWN, Cause.TIMEOUT),
    ],
    ids=["403", "407", "502", "504"],
)
def test_a_proxy_that_opens_no_tunnel(serve, *, answer: bytes, verdict: Verdict, cause: Cause) -> None:
    outcome = look("tcp://dvc.example:25", egress=Egress(proxy=serve(answer).url))
    assert (outcome.verdict, outcome.cause) == (verdict, cause)


def test_a_proxy_that_is_not_there_is_our_own_network() -> None:
    outcome = look("tls://dvc.example:443", egress=Egress(proxy=f"http://127.0.0.1:{web.closed_port()}"))
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.OWN_NETWORK)


def test_a_proxy_over_tls_is_named_as_what_cannot_be_done() -> None:
    outcome = look("tls://dvc.example:443", egress=Egress(proxy="https://127.0.0.1:9"))
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.PROBE_FAILED)


def test_a_file_of_authorities_that_is_missing_is_our_own_failure(shows, authority, tmp_path: Path) -> None:
    outcome = look(shows(dated(authority[0], 20)), ca_file=str(tmp_path / "khong-co.pem"))
    assert (outcome.verdict, outcome.cause) == (Verdict.UNKNOWN, Cause.PROBE_FAILED)


def test_a_resolver_that_hangs_holds_nobody_beyond_the_deadline() -> None:
    over = threading.Event()

    def hangs(_host: str) -> tuple[str, ...]:
        over.wait(30)
        return ()

    with pytest.raises(NotConnected) as raised:
        certificate_of("dvc.example", 443, deadline_s=0.3, lookup=hangs)
    over.set()
    assert (raised.value.judgement.cause, raised.value.judgement.doubtful) == (Cause.DNS, True)


def test_a_look_is_given_up_when_the_program_stops() -> None:
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=1) as listener:
        through = f"http://127.0.0.1:{listener.getsockname()[1]}"
        target = Target(key="t", name="t", kind=Kind.TCP, steps=(Step(url="tcp://dvc.example:25"),), deadline_s=60)
        threading.Timer(0.2, stopping.set).start()
        began = time.monotonic()
        PROBES[Kind.TCP](target, Egress(proxy=through), lambda: dt.datetime.now(dt.UTC), stopping)
    assert time.monotonic() - began < 20
