"""A real SSH server (OpenSSH's sshd) on 127.0.0.1, with a key of its own, that lets one key in to SFTP alone."""

from __future__ import annotations

import contextlib
import getpass
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.programs import as_whom, folder_of_its_own, given, program, unprivileged

_CONFIG = """
HostKey {folder}/host
AuthorizedKeysFile {folder}/let-in
PasswordAuthentication yes
KbdInteractiveAuthentication no
UsePAM yes
StrictModes no
LogLevel ERROR
PidFile none
Subsystem sftp internal-sftp
ForceCommand internal-sftp
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SshServer:
    """A running server; files of `files` are on it. `key` lets `user` in, `host_key` is what ssh-keygen prints."""

    port: int
    user: str
    files: Path
    key: Path
    host_key: str

    def put(self, name: str, content: bytes) -> Path:
        """Put a file there."""
        path = self.files / name
        path.write_bytes(content)
        return given(path)


@contextmanager
def ssh_server(keys: Path) -> Iterator[SshServer]:
    """One for as long as it is wanted; `keys` is a folder of the caller's for its own key."""
    sshd = program("/usr/sbin/sshd", "openssh-server")
    with folder_of_its_own("ssh-") as folder:
        for path in (folder / "host", keys / "key"):
            _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path))
        given(folder / "host")
        (folder / "let-in").write_text((keys / "key.pub").read_text())
        (folder / "config").write_text(_CONFIG.format(folder=folder))
        (folder / "xuat").mkdir()
        shown = _run("ssh-keygen", "-l", "-f", str(folder / "host.pub")).split()[1]
        command = [sshd, "-i", "-e", "-f", str(folder / "config")]
        with _answering(command) as port:
            yield SshServer(
                port=port,
                user=unprivileged() or getpass.getuser(),
                files=given(folder / "xuat"),
                key=keys / "key",
                host_key=shown,
            )


@contextmanager
def _answering(command: list[str]) -> Iterator[int]:
    """A port at which each connection is handed to a process of its own, as inetd does."""
    running: list[subprocess.Popen[bytes]] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        running.append(
                            subprocess.Popen(
                                command, stdin=connection, stdout=connection, stderr=subprocess.DEVNULL,
                                **as_whom(),
                            )
                        )  # fmt: skip

        threading.Thread(target=accept, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
    for child in running:
        child.kill()
        child.wait(10)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
