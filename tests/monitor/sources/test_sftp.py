"""Files on a real SSH server: known by its key, fetched once, left as they are."""

from __future__ import annotations

import io
import os
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paramiko
import pytest

from monitor.core.place import SftpPlace
from monitor.sources import sftp, unpacked
from monitor.sources.polling import Asked, Brought, NotFetched, OutOfTime, Page
from tests.servers.ssh import SshServer, ssh_server

LONG_AGO = 1_790_000_000


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("keys")) as one:
        yield one


@pytest.fixture
def server(running: SshServer) -> SshServer:
    for path in running.files.iterdir():
        path.rmdir() if path.is_dir() else path.unlink()
    return running


def put(server: SshServer, name: str, content: bytes = b"ma,trang thai\n", at: float = LONG_AGO) -> Path:
    path = server.put(name, content)
    os.utime(path, (at, at))
    return path


def asked(server: SshServer, folder: Path, **changed: Any) -> Asked:
    place = {"host": "127.0.0.1", "port": server.port, "folder": str(server.files), "host_key": server.host_key}
    place |= {name: changed.pop(name) for name in ("host", "port", "folder_", "names", "host_key") if name in changed}
    place["folder"] = place.pop("folder_", place["folder"])
    facts: dict[str, Any] = {
        "source": "kho",
        "now": datetime.now(UTC),
        "folder": folder,
        "secrets": {"username": server.user, "key_file": str(server.key)},
        "pause": lambda _: None,
        "until": time.monotonic() + 60,
    }
    return Asked(place=SftpPlace(**place), **facts | changed)


def fetched(one: Asked) -> tuple[dict[str, bytes], list[str], frozenset[str]]:
    """Files by name with what is in them, what was noted, and the keys they are known by."""
    files, notes, keys = {}, [], set()
    for got in sftp.fetch(one):
        match got:
            case Brought():
                assert got.path.is_relative_to(one.folder)
                files[got.name] = got.path.read_bytes()
                keys.add(got.key)
            case Page():
                assert not got.records
                notes.append(got.note)
    return files, notes, frozenset(keys)


def refusal(one: Asked) -> str:
    with pytest.raises(NotFetched) as caught:
        list(sftp.fetch(one))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_wanted_files_are_fetched_once_the_oldest_first_and_stay_there(server: SshServer, tmp_path: Path) -> None:
    put(server, "Hồ sơ 2.csv", b"hai", LONG_AGO + 60)
    put(server, "hồ sơ 1.CSV", b"mot")
    for other in ("anh.png", ".hồ sơ.csv", "~$hồ sơ.csv", "hồ sơ 3.csv.filepart"):
        put(server, other)
    (server.files / "con").mkdir()
    (server.files / "hồ sơ 4.csv").symlink_to("/etc/passwd")
    before = sorted(server.files.iterdir())
    files, notes, keys = fetched(asked(server, tmp_path, names=("hồ sơ*.csv",)))
    assert list(files.items()) == [("hồ sơ 1.CSV", b"mot"), ("Hồ sơ 2.csv", b"hai")]
    assert notes == []
    assert sorted(server.files.iterdir()) == before
    assert fetched(asked(server, tmp_path, names=("hồ sơ*.csv",), known=keys))[0] == {}
    put(server, "hồ sơ 1.CSV", b"moi", LONG_AGO + 90)
    assert list(fetched(asked(server, tmp_path, names=("hồ sơ*.csv",), known=keys))[0]) == ["hồ sơ 1.CSV"]
    assert list(tmp_path.iterdir()) == []  # nothing is left under way


def test_a_file_that_may_not_be_read_holds_up_no_other(server: SshServer, tmp_path: Path) -> None:
    put(server, "cua-nguoi-khac.csv", b"mot").chmod(0)
    put(server, "moi.csv", b"hai", LONG_AGO + 60)
    files, notes, _ = fetched(asked(server, tmp_path))
    assert files == {"moi.csv": b"hai"}
    assert notes == ["không được đọc “cua-nguoi-khac.csv”; xin quyền đọc tệp ấy cho tài khoản của nguồn"]


def test_a_name_in_other_letters_is_told(server: SshServer, tmp_path: Path) -> None:
    odd = os.fsencode(server.files) + b"/h\xf2 s\xf4.csv"
    Path(os.fsdecode(odd)).write_bytes(b"mot")
    assert "tệp tên không viết bằng UTF-8" in refusal(asked(server, tmp_path))


def test_its_figures_are_of_the_moment_the_file_was_written(server: SshServer, tmp_path: Path) -> None:
    put(server, "a.csv")
    put(server, "b.csv", at=4_000_000_000)
    one = asked(server, tmp_path)
    at = {got.name: got.at for got in sftp.fetch(one) if isinstance(got, Brought)}
    assert at == {"a.csv": datetime.fromtimestamp(LONG_AGO, UTC), "b.csv": one.now}


def test_a_file_that_still_grows_is_let_lie(server: SshServer, tmp_path: Path) -> None:
    growing = put(server, "dang-chep.csv", b"1", time.time())
    put(server, "xong.csv", b"2", time.time() - 10)
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        growing.write_bytes(b"1 va them")

    assert list(fetched(asked(server, tmp_path, pause=pause))[0]) == ["xong.csv"]
    assert waited == [5.0]
    os.utime(growing, (LONG_AGO, LONG_AGO))
    assert "dang-chep.csv" in fetched(asked(server, tmp_path, pause=waited.append))[0]


def test_archives_are_opened_and_what_cannot_be_taken_is_said(server: SshServer, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("thang 11/ho-so.csv", b"trong")
        archive.writestr("doc-toi.png", b"?")
    put(server, "gui.zip", packed.getvalue())
    put(server, "hong.zip", packed.getvalue()[:-30])
    huge = put(server, "lon.csv", b"")
    os.truncate(huge, unpacked.LARGEST + 1)
    os.utime(huge, (LONG_AGO, LONG_AGO))
    files, notes, keys = fetched(asked(server, tmp_path))
    assert files["gui-ho-so.csv"] == b"trong"
    assert [note.partition(";")[0] for note in notes] == ["“lon.csv” nặng 512 MB, quá 512 MB"]
    assert fetched(asked(server, tmp_path, known=keys))[0] == {}


def test_the_key_of_a_server_must_stand_in_the_register(server: SshServer, tmp_path: Path) -> None:
    told = refusal(asked(server, tmp_path, host_key="", secrets={}))
    assert f'ghi vào nguồn kho trong sources.toml: host_key = "{server.host_key}" (ssh-ed25519)' in told
    other = "SHA256:" + "A" * 43
    told = refusal(asked(server, tmp_path, host_key=other, secrets={}))
    assert "đưa khóa khác khóa đã ghi" in told
    assert server.host_key in told
    assert fetched(asked(server, tmp_path, host_key=f"{other} {server.host_key}"))[0] == {}  # one of several


def test_who_is_not_let_in_learns_where_the_account_stands(server: SshServer, tmp_path: Path) -> None:
    mine = {"username": server.user}
    assert "thiếu username ở [kho]" in refusal(asked(server, tmp_path, secrets={}))
    assert "thiếu password hoặc key_file ở [kho]" in refusal(asked(server, tmp_path, secrets=mine))
    stranger = tmp_path / "khoa-la"
    paramiko.RSAKey.generate(2048).write_private_key_file(str(stranger))
    told = refusal(asked(server, tmp_path, secrets=mine | {"key_file": str(stranger)}))
    assert "không nhận tài khoản; sửa [kho] trong tệp SOURCE_SECRETS_FILE" in told
    stranger.chmod(0o644)
    assert f"chmod 600 {stranger}" in refusal(asked(server, tmp_path, secrets=mine | {"key_file": str(stranger)}))
    nothing = mine | {"key_file": str(tmp_path / "khong-co")}
    assert "không đọc được khóa" in refusal(asked(server, tmp_path, secrets=nothing))


@pytest.mark.parametrize("folder", ["/khong-co", "/root/kin"])
def test_a_folder_that_cannot_be_read_is_named(folder: str, server: SshServer, tmp_path: Path) -> None:
    told = refusal(asked(server, tmp_path, folder_=folder))
    assert f"“{folder}”" in told


def test_out_of_time_leaves_nothing_half_done(server: SshServer, tmp_path: Path) -> None:
    put(server, "a.csv")
    clock = iter([0.0])
    found = sftp.fetch(asked(server, tmp_path, until=1.0, monotonic=lambda: next(clock, 2.0)))
    with pytest.raises(OutOfTime):
        list(found)
    assert list(tmp_path.iterdir()) == []


class _Door(paramiko.ServerInterface):
    """Lets one password in, and nobody any further."""

    def check_auth_password(self, username: str, password: str) -> int:
        right = (username, password) == ("xuat", "mật khẩu")
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def get_allowed_auths(self, _username: str) -> str:
        return "password"


@contextmanager
def door() -> Iterator[tuple[int, str]]:
    """A server that asks for a password: its port, and its key as it is pinned."""
    key = paramiko.ECDSAKey.generate()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept: list[paramiko.Transport] = []

        def accept() -> None:
            with suppress(OSError, EOFError, paramiko.SSHException):
                while True:
                    transport = paramiko.Transport(listener.accept()[0])
                    kept.append(transport)
                    transport.add_server_key(key)
                    transport.start_server(server=_Door())

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1]), sftp.fingerprint(key.asbytes())
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
    for transport in kept:
        transport.close()


def test_a_password_lets_in_as_well(server: SshServer, tmp_path: Path) -> None:
    with door() as (port, host_key):
        place = {"port": port, "host_key": host_key}
        wrong = {"username": "xuat", "password": "sai"}
        assert "không nhận tài khoản" in refusal(asked(server, tmp_path, secrets=wrong, **place))
        right = wrong | {"password": "mật khẩu"}
        assert "trả lời không đúng SSH, hoặc cắt ngang" in refusal(asked(server, tmp_path, secrets=right, **place))


def test_what_is_no_ssh_server_is_told(server: SshServer, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as web:
        port = int(web.getsockname()[1])

        def answer() -> None:
            connection, _ = web.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 3)

        threading.Thread(target=answer, daemon=True).start()
        assert "trả lời không đúng SSH" in refusal(asked(server, tmp_path, port=port))
    assert f"không kết nối được máy chủ SFTP 127.0.0.1:{port}" in refusal(asked(server, tmp_path, port=port))
