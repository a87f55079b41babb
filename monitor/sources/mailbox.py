"""Exports that come by mail: attachments in a mailbox (IMAP), read without leaving a trace in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from monitor.core.period import ICT, aware
from monitor.core.place import MailboxPlace
from monitor.sources.brought import Come, brought, coming, left_alone, may_hold
from monitor.sources.imap import Account, opened
from monitor.sources.polling import Asked, Brought, NotFetched, Page
from monitor.sources.unpacked import MEGABYTE, harmless

if TYPE_CHECKING:
    from imap_tools.mailbox import BaseMailBox
    from imap_tools.message import MailMessage

LARGEST_MAIL = 64 * MEGABYTE
FIRST_DAYS = 31
"""How far back mails are looked through when a mailbox is asked for the first time."""
_BATCH = 100
_PATIENCE_S = 30.0
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
"""What a mail that was made to be unreadable may raise while it is taken apart."""


class Mark(NamedTuple):
    """Up to which mail everything was looked through; another `validity` is another mailbox."""

    validity: int
    uid: int

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}"


def fetch(asked: Asked) -> Iterator[Page | Brought]:
    """Each wanted attachment once, of the oldest mail first; no mail is deleted, moved or marked."""
    place = asked.place
    if not isinstance(place, MailboxPlace):
        raise TypeError(f"{type(place).__name__} is no mailbox")
    with _opened(asked, place) as box, coming(asked) as folder:
        validity = int(box.client.response("UIDVALIDITY")[1][0] or 0)
        yield from _Walk(asked=asked, place=place, box=box, validity=validity, folder=folder).through()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walk:
    """One walk through the mails of an opened folder; cut short, it goes on behind the last mail it fetched."""

    asked: Asked
    place: MailboxPlace
    box: BaseMailBox
    validity: int
    folder: Path

    def through(self) -> Iterator[Page | Brought]:
        """What new mails bring, and after each of these and each hundred up to which all was looked through."""
        uids = self._newer()
        for at in range(0, len(uids), _BATCH):
            batch = uids[at : at + _BATCH]
            for mail in self._headers(batch):
                brings = False
                for one in self._of_mail(mail):
                    brings = True
                    yield one
                if brings:
                    yield self._through(int(mail.uid or 0))
            yield self._through(batch[-1])

    def _through(self, uid: int) -> Page:
        mark = str(Mark(self.validity, uid))
        return Page(since=mark, go_on={"mark": mark})

    def _newer(self) -> list[int]:
        """Numbers of the mails not looked through yet, ascending."""
        from imap_tools import AND

        with suppress(ValueError):
            known = Mark(*map(int, str(self.asked.go_on.get("mark") or self.asked.since).split(":", 1)))
            if known.validity == self.validity:
                # A server answers "n:*" with the last mail even where that is older than n.
                return sorted(uid for uid in map(int, self.box.uids(f"UID {known.uid + 1}:*", None)) if uid > known.uid)
        first = (self.asked.now - timedelta(days=FIRST_DAYS)).astimezone(ICT).date()
        return sorted(map(int, self.box.uids(AND(date_gte=first), None)))

    def _headers(self, uids: Sequence[int]) -> list[MailMessage]:
        numbers = [str(uid) for uid in uids]
        found = self.box.fetch(uid_list=numbers, mark_seen=False, headers_only=True, bulk=True)
        return sorted((mail for mail in found if mail.uid), key=lambda mail: int(mail.uid or 0))

    def _of_mail(self, mail: MailMessage) -> Iterator[Page | Brought]:
        self.asked.left_s()
        try:
            if not _welcome(mail.from_, self.place.senders):
                return
            sent = _sent(mail, self.asked.now)
            of_mail = f"thư ngày {sent.astimezone(ICT):%d/%m/%Y %H:%M}"
            if mail.size_rfc822 > LARGEST_MAIL:
                yield left_alone(_too_large(of_mail, mail.size_rfc822))
                return
            attached = self._attached(mail)
        except _UNREADABLE:
            yield left_alone(f"thư số {mail.uid} hỏng, không đọc được tệp đính kèm; nhờ người gửi gửi lại")
            return
        for part, name, content in attached:
            key = f"{self.validity}/{mail.uid}/{part}"
            if key not in self.asked.known:
                path = self.folder / f"{mail.uid}-{part}"
                path.write_bytes(content)
                come = Come(path=path, name=name, key=key, at=sent)
                yield from brought(come, self.place.names, self.asked.known, self.folder)

    def _attached(self, mail: MailMessage) -> list[tuple[int, str, bytes]]:
        """The attachments that may be wanted: their numbers within the mail, harmless names, and bytes."""
        whole = next(iter(self.box.fetch(uid_list=[mail.uid or ""], mark_seen=False)), None)
        found = []
        for part, one in enumerate(whole.attachments if whole else (), 1):
            name = harmless(one.filename) if one.filename else ""
            if name and may_hold(name, self.place.names):
                found.append((part, name, one.payload))
        return found


def _too_large(of_mail: str, size: int) -> str:
    return (
        f"{of_mail} nặng {-(-size // MEGABYTE)} MB, quá {LARGEST_MAIL // MEGABYTE} MB; nén ZIP, chia thành nhiều thư, "
        "hoặc thả tệp thẳng vào thư mục nhận tệp"
    )


def _welcome(sender: str, senders: Sequence[str]) -> bool:
    """Whether it comes from one of the addresses, or domains ("@so.gov.vn"); from anybody where none is named."""
    plain = sender.strip().casefold()
    named = [one.strip().casefold() for one in senders]
    return not named or any(plain.endswith(one) if one.startswith("@") else plain == one for one in named)


def _sent(mail: MailMessage, now: datetime) -> datetime:
    """When it says it was sent; never later than now, and now where it does not say."""
    sent = mail.date
    sent = sent.replace(tzinfo=ICT) if sent.tzinfo is None else sent
    return min(aware(sent), now) if sent.year > 2000 else now


@contextmanager
def _opened(asked: Asked, place: MailboxPlace) -> Iterator[BaseMailBox]:
    try:
        account = Account(username=asked.secrets["username"], password=asked.secrets["password"])
    except KeyError as error:
        raise NotFetched(f"thiếu {error.args[0]} ở [{asked.source}] trong tệp SOURCE_SECRETS_FILE") from error
    settings = f"nguồn {asked.source}"
    secrets = f"[{asked.source}] trong tệp SOURCE_SECRETS_FILE"
    patience = min(_PATIENCE_S, asked.left_s())
    with opened(place, account, patience_s=patience, ca_file=asked.ca_file, settings=settings, secrets=secrets) as box:
        yield box


__all__ = ["FIRST_DAYS", "LARGEST_MAIL", "fetch"]
