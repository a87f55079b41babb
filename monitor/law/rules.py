"""Dated legal values with their citations, read from rules.toml."""

from __future__ import annotations

from datetime import date
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
    limits: dict[str, list[Rule]] = {}
    for number, entry in enumerate(file.rule if file else ()):
        rule = Rule(**entry.model_dump())
        if rule.start and rule.end and rule.end < rule.start:
            document.blame(("rule", number, "end"), "ngày cuối trước ngày đầu", "sửa start hoặc end")
            continue
        known = by_key.setdefault(rule.key, [])
        if any(_together(rule, other) for other in known):
            mend = "ghi end cho giá trị cũ là ngày trước start của giá trị mới"
            document.blame(("rule", number), f"“{rule.key}” có hai giá trị trong cùng một ngày", mend)
        known.append(rule)
        unit, _, procedure = rule.key.partition(".")
        if unit in UNITS:
            others = limits.setdefault(procedure, [])
            _check_limit(document, number, rule, others)
            others.append(rule)
    return {key: tuple(sorted(rules, key=_start)) for key, rules in by_key.items()}


def _check_limit(document: Document, number: int, rule: Rule, others: list[Rule]) -> None:
    """A procedure has one limit a day: in hours, in working days, or in days."""
    for other in others:
        if other.key != rule.key and _together(rule, other):
            what = f"thủ tục có hai thời hạn giải quyết trong cùng một ngày: “{other.key}” và “{rule.key}”"
            document.blame(("rule", number), what, "giữ một trong hai, hoặc ghi start, end để hai khoảng ngày rời nhau")


def _together(one: Rule, other: Rule) -> bool:
    """Whether two rules are in force on one day."""
    return _start(one) <= _end(other) and _start(other) <= _end(one)


def _start(rule: Rule) -> date:
    return rule.start or date.min


def _end(rule: Rule) -> date:
    return rule.end or date.max
