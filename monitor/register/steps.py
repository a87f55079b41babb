"""What is wrong with the steps of a target: expressions, values nobody took, ways that do not go together."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.core.journey import authority, content_of, named
from monitor.core.look import Kind
from monitor.core.service import Means, Step, Want
from monitor.register import entries
from monitor.register.expressions import assertion_mistake, take_mistake

Flaw = tuple[tuple[int | str, ...], str, str]
"""Where in the target, what is wrong, how to mend it."""

_PAGES = frozenset({Want.STATUS, Want.TEXT, Want.NOT_TEXT, Want.SELECTOR, Want.NOT_SELECTOR, Want.XPATH,
                    Want.NOT_XPATH, Want.JSON, Want.JSON_EXISTS})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What a kind of look takes: schemes of its address, what it can want; `pages` for those that open pages."""

    schemes: tuple[str, ...]
    wants: frozenset[Want]
    pages: bool = False
    example: str


_WAYS: Mapping[Kind, Way] = {
    Kind.HTTP: Way(schemes=("http", "https"), wants=_PAGES, pages=True, example="https://may/duong-dan"),
    Kind.BROWSER: Way(schemes=("http", "https"), wants=_PAGES, pages=True, example="https://may/duong-dan"),
    Kind.DNS: Way(schemes=("dns",), wants=frozenset({Want.ADDRESS}), example="dns://ten-mien"),
    Kind.TLS: Way(schemes=("tls",), wants=frozenset(), example="tls://may:443"),
    Kind.TCP: Way(schemes=("tcp",), wants=frozenset({Want.TEXT}), example="tcp://may:25"),
}


def opens_pages(kind: Kind) -> bool:
    """Whether looks of this kind open pages, which have to be asked what is on them."""
    return _WAYS[kind].pages


def step_flaws(target: entries.TargetEntry) -> Iterator[Flaw]:
    """Every mistake in a target's steps."""
    taken: set[str] = set()
    for number, step in enumerate(target.step):
        for field, what, mend in (
            *_kind(target, step),
            *_names(target, step, taken),
            *_takes(step),
            *_wants(target, step),
        ):
            yield ("step", number, *field), what, mend
        taken |= {take.name for take in step.take}


def _kind(target: entries.TargetEntry, step: entries.StepEntry) -> Iterator[Flaw]:
    way, parts = _WAYS[target.kind], urlsplit(step.url) if not named(_authority(step.url)) else None
    if parts is not None and parts.scheme not in way.schemes:
        yield ("url",), f'“{step.url}” không hợp với kind = "{target.kind}"', f"ghi dạng {way.example}"
    elif parts is not None and target.kind is Kind.TCP and not parts.port:
        yield ("url",), "thiếu cổng", f"ghi dạng {way.example}"
    if not way.pages:
        yield from _plain(target, step, parts.path + parts.query if parts is not None else "")
    if target.kind is not Kind.DNS:
        for field in sorted({"record", "resolvers"} & step.model_fields_set):
            yield (field,), f'{field} chỉ dùng với kind = "dns"', f"bỏ {field}"


def _plain(target: entries.TargetEntry, step: entries.StepEntry, beyond: str) -> Iterator[Flaw]:
    """A look that is no page has one step, which is an address alone."""
    if len(target.step) > 1:
        yield (), f'kind = "{target.kind}" chỉ có một step', "để mỗi địa chỉ thành một target riêng"
    if beyond:
        yield ("url",), "có phần sau tên máy và cổng", f"ghi dạng {_WAYS[target.kind].example}"
    for field in sorted({"method", "headers", "body", "take"} & step.model_fields_set):
        yield (field,), f'{field} không dùng với kind = "{target.kind}"', f"bỏ {field}"


def _authority(url: str) -> str:
    try:
        return authority(url)
    except ValueError:
        return url


def _names(target: entries.TargetEntry, step: entries.StepEntry, taken: set[str]) -> Iterator[Flaw]:
    if named(_authority(step.url)):
        mend = "ghi rõ máy và cổng, chỉ đặt biến ở phần sau"
        yield ("url",), "biến không được chọn máy chủ", mend
    for field, text in (("url", step.url), ("body", step.body), *(("headers", text) for text in step.headers.values())):
        for name in named(text):
            if name not in taken:
                mend = "thêm take ở một step trước; muốn viết dấu ngoặc nhọn thật thì ghi {{"
                yield (field,), f"chưa có step trước nào lấy {{{name}}}", mend
    if target.kind is Kind.BROWSER and any(named(text) for text in step.headers.values()):
        mend = 'chỉ dùng biến trong url, hoặc đặt kind = "http"'
        yield ("headers",), "trình duyệt gửi headers tới mọi máy mà trang gọi", mend
    if _loose_in_json(step):
        yield ("body",), "biến trong JSON phải nằm trong ngoặc kép", 'ghi dạng {"ma": "{ma}"}'


def _loose_in_json(entry: entries.StepEntry) -> bool:
    """Whether a value could change what a JSON body says, for standing outside of a string."""
    if not named(entry.body) or content_of(Step(url=entry.url, headers=entry.headers)) != "json":
        return False
    try:
        json.loads(re.sub(r"\{\{|\{([a-z][a-z0-9_]*)\}", lambda place: "tthc" if place[1] else "{", entry.body))
    except ValueError:
        return True
    return False


def _takes(step: entries.StepEntry) -> Iterator[Flaw]:
    seen: set[str] = set()
    for number, take in enumerate(step.take):
        if why := take_mistake(take.by, take.value):
            yield ("take", number, "value"), f"“{take.value}” {why}", "sửa value"
        if take.attribute and take.by is not Means.SELECTOR:
            yield ("take", number, "attribute"), 'attribute chỉ dùng với by = "selector"', "bỏ attribute"
        if take.name in seen:
            yield ("take", number, "name"), f"lấy “{take.name}” hai lần", "đổi tên một trong hai"
        seen.add(take.name)


def _wants(target: entries.TargetEntry, step: entries.StepEntry) -> Iterator[Flaw]:
    way = _WAYS[target.kind]
    for number, assertion in enumerate(step.assertions):
        if why := assertion_mistake(assertion.want, assertion.value):
            yield ("assertions", number, "value"), f"“{assertion.value}” {why}", "sửa value"
        if assertion.want not in way.wants:
            known = ", ".join(sorted(way.wants)) or "không có assertions"
            yield (
                ("assertions", number, "want"),
                f'kind = "{target.kind}" không có want = "{assertion.want}"',
                f"dùng: {known}",
            )
