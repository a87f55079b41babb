"""Dated legal values with their citations, read from rules.toml."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Annotated

from pydantic import Field

from monitor.core.law import Rule
from monitor.core.limit import LimitUnit
from monitor.document import Document, Entry

UNITS = frozenset(unit.value for unit in LimitUnit)
Text = Annotated[str, Field(min_length=1)]


class RuleEntry(Entry):
    key: Text
    value: Annotated[int, Field(ge=0)]
    unit: Text
    start: date | None = None
    end: date | None = None
    citation: Text
    confirmed_by: str = ""
    note: str = ""


class RulesFile(Entry):
    rule: Annotated[list[RuleEntry], Field(min_length=1)]


def rules_in(document: Document) -> dict[str, tuple[Rule, ...]]:
    """Rules by key, each key's in order of time; every mistake is noted in the document."""
    file = document.checked(RulesFile)
    by_key: dict[str, list[Rule]] = {}
    for number, entry in enumerate(file.rule if file else ()):
        rule = Rule(**entry.model_dump())
        if rule.start and rule.end and rule.end < rule.start:
            document.blame(("rule", number, "end"), "ngày cuối trước ngày đầu", "sửa start hoặc end")
            continue
        known = by_key.setdefault(rule.key, [])
        if any(_start(rule) <= _end(other) and _start(other) <= _end(rule) for other in known):
            mend = "ghi end cho giá trị cũ là ngày trước start của giá trị mới"
            document.blame(("rule", number), f"“{rule.key}” có hai giá trị trong cùng một ngày", mend)
        known.append(rule)
    _check_limits(document, by_key)
    return {key: tuple(sorted(rules, key=_start)) for key, rules in by_key.items()}


def _check_limits(document: Document, by_key: dict[str, list[Rule]]) -> None:
    """A procedure has one limit a day: in hours, in working days, or in days."""
    limits: dict[str, list[Rule]] = {}
    for rule in (rule for rules in by_key.values() for rule in rules):
        unit, _, procedure = rule.key.partition(".")
        if unit in UNITS and procedure:
            limits.setdefault(procedure, []).append(rule)
    for procedure, rules in limits.items():
        for one, other in combinations(rules, 2):
            if one.key != other.key and _start(one) <= _end(other) and _start(other) <= _end(one):
                what = f"thủ tục {procedure} có hai thời hạn giải quyết trong cùng một ngày: {one.key} và {other.key}"
                document.blame((), what, "giữ một trong hai, hoặc ghi start, end để hai khoảng ngày rời nhau")


def _start(rule: Rule) -> date:
    return rule.start or date.min


def _end(rule: Rule) -> date:
    return rule.end or date.max
