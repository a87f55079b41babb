"""The file with the keys of channels: TOML, a table a channel, for the program's own account alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from monitor.config import Settings
from monitor.core.agency import Post
from monitor.core.mistake import Mistake, Mistakes
from monitor.sources.secrets import tables_of
from notifiers.apprise import Apprise
from notifiers.channels import ACCOUNTS, CHANNELS, Channel

NAME = "CHANNEL_SECRETS_FILE"
_SHARED = ("token_url",)
_ADDRESSES = frozenset({"url", "token_url"})
Tables = Mapping[str, Mapping[str, str]]


class ChannelsUnusable(Mistakes):
    """Channels that are on cannot be used; `mistakes` names every reason, and never a secret."""


def load(settings: Settings) -> Tables:
    """What each channel that is on is made with, its account's keys among it; raise ChannelsUnusable."""
    tables, mistakes = _read(settings)
    mistakes += [mistake for name in settings.channels_on for mistake in _wrong(name, tables)]
    if mistakes:
        raise ChannelsUnusable(mistakes)
    return {name: _whole(name, tables) for name in settings.channels_on}


def servers(settings: Settings) -> Iterator[tuple[str, str]]:
    """The addresses that the channels which are on ask, each with its channel; nothing of one that cannot be used."""
    try:
        tables = load(settings)
    except ChannelsUnusable:
        return
    for name, table in tables.items():
        channel = CHANNELS[name]
        of_hooks = table if channel.hooks else {}
        named = {key: value for key, value in table.items() if key in _ADDRESSES}
        for url in {**channel.servers, **named, **of_hooks}.values():
            if _is_web(url):
                yield name, url


def _read(settings: Settings) -> tuple[Tables, list[Mistake]]:
    if not settings.channels_on:
        return {}, []
    if not settings.channel_secrets_file:
        mend = "tạo tệp TOML, mỗi kênh một bảng, chmod 600 rồi ghi đường dẫn vào đây; xem docs/channels.md"
        what = f"để trống mà CHANNELS đã bật {', '.join(settings.channels_on)}"
        return {}, [Mistake(file=NAME, place="", what=what, mend=mend)]
    path = Path(settings.channel_secrets_file)
    read, mistakes = tables_of(path, NAME, "các kênh", "mỗi kênh một bảng [ten-kenh]")
    for name, table in read.items():
        if name not in CHANNELS:
            mend = f"chọn trong: {', '.join(CHANNELS)}"
            mistakes.append(Mistake(file=NAME, place=f"[{name}]", what="không có kênh tên này", mend=mend))
        elif not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            mend = f'[{name}], rồi mỗi dòng tên = "giá trị"'
            mistakes.append(Mistake(file=NAME, place=f"[{name}]", what="mọi giá trị phải là chữ", mend=mend))
    return {name: table for name, table in read.items() if isinstance(table, dict)}, mistakes


def _names(name: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """What a table may have, and what it must."""
    channel = CHANNELS[name]
    own = ACCOUNTS.get(name, ())
    return frozenset((*channel.wanted, *channel.known, *own)), channel.wanted


def _whole(name: str, tables: Tables) -> dict[str, str]:
    account = CHANNELS[name].account
    shared = (*ACCOUNTS.get(account, ()), *_SHARED)
    of_account = {key: value for key, value in tables.get(account, {}).items() if key in shared}
    return of_account | dict(tables.get(name, {}))


def _wrong(name: str, tables: Tables) -> Iterator[Mistake]:
    def mistake(table: str, what: str, mend: str) -> Mistake:
        return Mistake(file=NAME, place=f"[{table}]", what=what, mend=mend)

    channel, table = CHANNELS[name], tables.get(name, {})
    if channel.hooks:
        yield from (mistake(name, *one) for one in _hooks(name, channel, table))
        return
    may, must = _names(name)
    for key in sorted(set(table) - may):
        yield mistake(name, f"không có mục nào tên {key}", f"chọn trong: {', '.join(sorted(may))}")
    account = channel.account or name
    lacking = {name: [key for key in must if not table.get(key)]}
    lacking.setdefault(account, []).extend(
        key for key in ACCOUNTS.get(account, ()) if not tables.get(account, {}).get(key) and key not in must
    )
    for place, keys in lacking.items():
        if keys:
            yield mistake(place, f"kênh {name} thiếu {', '.join(keys)}", f"thêm vào bảng [{place}] của tệp ấy")
    for key in sorted(_ADDRESSES & set(table)):
        if not _is_web(table[key]):
            yield mistake(name, f"{key} không phải địa chỉ https://", "ghi địa chỉ đầy đủ do nhà cung cấp cho")


def _hooks(name: str, channel: Channel, table: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if not table:
        yield f"kênh {name} chưa có địa chỉ nào", 'mỗi dòng: ten = "địa chỉ", tên ghi ở cột Kênh khác của danh bạ'
    for key, value in table.items():
        if not channel.address.fullmatch(key):
            yield f"tên “{key}” không dùng được", "chỉ chữ thường không dấu, số, gạch nối"
        if name == "teams" and not _is_web(value):
            yield f"{key} không phải địa chỉ https://", "chép địa chỉ của Workflow trong Teams"
        if name == "apprise" and value.partition(":")[0].lower() in Apprise.FORBIDDEN:
            yield "Telegram không dùng được cho cơ quan", "chọn kênh khác; lý do: docs/channels.md"


def _is_web(value: str) -> bool:
    parts = urlsplit(value)
    loopback = parts.hostname in ("127.0.0.1", "localhost")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and loopback))


def of_posts(settings: Settings, posts: Iterable[Post]) -> Iterator[Mistake]:
    """Ways that the register names and nobody can be reached by."""
    tables, _ = _read(settings)
    for post in posts:
        for one in post.channels:
            name, _, address = one.partition(":")
            channel = CHANNELS.get(name)
            place = f"chức danh {post.key}, kênh “{one}”"
            if channel is None:
                mend = f"chọn trong: {', '.join(CHANNELS)}"
                yield Mistake(file="contacts.toml", place=place, what=f"không có kênh “{name}”", mend=mend)
            elif not channel.address.fullmatch(address):
                mend = f"ghi như {channel.example}"
                yield Mistake(file="contacts.toml", place=place, what=f"“{address}” không dùng được", mend=mend)
            elif channel.hooks and name in settings.channels_on and address not in tables.get(name, {}):
                mend = f"thêm vào bảng [{name}], hoặc sửa danh bạ"
                yield Mistake(file=NAME, place=place, what=f"bảng [{name}] không có tên “{address}”", mend=mend)
