"""The file with the passwords of polled sources: refused where others read it, each mistake in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.core.place import AdapterPlace, ApiPlace, Auth, MailboxPlace, SftpPlace, SqlPlace
from monitor.core.source import SourceKind, SourceSpec
from monitor.sources.secrets import SecretsUnusable, lacking, load_secrets, wanted


def kept(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "mat-khau.toml"
    path.write_bytes(text.encode())
    path.chmod(mode)
    return path


def test_each_source_has_its_table(tmp_path: Path) -> None:
    path = kept(tmp_path, '[truc]\nusername = "h56"\npassword = "mật khẩu"\n[api]\ntoken = "abc"\n')
    assert load_secrets(path) == {"truc": {"username": "h56", "password": "mật khẩu"}, "api": {"token": "abc"}}
    assert load_secrets("") == {}


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        ("[a]\n", 0o640, "người khác trên máy đọc được tệp mật khẩu của các nguồn – chạy: chmod 600"),
        ("[a]\nusername = h56\n", 0o600, "không đúng cách viết TOML (line 2) – mỗi nguồn một bảng"),
        ('username = "h56"\n', 0o600, "username không nằm trong bảng của nguồn nào – đặt dòng này dưới bảng"),
        ("[a]\nusername = 56\n", 0o600, "username phải là chữ – đặt giá trị trong ngoặc kép"),
        ('[a]\nuser = "bimat"\n', 0o600, "không có mục nào tên user – chọn trong: client_id"),
    ],
    ids=["open", "TOML", "no table", "number", "name"],
)
def test_what_cannot_be_used_is_refused_and_no_secret_is_told(text: str, mode: int, told: str, tmp_path: Path) -> None:
    path = kept(tmp_path, text, mode)
    with pytest.raises(SecretsUnusable) as refused:
        load_secrets(path)
    (mistake,) = refused.value.mistakes
    assert told in str(mistake)
    assert str(mistake).startswith("SOURCE_SECRETS_FILE: ")
    assert "bimat" not in str(mistake)


def test_a_file_that_is_not_there_says_why(tmp_path: Path) -> None:
    with pytest.raises(SecretsUnusable, match="không có tệp hoặc thư mục này"):
        load_secrets(tmp_path / "khong-co.toml")


API = ApiPlace(url="https://a", fields={})
PLACES = [
    (API, ()),
    (ApiPlace(url="https://a", fields={}, auth=Auth.BASIC), ("username", "password")),
    (ApiPlace(url="https://a", fields={}, auth=Auth.TOKEN), ("token",)),
    (ApiPlace(url="https://a", fields={}, auth=Auth.OAUTH2), ("client_id", "client_secret")),
    (AdapterPlace(url="https://a", login_url="https://a", unit="H56"), ("username", "password")),
    (MailboxPlace(host="a"), ("username", "password")),
    (SftpPlace(host="a"), ("username",)),
    (SqlPlace(query="SELECT 1"), ("url",)),
    (None, ()),
]


@pytest.mark.parametrize(("place", "names"), PLACES, ids=[f"{n}" for n in range(len(PLACES))])
def test_each_way_of_asking_wants_its_own(place: object, names: tuple[str, ...]) -> None:
    assert wanted(SourceSpec(key="a", name="A", place=place)) == names  # type: ignore[arg-type]


def test_what_is_missing_and_what_is_nobodys_is_told() -> None:
    sources = [
        SourceSpec(key="truc", name="Trục", kind=SourceKind.ADAPTER, place=PLACES[4][0]),
        SourceSpec(key="tep", name="SFTP", kind=SourceKind.SFTP, place=SftpPlace(host="a")),
        SourceSpec(key="mot-cua", name="Tệp"),
    ]
    told = [
        str(mistake) for mistake in lacking(sources, {"truc": {"username": "h"}, "tep": {"username": "h"}, "x": {}})
    ]
    assert told == [
        "SOURCE_SECRETS_FILE: [truc]: nguồn truc thiếu password – thêm vào bảng [truc] của tệp ấy",
        "SOURCE_SECRETS_FILE: [tep]: nguồn tep thiếu password (hoặc key_file) – thêm vào bảng [tep] của tệp ấy",
        "SOURCE_SECRETS_FILE: [x]: danh mục không có nguồn x – sửa tên bảng cho đúng mã nguồn (truc, tep, mot-cua), "
        "hoặc bỏ bảng này",
    ]
    assert (
        list(lacking(sources, {"truc": {"username": "h", "password": "p"}, "tep": {"username": "h", "key_file": "k"}}))
        == []
    )
