"""Notices of non-delivery as mail servers write them: Postfix, Exchange, Gmail, qmail; and what is none."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent

Notice = Callable[[str, str], bytes]
"""From the Message-ID of what is given back, and its recipient, to the mail that comes."""


def _mail(text: str) -> bytes:
    return dedent(text).lstrip("\n").replace("\n", "\r\n").encode()


def postfix(message_id: str, recipient: str) -> bytes:
    """A mailbox that does not exist, with the headers of the original alone."""
    return _mail(f"""
        Return-Path: <>
        From: MAILER-DAEMON@mail.so.invalid (Mail Delivery System)
        To: giam-sat@demo.invalid
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        Message-ID: <20261125003100.1@mail.so.invalid>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

        --b1
        Content-Description: Notification
        Content-Type: text/plain; charset=utf-8

        This is the mail system at host mail.so.invalid.
        <{recipient}>: host mx.so.invalid[192.0.2.1] said: 550 5.1.1
        --b1
        Content-Description: Delivery report
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.so.invalid
        X-Postfix-Queue-ID: 4A1
        Arrival-Date: Wed, 25 Nov 2026 07:31:00 +0700 (ICT)

        Final-Recipient: rfc822; {recipient}
        Original-Recipient: rfc822;{recipient}
        Action: failed
        Status: 5.1.1
        Remote-MTA: dns; mx.so.invalid
        Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: Recipient address rejected:
            unknown

        --b1
        Content-Description: Undelivered Message Headers
        Content-Type: text/rfc822-headers

        Message-ID: {message_id}
        Subject: =?utf-8?q?Qu=C3=A1_h=E1=BA=A1n?=

        --b1--
        """)


def exchange(message_id: str, recipient: str) -> bytes:
    """The whole original comes along; the mailbox is full for good."""
    return _mail(f"""
        From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@so.invalid>
        To: giam-sat@demo.invalid
        Subject: Undeliverable: Qua han
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="x"

        --x
        Content-Type: multipart/alternative; boundary="y"

        --y
        Content-Type: text/plain; charset="us-ascii"

        Your message couldn't be delivered. {recipient}
        --y
        Content-Type: text/html; charset="us-ascii"

        <html><body>Your message couldn't be delivered.</body></html>
        --y--
        --x
        Content-Type: message/delivery-status

        Reporting-MTA: dns;EX01.so.invalid

        Final-Recipient: rfc822;{recipient}
        Action: failed
        Status: 5.2.2
        Diagnostic-Code: smtp;554 5.2.2 mailbox full

        --x
        Content-Type: message/rfc822

        Message-ID: {message_id}
        From: giam-sat@demo.invalid
        To: {recipient}
        Subject: Qua han

        Kinh gui
        --x--
        """)


def delayed(message_id: str, recipient: str) -> bytes:
    """Still being tried by a server on the way."""
    return postfix(message_id, recipient).replace(b"Action: failed", b"Action: delayed").replace(
        b"Status: 5.1.1", b"Status: 4.4.1"
    )  # fmt: skip


def qmail(message_id: str, recipient: str) -> bytes:
    """No report in the standard form: words, and the original below them."""
    return _mail(f"""
        Return-Path: <>
        From: MAILER-DAEMON@cu.so.invalid
        To: giam-sat@demo.invalid
        Subject: failure notice
        Content-Type: text/plain; charset=iso-8859-1

        Hi. This is the qmail-send program at cu.so.invalid.
        I'm afraid I wasn't able to deliver your message to the following addresses.

        <{recipient}>:
        192.0.2.1 does not like recipient.
        Remote host said: 550 5.7.1 Relaying denied

        --- Below this line is a copy of the message.

        Message-ID: {message_id}
        Subject: Qua han
        To: {recipient}
        """)


def out_of_office(message_id: str, recipient: str) -> bytes:
    """An answer by a machine, of somebody who got the letter."""
    return _mail(f"""
        From: {recipient}
        To: giam-sat@demo.invalid
        Subject: =?utf-8?q?V=E1=BA=AFng_m=E1=BA=B7t?=
        Auto-Submitted: auto-replied
        In-Reply-To: {message_id}
        References: {message_id}
        Content-Type: text/plain; charset=utf-8

        Tôi đi công tác đến hết tuần.
        """)


def answer(message_id: str, recipient: str) -> bytes:
    """An answer by a person, who quotes what cannot be delivered."""
    return _mail(f"""
        From: {recipient}
        To: giam-sat@demo.invalid
        Subject: Re: Qua han
        In-Reply-To: {message_id}
        Content-Type: text/plain; charset=utf-8

        Đã nhận. 550 5.1.1 là gì vậy?
        > Message-ID: {message_id}
        """)


def success(message_id: str, recipient: str) -> bytes:
    """A report that it arrived."""
    return postfix(message_id, recipient).replace(b"Action: failed", b"Action: delivered").replace(
        b"Status: 5.1.1", b"Status: 2.0.0"
    )  # fmt: skip


_UNKNOWN_CHARSET = b"""Return-Path: <>
From: postmaster@so.invalid
Content-Type: text/plain; charset="x-nothing"

\xff\xfe"""
_OF_NOBODY = b"""Content-Type: multipart/report; boundary=b

--b
Content-Type: message/delivery-status


--b--"""
NO_NOTICE = {
    "cut-short": b"From: MAILER-DAEMON@so.invalid\r\nContent-Type: multipart/report; boundary=",
    "unknown-charset": _UNKNOWN_CHARSET,
    "a-report-of-nobody": _OF_NOBODY,
    "empty": b"",
    "nul": b"\x00\x01\x02",
}
"""Mails that say nothing, or nothing whole."""
