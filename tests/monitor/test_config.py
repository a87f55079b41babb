"""Settings: where they come from, and how every mistake in them is named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.config import NAMES, ConfigError, Settings, load_settings


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """The process's environment with only these settings in it."""
    before = dict(os.environ)
    for name in list(os.environ):
        if name.upper() in NAMES:
            del os.environ[name]
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def settings(folder: Path, text: str, **outside: str) -> Settings:
    path = folder / ".env"
    path.write_text(text, "utf-8")
    with environment(**outside):
        return load_settings(path)


def mistakes(folder: Path, text: str, **outside: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        settings(folder, text, **outside)
    return [str(mistake).replace(str(folder), "") for mistake in caught.value.mistakes]


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    with environment():
        made = load_settings(tmp_path / "nothing")
    assert (made.register, made.web_bind, made.smtp_url, made.vantage) == (
        "thanh-hoa",
        "127.0.0.1:8080",
        "",
        "trung-tam",
    )
    assert made.database_url == "sqlite:///var/tthc.db"


@pytest.mark.parametrize("url", ["maildir:///home/vmail/giam-sat", "mbox:///var/mail/tthc"])
def test_a_mailbox_on_this_machine_is_one_of_what_comes_back(tmp_path: Path, url: str) -> None:
    assert settings(tmp_path, f"BOUNCES_URL={url}\n").bounces_url == url
    (why,) = mistakes(tmp_path, f"BOUNCES_URL={url.replace(':///', '://')}\n")
    assert "ba dấu gạch chéo" in why


def test_the_embedded_database_follows_the_folder_for_data(tmp_path: Path) -> None:
    assert settings(tmp_path, "VAR_DIR=/srv/tthc\n").database_url == "sqlite:////srv/tthc/tthc.db"
    assert settings(tmp_path, "VAR_DIR=/srv/tthc\nDATABASE_URL=sqlite:///x.db\n").database_url == "sqlite:///x.db"
    assert Settings(var_dir=Path("dat")).database_url == "sqlite:///dat/tthc.db"


def test_an_empty_value_is_not_set(tmp_path: Path) -> None:
    made = settings(tmp_path, "".join(f"{name}=\n" for name in NAMES))
    assert made == settings(tmp_path, "")


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    assert settings(tmp_path, "LOG_LEVEL=info\n", LOG_LEVEL="debug").log_level == "DEBUG"
    assert settings(tmp_path, "LOG_LEVEL=error\n", LOG_LEVEL="").log_level == "ERROR"


def test_settings_made_by_hand_are_not_swayed_by_the_environment() -> None:
    with environment(SMTP_URL="smtp://outside", CONTACT="nonsense"):
        assert Settings().smtp_url == ""


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes("\ufeffVANTAGE=may-2\r\nCONTACT=it@thanhhoa.gov.vn\r\n".encode())
    with environment():
        made = load_settings(path)
    assert (made.vantage, made.contact) == ("may-2", "it@thanhhoa.gov.vn")


def test_every_mistake_is_named_at_once_with_its_line(tmp_path: Path) -> None:
    text = "SMTP_FORM=a@b.vn\nWEB_BIND=tam-nghin\n\nLOG_LEVEL=trace\nPUBLIC_URL=giamsat\n=lạc\nPUBLIC_URL=https://x\n"
    told = "\n".join(mistakes(tmp_path, text))
    for expected in (
        "dòng 1: không có mục cấu hình SMTP_FORM – có phải SMTP_FROM?",
        "dòng 2: WEB_BIND",
        "dòng 4: LOG_LEVEL",
        "dòng 6: không hiểu dòng này",
        "dòng 7: PUBLIC_URL đã đặt ở dòng 5",
    ):
        assert expected in told
    assert len(told.splitlines()) == 5


def test_a_wrong_mail_server_does_not_hide_that_the_sender_is_missing(tmp_path: Path) -> None:
    server, sender = mistakes(tmp_path, "SMTP_URL=smtp://u:p@mail:587\nWEB_BIND=127.0.0.1:1\n")
    assert server.startswith("/.env: dòng 1: SMTP_URL sẽ gửi mật khẩu không mã hóa")
    assert sender.startswith("/.env: SMTP_FROM để trống mà SMTP_URL đã đặt")


def test_a_mistake_of_the_environment_is_not_looked_for_in_the_file(tmp_path: Path) -> None:
    (told,) = mistakes(tmp_path, "LOG_LEVEL=info\n", LOG_LEVEL="loud")
    assert told.startswith("biến môi trường: LOG_LEVEL")


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        ("SMTP_URL=mail.thanhhoa.gov.vn\nSMTP_FROM=a@b.vn", "ghi dạng smtp://"),
        ("SMTP_URL=smtp://u:p@h:99999?starttls\nSMTP_FROM=a@b.vn", "ghi dạng smtp://"),
        ("SMTP_URL=smtp://u:p@h:25\nSMTP_FROM=a@b.vn", "thêm ?starttls"),
        ("SMTP_URL=smtps://h:465?starttls\nSMTP_FROM=a@b.vn", "chỉ smtp:// mới có ?starttls"),
        ("SMTP_URL=smtps://u:a/b@h\nSMTP_FROM=a@b.vn", ""),
        ("SMTP_URL=smtp://h", "đặt SMTP_FROM"),
        ("SMTP_FROM=Sở Công Thương <a@b.vn>", "chỉ một địa chỉ"),
        ("PILOT_ADDRESS=a@b.vn,c@d.vn", "chỉ một địa chỉ"),
        ("CONTACT=Phòng Kiểm soát", "chữ không dấu"),
        ("PROXY_URL=proxy:3128", "ghi dạng http://"),
        ("CA_FILE=/khong/co.pem", "ghi đường dẫn tệp"),
        ("DATABASE_URL=mysql://x", "ghi sqlite:///"),
        ("VANTAGE=Trung tâm", "chỉ chữ thường"),
        ("VANTAGE=so-chung", "đặt tên khác"),
        ("VANTAGE_KEYS=so-cong-thuong", "tthc vantage key"),
        ("VANTAGE_KEYS=so-chung=" + "a" * 64, "đặt tên khác"),
        ("VANTAGE_KEYS=so-cong-thuong=" + "a" * 64 + ",trung-tam=" + "a" * 64, "mỗi máy đo một tên riêng"),
        ("VANTAGE_KEYS=Sở=" + "a" * 64, "chỉ chữ thường"),
        ("REPORT_TO=http://giamsat.thanhhoa.gov.vn\nREPORT_KEY=k", "dùng https://"),
        ("REPORT_TO=https://giamsat.thanhhoa.gov.vn", "tthc vantage key"),
        ("WEB_BIND=127.0.0.1:70000", "ghi dạng 127.0.0.1:8080"),
        ("WEB_BIND=0.0.0.0:8080", "chỉ dùng 127.0.0.1"),
        ("WEB_BIND=[::]:8080", "chỉ dùng 127.0.0.1"),
        ("WEB_BIND=10.0.0.5:8080", "chỉ dùng 127.0.0.1"),
        ("WEB_BIND=giamsat.thanhhoa.gov.vn:80", "chỉ dùng 127.0.0.1"),
    ],
)
def test_a_value_that_cannot_be_used_comes_with_its_mend(tmp_path: Path, line: str, mend: str) -> None:
    told = mistakes(tmp_path, line + "\n")
    assert len(told) == 1
    assert mend in told[0]


@pytest.mark.parametrize(
    "line",
    [
        "SMTP_URL=smtps://u:p%40ss@mail:465\nSMTP_FROM=a@b.vn",
        "SMTP_URL=smtp://mail:587?starttls\nSMTP_FROM=a@b.vn",
        "WEB_BIND=[::1]:8080",
        "WEB_BIND=127.0.0.2:8080",
        "WEB_BIND=localhost:8080",
        "DATABASE_URL=postgresql://u:p@h/tthc",
        "DATABASE_URL=sqlite:////srv/tthc.db",
        "PROXY_URL=socks5h://10.0.0.1:1080",
        "CONTACT=https://sct.thanhhoa.gov.vn/lien-he",
        "REPORT_TO=https://giamsat.thanhhoa.gov.vn/\nREPORT_KEY=k",
        "VANTAGE_KEYS=a=" + "a" * 64 + ", b=" + "b" * 64,
    ],
)
def test_values_in_use_are_taken(tmp_path: Path, line: str) -> None:
    assert settings(tmp_path, line + "\n")


def test_no_secret_is_printed_not_even_in_a_mistake(tmp_path: Path) -> None:
    text = "SMTP_URL=smtps://u:TuyetMat@h:465\nSMTP_FROM=a@b.vn\nPROXY_URL=http://u:TuyetMat@h:1\nDATABASE_URL=postgresql://u:TuyetMat@h/d\nREPORT_KEY=TuyetMat\n"
    made = settings(tmp_path, text)
    assert "TuyetMat" in made.smtp_url
    assert "TuyetMat" not in f"{made!r} {made}"
    assert "TuyetMat" not in "\n".join(mistakes(tmp_path, text.replace("h:465", "h:465/x").replace("http:", "ftp:")))


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().contact = "a@b.vn"  # type: ignore[misc]


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"\xff\xfeV\x00A\x00")
    with environment(), pytest.raises(ConfigError, match="lưu tệp dạng UTF-8"):
        load_settings(path)
