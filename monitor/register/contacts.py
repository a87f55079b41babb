"""The people of the posts: what a filled-in danh-ba.xlsx would change, and the change made."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.core.agency import Post
from monitor.core.mistake import Mistake, why
from monitor.register.book import FILLED, read_rows, write_xlsx
from monitor.register.folder import RegisterError, find, is_shipped
from monitor.register.loading import load_register
from monitor.register.register import Register
from monitor.register.values import is_address

__all__ = ["HEADINGS", "Change", "apply", "examine", "write_xlsx"]

HEADINGS = ("Mã", "Chức danh", "Mục", "Đang là", "Sẽ là")
"""The headings of a list of changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One cell that differs: which post, which field of it, what it is and what it would be."""

    post: str
    title: str
    field: str
    before: str
    after: str

    def as_row(self) -> tuple[str, str, str, str, str]:
        """The change under HEADINGS."""
        return self.post, self.title, FILLED[self.field], self.before or "–", self.after or "(bỏ trống)"


def examine(register: Register, path: Path) -> tuple[list[Change], list[Mistake]]:
    """What the good rows of a filled-in file would change, and what is wrong with the others.

    Raise RegisterError where the file as a whole cannot be read.
    """
    mistakes: list[Mistake] = []
    changes: list[Change] = []
    seen: dict[str, int] = {}
    for number, row in read_rows(path):
        wrong = list(_wrong(path, number, row, register, seen))
        mistakes.extend(wrong)
        seen.setdefault(row["key"], number)
        post = register.posts.get(row["key"])
        if post is not None and not wrong:
            changes.extend(_changes(post, row))
    return changes, mistakes


def _changes(post: Post, row: Mapping[str, str]) -> Iterator[Change]:
    for field in FILLED:
        before = getattr(post, field)
        if field in row and row[field] != before:
            yield Change(post=post.key, title=post.title, field=field, before=before, after=row[field])


def _wrong(
    path: Path, number: int, row: Mapping[str, str], register: Register, seen: Mapping[str, int]
) -> Iterator[Mistake]:
    def mistake(what: str, mend: str) -> Mistake:
        return Mistake(file=path.name, place=f"dòng {number}", what=what, mend=mend)

    key, address = row["key"], row.get("address", "")
    if not key:
        yield mistake("thiếu mã", "thêm người thì khai chức danh ở posts.toml, xuất lại danh bạ rồi điền vào tệp mới")
    elif key not in register.posts:
        yield mistake(f"không có chức danh “{key}”", "không sửa cột Mã; xuất lại danh bạ rồi điền vào tệp mới")
    if key and key in seen:
        yield mistake(f"chức danh “{key}” đã có ở dòng {seen[key]}", "giữ lại một dòng")
    if address and not is_address(address):
        several = address.count("@") > 1
        mend = "mỗi ô chỉ một địa chỉ" if several else "ghi một địa chỉ dạng ten@thanhhoa.gov.vn"
        yield mistake(f"“{address}” không phải {'một ' if several else ''}địa chỉ thư điện tử", mend)


def apply(name_or_folder: str, changes: Iterable[Change]) -> Path:
    """Write the changes into contacts.toml of the office's own register; raise RegisterError for a shipped one."""
    if is_shipped(name_or_folder):
        mend = "tạo danh mục riêng: tthc init danh-muc, đặt REGISTER=danh-muc trong .env, rồi nhập lại"
        what = "danh mục đi kèm chương trình, không ghi danh bạ vào đó"
        raise RegisterError([Mistake(file="REGISTER", place=name_or_folder, what=what, mend=mend)])
    posts = load_register(name_or_folder).posts
    values = {key: {field: getattr(post, field) for field in FILLED} for key, post in posts.items()}
    for change in changes:
        values[change.post][change.field] = change.after
    path = find(name_or_folder) / "contacts.toml"
    try:
        _replace(path, _toml(values))
    except OSError as error:
        mend = "cho tài khoản chạy lệnh này quyền ghi vào thư mục danh mục"
        raise RegisterError(
            [Mistake(file=str(path), place="", what=f"không ghi được ({why(error)})", mend=mend)]
        ) from error
    return path


def _toml(values: Mapping[str, Mapping[str, str]]) -> str:
    lines = [
        "# DANH BẠ: do `tthc contacts import` ghi ra từ danh-ba.xlsx; sửa ở danh-ba.xlsx rồi nhập lại, hoặc sửa ở đây.",
        "",
    ]
    for post, fields in values.items():
        if any(fields.values()):
            lines += ["[[contact]]", f"post = {_quoted(post)}"]
            lines += [f"{field} = {_quoted(value)}" for field, value in fields.items() if value]
            lines.append("")
    return "\n".join(lines)


def _quoted(value: str) -> str:
    """A TOML string: JSON's escapes are TOML's too, but for DEL."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "")


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o640
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".contacts-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
