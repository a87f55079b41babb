"""Attachments in a real mailbox: taken once, from whom they are expected, and no mail is marked."""

from __future__ import annotations

import errno
import io
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from monitor.core.place import MailboxPlace
from monitor.sources import mailbox
from monitor.sources.brought import unreachable
from monitor.sources.polling import Asked, Brought, NotFetched, Page
from tests.servers.imap import PASSWORD, PLAIN, PLAIN_PASSWORD, USER, ImapServer, imap_server

SENT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def running() -> Iterator[ImapServer]:
    with imap_server() as one:
        yield one


@pytest.fixture
def server(running: ImapServer) -> ImapServer:
    running.empty()
    return running


def asked(server: ImapServer, folder: Path, **changed: Any) -> Asked:
    place: dict[str, Any] = {"host": "127.0.0.1", "port": server.tls_port, "ca_file": str(server.ca_file)}
    names = ("host", "port", "tls", "senders", "names", "ca_file", "folder_")
    place |= {name.rstrip("_"): changed.pop(name) for name in names if name in changed}
    facts: dict[str, Any] = {
        "source": "thu",
        "now": datetime.now(UTC),
        "folder": folder,
        "secrets": {"username": USER, "password": PASSWORD},
        "until": time.monotonic() + 60,
    }
    return Asked(place=MailboxPlace(**place), **facts | changed)


def fetched(one: Asked) -> tuple[list[tuple[str, bytes]], list[str], frozenset[str], str]:
    """Attachments with what is in them, what was noted, the keys they are known by, and how far it was looked."""
    files, notes, keys, since = [], [], set(), ""
    for got in mailbox.fetch(one):
        match got:
            case Brought():
                assert got.path.is_relative_to(one.folder)
                files.append((got.name, got.path.read_bytes()))
                keys.add(got.key)
            case Page():
                since = got.since or since
                notes += [got.note] if got.note else []
    return files, notes, frozenset(keys), since


def refusal(one: Asked) -> str:
    with pytest.raises(NotFetched) as caught:
        list(mailbox.fetch(one))
    assert "\n" not in str(caught.value)
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("tls", ["tls", "starttls", "none"])
def test_attachments_are_taken_once_and_no_mail_is_touched(tls: str, server: ImapServer, tmp_path: Path) -> None:
    server.put(("Hồ sơ tháng 11.xlsx", b"mot"), ("chu-ky.png", b"?"), sent=SENT)
    server.put(subject="Không có gì kèm")
    port = server.tls_port if tls == "tls" else server.port
    place: dict[str, Any] = {"tls": tls, "port": port}
    files, notes, keys, since = fetched(asked(server, tmp_path, **place))
    assert files == [("Hồ sơ tháng 11.xlsx", b"mot")]
    assert notes == []
    assert server.flags() == ["", ""]
    assert list(tmp_path.iterdir()) == []
    assert fetched(asked(server, tmp_path, since=since, **place)) == ([], [], frozenset(), "")
    assert fetched(asked(server, tmp_path, known=keys, **place))[0] == []  # the poll before was cut short
    server.put(("them.csv", b"hai"), sent=SENT)
    assert fetched(asked(server, tmp_path, since=since, known=keys, **place))[0] == [("them.csv", b"hai")]
    assert server.flags() == ["", "", ""]


def test_a_walk_that_was_cut_short_goes_on_behind_the_last_mail_it_fetched(server: ImapServer, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "c.csv"):
        server.put((name, name.encode()), sent=SENT)
    walk = mailbox.fetch(asked(server, tmp_path))
    first, page = next(walk), next(walk)
    walk.close()  # type: ignore[attr-defined]
    assert isinstance(first, Brought)
    assert isinstance(page, Page)
    rest = fetched(asked(server, tmp_path, go_on=page.go_on))  # though nothing tells that the first is known
    assert [name for name, _ in rest[0]] == ["b.csv", "c.csv"]


def test_another_mailbox_under_the_same_name_is_looked_through_from_the_beginning(
    server: ImapServer, tmp_path: Path
) -> None:
    server.put(("a.csv", b"mot"), sent=SENT)
    _, _, keys, since = fetched(asked(server, tmp_path))
    server.empty()
    server.put(("a.csv", b"hai"), sent=SENT)
    assert fetched(asked(server, tmp_path, since=since, known=keys))[0] == [("a.csv", b"hai")]


def test_figures_are_of_the_moment_the_mail_says_and_never_of_the_future(server: ImapServer, tmp_path: Path) -> None:
    server.put(("a.csv", b"1"), sent=SENT)
    server.put(("b.csv", b"2"), sent=datetime.now(UTC) + timedelta(days=400))
    server.put(("c.csv", b"3"))
    one = asked(server, tmp_path)
    at = {got.name: got.at for got in mailbox.fetch(one) if isinstance(got, Brought)}
    assert at == {"a.csv": SENT, "b.csv": one.now, "c.csv": one.now}


@pytest.mark.parametrize(
    ("senders", "taken"),
    [
        ((), {"so.csv", "nguoi-la.csv", "gia.csv"}),
        (("Xuat@SO.invalid",), {"so.csv"}),
        (("@so.invalid",), {"so.csv"}),
        (("@khac.invalid",), set()),
    ],
    ids=["anybody", "an address", "a domain", "nobody"],
)
def test_only_those_named_are_heard(
    senders: tuple[str, ...], taken: set[str], server: ImapServer, tmp_path: Path
) -> None:
    server.put(("so.csv", b"1"), sent=SENT)
    server.put(("nguoi-la.csv", b"2"), sender="la@ngoai.invalid", sent=SENT)
    server.put(("gia.csv", b"3"), sender="xuat@so.invalid.ngoai.invalid", sent=SENT)
    assert {name for name, _ in fetched(asked(server, tmp_path, senders=senders))[0]} == taken


def test_only_wanted_names_are_taken_also_out_of_archives(server: ImapServer, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("thang/ho-so-10.xlsx", b"10")
        archive.writestr("ho-so-11.xlsx", b"11")
        archive.writestr("ngan-sach.xlsx", b"?")
    server.put(("ho-so-9.XLSX", b"9"), ("bao-cao.xlsx", b"?"), ("gui.zip", packed.getvalue()), sent=SENT)
    files, _, keys, _ = fetched(asked(server, tmp_path, names=("ho-so-*.xlsx",)))
    assert files == [("ho-so-9.XLSX", b"9"), ("gui-ho-so-10.xlsx", b"10"), ("gui-ho-so-11.xlsx", b"11")]
    first = frozenset(key for key in keys if key.endswith("/3/1"))
    again = fetched(asked(server, tmp_path, names=("ho-so-*.xlsx",), known=first))[0]
    assert [name for name, _ in again] == ["ho-so-9.XLSX", "gui-ho-so-11.xlsx"]


@pytest.mark.parametrize(
    ("given", "harmless"),
    [
        ("../../etc/cron.d/x.csv", "x.csv"),
        ("C:\\Users\\a\\..\\ho so.csv", "ho so.csv"),
        ("=?utf-8?b?SOG7kyBzxqEuY3N2?=", "Hồ sơ.csv"),
        ("a\u202excod.csv", "a_xcod.csv"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
        (".an.csv", "an.csv"),
    ],
)
def test_a_name_leads_nowhere(given: str, harmless: str, server: ImapServer, tmp_path: Path) -> None:
    server.put_raw(
        b"From: a@so.invalid\r\nContent-Type: multipart/mixed; boundary=xx\r\n\r\n--xx\r\n"
        b'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="'
        + given.replace("\\", "\\\\").encode()
        + b'"\r\n\r\nnoi dung\r\n--xx--\r\n'
    )
    files, *_ = fetched(asked(server, tmp_path / "hop"))
    assert [name for name, _ in files] == [harmless]
    assert list(tmp_path.rglob("*")) == [tmp_path / "hop"]


def test_what_cannot_be_taken_is_said_once_and_the_rest_is_taken(server: ImapServer, tmp_path: Path) -> None:
    server.put_raw(b"From: xuat@so.invalid\r\nDate: Tue, 24 Nov 2026 09:30:00 +0700\r\n\r\n", size=200 * 1024**2)
    server.put_raw(b"From: =?khong-co?q?x?= <\xff\xfe>\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n\xff")
    forwarded = EmailMessage()
    forwarded["From"] = "ai-do@ngoai.invalid"
    forwarded.set_content("Chuyển tiếp")
    inner = EmailMessage()
    inner["From"] = "xuat@so.invalid"
    inner.set_content("x")
    inner.add_attachment(b"trong", maintype="application", subtype="octet-stream", filename="trong.csv")
    forwarded.add_attachment(inner)
    server.put_raw(forwarded.as_bytes())
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w") as archive:
        for number in range(51):
            archive.writestr(f"{number}.csv", b"")
    server.put(("qua-nhieu.zip", bomb.getvalue()), ("tot.csv", b"tot"), sent=SENT)
    files, notes, _, since = fetched(asked(server, tmp_path))
    assert files == [("trong.csv", b"trong"), ("tot.csv", b"tot")]
    assert notes == [
        "thư ngày 24/11/2026 09:30 nặng 200 MB, quá 64 MB; nén ZIP, chia thành nhiều thư, hoặc thả tệp thẳng vào "
        "thư mục nhận tệp",
        "qua-nhieu.zip: tệp nén có 51 tệp, nhiều hơn 50; chia thành nhiều tệp nén",
    ]
    assert fetched(asked(server, tmp_path, since=since))[:2] == ([], [])


def test_what_keeps_a_mailbox_shut_is_told_with_its_mend(server: ImapServer, tmp_path: Path) -> None:
    wrong = {"username": USER, "password": "sai"}
    assert "thiếu username ở [thu]" in refusal(asked(server, tmp_path, secrets={}))
    assert "thiếu password ở [thu]" in refusal(asked(server, tmp_path, secrets={"username": USER}))
    assert "không nhận tên đăng nhập hoặc mật khẩu" in refusal(asked(server, tmp_path, secrets=wrong))
    assert "không có thư mục “Hồ sơ”" in refusal(asked(server, tmp_path, folder_="Hồ sơ"))
    assert "không được tin" in refusal(asked(server, tmp_path, ca_file=None))
    assert "không được tin" in refusal(asked(server, tmp_path, ca_file=None, port=server.port, tls="starttls"))
    assert "không bắt tay TLS được" in refusal(asked(server, tmp_path, port=server.port))
    assert 'tls = "none" chỉ dùng cho máy này' in refusal(asked(server, tmp_path, host="192.0.2.1", tls="none"))
    closed = socket.create_server(("127.0.0.1", 0))
    port = int(closed.getsockname()[1])
    closed.close()
    assert "không kết nối được máy chủ thư" in refusal(asked(server, tmp_path, port=port))


def test_a_password_of_plain_letters_lets_in_as_well(server: ImapServer, tmp_path: Path) -> None:
    server.put(("a.csv", b"1"), sent=SENT)
    plain = {"username": PLAIN, "password": PLAIN_PASSWORD}
    assert fetched(asked(server, tmp_path, secrets=plain))[0] == [("a.csv", b"1")]


def test_a_full_disk_is_not_taken_for_a_server_that_is_away() -> None:
    full = str(unreachable("máy chủ thư x:993", OSError(errno.ENOSPC, "No space left on device")))
    assert full == "máy giám sát không ghi được tệp lấy về (No space left on device); dọn đĩa chứa VAR_DIR"
    assert "máy chủ thư x:993" in str(unreachable("máy chủ thư x:993", ConnectionResetError()))


def test_what_is_no_mailbox_is_told(server: ImapServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as web:

        def answer() -> None:
            connection, _ = web.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        told = refusal(asked(server, tmp_path, port=int(web.getsockname()[1]), tls="none"))
    assert "trả lời không đúng IMAP" in told
