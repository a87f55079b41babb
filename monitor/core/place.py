"""Where a polled source is and how it is asked; never a password: those stand in a file of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Auth(StrEnum):
    """How a JSON API knows who asks."""

    NONE = "none"
    BASIC = "basic"  # username, password
    TOKEN = "token"  # noqa: S105 - a name, no secret; token, sent in `auth_header`
    OAUTH2 = "oauth2"  # client_id, client_secret, from `token_url` by client credentials


class Paging(StrEnum):
    """How the next page is asked for."""

    NONE = "none"
    NUMBER = "number"  # page = 1, 2, …
    OFFSET = "offset"  # offset = 0, size, 2 × size, …
    CURSOR = "cursor"  # what the page before said


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPlace:
    """A JSON API. `fields` maps our columns to JMESPath expressions of one record; nothing else of it is kept.

    `records` (JMESPath) is the list of a page, `next_cursor` what the next page is asked with, `more` (optional)
    whether there is one, `total` (optional) how many records there are. Parameters go into the query, or into the JSON
    `body` where there is one. `since_name` names the parameter that gets the greatest `since_field` seen so far.
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    records: str = "@"
    fields: Mapping[str, str] = field(default_factory=dict)
    paging: Paging = Paging.NONE
    page_name: str = "page"
    first_page: int = 1
    size_name: str = ""
    page_size: int = 100
    next_cursor: str = ""
    more: str = ""
    total: str = ""
    since_name: str = ""
    since_field: str = ""
    since_first: str = ""
    auth: Auth = Auth.NONE
    auth_header: str = "Authorization"
    token_url: str = ""
    token_scope: str = ""
    proxy: str | None = None
    ca_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterPlace:
    """The adapter of the national data format: log-in at `login_url`, then calls of `services` at `url`.

    `services` are among DongBoHoSoMC, CapNhatTienDoHoSoMC (lists, page by page) and TraCuuHoSo (each open dossier by
    its code). `dstcode` is a header that NGSP and LGSP ask for, empty for none.
    """

    url: str
    login_url: str
    unit: str  # madonvi
    services: tuple[str, ...] = ("DongBoHoSoMC",)
    dstcode: str = ""
    page_size: int = 100
    proxy: str | None = None
    ca_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxPlace:
    """A mailbox that exports are sent to. Only attachments of `senders` (empty: anybody) are taken; mails stay."""

    host: str
    port: int = 993
    tls: str = "tls"  # tls · starttls · none (a loopback address only)
    folder: str = "INBOX"
    senders: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # patterns of attachments' names; empty: any
    ca_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpPlace:
    """A folder on an SFTP server, known by its host key (`SHA256:…`); files stay there."""

    host: str
    port: int = 22
    folder: str = "."
    names: tuple[str, ...] = ()
    host_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlPlace:
    """A query that only reads. Its columns are named as ours, or as headings of a layout.

    `since_field` names the column whose greatest value is handed to the query as :since, so that only what changed is
    asked for.
    """

    query: str
    batch: int = 5_000
    since_field: str = ""
    since_first: str = ""


Place = ApiPlace | AdapterPlace | MailboxPlace | SftpPlace | SqlPlace
