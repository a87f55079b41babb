"""One TOML file that a person wrote: read, checked against its form, with the place of each entry for the messages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from monitor.core.mistake import Mistake, in_vietnamese, why

Loc = tuple[int | str, ...]

_MEND_TOML = "chữ đặt trong ngoặc kép, danh sách trong ngoặc vuông, mỗi mục một dòng tên = giá trị"


class Entry(BaseModel):
    """What all entries share: nothing unknown, nothing converted behind the writer's back."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its name within its folder, its text, what it holds, and the list that its mistakes go to."""

    name: str
    text: str = field(repr=False)
    data: Mapping[str, object] = field(repr=False)
    mistakes: list[Mistake] = field(repr=False)

    def blame(self, loc: Loc, what: str, mend: str) -> None:
        """Note a mistake at a place such as ("off", 3, "day")."""
        self.mistakes.append(self.mistake(loc, what, mend))

    def mistake(self, loc: Loc, what: str, mend: str) -> Mistake:
        """A mistake at a place, for a caller that keeps the list itself."""
        return Mistake(file=self.name, place=self.place(loc), what=what, mend=mend)

    def checked(
        self, model: type[E], data: Mapping[str, object] | None = None, unwritten: Collection[str] = ()
    ) -> E | None:
        """The file in its form, or `data` made of it; None where it does not fit, each reason noted.

        `unwritten` are parts of a place that are Pydantic's own, such as a union's branches.
        """
        try:
            return model.model_validate(self.data if data is None else data)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                loc = tuple(part for part in detail["loc"] if part not in unwritten)
                self.blame(loc, *in_vietnamese(detail["type"], detail.get("ctx", {})))
            return None

    def place(self, loc: Loc) -> str:
        """The place as a person finds it: line, entry and field."""
        if not loc:
            return ""
        words = [f"dòng {self._line(loc)}"]
        words += [f"{name} thứ {number + 1}" for name, number in _numbered(loc)]
        if isinstance(loc[-1], str):
            words.append(f"mục {loc[-1]}")
        return ", ".join(words)

    def _line(self, loc: Loc) -> int:
        """The line of an entry's field, or of the entry where the field is missing."""
        at, path = 0, ""
        for name, number in _numbered(loc):
            path = f"{path}.{name}" if path else name
            at = self._entry(path, name, number, at)
        if isinstance(loc[-1], str):
            written = re.compile(rf"(^[\s{{]*|[{{,]\s*){re.escape(loc[-1])}\s*=", re.MULTILINE).search(self.text, at)
            following = re.compile(r"^\s*\[\[", re.MULTILINE).search(self.text, at + 2) if at else None
            if written and (following is None or written.start() < following.start()):
                at = written.end()
        return self.text.count("\n", 0, at) + 1

    def _entry(self, path: str, name: str, number: int, at: int) -> int:
        """Where the number-th entry of an array starts after a place: `[[path]]`, or `{ … }` in a list."""
        header = re.compile(rf"^[ \t]*\[\[[ \t]*{re.escape(path)}[ \t]*\]\]", re.MULTILINE)
        headers = list(header.finditer(self.text, at))
        if number < len(headers):
            return headers[number].end()
        listed = re.compile(rf"^[ \t]*{re.escape(name)}\s*=\s*\[", re.MULTILINE).search(self.text, at)
        entries = list(re.finditer(r"^[^#\n]*?(\{)", self.text[listed.end() :], re.MULTILINE)) if listed else []
        return listed.end() + entries[number].start(1) if listed and number < len(entries) else at


def _numbered(loc: Loc) -> Iterator[tuple[str, int]]:
    for name, number in pairwise(loc):
        if isinstance(name, str) and isinstance(number, int):
            yield name, number


def read(path: Path, name: str, mistakes: list[Mistake]) -> Document | None:
    """The file under its name; None where it cannot be read, the reason noted."""
    place = ""
    try:
        text = path.read_text("utf-8-sig")
        return Document(name, text, tomllib.loads(text), mistakes)
    except UnicodeDecodeError:
        what, mend = "không phải UTF-8", "lưu lại tệp dạng UTF-8"
    except OSError as error:
        what, mend = f"không đọc được ({why(error)})", "chép lại tệp đi kèm, hoặc cho phép đọc tệp này"
    except tomllib.TOMLDecodeError as error:
        place, what, mend = _not_toml(str(error))
    mistakes.append(Mistake(file=name, place=place, what=what, mend=mend))
    return None


def _not_toml(error: str) -> tuple[str, str, str]:
    line = re.search(r"line (\d+), column (\d+)", error)
    place = f"dòng {line[1]}, cột {line[2]}" if line else "cuối tệp"
    if "overwrite" in error or "twice" in error:
        return place, "một tên được ghi hai lần", "bỏ một trong hai, hoặc thêm dòng [[…]] mở mục mới"
    return place, "không đúng cách viết TOML", _MEND_TOML
