"""The file with the passwords of polled sources: TOML, a table a source, for the program's own account alone."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from monitor.core.mistake import Mistake, Mistakes, why
from monitor.core.place import AdapterPlace, ApiPlace, Auth, MailboxPlace, SftpPlace, SqlPlace
from monitor.core.source import SourceSpec

Secrets = Mapping[str, Mapping[str, str]]
"""By source, by name."""

NAME = "SOURCE_SECRETS_FILE"
_KNOWN = frozenset({"username", "password", "token", "client_id", "client_secret", "key_file", "passphrase", "url"})
_NAMED = ("username", "password")
_BY_AUTH: Mapping[Auth, tuple[str, ...]] = {
    Auth.NONE: (),
    Auth.BASIC: _NAMED,
    Auth.TOKEN: ("token",),
    Auth.OAUTH2: ("client_id", "client_secret"),
}


class SecretsUnusable(Mistakes):
    """The file cannot be used; `mistakes` names every reason, and never a secret."""


def load_secrets(path: str | Path) -> Secrets:
    """What the file says; nothing where no file is named. Raise SecretsUnusable."""
    if not path:
        return {}
    place = Path(path)
    tables, mistakes = tables_of(place, NAME, "các nguồn", "mỗi nguồn một bảng [ma-nguon]")
    mistakes += [mistake for key, table in tables.items() for mistake in _wrong(place, key, table)]
    if mistakes:
        raise SecretsUnusable(mistakes)
    return {key: dict(table) for key, table in tables.items() if isinstance(table, dict)}


def tables_of(path: Path, setting: str, whose: str, form: str) -> tuple[Mapping[str, object], list[Mistake]]:
    """What stands in a file of secrets that a setting names, and what keeps it from being used."""

    def wrong(what: str, mend: str) -> tuple[Mapping[str, object], list[Mistake]]:
        return {}, [Mistake(file=setting, place=str(path), what=what, mend=mend)]

    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            return wrong(f"người khác trên máy đọc được tệp mật khẩu của {whose}", f"chạy: chmod 600 {path}")
        return tomllib.loads(path.read_text("utf-8-sig")), []
    except OSError as error:
        return wrong(f"không đọc được ({why(error)})", "sửa đường dẫn, hoặc cho tài khoản chạy chương trình đọc tệp")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        line = str(error).partition("(at ")[2].partition(",")[0]
        return wrong(
            f"không đúng cách viết TOML{f' ({line})' if line else ''}",
            f'{form}, mỗi dòng tên = "giá trị"',
        )


def _wrong(path: Path, key: str, table: object) -> Iterator[Mistake]:
    if not isinstance(table, dict):
        mend = f'đặt dòng này dưới bảng của nguồn: [ma-nguon], rồi {key} = "…"'
        yield Mistake(file=NAME, place=str(path), what=f"{key} không nằm trong bảng của nguồn nào", mend=mend)
        return
    for name, value in table.items():
        if name not in _KNOWN:
            mend = f"chọn trong: {', '.join(sorted(_KNOWN))}"
            yield Mistake(file=NAME, place=f"[{key}]", what=f"không có mục nào tên {name}", mend=mend)
        elif not isinstance(value, str):
            yield Mistake(file=NAME, place=f"[{key}]", what=f"{name} phải là chữ", mend="đặt giá trị trong ngoặc kép")


def wanted(spec: SourceSpec) -> tuple[str, ...]:
    """The names of what a source is asked with."""
    match spec.place:
        case ApiPlace(auth=auth):
            return _BY_AUTH[auth]
        case AdapterPlace() | MailboxPlace():
            return _NAMED
        case SftpPlace():
            return ("username",)
        case SqlPlace():
            return ("url",)
        case None:
            return ()


def lacking(sources: Iterable[SourceSpec], secrets: Secrets) -> Iterator[Mistake]:
    """What sources need and the file has not, and tables that are no source's."""
    known = {spec.key: spec for spec in sources}
    for key, spec in known.items():
        table = secrets.get(key, {})
        missing = [name for name in wanted(spec) if not table.get(name)]
        if isinstance(spec.place, SftpPlace) and not (table.get("password") or table.get("key_file")):
            missing.append("password (hoặc key_file)")
        if missing:
            what = f"nguồn {key} thiếu {', '.join(missing)}"
            yield Mistake(file=NAME, place=f"[{key}]", what=what, mend=f"thêm vào bảng [{key}] của tệp ấy")
    for key in secrets:
        if key not in known:
            mend = f"sửa tên bảng cho đúng mã nguồn ({', '.join(known)}), hoặc bỏ bảng này"
            yield Mistake(file=NAME, place=f"[{key}]", what=f"danh mục không có nguồn {key}", mend=mend)
