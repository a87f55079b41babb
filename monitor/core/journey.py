"""What was taken in earlier steps put into a later one, escaped for its place; it never chooses the host asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from urllib.parse import quote, quote_plus, urlsplit
from xml.sax.saxutils import escape

from monitor.core.service import Step

MOST_VALUE = 4096
"""Characters of a value; nothing that a form or an address hands on is longer."""

NAME = r"[a-z][a-z0-9_]*"
_PLACE = re.compile(rf"\{{\{{|\{{({NAME})\}}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Unfit(ValueError):
    """A value cannot stand where a step wants it; the text says which and why, without the value."""


def named(text: str) -> tuple[str, ...]:
    """The names a text has places for, in their order."""
    return tuple(place[1] for place in _PLACE.finditer(text) if place[1])


def authority(url: str) -> str:
    """Scheme, host and port of an address as written."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def hosts(steps: Collection[Step]) -> frozenset[str]:
    """The hosts that a journey names."""
    return frozenset(urlsplit(step.url).hostname or "" for step in steps)


def url_of(step: Step, values: Mapping[str, str]) -> str:
    """A step's address; raise Unfit where a value would lead to another host, whatever the values are."""
    if "{" not in step.url:
        return step.url
    if named(authority(step.url)):
        raise Unfit("biến không được chọn máy chủ")
    url = _filled(step.url, values, lambda value: quote(value, safe=""))
    if authority(url) != authority(step.url):
        raise Unfit("địa chỉ có giá trị lấy được chỉ tới máy chủ khác")
    return url


def headers_of(step: Step, values: Mapping[str, str]) -> dict[str, str]:
    """A step's headers; raise Unfit for a value with a line break or another control character in it."""
    return {name: _filled(text, values, _in_header) for name, text in step.headers.items()}


def body_of(step: Step, values: Mapping[str, str]) -> str:
    """A step's body, each value escaped as the content type says; without one it is a form, as libcurl sends it."""
    return _filled(step.body, values, _ESCAPES[content_of(step)]) if "{" in step.body else step.body


def content_of(step: Step) -> str:
    """What a step's body is: "json", "form", "xml" or "text"."""
    kind = next((text for name, text in step.headers.items() if name.lower() == "content-type"), "form").lower()
    return next((known for known in ("json", "form", "xml") if known in kind.replace("form-data", "")), "text")


def _filled(text: str, values: Mapping[str, str], escaped: Callable[[str], str]) -> str:
    def fill(place: re.Match[str]) -> str:
        name = place[1]
        if name is None:
            return "{"
        if name not in values:
            raise Unfit(f"chưa lấy được {{{name}}}")
        try:
            return escaped(values[name])
        except ValueError as error:
            raise Unfit(f"{{{name}}}: {error}") from error

    return _PLACE.sub(fill, text)


def _in_header(value: str) -> str:
    if _CONTROL.search(value):
        raise ValueError("có ký tự điều khiển, không đưa vào header được")
    return value


def _in_json(value: str) -> str:
    return json.dumps(value)[1:-1]


def _in_xml(value: str) -> str:
    return escape(value, {'"': "&quot;", "'": "&apos;"})


_ESCAPES: Mapping[str, Callable[[str], str]] = {
    "json": _in_json,
    "form": quote_plus,
    "xml": _in_xml,
    "text": str,
}
