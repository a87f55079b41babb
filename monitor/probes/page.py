"""A page as text, tree and JSON, each made only when asked for."""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from functools import cached_property, lru_cache
from html import unescape
from itertools import islice
from typing import Any

import jmespath
from cssselect import SelectorError
from lxml import etree, html
from lxml.cssselect import CSSSelector

from monitor.probes.outcome import Answer

_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

_INLINE = "a|abbr|b|bdi|em|font|i|mark|small|span|strong|sub|sup|u|wbr"
"""Elements that do not part the words before and after them."""

# What no person reads, as a browser tells it apart: comments, scripts, tags with whatever their attributes hold. Every
# alternative takes its text for good and runs to its end mark or to the end of the page, so that no page makes it slow.
_UNSEEN = re.compile(
    rf"""
    < (?:
        !-- (?: -?> | .*?(?: --!?> | \Z ) )
      | (script|style|template)(?=[\s/>]) .*? (?: </\1(?=[\s/>]) [^>]*+ (?: > | \Z ) | \Z )
      | (?: (/?(?:{_INLINE})(?=[\s/>])) | [a-z/!?] )
        (?: [^>=]++ | = \s*+ (?: "[^"]*+ (?: " | \Z ) | '[^']*+ (?: ' | \Z ) ) | = )*+ (?: > | \Z )
    )
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_ENCLOSING = (
    (b"<", b">"), (b"<!--", b"-->"), (b"<script", b"</script"), (b"<style", b"</style"), (b"<template", b"</template"),
)  # fmt: skip
_BRACKETS_IN_QUOTES = re.compile(rb"""=\s*+(?:"[^"<>]*+[<>]|'[^'<>]*+[<>])""")
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"

MOST_ELEMENTS = 20_000
"""Elements of a page that XPath is asked about: an expression may look at each from each."""


class Unreadable(Exception):
    """An assertion cannot be asked: its selector or expression is wrong."""


def fold(text: str) -> str:
    """Text as it is compared: NFC, white space collapsed, no zero-width characters, case folded."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        for mark in _ZERO_WIDTH:
            text = text.replace(mark, "")
    return " ".join(text.split()).casefold()


def charset_of(answer: Answer) -> str:
    """The charset a page is written in: its BOM, its header, its meta element, or UTF-8."""
    for mark, name in _BOMS:
        if answer.body.startswith(mark):
            return name
    named = _HEADER_CHARSET.search(answer.headers.get("content-type", ""))
    if named is None:
        meta = _META_CHARSET.search(answer.body[:4096])
        name = meta.group(1).decode("ascii") if meta else "utf-8"
    else:
        name = named.group(1)
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "utf-8"


def _in_sight(source: bytes, place: int) -> bool:
    """Whether a place is outside of tags, comments and scripts; certain only where no quotes hold angle brackets."""
    before = source[:place].lower()  # of bytes only ASCII letters, which is what tags are of, and ten times faster
    return all(
        (last := before.rfind(opening)) < 0 or before.find(closing, last) >= 0 for opening, closing in _ENCLOSING
    )


def _in_its_place(unseen: re.Match[str]) -> str:
    return "" if unseen[2] else " "


class Page:
    """One answer, read in the ways assertions ask for."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    @cached_property
    def source(self) -> str:
        """The page's source, decoded."""
        return self.answer.body.decode(self._charset, "replace")

    @cached_property
    def _charset(self) -> str:
        return charset_of(self.answer)

    @cached_property
    def text(self) -> str:
        """The words on the page, folded: no scripts, comments or tags."""
        if self.answer.visible is not None:
            return fold(self.answer.visible)
        seen = _UNSEEN.sub(_in_its_place, self.source) if "<" in self.source else self.source
        return fold(unescape(seen) if "&" in seen else seen)

    @cached_property
    def _bracketed(self) -> bool:
        return _BRACKETS_IN_QUOTES.search(self.answer.body) is not None

    def says(self, wanted: str) -> bool:
        """Whether the words are on the page; one that plainly has them letter by letter is not read any further."""
        return self._plainly_says(wanted) or fold(wanted) in self.text

    def _plainly_says(self, wanted: str) -> bool:
        if self.answer.visible is not None or self._charset != "utf-8":
            return False
        place = self.answer.body.find(wanted.encode())
        return place >= 0 and not self._bracketed and _in_sight(self.answer.body, place)

    @cached_property
    def tree(self) -> html.HtmlElement | None:
        """The page's elements; None for an empty page."""
        parser = html.HTMLParser(encoding="utf-8")
        try:
            return html.document_fromstring(self.source.encode("utf-8", "replace"), parser=parser)
        except (etree.ParserError, etree.XMLSyntaxError):
            return None

    def has(self, selector: str) -> bool:
        """Whether a CSS selector matches; raise Unreadable for a selector that is none."""
        find = _compiled(selector)
        return self.tree is not None and bool(find(self.tree))

    def select(self, selector: str, attribute: str = "") -> str | None:
        """The text, or an attribute, of the first element a CSS selector matches; None for none."""
        found = _compiled(selector)(self.tree) if self.tree is not None else []
        if not found:
            return None
        return found[0].get(attribute) if attribute else " ".join(found[0].text_content().split())

    def finds(self, expression: str) -> bool:
        """Whether an XPath expression finds something or is true; raise Unreadable for one that cannot be asked."""
        return bool(self._by_path(expression))

    def xpath_text(self, expression: str) -> str | None:
        """The first thing an XPath expression finds, as text; None for nothing."""
        found = self._by_path(expression)
        first = (found[0] if found else None) if isinstance(found, list) else found
        if isinstance(first, html.HtmlElement):
            return " ".join(first.text_content().split())
        return None if first is None else str(first)

    def _by_path(self, expression: str) -> Any:
        find = _path(expression)
        if self.tree is None:
            return None
        if sum(1 for _ in islice(self.tree.iter(), MOST_ELEMENTS + 1)) > MOST_ELEMENTS:
            raise Unreadable(f"trang có hơn {MOST_ELEMENTS} phần tử, không hỏi XPath")
        try:
            return find(self.tree)
        except etree.XPathError as error:
            raise Unreadable(f"XPath {expression!r}: {error}") from error

    def gives(self, expression: str) -> bool:
        """Whether a JMESPath expression gives a true value; raise Unreadable for one that cannot be evaluated."""
        return bool(self._asked(expression))

    def knows(self, expression: str) -> bool:
        """Whether a JMESPath expression gives anything but null; raise Unreadable as `gives` does."""
        return self._asked(expression) is not None

    def json_text(self, expression: str) -> str | None:
        """What a JMESPath expression gives, as text; None for null, a list or an object."""
        given = self._asked(expression)
        if isinstance(given, bool):
            return str(given).lower()
        return str(given) if isinstance(given, str | int | float) else None

    def _asked(self, expression: str) -> Any:
        try:
            asked = jmespath.compile(expression)
        except jmespath.exceptions.JMESPathError as error:
            raise Unreadable(f"JMESPath {expression!r}: {error}") from error
        try:
            return asked.search(json.loads(self.source))
        except (ValueError, TypeError, ArithmeticError, RecursionError, jmespath.exceptions.JMESPathError):
            return None  # no JSON, or not what the expression can reckon with: 1e999 is no number to round


@lru_cache(maxsize=1024)
def _compiled(selector: str) -> CSSSelector:
    try:
        return CSSSelector(selector, translator="html")
    except SelectorError as error:
        raise Unreadable(f"CSS {selector!r}: {error}") from error


@lru_cache(maxsize=1024)
def _path(expression: str) -> etree.XPath:
    try:
        return etree.XPath(expression, regexp=False, smart_strings=False)
    except etree.XPathError as error:
        raise Unreadable(f"XPath {expression!r}: {error}") from error
