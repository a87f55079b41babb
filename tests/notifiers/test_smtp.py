from __future__ import annotations

import email
import email.policy
import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from monitor.core.message import Message
from notifiers import MaybeSent, NotSent, Unreachable
from notifiers.mime import to_bytes
from notifiers.smtp import Server, Smtp

Start = Callable[..., "object"]
SECRET = "mat%2Fkhau%401"


def letter(key: str = "slot/1", **changes: object) -> Message:
    facts: dict[str, object] = {
        "key": key,
        "message_id": f"<{key.replace('/', '.')}@thanhhoa.gov.vn>",
        "date": datetime(2026, 11, 25, 0, 30, tzinfo=UTC),
        "sender": "Giám sát TTHC <giamsat@thanhhoa.gov.vn>",
        "to_address": "giamdoc@thanhhoa.gov.vn",
        "to_names": ("Giám đốc Sở Công Thương",),
        "subject": "12 hồ sơ quá hạn",
        "text": "Kính gửi\n.\n.Một dòng bắt đầu bằng dấu chấm",
    }
    return Message(**(facts | changes))  # type: ignore[arg-type]


def test_a_letter_arrives_byte_for_byte_with_the_servers_words(start) -> None:
    server = start()
    receipt = Smtp(f"smtp://127.0.0.1:{server.port}").send(letter())
    assert receipt.words == "250 2.0.0 da nhan"
    assert server.kept.mails == [to_bytes(letter())]
    assert server.kept.to == [("giamdoc@thanhhoa.gov.vn",)]


def test_a_batch_goes_over_one_connection(start) -> None:
    server = start()
    with Smtp(f"smtp://127.0.0.1:{server.port}") as smtp:
        for number in range(5):
            smtp.send(letter(f"slot/{number}"))
    assert len(server.kept.mails) == 5
    assert len(server.kept.sessions) == 1


def test_over_tls_the_certificate_is_checked(start, server_side: ssl.SSLContext, ca_file: str) -> None:
    server = start(ssl_context=server_side)
    assert Smtp(f"smtps://localhost:{server.port}", ca_file=ca_file).send(letter())
    with pytest.raises(Unreachable, match="chứng thư không hợp lệ"):
        Smtp(f"smtps://localhost:{server.port}").send(letter())
    assert len(server.kept.mails) == 1


def test_starttls_and_a_password(start, server_side: ssl.SSLContext, ca_file: str) -> None:
    server = start(tls_context=server_side, require_starttls=True, auth=True, auth_require_tls=True)
    url = f"smtp://giamsat%40thanhhoa.gov.vn:{SECRET}@localhost:{server.port}?starttls"
    assert Smtp(url, ca_file=ca_file).send(letter())
    assert server.kept.logins == ["giamsat@thanhhoa.gov.vn"]


def test_a_wrong_password_stops_the_batch_and_kills_no_letter(start, server_side: ssl.SSLContext, ca_file: str) -> None:
    server = start(ssl_context=server_side, auth=True, auth_require_tls=False)
    with pytest.raises(Unreachable, match="không nhận tài khoản") as refused:
        Smtp(f"smtps://giamsat:sai@localhost:{server.port}", ca_file=ca_file).send(letter())
    assert not refused.value.permanent


def test_a_password_the_protocol_cannot_carry_is_named(start, server_side: ssl.SSLContext, ca_file: str) -> None:
    server = start(ssl_context=server_side, auth=True, auth_require_tls=False)
    with pytest.raises(Unreachable, match="ngoài ASCII"):
        Smtp(f"smtps://giamsat:m%E1%BA%ADt@localhost:{server.port}", ca_file=ca_file).send(letter())


def test_a_password_never_goes_in_clear(start) -> None:
    server = start(auth=True, auth_require_tls=False)
    with pytest.raises(NotSent, match="không mã hóa"):
        Smtp(f"smtp://giamsat:{SECRET}@127.0.0.1:{server.port}").send(letter())
    assert server.kept.logins == []


def test_where_starttls_is_not_offered_nothing_is_sent(start) -> None:
    server = start()
    with pytest.raises(Unreachable, match="STARTTLS"):
        Smtp(f"smtp://giamsat:{SECRET}@127.0.0.1:{server.port}?starttls").send(letter())
    assert server.kept.mails == []


def test_a_secret_is_never_printed() -> None:
    assert "bimat" not in repr(Server.of("smtps://giamsat:bimat@may:465"))


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [("450 4.2.1 hop thu ban", False), ("550 5.1.1 khong co nguoi nay", True), ("552 5.2.2 day", True)],
)
def test_a_refused_recipient_is_permanent_only_when_the_server_says_so(start, answer: str, permanent: bool) -> None:
    server = start()
    server.kept.on_rcpt = answer
    with pytest.raises(NotSent, match=answer) as refused:
        Smtp(f"smtp://127.0.0.1:{server.port}").send(letter())
    assert refused.value.permanent is permanent
    assert not isinstance(refused.value, MaybeSent | Unreachable)


@pytest.mark.parametrize(("answer", "permanent"), [("451 4.3.0 thu lai sau", False), ("554 5.7.1 thu rac", True)])
def test_a_refused_letter_does_not_hinder_the_next(start, answer: str, permanent: bool) -> None:
    server = start()
    with Smtp(f"smtp://127.0.0.1:{server.port}") as smtp:
        server.kept.on_data = answer
        with pytest.raises(NotSent, match=answer) as refused:
            smtp.send(letter("slot/1"))
        server.kept.on_data = "250 OK"
        smtp.send(letter("slot/2"))
    assert refused.value.permanent is permanent
    assert len(server.kept.mails) == 1


def test_a_connection_the_server_closed_meanwhile_is_opened_again(start) -> None:
    server = start()
    with Smtp(f"smtp://127.0.0.1:{server.port}") as smtp:
        smtp.send(letter("slot/1"))
        assert smtp._line is not None
        assert smtp._line.sock is not None
        smtp._line.sock.shutdown(socket.SHUT_RDWR)
        smtp.send(letter("slot/2"))
    assert len(server.kept.mails) == 2


def test_nobody_there_is_named(unused_port: int) -> None:
    with pytest.raises(Unreachable, match="từ chối kết nối"):
        Smtp(f"smtp://127.0.0.1:{unused_port}").send(letter())


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_server_that_says_nothing_is_given_up(scripted) -> None:
    port = scripted(lambda line: line.recv(1))
    began = time.monotonic()
    with pytest.raises(Unreachable, match="quá thời gian chờ"):
        Smtp(f"smtp://127.0.0.1:{port}", timeout_s=0.3).send(letter())
    assert time.monotonic() - began < 3


def test_a_server_that_drips_is_cut_at_the_deadline(scripted) -> None:
    def drip(line: socket.socket) -> None:
        line.sendall(b"220-")
        for _ in range(100):
            line.sendall(b"x")
            time.sleep(0.1)

    port = scripted(drip)
    began = time.monotonic()
    with pytest.raises(Unreachable):
        Smtp(f"smtp://127.0.0.1:{port}", timeout_s=5, deadline_s=0.5).send(letter())
    assert time.monotonic() - began < 3


def conversation(line: socket.socket, *, answer_to_data: bytes | None) -> None:
    """A server's side of one letter, up to the answer to the whole of it."""
    file = line.makefile("rb")
    line.sendall(b"220 xin chao\r\n")
    for asked in file:
        if asked.upper().startswith(b"DATA"):
            line.sendall(b"354 noi di\r\n")
            while file.readline() not in (b".\r\n", b""):
                pass
            if answer_to_data is None:
                return
            line.sendall(answer_to_data)
        else:
            line.sendall(b"250 duoc\r\n")


def test_a_connection_cut_after_the_whole_letter_leaves_it_uncertain(scripted) -> None:
    port = scripted(lambda line: conversation(line, answer_to_data=None))
    with pytest.raises(MaybeSent) as lost:
        Smtp(f"smtp://127.0.0.1:{port}", timeout_s=2).send(letter())
    assert not lost.value.permanent


def test_an_answer_that_never_comes_leaves_it_uncertain(scripted) -> None:
    port = scripted(lambda line: conversation(line, answer_to_data=b"250-"))
    with pytest.raises(MaybeSent):
        Smtp(f"smtp://127.0.0.1:{port}", timeout_s=0.3).send(letter())


def test_a_server_shutting_down_is_unreachable(scripted) -> None:
    port = scripted(lambda line: line.sendall(b"421 dang bao tri\r\n"))
    with pytest.raises(Unreachable):
        Smtp(f"smtp://127.0.0.1:{port}", timeout_s=1).send(letter())


def test_check_says_whether_letters_could_be_handed_over(start, unused_port: int) -> None:
    assert Smtp(f"smtp://127.0.0.1:{start().port}").check()
    with pytest.raises(NotSent):
        Smtp(f"smtp://127.0.0.1:{unused_port}").check()


@pytest.mark.parametrize("address", ["", "khong-phai", "a@b\r\nRCPT TO:<c@d>", "a@b> SIZE=1", "giám.đốc@sở.vn"])
def test_an_address_that_is_none_is_refused_before_anything_is_sent(start, address: str) -> None:
    server = start()
    with pytest.raises(NotSent) as refused:
        Smtp(f"smtp://127.0.0.1:{server.port}").send(letter(to_address=address))
    assert refused.value.permanent
    assert server.kept.mails == []


def test_what_arrives_can_be_read(start) -> None:
    server = start()
    Smtp(f"smtp://127.0.0.1:{server.port}").send(letter(html="<p>Kính gửi Giám đốc</p>"))
    mail = email.message_from_bytes(server.kept.mails[0], policy=email.policy.default)
    assert mail["Subject"] == "12 hồ sơ quá hạn"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().rstrip("\n") == letter().text
