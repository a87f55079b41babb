"""A real mailbox (Dovecot) on 127.0.0.1, as an ordinary process; mails are files in its folder."""

from __future__ import annotations

import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count
from pathlib import Path

import trustme

from tests.servers.programs import as_whom, folder_of_its_own, given, program, unprivileged

PLAIN, PLAIN_PASSWORD = "doc@so.invalid", 'p"a\\ss {1}'
USER, PASSWORD = "ho-so@so.invalid", 'mật khẩu "thử" 1'
_CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
login_greeting = {folder}
listen = 127.0.0.1
default_internal_user = {account}
default_internal_group = {group}
default_login_user = {account}
disable_plaintext_auth = no
auth_failure_delay = 0
ssl = yes
ssl_cert = <{folder}/tls.pem
ssl_key = <{folder}/tls.pem
mail_location = maildir:~/Maildir
first_valid_uid = 1
auth_verbose_passwords = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={account} gid={group} home={folder}/home
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(slots=True)
class ImapServer:
    """A running server: `port` speaks plainly and STARTTLS, `tls_port` TLS alone; `ca_file` is whom to trust."""

    port: int
    tls_port: int
    folder: Path
    ca_file: Path
    _numbers: Iterator[int]

    @property
    def maildir(self) -> Path:
        """Where the mails lie."""
        return self.folder / "home" / "Maildir"

    def empty(self) -> None:
        """A new mailbox without a mail: numbers begin anew."""
        shutil.rmtree(self.maildir, ignore_errors=True)
        for name in (".", "cur", "new", "tmp"):
            (self.maildir / name).mkdir(parents=True, exist_ok=True)
            given(self.maildir / name)
        # The validity is the second at which the mailbox was first opened, unless the list of numbers says another.
        (self.maildir / "dovecot-uidlist").write_text(
            f"3 V{1_000 + next(self._numbers)} N1 G{next(self._numbers):032x}\n"
        )
        given(self.maildir / "dovecot-uidlist")

    def put(
        self,
        *attached: tuple[str, bytes],
        sender: str = "xuat@so.invalid",
        sent: datetime | None = None,
        subject: str = "Danh sách hồ sơ",
    ) -> None:
        """A mail with these files."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"Người xuất <{sender}>", USER, subject
        if sent is not None:
            mail["Date"] = format_datetime(sent)
        mail.set_content("Gửi kèm danh sách.")
        for name, content in attached:
            mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        self.put_raw(mail.as_bytes())

    def put_raw(self, content: bytes, *, size: int = 0) -> None:
        """A mail as it is; with `size`, one that large, of which the rest is nothing."""
        number = next(self._numbers)
        name = f"{1_000_000_000 + number}.M{number}P1.test,S={size or len(content)},W={size or len(content)}"
        path = self.maildir / "tmp" / name
        path.write_bytes(content)
        if size:
            os.truncate(path, size)
        given(path).rename(self.maildir / "new" / name)

    def flags(self) -> list[str]:
        """What is marked at each mail, by the ends of their files' names."""
        files = [path for part in ("cur", "new") for path in (self.maildir / part).iterdir()]
        return sorted(path.name.partition(":2,")[2] for path in files)


@contextmanager
def imap_server() -> Iterator[ImapServer]:
    """One for as long as it is wanted."""
    dovecot = program("/usr/sbin/dovecot", "dovecot-imapd")
    with folder_of_its_own("imap-") as folder:
        running, server = _started(dovecot, folder)
        try:
            server.empty()
            yield server
        finally:
            _end(running)


def _started(dovecot: str, folder: Path) -> tuple[subprocess.Popen[bytes], ImapServer]:
    """The server once it answers; another's ports are given up, for nobody can be told which are free."""
    log = _log(folder)
    for _ in range(5):
        server = _prepared(folder)
        with log.open("ab") as said:
            running = subprocess.Popen(
                [dovecot, "-F", "-c", str(folder / "config")], stdout=said, stderr=said, **as_whom()
            )
        if _answers(server.port, running, str(folder)):
            return running, server
        _end(running)
    raise AssertionError(f"Dovecot does not answer: {log.read_text(errors='replace')}")


def _log(folder: Path) -> Path:
    (folder / "log").touch()
    return given(folder / "log")


def _end(running: subprocess.Popen[bytes]) -> None:
    running.terminate()
    with suppress(subprocess.TimeoutExpired):
        running.wait(10)
    running.kill()
    running.wait(10)


def _prepared(folder: Path) -> ImapServer:
    account = unprivileged() or getpass.getuser()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    chain = authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem
    (folder / "tls.pem").write_bytes(chain.bytes())
    known = ((USER, PASSWORD), (PLAIN, PLAIN_PASSWORD))
    (folder / "users").write_text("".join(f"{user}:{{PLAIN}}{password}\n" for user, password in known))
    (folder / "home").mkdir(exist_ok=True)
    port, tls_port = _free(), _free()
    group = grp.getgrgid(pwd.getpwnam(account).pw_gid).gr_name
    (folder / "config").write_text(
        _CONFIG.format(folder=folder, account=account, group=group, port=port, tls_port=tls_port)
    )
    for path in folder.iterdir():
        given(path)
    return ImapServer(port, tls_port, folder, folder / "ca.pem", count(1))


def _free() -> int:
    """A port nobody listens at; Dovecot cannot be told to take any and say which."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _answers(port: int, running: subprocess.Popen[bytes], greeting: str) -> bool:
    """Whether it is this server that greets there, before long."""
    for _ in range(600):
        if running.poll() is not None:
            return False
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
            said = b""
            while b"\n" not in said and (more := probe.recv(1024)):
                said += more
            if said.startswith(b"* OK"):
                return greeting.encode() in said
        time.sleep(0.05)
    return False
