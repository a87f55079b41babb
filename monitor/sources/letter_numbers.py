"""The numbers and bullets that Word puts before paragraphs by itself, which stand in no paragraph's text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROMAN = (("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class _Level:
    kind: str
    text: str
    start: int


@dataclass(slots=True)
class Numbering:
    """The lists of one document, counted on as its paragraphs come."""

    document: Any
    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        part = next((p for p in self.document.part.package.iter_parts() if p.partname == "/word/numbering.xml"), None)
        if part is not None:
            self._learn(part.element)
        for style in self.document.styles.element.iterfind(f"{_W}style"):
            about = style.find(f"{_W}pPr/{_W}numPr")
            if about is not None:
                self.styles[style.get(f"{_W}styleId")] = _named(about)

    def _learn(self, root: Any) -> None:
        abstract = {
            one.get(f"{_W}abstractNumId"): {
                int(level.get(f"{_W}ilvl")): _Level(
                    kind=_value(level, "numFmt", "decimal"),
                    text=_value(level, "lvlText", ""),
                    start=int(_value(level, "start", "1")),
                )
                for level in one.iterfind(f"{_W}lvl")
            }
            for one in root.iterfind(f"{_W}abstractNum")
        }
        for number in root.iterfind(f"{_W}num"):
            self.levels[number.get(f"{_W}numId")] = abstract.get(_value(number, "abstractNumId", ""), {})

    def before(self, paragraph: Any) -> str:
        """What Word prints before a paragraph, with a space; "- " for any bullet, nothing where it is in no list."""
        about = paragraph.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        if about is not None:
            number, depth = _named(about)
        elif style is not None and style.get(f"{_W}val") in self.styles:
            number, depth = self.styles[style.get(f"{_W}val")]
        else:
            return ""
        level = self.levels.get(number, {}).get(depth)
        if level is None or level.kind == "none":
            return ""
        if level.kind == "bullet":
            return "+ " if level.text == "+" else "- "
        counts = self.counts.setdefault(number, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        return f"{re.sub('%([1-9])', lambda match: self._count(number, int(match[1]) - 1), level.text)} "

    def _count(self, number: str, depth: int) -> str:
        level = self.levels[number].get(depth)
        count = self.counts[number].get(depth, level.start if level else 1)
        return _written(count, level.kind if level else "decimal")


def _named(about: Any) -> tuple[str, int]:
    return _value(about, "numId", ""), int(_value(about, "ilvl", "0"))


def _value(parent: Any, name: str, otherwise: str) -> str:
    found = parent.find(f"{_W}{name}")
    return otherwise if found is None else str(found.get(f"{_W}val", otherwise))


def _written(count: int, kind: str) -> str:
    if kind in {"lowerLetter", "upperLetter"} and 1 <= count <= len(_ALPHABET):
        letter = _ALPHABET[count - 1]
        return letter.upper() if kind == "upperLetter" else letter
    if kind in {"upperRoman", "lowerRoman"} and 1 <= count < 40:
        made = ""
        for mark, worth in _ROMAN:
            while count >= worth:
                made, count = made + mark, count - worth
        return made if kind == "upperRoman" else made.lower()
    return str(count)
