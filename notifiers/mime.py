"""A message as the bytes of a mail: the same message always gives the same bytes."""

from __future__ import annotations

import email.policy
import hashlib
import re
from datetime import datetime, timedelta, timezone
from email.charset import BASE64, SHORTEST, Charset
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from monitor.core.message import Attachment, Message

_ICT = timezone(timedelta(hours=7), "ICT")
_UTF8 = Charset("utf-8")
# As the standard library has it: a library that is loaded later may write it otherwise for everybody (Apprise does),
# and a letter that is sent again has to be the same to the byte.
_UTF8.header_encoding, _UTF8.body_encoding, _UTF8.output_charset = SHORTEST, BASE64, "utf-8"
_POLICY = email.policy.compat32.clone(linesep="\r\n", max_line_length=76)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_NAMED = re.compile(r"(?P<name>[^<>\x00-\x1f]*)<(?P<address>[^<>]*)>")
_LONGEST = "Subject"
"""The header whose name leaves its first line least room; a first line without any would be a line of blanks."""
_CONTROL = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")


class BadAddress(ValueError):
    """An address that no mail server can be given."""


def bare_address(text: str) -> str:
    """An address as it stands; raise BadAddress where it is none, or could smuggle in anything else."""
    if not _ADDRESS.fullmatch(text):
        raise BadAddress(f"địa chỉ thư {text!r} không dùng được")
    return text


def sender_of(text: str) -> tuple[str, str]:
    """Name and address of "Name <address>" or of a bare address; raise BadAddress."""
    named = _NAMED.fullmatch(text)
    return (named["name"].strip(), bare_address(named["address"])) if named else ("", bare_address(text))


def local(moment: datetime) -> datetime:
    """The same moment on a Vietnamese clock."""
    return moment.astimezone(_ICT)


def to_bytes(message: Message) -> bytes:
    """The mail, all ASCII, lines ended by CRLF, its boundaries derived from the message's key."""
    mail = _with_attachments(message, _with_pictures(message, _words(message)))
    mail["From"] = _mailbox(*sender_of(message.sender))
    mail["To"] = _to(message)
    mail["Subject"] = _header(message.subject)
    mail["Date"] = format_datetime(local(message.date))
    mail["Message-ID"] = _CONTROL.sub("", message.message_id)
    mail["Content-Language"] = "vi"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    return mail.as_bytes(policy=_POLICY)


def _boundary(message: Message, part: str) -> str:
    return f"={hashlib.blake2b(f'{part} {message.key}'.encode(), digest_size=16).hexdigest()}="


def _words(message: Message) -> MIMEBase:
    plain = _text(message.text, "plain")
    if not message.html:
        return plain
    return MIMEMultipart("alternative", _boundary(message, "alternative"), [plain, _text(message.html, "html")])


def _text(words: str, kind: str) -> MIMEText:
    return MIMEText(words, kind, _UTF8)  # type: ignore[arg-type] # a Charset is taken too, which the stubs do not say


def _with_pictures(message: Message, words: MIMEBase) -> MIMEBase:
    pictures = [_part(a) for a in message.attachments if a.cid]
    return MIMEMultipart("related", _boundary(message, "related"), [words, *pictures]) if pictures else words


def _with_attachments(message: Message, words: MIMEBase) -> MIMEBase:
    files = [_part(a) for a in message.attachments if not a.cid]
    return MIMEMultipart("mixed", _boundary(message, "mixed"), [words, *files]) if files else words


def _part(attachment: Attachment) -> MIMEBase:
    from email.encoders import encode_base64

    main, _, sub = _CONTROL.sub("", attachment.media_type).partition("/")
    part = MIMEBase(main, sub)
    part.set_payload(attachment.content)
    encode_base64(part)
    where = "inline" if attachment.cid else "attachment"
    part.add_header("Content-Disposition", where, filename=("utf-8", "", _one_line(attachment.name)))
    if attachment.cid:
        part["Content-ID"] = f"<{_CONTROL.sub('', attachment.cid)}>"
    return part


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _header(text: str) -> str:
    """Any text as one header value; it can neither end its line nor begin another header."""
    line = _one_line(text)
    return Header(line, None if line.isascii() else _UTF8, maxlinelen=76, header_name=_LONGEST).encode()


def _mailbox(name: str, address: str) -> str:
    return f"{_phrase(name)} <{address}>" if name else address


def _phrase(name: str) -> str:
    line = _one_line(name)
    return '"' + re.sub(r'(["\\])', r"\\\1", line) + '"' if line.isascii() else _header(line)


def _to(message: Message) -> str:
    """Names and address; a group without members where the post has no address yet."""
    names = "; ".join(message.to_names)
    if message.to_address:
        return _mailbox(names, bare_address(message.to_address))
    return f"{_phrase(names or 'chua co dia chi')}:;"
