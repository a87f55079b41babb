"""A folder of a mailbox (IMAP), opened for reading only, and what may be wrong with it in one line."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.core.address import loopback
from monitor.core.place import MailboxPlace
from monitor.sources.brought import unreachable
from monitor.sources.polling import NotFetched

if TYPE_CHECKING:
    from imap_tools.mailbox import BaseMailBox


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who asks."""

    username: str
    password: str = field(repr=False)


@contextmanager
def opened(
    place: MailboxPlace, account: Account, *, patience_s: float, ca_file: str | None, settings: str, secrets: str
) -> Iterator[BaseMailBox]:
    """The mailbox's folder; raise NotFetched for all that may be wrong with it.

    `settings` and `secrets` say where a person mends the place and the account.
    """
    try:
        from imap_tools.errors import ImapToolsError, MailboxFolderSelectError
    except ImportError as error:
        raise NotFetched("chưa cài gói cho hộp thư; chạy: pip install 'tthc-monitor[mailbox]'") from error
    where = f"máy chủ thư {place.host}:{place.port}"
    try:
        box = _reached(place, patience_s, ca_file)
        try:
            _log_in(box, account, where, secrets)
            box.folder.set(place.folder, readonly=True)
            yield box
        finally:
            with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
                box.logout()
    except ssl.SSLCertVerificationError as error:
        raise NotFetched(
            f"chứng thư của {where} không được tin ({error.verify_message}); "
            f"ghi ca_file của {settings}, hoặc báo quản trị"
        ) from error
    except ssl.SSLError as error:
        raise NotFetched(f"không bắt tay TLS được với {where}; xem lại tls và port của {settings}") from error
    except MailboxFolderSelectError as error:
        raise NotFetched(
            f"{where} không có thư mục “{place.folder}”, hoặc không được đọc; sửa folder của {settings}"
        ) from error
    except TimeoutError as error:
        raise NotFetched(f"{where} không trả lời; xem lại host, port và tường lửa") from error
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        raise NotFetched(f"{where} trả lời không đúng IMAP, hoặc cắt ngang; lần sau thử lại") from error
    except OSError as error:
        raise unreachable(where, error) from error


def _reached(place: MailboxPlace, patience_s: float, ca_file: str | None) -> BaseMailBox:
    from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted

    if place.tls == "none":
        if not loopback(place.host):
            raise NotFetched('tls = "none" chỉ dùng cho máy này (127.0.0.1); ghi tls = "tls" hoặc "starttls"')
        return MailBoxUnencrypted(place.host, place.port, timeout=patience_s)
    trusted = ssl.create_default_context(cafile=place.ca_file or ca_file or None)
    made = MailBox if place.tls == "tls" else MailBoxStartTls
    return made(place.host, place.port, timeout=patience_s, ssl_context=trusted)


def _log_in(box: BaseMailBox, account: Account, where: str, secrets: str) -> None:
    from imap_tools.errors import ImapToolsError

    enter = box.login if f"{account.username}{account.password}".isascii() else box.login_utf8
    try:
        enter(account.username, account.password, None)
    except imaplib.IMAP4.abort:
        raise
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        raise NotFetched(f"{where} không nhận tên đăng nhập hoặc mật khẩu; sửa {secrets}") from error
