"""The files of a register: found and read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor.core.mistake import Mistake, Mistakes
from monitor.document import Document
from monitor.document import read as document_in

SHIPPED = Path(__file__).parent
SINGLE = ("register.toml", "posts.toml", "contacts.toml", "sources.toml", "ladders.toml", "duties.toml")
FOLDERS = ("agencies", "services")
OPTIONAL = frozenset({"contacts.toml", "duties.toml"})


class RegisterError(Mistakes):
    """The register cannot be used; `mistakes` names every reason."""


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
        if (document := document_in(path, name, mistakes)) is not None:
            documents[name] = document
    mistakes.extend(_missing(folder))
    return documents, mistakes


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
