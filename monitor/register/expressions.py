"""Whether the expressions of assertions and takes can be used: selectors, XPath, JMESPath, status codes, addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping

from monitor.core.service import Means, Want
from monitor.register.pattern import pattern_mistake

_MOST_XPATH = 500
_WIDE = re.compile(r"//|\b(following|preceding|descendant)(-or-self)?\s*::")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def assertion_mistake(want: Want, value: str) -> str:
    """Why an assertion's value cannot be used; empty where it can."""
    return _WANTS[want](value)


def take_mistake(by: Means, value: str) -> str:
    """Why what is to be taken cannot be found that way; empty where it can."""
    return _MEANS[by](value)


def _codes(value: str) -> str:
    codes = [code.strip() for code in value.split(",")]
    sound = all(re.fullmatch(r"[1-5](\d\d|xx|XX)", code) for code in codes)
    return "" if sound else "không phải các mã HTTP dạng 200,304 hoặc 2xx"


def _text(value: str) -> str:
    return "" if value.strip() else "chỉ có dấu cách"


def _selector(value: str) -> str:
    from cssselect import HTMLTranslator, SelectorError

    try:
        HTMLTranslator().css_to_xpath(value)
    except SelectorError:
        return "không phải bộ chọn CSS"
    return ""


def _path(value: str) -> str:
    """An expression is tried on an empty page: unknown functions and prefixes show only then."""
    from lxml import etree, html

    try:
        etree.XPath(value, regexp=False)(html.document_fromstring("<p>"))
    except (etree.XPathError, ValueError):
        return "không phải biểu thức XPath"
    if len(value) > _MOST_XPATH:
        return f"dài hơn {_MOST_XPATH} ký tự"
    return (
        "tìm cả trang trong điều kiện [ ]: trang dài sẽ làm chậm, viết lại cho gọn" if _searches_within(value) else ""
    )


def _searches_within(value: str) -> bool:
    """Whether a condition looks through the whole page, so that the cost grows with the square of its length."""
    bare = _QUOTED.sub("''", value)
    return any(bare[: found.start()].count("[") > bare[: found.start()].count("]") for found in _WIDE.finditer(bare))


def _expression(value: str) -> str:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        jmespath.compile(value)
    except JMESPathError:
        return "không phải biểu thức JMESPath"
    return ""


def _address(value: str) -> str:
    try:
        sound = str(ipaddress.ip_address(value)) == value
    except ValueError:
        sound = False
    return "" if sound else "không phải địa chỉ IP viết đủ và gọn, dạng 203.0.113.7 hoặc 2001:db8::1"


def _header(value: str) -> str:
    return "" if re.fullmatch(r"[A-Za-z0-9-]+", value) else "không phải tên header, dạng X-Ma-Phien"


_WANTS: Mapping[Want, Callable[[str], str]] = {
    Want.STATUS: _codes,
    Want.TEXT: _text,
    Want.NOT_TEXT: _text,
    Want.SELECTOR: _selector,
    Want.NOT_SELECTOR: _selector,
    Want.XPATH: _path,
    Want.NOT_XPATH: _path,
    Want.JSON: _expression,
    Want.JSON_EXISTS: _expression,
    Want.ADDRESS: _address,
}
_MEANS: Mapping[Means, Callable[[str], str]] = {
    Means.SELECTOR: _selector,
    Means.XPATH: _path,
    Means.JSON: _expression,
    Means.REGEX: pattern_mistake,
    Means.HEADER: _header,
}
