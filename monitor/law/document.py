"""One file of the law: read, checked against its form, and the place of each entry in it for the messages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from monitor.core.mistake import Mistake, Mistakes, in_vietnamese, why

Loc = tuple[int | str, ...]

_MEND_TOML = "chữ đặt trong ngoặc kép, danh sách trong ngoặc vuông, mỗi mục một dòng tên = giá trị"


class LawError(Mistakes):
    """The law's files cannot be used, or a name of working hours is not in them; `mistakes` names every reason."""


class Entry(BaseModel):
    """What all entries share: nothing unknown, nothing converted behind the writer's back."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Document:
    """One TOML file: its name, its text, what it holds, and the list that its mistakes go to."""

    name: str
    text: str = field(repr=False)
    data: Mapping[str, object] = field(repr=False)
    mistakes: list[Mistake] = field(repr=False)

    def blame(self, loc: Loc, what: str, mend: str) -> None:
        """Note a mistake at a place such as ("off", 3, "day")."""
        self.mistakes.append(Mistake(file=self.name, place=self._place(loc), what=what, mend=mend))

    def checked(self, model: type[E]) -> E | None:
        """The file in its form; None where it does not fit, each reason noted."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                self.blame(detail["loc"], *in_vietnamese(detail["type"], detail.get("ctx", {})))
            return None

    def _place(self, loc: Loc) -> str:
        words = [f"{name} thứ {number + 1}" for name, number in _numbered(loc)]
        if loc and isinstance(loc[-1], str):
            words.append(f"mục {loc[-1]}")
        return ", ".join([f"dòng {self._line(loc)}", *words] if words else [])

    def _line(self, loc: Loc) -> int:
        """The line of an entry's field, or of the entry where the field is missing."""
        at, end, path = 0, len(self.text), ""
        for name, number in _numbered(loc):
            path = f"{path}.{name}" if path else name
            header = re.compile(rf"^[ \t]*\[\[[ \t]*{re.escape(path)}[ \t]*\]\]", re.MULTILINE)
            found = list(header.finditer(self.text, at))
            if number >= len(found):
                break
            at = found[number].end()
            following = re.compile(r"^[ \t]*\[", re.MULTILINE).search(self.text, at)
            end = following.start() if following else len(self.text)
        written = re.compile(rf"^[ \t]*{re.escape(str(loc[-1]))}[ \t]*=", re.MULTILINE).search(self.text, at, end)
        return self.text.count("\n", 0, written.end() if written else at) + 1


def _numbered(loc: Loc) -> Iterator[tuple[str, int]]:
    for name, number in pairwise(loc):
        if isinstance(name, str) and isinstance(number, int):
            yield name, number


def read(path: Path, mistakes: list[Mistake]) -> Document | None:
    """A file of the law; None where it cannot be read, the reason noted."""
    try:
        text = path.read_text("utf-8-sig")
        return Document(path.name, text, tomllib.loads(text), mistakes)
    except UnicodeDecodeError:
        what, place, mend = "không phải UTF-8", "", "lưu lại tệp dạng UTF-8"
    except OSError as error:
        what, place, mend = f"không đọc được ({why(error)})", "", "chép lại tệp đi kèm và cho phép đọc"
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+), column (\d+)", str(error))
        place = f"dòng {line[1]}, cột {line[2]}" if line else "cuối tệp"
        what, mend = "không đúng cách viết TOML", _MEND_TOML
    mistakes.append(Mistake(file=path.name, place=place, what=what, mend=mend))
    return None
