"""Mailboxes, SFTP servers and queries as the register writes them: each mistake is named with its mend."""

from __future__ import annotations

import pytest

from monitor.core.place import MailboxPlace, SftpPlace, SqlPlace

KEY = "SHA256:" + "A" * 43
GOOD = {
    "mailbox": 'host = "thu.so.invalid"\nsenders = ["xuat@so.invalid", "@trung-tam.invalid"]\nnames = ["ho-so*.xlsx"]',
    "sftp": f'host = "10.0.0.5"\nfolder = "/xuat"\nhost_key = "{KEY} {KEY}="',
    "sql": 'query = "SELECT ma AS code, tt AS status, sua FROM hs WHERE sua >= :since"\n'
    'since_field = "sua"\nsince_first = "2026-01-01"',
}


def source(kind: str, table: str, more: str = "") -> str:
    return f'\n[[source]]\nkey = "moi"\nname = "Nguồn mới"\nkind = "{kind}"\n{more}\n[source.{kind}]\n{table}\n'


def test_what_is_written_rightly_becomes_a_place(own) -> None:
    for kind, table in GOOD.items():
        own.add("sources.toml", source(kind, table).replace('"moi"', f'"moi-{kind}"'))
    sources = own.load().sources
    mail, sftp, sql = (sources[f"moi-{kind}"].place for kind in GOOD)
    assert mail == MailboxPlace(
        host="thu.so.invalid", senders=("xuat@so.invalid", "@trung-tam.invalid"), names=("ho-so*.xlsx",)
    )
    assert sftp == SftpPlace(host="10.0.0.5", folder="/xuat", host_key=f"{KEY} {KEY}=")
    assert isinstance(sql, SqlPlace)


@pytest.mark.parametrize(
    ("kind", "table", "told"),
    [
        ("mailbox", 'host = "imap://thu.so.invalid"', "“imap://thu.so.invalid” không phải tên máy"),
        ("mailbox", 'host = "thu.so.invalid"\ntls = "none"\nport = 143', "sẽ gửi mật khẩu không mã hóa"),
        ("mailbox", 'host = "thu.so.invalid"\ntls = "starttls"', "cổng 993 chỉ nói TLS"),
        ("mailbox", 'host = "thu.so.invalid"\nsenders = ["Sở"]', "“Sở” không phải địa chỉ thư"),
        ("mailbox", 'host = "thu.so.invalid"\nca_file = "/khong-co.pem"', "không có tệp /khong-co.pem"),
        ("sftp", 'host = "xuat@10.0.0.5"', "“xuat@10.0.0.5” không phải tên máy"),
        ("sftp", 'host = "10.0.0.5"\nhost_key = "MD5:00:11"', "“MD5:00:11” không phải dấu vân tay"),
        ("sql", 'query = "DELETE FROM hs"', "truy vấn không bắt đầu bằng SELECT"),
        ("sql", 'query = "SELECT 1; SELECT 2"', "có nhiều câu lệnh"),
        ("sql", 'query = "SELECT * FROM hs WHERE sua > :since"', "có :since mà thiếu since_field hoặc since_first"),
        ("sql", 'query = "SELECT * FROM hs"\nsince_field = "sua"', "có since_field mà truy vấn không có :since"),
    ],
)
def test_a_mistake_is_named_with_its_mend(kind: str, table: str, told: str, own) -> None:
    mistakes = own.add("sources.toml", source(kind, table)).mistakes()
    assert any(told in line and " – " in line for line in mistakes), mistakes
    assert all(line.startswith("sources.toml") for line in mistakes)


def test_records_of_a_query_need_the_layout_that_reads_them(own) -> None:
    (line,) = own.add("sources.toml", source("sql", GOOD["sql"], 'layouts = ["phu-luc-1"]')).mistakes()
    assert 'thêm "dong-bo-ho-so"' in line
