"""Mail that came back to where our letters are from: read out of a mailbox (IMAP) or a mailbox file, never altered."""

from __future__ import annotations

import mailbox
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from monitor.core.period import ICT
from monitor.core.place import MailboxPlace
from monitor.sources.imap import Account, opened
from monitor.sources.notice import LONGEST
from monitor.sources.polling import NotFetched

if TYPE_CHECKING:
    from imap_tools.mailbox import BaseMailBox

FIRST_DAYS = 31
"""How far back mails are read when a mailbox is asked for the first time."""
PATIENCE_S = 30.0
SETTING = "BOUNCES_URL"
_PORTS = {"imaps": 993, "imap": 143}
_FILES: dict[str, Callable[[str], mailbox.Mailbox[mailbox.Message]]] = {
    "mbox": lambda path: mailbox.mbox(path, create=False),
    "maildir": lambda path: mailbox.Maildir(path, create=False),
}
SCHEMES = (*_PORTS, *_FILES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One mail as it came, and the mark that the next reading begins behind; empty for a file, read whole."""

    content: bytes
    mark: str = ""


def returned(url: str, mark: str, now: datetime, *, ca_file: str = "") -> Iterator[Returned]:
    """The mails behind a mark, the oldest first; raise NotFetched for what is wrong with the place."""
    scheme = urlsplit(url).scheme
    if scheme in _FILES:
        yield from _of_file(scheme, Path(unquote(urlsplit(url).path)))
    else:
        yield from _of_server(url, mark, now, ca_file)


def _of_file(scheme: str, path: Path) -> Iterator[Returned]:
    try:
        if not path.exists():
            raise NotFetched(f"không có hộp thư {path}; sửa {SETTING} trong .env")
        for one in _FILES[scheme](str(path)):
            yield Returned(content=one.as_bytes())
    except (OSError, mailbox.Error) as error:
        raise NotFetched(f"không đọc được hộp thư {path}; cho tài khoản chạy chương trình quyền đọc") from error


def _of_server(url: str, mark: str, now: datetime, ca_file: str) -> Iterator[Returned]:
    parts = urlsplit(url)
    place = MailboxPlace(
        host=parts.hostname or "",
        port=parts.port or _PORTS[parts.scheme],
        tls="tls" if parts.scheme == "imaps" else "starttls" if parts.query == "starttls" else "none",
        folder=unquote(parts.path.strip("/")) or "INBOX",
    )
    account = Account(username=unquote(parts.username or ""), password=unquote(parts.password or ""))
    with opened(
        place,
        account,
        patience_s=PATIENCE_S,
        ca_file=ca_file or None,
        settings=SETTING,
        secrets=f"{SETTING} trong .env",
    ) as box:
        validity = int(box.client.response("UIDVALIDITY")[1][0] or 0)
        for uid in _newer(box, mark, validity, now):
            status, data = box.client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LONGEST}>)")
            content = next((one[1] for one in data if isinstance(one, tuple)), None)
            if status == "OK" and isinstance(content, bytes):
                yield Returned(content=content, mark=f"{validity}:{uid}")


def _newer(box: BaseMailBox, mark: str, validity: int, now: datetime) -> list[int]:
    """Numbers of the mails not read yet, ascending; another validity is another mailbox."""
    from imap_tools import AND

    known, _, last = mark.partition(":")
    if known == str(validity) and last.isdecimal():
        # A server answers "n:*" with the last mail even where that is older than n.
        found = box.uids(f"UID {int(last) + 1}:*", None)
        return sorted(uid for uid in map(int, found) if uid > int(last))
    first = (now - timedelta(days=FIRST_DAYS)).astimezone(ICT).date()
    return sorted(map(int, box.uids(AND(date_gte=first), None)))
