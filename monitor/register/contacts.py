"""The people of the posts: what a filled-in danh-ba.xlsx would change, and the change made."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitor.core.agency import NOBODY, Holder, Post
from monitor.core.mistake import Mistake, why
from monitor.core.typed import day_typed
from monitor.register.book import FILLED, fields_of, read_rows, write_xlsx, written
from monitor.register.folder import RegisterError, find, is_shipped
from monitor.register.loading import load_register
from monitor.register.register import Register
from monitor.register.values import is_address, is_channel

__all__ = ["HEADINGS", "Change", "apply", "examine", "write_xlsx"]

HEADINGS = ("Mã", "Chức danh", "Mục", "Đang là", "Sẽ là")
"""The headings of a list of changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One cell that differs: which post, which field of it, what it is and what it would be.

    `nth` counts those who hold the post one after the other, from nought.
    """

    post: str
    title: str
    field: str
    before: str
    after: str
    nth: int = 0

    def as_row(self) -> tuple[str, str, str, str, str]:
        """The change under HEADINGS."""
        field = FILLED[self.field] + (f" (người thứ {self.nth + 1})" if self.nth else "")
        return self.post, self.title, field, self.before or "–", self.after or "(bỏ trống)"


_Rows = list[tuple[int, dict[str, str]]]


def examine(register: Register, path: Path) -> tuple[list[Change], list[Mistake]]:
    """What the good rows of a filled-in file would change, and what is wrong with the others.

    The rows of a post take the place of everything known of it; a post of which one of several rows is bad stays as
    it is. Raise RegisterError where the file as a whole cannot be read.
    """
    mistakes: list[Mistake] = []
    seen: dict[str, _Rows] = {}
    bad: set[int] = set()
    for number, row in read_rows(path):
        before = seen.setdefault(row["key"], [])
        wrong = list(_wrong(path, number, row, register, before))
        mistakes.extend(wrong)
        bad.update({number} if wrong else ())
        before.append((number, row))
    changes: list[Change] = []
    for key, rows in seen.items():
        good = [row for number, row in rows if number not in bad]
        if good and (len(good) == len(rows) or not _dated(rows)):
            changes.extend(_changes(register.posts[key], written(register, key), good))
    return changes, mistakes


def _dated(rows: _Rows) -> bool:
    return any(row.get("since") or row.get("until") for _, row in rows)


def _changes(post: Post, before: Sequence[Mapping[str, str]], rows: Sequence[Mapping[str, str]]) -> Iterator[Change]:
    after = sorted(rows, key=lambda row: _day(row.get("since", "")) or date.min)
    for nth in range(max(len(before), len(after))):
        old = before[nth] if nth < len(before) else _BLANK
        new = after[nth] if nth < len(after) else _BLANK
        for field in FILLED:
            if field in new and new[field] != old[field]:
                yield Change(post=post.key, title=post.title, field=field, before=old[field], after=new[field], nth=nth)


_BLANK = fields_of(NOBODY)


def _day(text: str) -> date | None:
    return day_typed(text) if text else None


def _wrong(
    path: Path, number: int, row: Mapping[str, str], register: Register, before: Iterable[tuple[int, Mapping[str, str]]]
) -> Iterator[Mistake]:
    def mistake(what: str, mend: str) -> Mistake:
        return Mistake(file=path.name, place=f"dòng {number}", what=what, mend=mend)

    key, address = row["key"], row.get("address", "")
    if not key:
        yield mistake("thiếu mã", "thêm người thì khai chức danh ở posts.toml, xuất lại danh bạ rồi điền vào tệp mới")
    elif key not in register.posts:
        yield mistake(f"không có chức danh “{key}”", "không sửa cột Mã; xuất lại danh bạ rồi điền vào tệp mới")
    if address and not is_address(address):
        several = address.count("@") > 1
        mend = "mỗi ô chỉ một địa chỉ" if several else "ghi một địa chỉ dạng ten@thanhhoa.gov.vn"
        yield mistake(f"“{address}” không phải {'một ' if several else ''}địa chỉ thư điện tử", mend)
    yield from (mistake(*one) for one in _not_listable(row))
    unread = [field for field in ("since", "until") if row.get(field) and _day(row[field]) is None]
    for field in unread:
        yield mistake(f"“{row[field]}” ở cột {FILLED[field]} không phải một ngày", "ghi dạng 25/11/2026")
    if not unread and key in register.posts:
        yield from (mistake(*one) for one in _out_of_order(row, register, before))


def _not_listable(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong in the cells that hold several things."""
    for field, sound, mend in (
        ("fallbacks", is_address, "ghi các địa chỉ dạng ten@thanhhoa.gov.vn, cách nhau bằng dấu ;"),
        ("channels", is_channel, "ghi dạng sms:0912345678, nhiều kênh thì cách nhau bằng dấu ;"),
    ):
        what = "địa chỉ thư điện tử" if field == "fallbacks" else "kênh báo"
        for one in _listed(row.get(field, "")):
            if not sound(one):
                yield f"“{one}” ở cột {FILLED[field]} không phải {what}", mend


def _out_of_order(
    row: Mapping[str, str], register: Register, before: Iterable[tuple[int, Mapping[str, str]]]
) -> Iterator[tuple[str, str]]:
    """What is wrong with its days, by itself and beside the rows of the same post."""
    key, mine = row["key"], _within(row)
    if mine.since and mine.until and mine.until < mine.since:
        yield f"{FILLED['until']} trước {FILLED['since']}", "sửa lại hai ngày"
    met = next((number for number, other in before if _within(other).meets(mine)), None)
    if met is not None:
        mend = "giữ lại một dòng, hoặc ghi Từ ngày, Đến ngày của hai người cho khỏi trùng"
        yield f"chức danh “{key}” đã có ở dòng {met}", mend
    if "since" not in row and any(one.since or one.until for one in register.holders.get(key, ())):
        mend = "xuất lại danh bạ rồi điền vào tệp mới"
        yield f"chức danh “{key}” có người giữ theo từng khoảng ngày, tệp này không có cột ngày", mend


def _within(row: Mapping[str, str]) -> Holder:
    return Holder(since=_day(row.get("since", "")), until=_day(row.get("until", "")))


def _listed(text: str) -> list[str]:
    return [part for one in text.split(";") if (part := one.strip())]


def apply(name_or_folder: str, changes: Iterable[Change]) -> Path:
    """Write the changes into contacts.toml of the office's own register; raise RegisterError for a shipped one."""
    if is_shipped(name_or_folder):
        mend = "tạo danh mục riêng: tthc init danh-muc, đặt REGISTER=danh-muc trong .env, rồi nhập lại"
        what = "danh mục đi kèm chương trình, không ghi danh bạ vào đó"
        raise RegisterError([Mistake(file="REGISTER", place=name_or_folder, what=what, mend=mend)])
    register = load_register(name_or_folder)
    values: dict[str, list[dict[str, str]]] = {key: list(written(register, key)) for key in register.posts}
    for change in changes:
        mine = values[change.post]
        mine += [dict(_BLANK) for _ in range(change.nth + 1 - len(mine))]
        mine[change.nth] = {**mine[change.nth], change.field: change.after}
    path = find(name_or_folder) / "contacts.toml"
    try:
        _replace(path, _toml(values))
    except OSError as error:
        mend = "cho tài khoản chạy lệnh này quyền ghi vào thư mục danh mục"
        raise RegisterError(
            [Mistake(file=str(path), place="", what=f"không ghi được ({why(error)})", mend=mend)]
        ) from error
    return path


def _toml(values: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
    lines = [
        "# DANH BẠ: do `tthc contacts import` ghi ra từ danh-ba.xlsx; sửa ở danh-ba.xlsx rồi nhập lại, hoặc sửa ở đây.",
        "",
    ]
    for post, some in values.items():
        for fields in some:
            if any(fields.values()):
                lines += ["[[contact]]", f"post = {_quoted(post)}"]
                lines += [f"{field} = {_value(field, value)}" for field, value in fields.items() if value]
                lines.append("")
    return "\n".join(lines)


def _value(field: str, text: str) -> str:
    if field in ("since", "until"):
        day = day_typed(text)
        return day.isoformat() if day else _quoted(text)
    several = field in ("fallbacks", "channels")
    return f"[{', '.join(map(_quoted, _listed(text)))}]" if several else _quoted(text)


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
