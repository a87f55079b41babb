"""Which regular expressions may be run on somebody else's page: those that no page can make slow."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import import_module
from typing import Any

MOST_BOUNDED = 1000
"""The ways in which all the bounded repeats and alternatives of an expression may combine."""
SMALL = 32
"""A repeat of up to so many counts as bounded."""

_parser: Any = import_module("re._parser")
_PLAIN = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT"})
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})


def pattern_mistake(expression: str) -> str:
    """Why an expression is not to be used to take a value, in Vietnamese; empty where it may be."""
    try:
        compiled = re.compile(expression)
        ways, endless = _measure(_parser.parse(expression))
    except (re.error, RecursionError, OverflowError):
        return "không phải biểu thức chính quy"
    except _Costly as error:
        return str(error)
    if compiled.groups != 1:
        return "phải có đúng một nhóm ngoặc tròn: phần cần lấy"
    if endless > 1 or ways > MOST_BOUNDED:
        return f"lặp nhiều quá: chỉ một chỗ được lặp không giới hạn, chỗ khác ghi giới hạn, ví dụ \\s{{0,{SMALL // 4}}}"
    return ""


class _Costly(Exception):
    """An expression has something in it whose cost depends on the page."""


def _measure(items: Iterable[tuple[Any, Any]]) -> tuple[int, int]:
    """In how many ways the bounded parts combine, and how many repeats are without a bound."""
    ways, endless = 1, 0
    for kind, what in items:
        more, extra = _one(str(kind), what)
        ways, endless = ways * more, endless + extra
    return ways, endless


def _one(kind: str, what: Any) -> tuple[int, int]:
    if kind in _PLAIN:
        return 1, 0
    if kind in _REPEATS:
        least, most, body = what
        if any(str(inner) not in _PLAIN for inner, _ in body) or len(body) > 1:
            raise _Costly('lặp cả một nhóm: chỉ lặp từng ký tự hoặc tập ký tự, ví dụ [^"]+')
        return (int(most) - int(least) + 1, 0) if int(most) <= SMALL else (1, 1)
    if kind == "SUBPATTERN":
        return _measure(what[3])
    if kind == "BRANCH":
        branches = [_measure(branch) for branch in what[1]]
        return sum(ways for ways, _ in branches), max(endless for _, endless in branches)
    raise _Costly("chỉ dùng chữ, tập ký tự, lặp, nhóm và | trong biểu thức chính quy")
