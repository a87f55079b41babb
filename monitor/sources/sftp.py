"""Exports in a folder on an SFTP server, known by its host key; read, and left as they are."""

from __future__ import annotations

import base64
import hashlib
import hmac
import posixpath
import socket
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from monitor.core.place import SftpPlace
from monitor.sources.brought import Come, brought, coming, left_alone, may_hold, unreachable
from monitor.sources.polling import Asked, Brought, NotFetched, Page
from monitor.sources.unpacked import LARGEST, MEGABYTE, wanted

if TYPE_CHECKING:
    from paramiko import PKey, SFTPClient, Transport

_PATIENCE_S = 30.0
_STILL_S = 5.0
"""A file that has kept its size and time for so long is complete."""
_YOUNG_S = 60.0
"""A file changed so lately by the server's clock, which may be off by as much, is looked at twice."""
_CHUNK = 256 * 1024


class Lying(NamedTuple):
    """One file on the server, as its folder lists it."""

    name: str
    size: int
    mtime: int


def fetch(asked: Asked) -> Iterator[Page | Brought]:
    """Each wanted file once as long as it stays the same, the oldest first; nothing is changed or removed there."""
    place = asked.place
    if not isinstance(place, SftpPlace):
        raise TypeError(f"{type(place).__name__} is no SFTP server")
    with _opened(asked, place) as there, coming(asked) as folder:
        for file in _complete(there, asked, place):
            key = f"{posixpath.join(place.folder, file.name)}|{file.size}|{file.mtime}"
            if key in asked.known:
                continue
            if file.size > LARGEST:
                yield left_alone(
                    f"“{file.name}” nặng {file.size // MEGABYTE} MB, quá {LARGEST // MEGABYTE} MB; xuất thành nhiều tệp"
                )
                continue
            path = folder / "file"
            try:
                copied = _copied(there, asked, place, file, path)
            except FileNotFoundError:  # taken away since it was listed
                continue
            except PermissionError:
                yield left_alone(f"không được đọc “{file.name}”; xin quyền đọc tệp ấy cho tài khoản của nguồn")
                continue
            if copied:
                moment = min(datetime.fromtimestamp(file.mtime, UTC), asked.now)
                yield from brought(
                    Come(path=path, name=file.name, key=key, at=moment), place.names, asked.known, folder
                )


def _complete(there: SFTPClient, asked: Asked, place: SftpPlace) -> list[Lying]:
    """Wanted files that have stopped growing."""
    files = _listed(there, place)
    now = asked.now.timestamp()
    young = [file for file in files if now - file.mtime < _YOUNG_S]
    if young:
        asked.pause(min(_STILL_S, asked.left_s()))
        still = set(_listed(there, place))
        files = [file for file in files if file in still]
    return sorted(files, key=lambda file: (file.mtime, file.name))


def _listed(there: SFTPClient, place: SftpPlace) -> list[Lying]:
    """Wanted files of the folder itself; links are not followed."""
    try:
        return [
            Lying(one.filename, one.st_size or 0, one.st_mtime or 0)
            for one in there.listdir_iter(place.folder)
            if stat.S_ISREG(one.st_mode or 0) and _wanted(one.filename, place.names)
        ]
    except UnicodeDecodeError as error:
        raise NotFetched(
            f"thư mục “{place.folder}” có tệp tên không viết bằng UTF-8, không liệt kê được; nhờ nơi ấy đổi tên tệp"
        ) from error


def _wanted(name: str, patterns: Iterable[str]) -> bool:
    listed = tuple(patterns)
    return wanted(name, ("*",)) and may_hold(name, listed)


def _copied(there: SFTPClient, asked: Asked, place: SftpPlace, file: Lying, path: Path) -> bool:
    """Whether the file came whole and was the same all the while; one that changed is let lie until next time."""
    remote = posixpath.join(place.folder, file.name)
    with there.open(remote, "rb") as content, path.open("wb") as out:
        content.prefetch(file.size, max_concurrent_requests=64)
        left = file.size
        while left and (chunk := content.read(min(_CHUNK, left))):
            asked.left_s()
            out.write(chunk)
            left -= len(chunk)
    after = there.lstat(remote)
    return not left and stat.S_ISREG(after.st_mode or 0) and (after.st_size, after.st_mtime) == (file.size, file.mtime)


@contextmanager
def _opened(asked: Asked, place: SftpPlace) -> Iterator[SFTPClient]:
    """The server, known by its key and let in; raise NotFetched for all that may be wrong with it."""
    try:
        from paramiko import SFTPClient, Transport
        from paramiko.ssh_exception import SSHException
    except ImportError as error:
        raise NotFetched("chưa cài gói cho SFTP; chạy: pip install 'tthc-monitor[sftp]'") from error
    where = f"máy chủ SFTP {place.host}:{place.port}"
    try:
        patience = min(_PATIENCE_S, asked.left_s())
        transport = Transport(socket.create_connection((place.host, place.port), timeout=patience))
        try:
            transport.banner_timeout = transport.auth_timeout = patience
            transport.start_client(timeout=patience)
            _recognise(transport, asked, place, where)
            _log_in(transport, asked, where)
            client = SFTPClient.from_transport(transport)
            channel = client.get_channel() if client is not None else None
            if client is None or channel is None:
                raise NotFetched(f"{where} không mở kênh SFTP; hỏi quản trị máy chủ")
            channel.settimeout(patience)
            yield client
        finally:
            transport.close()
    except FileNotFoundError as error:
        raise NotFetched(f"{where} không có thư mục “{place.folder}”; sửa folder của nguồn {asked.source}") from error
    except PermissionError as error:
        raise NotFetched(
            f"{where} không cho đọc “{place.folder}”; xin quyền đọc cho tài khoản của nguồn {asked.source}"
        ) from error
    except TimeoutError as error:
        raise NotFetched(f"{where} không trả lời; xem lại host, port và tường lửa") from error
    except (SSHException, EOFError) as error:
        raise NotFetched(f"{where} trả lời không đúng SSH, hoặc cắt ngang; lần sau thử lại") from error
    except OSError as error:
        raise unreachable(where, error) from error


def fingerprint(key: bytes) -> str:
    """How ssh-keygen prints a public key: SHA256:…"""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")


def _recognise(transport: Transport, asked: Asked, place: SftpPlace, where: str) -> None:
    """Go no further with a server that is not the one the register names, before any password is said."""
    shown = transport.get_remote_server_key()
    print_ = fingerprint(shown.asbytes())
    pinned = [one.rstrip("=") for one in place.host_key.split()]
    if not pinned:
        raise NotFetched(
            f"chưa ghi khóa của {where}: đối chiếu với quản trị máy chủ, rồi ghi vào nguồn {asked.source} trong "
            f'sources.toml: host_key = "{print_}" ({shown.get_name()})'
        )
    if not any(hmac.compare_digest(print_, one) for one in pinned):
        raise NotFetched(
            f"{where} đưa khóa khác khóa đã ghi ({shown.get_name()} {print_}): có thể máy chủ đổi khóa, có thể là máy "
            f"giả; hỏi quản trị máy chủ, đúng thì sửa host_key của nguồn {asked.source}"
        )


def _log_in(transport: Transport, asked: Asked, where: str) -> None:
    from paramiko.ssh_exception import AuthenticationException

    table = f"[{asked.source}] trong tệp SOURCE_SECRETS_FILE"
    username, password = asked.secrets.get("username", ""), asked.secrets.get("password", "")
    if not username:
        raise NotFetched(f"thiếu username ở {table}")
    try:
        if key_file := asked.secrets.get("key_file", ""):
            transport.auth_publickey(username, _key(Path(key_file), asked.secrets.get("passphrase"), table))
        elif password:
            transport.auth_password(username, password)
        else:
            raise NotFetched(f"thiếu password hoặc key_file ở {table}")
    except AuthenticationException as error:
        raise NotFetched(f"{where} không nhận tài khoản; sửa {table}") from error


def _key(path: Path, passphrase: str | None, table: str) -> PKey:
    from paramiko import PKey
    from paramiko.pkey import UnknownKeyType
    from paramiko.ssh_exception import SSHException

    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise NotFetched(f"người khác trên máy đọc được {path}; chạy: chmod 600 {path}")
        key: PKey = PKey.from_path(path, passphrase)
    except (OSError, ValueError, TypeError, SSHException, UnknownKeyType) as error:
        raise NotFetched(f"không đọc được khóa {path} (key_file, passphrase ở {table})") from error
    return key


__all__ = ["fetch", "fingerprint"]
