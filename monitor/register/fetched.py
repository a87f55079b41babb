"""What is wrong with mailboxes, SFTP servers and queries that dossiers are fetched from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from monitor.core import select_only
from monitor.core.address import loopback
from monitor.core.mistake import Mistake
from monitor.core.source import SourceKind
from monitor.register import entries
from monitor.register.parts import Parts
from monitor.register.places import MailboxEntry, SftpEntry, SqlEntry
from monitor.register.polled import RECORDS, Flaw

_PRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")
_SENDER = re.compile(r"[^@\s<>]*@[^@\s<>]+")
_IMAPS = 993


def fetched_mistakes(parts: Parts) -> Iterator[Mistake]:
    """Every mistake in how they are asked."""
    for placed in parts.sources:
        for where, what, mend in fetched_flaws(placed.entry):
            yield placed.mistake(what, mend, *where)


def fetched_flaws(entry: entries.SourceEntry) -> Iterator[Flaw]:
    """Every mistake in how one source is asked."""
    if entry.kind is SourceKind.SQL and entry.layouts and RECORDS not in entry.layouts:
        yield ("layouts",), "bản ghi lấy về sẽ không được đọc", f'thêm "{RECORDS}", hoặc bỏ layouts'
    if entry.mailbox is not None:
        yield from _within("mailbox", _mailbox(entry.mailbox))
    if entry.sftp is not None:
        yield from _within("sftp", _sftp(entry.sftp))
    if entry.sql is not None:
        yield from _within("sql", _sql(entry.sql))


def _within(table: str, flaws: Iterator[Flaw]) -> Iterator[Flaw]:
    for where, what, mend in flaws:
        yield (table, *where), what, mend


def _mailbox(place: MailboxEntry) -> Iterator[Flaw]:
    yield from _host(place.host)
    if place.tls == "none" and not loopback(place.host):
        yield ("tls",), "sẽ gửi mật khẩu không mã hóa", 'ghi tls = "tls" hoặc "starttls"'
    if place.tls != "tls" and place.port == _IMAPS:
        yield ("port",), f'cổng {_IMAPS} chỉ nói TLS mà tls = "{place.tls}"', "ghi port = 143, hoặc bỏ tls"
    if place.ca_file and not Path(place.ca_file).is_file():
        yield ("ca_file",), f"không có tệp {place.ca_file}", "ghi đường dẫn tệp chứng thư gốc dạng PEM"
    for sender in place.senders:
        if not _SENDER.fullmatch(sender):
            mend = "ghi địa chỉ (ten@co-quan.vn), hoặc cả tên miền (@co-quan.vn)"
            yield ("senders",), f"“{sender}” không phải địa chỉ thư", mend


def _sftp(place: SftpEntry) -> Iterator[Flaw]:
    yield from _host(place.host)
    for key in place.host_key.split():
        if not _PRINT.fullmatch(key):
            mend = "ghi như ssh-keygen -l in ra: SHA256:…; để trống thì lần lấy đầu tiên cho biết khóa để đối chiếu"
            yield ("host_key",), f"“{key}” không phải dấu vân tay của khóa máy chủ", mend


def _host(host: str) -> Iterator[Flaw]:
    if "/" in host or "@" in host or any(map(str.isspace, host)):
        yield (
            ("host",),
            f"“{host}” không phải tên máy",
            "chỉ ghi tên hoặc địa chỉ máy, không có imap://, không có tài khoản",
        )


def _sql(place: SqlEntry) -> Iterator[Flaw]:
    for what, mend in select_only.faults(place.query):
        yield ("query",), what, mend
    asks = select_only.asks_since(place.query)
    if asks and not (place.since_field and place.since_first):
        mend = "ghi since_field (cột nào của truy vấn) và since_first (lần đầu hỏi từ giá trị nào)"
        yield ("query",), "có :since mà thiếu since_field hoặc since_first", mend
    for name in ("since_field", "since_first"):
        if getattr(place, name) and not asks:
            yield (name,), f"có {name} mà truy vấn không có :since", f"thêm điều kiện > :since, hoặc bỏ {name}"
