"""Where polled sources are, as the register's entries write it, checked one by one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from monitor.core.place import Auth, Paging
from monitor.document import Entry
from monitor.register import values

Loose = Field(strict=False)
Text = Annotated[str, Field(min_length=1)]
Address = Annotated[str, AfterValidator(values.url)]
Port = Annotated[int, Field(ge=1, le=65535)]
Size = Annotated[int, Field(ge=1, le=10_000)]
Call = Literal["DongBoHoSoMC", "CapNhatTienDoHoSoMC", "TraCuuHoSo"]
Proxy = Annotated[str | None, AfterValidator(values.proxy)]


class ApiEntry(Entry):
    url: Address
    method: Literal["GET", "POST"] = "GET"
    headers: dict[str, str] = Field(default_factory=dict)
    query: dict[str, str] = Field(default_factory=dict)
    body: str = ""
    records: Text = "@"
    fields: dict[str, Text]
    paging: Annotated[Paging, Loose] = Paging.NONE
    page_name: Text = "page"
    first_page: Annotated[int, Field(ge=0, le=1)] = 1
    size_name: str = ""
    page_size: Size = 100
    next_cursor: str = ""
    more: str = ""
    total: str = ""
    since_name: str = ""
    since_field: str = ""
    since_first: str = ""
    auth: Annotated[Auth, Loose] = Auth.NONE
    auth_header: Text = "Authorization"
    token_url: str = ""
    token_scope: str = ""
    proxy: Proxy = None
    ca_file: str | None = None


def _calls() -> list[Call]:
    return ["DongBoHoSoMC"]


class AdapterEntry(Entry):
    url: Address
    login_url: Address
    unit: Text
    services: Annotated[list[Call], Field(min_length=1)] = Field(default_factory=_calls)
    dstcode: str = ""
    page_size: Size = 100
    proxy: Proxy = None
    ca_file: str | None = None


class MailboxEntry(Entry):
    host: Text
    port: Port = 993
    tls: Literal["tls", "starttls", "none"] = "tls"
    folder: Text = "INBOX"
    senders: list[Text] = Field(default_factory=list)
    names: list[Text] = Field(default_factory=list)
    ca_file: str | None = None


class SftpEntry(Entry):
    host: Text
    port: Port = 22
    folder: Text = "."
    names: list[Text] = Field(default_factory=list)
    host_key: str = ""


class SqlEntry(Entry):
    query: Text
    batch: Annotated[int, Field(ge=1, le=100_000)] = 5_000
    since_field: str = ""
    since_first: str = ""
