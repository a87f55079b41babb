"""The files of a register: found, read, and the place of each entry in them for the messages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from monitor.core.mistake import Mistake, Mistakes, why

SHIPPED = Path(__file__).parent
SINGLE = ("register.toml", "posts.toml", "contacts.toml", "sources.toml", "ladders.toml", "duties.toml")
FOLDERS = ("agencies", "services")
OPTIONAL = frozenset({"contacts.toml", "duties.toml"})

Loc = tuple[int | str, ...]


class RegisterError(Mistakes):
    """The register cannot be used; `mistakes` names every reason."""


@dataclass(frozen=True, slots=True)
class Document:
    """One TOML file: its name within the register, its text and what it holds."""

    name: str
    text: str = field(repr=False)
    data: Mapping[str, object] = field(repr=False)

    def mistake(self, loc: Loc, what: str, mend: str = "") -> Mistake:
        """A mistake at a place such as ("agency", 3, "kind")."""
        return Mistake(file=self.name, place=self.place(loc), what=what, mend=mend)

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
        headers = list(re.compile(rf"^[ \t]*\[\[\s*{re.escape(path)}\s*\]\]", re.MULTILINE).finditer(self.text, at))
        if number < len(headers):
            return headers[number].end()
        listed = re.compile(rf"^[ \t]*{re.escape(name)}\s*=\s*\[", re.MULTILINE).search(self.text, at)
        entries = list(re.finditer(r"^[^#\n]*?(\{)", self.text[listed.end() :], re.MULTILINE)) if listed else []
        return listed.end() + entries[number].start(1) if listed and number < len(entries) else at


def _numbered(loc: Loc) -> Iterator[tuple[str, int]]:
    for name, number in pairwise(loc):
        if isinstance(name, str) and isinstance(number, int):
            yield name, number


def find(name_or_folder: str) -> Path:
    """The folder of a shipped register's name, or the folder itself; raise RegisterError."""
    shipped = SHIPPED / name_or_folder
    if re.fullmatch(r"[a-z0-9-]+", name_or_folder) and (shipped / "register.toml").is_file():
        return shipped
    folder = Path(name_or_folder)
    if not folder.is_dir():
        what = f"không có danh mục “{name_or_folder}”"
        mend = f"ghi thanh-hoa, hoặc tạo thư mục bằng: tthc init {name_or_folder}"
        raise RegisterError([Mistake(file="REGISTER", place="", what=what, mend=mend)])
    return folder


def is_shipped(name_or_folder: str) -> bool:
    """Whether this is a register that came with the program, which an update replaces."""
    return find(name_or_folder).resolve().is_relative_to(SHIPPED.resolve())


def read(folder: Path) -> tuple[dict[str, Document], list[Mistake]]:
    """Every file of a register, and what is wrong with the files as such."""
    documents: dict[str, Document] = {}
    mistakes: list[Mistake] = []
    for path in sorted(folder.rglob("*.toml")):
        name = path.relative_to(folder).as_posix()
        if name not in SINGLE and (name.count("/") != 1 or name.partition("/")[0] not in FOLDERS):
            mend = f"tệp của danh mục là: {', '.join(SINGLE)}, agencies/*.toml, services/*.toml"
            mistakes.append(Mistake(file=name, place="", what="tệp lạ, không được đọc", mend=mend))
            continue
        try:
            text = path.read_text("utf-8-sig")
            documents[name] = Document(name, text, tomllib.loads(text))
        except UnicodeDecodeError:
            mistakes.append(Mistake(file=name, place="", what="không phải UTF-8", mend="lưu lại tệp dạng UTF-8"))
        except OSError as error:
            mistakes.append(
                Mistake(file=name, place="", what=f"không đọc được ({why(error)})", mend="cho phép đọc tệp này")
            )
        except tomllib.TOMLDecodeError as error:
            mistakes.append(_not_toml(name, str(error)))
    mistakes.extend(_missing(folder))
    return documents, mistakes


def _not_toml(name: str, error: str) -> Mistake:
    line = re.search(r"line (\d+), column (\d+)", error)
    place = f"dòng {line[1]}, cột {line[2]}" if line else "cuối tệp"
    if "overwrite" in error or "twice" in error:
        return Mistake(
            file=name,
            place=place,
            what="một tên được ghi hai lần",
            mend="bỏ một trong hai, hoặc thêm dòng [[…]] mở mục mới",
        )
    mend = "chữ đặt trong ngoặc kép, danh sách trong ngoặc vuông, mỗi mục một dòng tên = giá trị"
    return Mistake(file=name, place=place, what="không đúng cách viết TOML", mend=mend)


def _missing(folder: Path) -> Iterator[Mistake]:
    needed: Sequence[str] = [name for name in SINGLE if name not in OPTIONAL]
    for name in needed:
        if not (folder / name).is_file():
            yield Mistake(file=name, place="", what="thiếu tệp này", mend="chép lại từ danh mục đi kèm (tthc init)")
    for name in FOLDERS:
        if not any((folder / name).glob("*.toml")):
            yield Mistake(
                file=f"{name}/", place="", what="không có tệp .toml nào", mend="chép lại từ danh mục đi kèm (tthc init)"
            )
