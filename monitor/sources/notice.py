"""A notice of non-delivery taken apart: which message of ours did not reach whom, and why (RFC 3464)."""

from __future__ import annotations

import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser

from monitor.core.bounce import Bounce, BounceAction
from monitor.core.mask import mask

LONGEST = 2_000_000
"""Bytes of a notice that are read: what it brings along of our own letter may be large, and is not needed."""
_WORDS = 500
_ID = re.compile(r"<[^<>\s@]{8,}@[^<>\s@]+>")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_LATE = re.compile(r"delayed|warning|will (?:be )?retr", re.IGNORECASE)
_ACTIONS = {"failed": BounceAction.FAILED, "delayed": BounceAction.DELAYED}
_DAEMONS = ("mailer-daemon", "postmaster")


def bounces_of(content: bytes, ours: str) -> tuple[Bounce, ...]:
    """What a mail says did not arrive; nothing where it is no notice (an answer, an out-of-office note).

    `ours` is the part of our Message-IDs behind the @: a mail server that writes no report in the standard form still
    quotes the message it gives back.
    """
    mail = message_from_bytes(content[:LONGEST], policy=email.policy.compat32)
    about = _original_id(mail, ours)
    found = tuple(_standard(mail, about)) or tuple(_quoted(mail, about, ours))
    return tuple(map(_storable, found))


def _storable(one: Bounce) -> Bounce:
    """Without what no database takes: NUL, and halves of characters."""
    names = ("message_id", "recipient", "status", "words")
    whole = {name: getattr(one, name).encode("utf-8", "replace").decode().replace("\0", "") for name in names}
    return replace(one, **whole)


def _standard(mail: Message, about: str) -> Iterator[Bounce]:
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in _groups(part):
            recipient = _typed(fields.get("Original-Recipient") or fields.get("Final-Recipient"))
            if recipient:
                yield Bounce(
                    message_id=about,
                    recipient=recipient,
                    action=_ACTIONS.get(str(fields.get("Action", "")).strip().lower(), BounceAction.OTHER),
                    status=_first(_STATUS, str(fields.get("Status", ""))),
                    words=_typed(fields.get("Diagnostic-Code"))[:_WORDS],
                )


def _groups(part: Message) -> Iterator[Message]:
    """The groups of fields of a report; the first is of the message, which names no recipient."""
    payload = part.get_payload()
    yield from (one for one in payload if isinstance(one, Message)) if isinstance(payload, list) else ()


def _typed(value: object) -> str:
    """The value of "rfc822; name@host" or "smtp; 550 5.1.1 …" without its type."""
    text = " ".join(str(value or "").split())
    return text.partition(";")[2].strip() if ";" in text else text


def _original_id(mail: Message, ours: str) -> str:
    """The Message-ID of what is given back: out of the copy of its headers, else as it is referred to."""
    for part in mail.walk():
        kind = part.get_content_type()
        payload = part.get_payload()
        if kind == "message/rfc822" and isinstance(payload, list) and payload:
            first = payload[0]
            found = str(first.get("Message-ID", "")).strip() if isinstance(first, Message) else ""
        elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
            found = str(HeaderParser().parsestr(_text(part)).get("Message-ID", "")).strip()
        else:
            continue
        if found:
            return found
    referred = " ".join(str(mail.get(name, "")) for name in ("In-Reply-To", "References"))
    return _last(f"{referred} {_texts(mail)}", ours)


def _quoted(mail: Message, about: str, ours: str) -> Iterator[Bounce]:
    """A notice in a form of its own, from a mail server, about a message of ours."""
    sender = str(mail.get("From", "")).lower()
    from_a_server = any(name in sender for name in _DAEMONS) or str(mail.get("Return-Path", "")).strip() == "<>"
    answered = str(mail.get("Auto-Submitted", "no")).lower().startswith("auto-replied")
    if not from_a_server or answered or not about.endswith(f"@{ours}>"):
        return
    text = _texts(mail)
    named = str(mail.get("X-Failed-Recipients", "")) or text
    recipient = next((one for one in _ADDRESS.findall(named) if not one.endswith(f"@{ours}")), "")
    status = _first(_STATUS, text)
    late = _LATE.search(str(mail.get("Subject", "")))
    action = BounceAction.DELAYED if late else BounceAction.FAILED
    words = mask(" ".join(text.split()))[:_WORDS]  # it quotes our letter, and who knows what else
    yield Bounce(message_id=about, recipient=recipient, action=action, status=status, words=words)


def _texts(mail: Message) -> str:
    return "\n".join(_text(part) for part in mail.walk() if part.get_content_type() == "text/plain")


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):  # of an encoding that is none, or no encoding of text
        return payload.decode("utf-8", "replace")


def _last(text: str, ours: str) -> str:
    return next((one for one in reversed(_ID.findall(text)) if one.endswith(f"@{ours}>")), "")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
