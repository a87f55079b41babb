"""An API's pages read by the expressions of its place: the list, each record's kept columns, what its next page is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from monitor.core.period import to_ms
from monitor.core.place import ApiPlace
from monitor.sources.columns import CODE, NATIONAL, OFFICER, plain
from monitor.sources.dates import Unreadable, stamp
from monitor.sources.polling import Asked, NotFetched, Record
from monitor.sources.sheet import storable
from monitor.sources.web import said_in

_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_BACKWARDS = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}")
_NO_NUMBERS = frozenset({"nan", "inf", "infinity"})
_MANY = 5
"""So many records without a code are no slip: the list is another than it was."""
_ENOUGH = 20
"""So many records of which none has a column tell something about the column."""
_MISSING = object()


class Mapped:
    """What the expressions of one place say of its pages."""

    def __init__(self, place: ApiPlace, asked: Asked) -> None:
        self.place = place
        self._records = _Expression(place.records)
        self._fields = {
            NATIONAL[name]: _Expression(text)
            for name, text in place.fields.items()
            if asked.officers or NATIONAL[name] != OFFICER
        }
        self._since = _Expression(place.since_field) if place.since_field else None
        self._latest = to_ms(asked.now)
        self.told = 0
        self.never = set(self._fields)

    def listed(self, content: Any) -> Sequence[Mapping[str, Any]]:
        """The records of a page; raise NotFetched where they are not where they were."""
        found = self._records.of(content)
        if isinstance(found, list) and all(isinstance(one, dict) for one in found):
            return found
        raise NotFetched(
            f'không thấy danh sách ở records = "{self.place.records}"{said_in(content)}: nguồn trả lỗi hoặc đã đổi cấu '
            'trúc; xem lại records trong sources.toml (trang rỗng mà trả null: ghi "… || `[]`")'
        )

    def kept(self, listed: Sequence[Mapping[str, Any]]) -> list[Record]:
        """Our columns of each record; raise NotFetched where no record has its code or its status any more."""
        records = [self._kept(one) for one in listed]
        self.told += len(records)
        for name in tuple(self.never):
            if any(record.get(name) not in (None, "") for record in records):
                self.never.discard(name)
        whole = len(records) >= _MANY or len(records) == self.told
        for ours in ("code", "status"):
            name = NATIONAL[ours]
            if records and whole and not any(name in record for record in records):
                raise NotFetched(
                    f'không bản ghi nào có {_WORDS[name]} (fields.{ours} = "{self.place.fields[ours]}"): nguồn đã đổi '
                    "cấu trúc; sửa fields trong sources.toml"
                )
        return records

    def _kept(self, one: Mapping[str, Any]) -> Record:
        """A column that the record has not is left out, so that what was known of it stays."""
        found = {name: expression.of(one) for name, expression in self._fields.items()}
        return {name: plain(name, value) for name, value in found.items() if value is not _MISSING}

    def noted(self) -> str:
        """Which columns no record of a long list had; empty where each had some."""
        gone = [ours for ours, name in NATIONAL.items() if name in self.never and ours in self.place.fields]
        if not gone or self.told < _ENOUGH:
            return ""
        return (
            f"không bản ghi nào có {', '.join(f'fields.{name}' for name in gone)}: kiểm tra nguồn có đổi tên mục không"
        )

    def greatest(self, listed: Sequence[Mapping[str, Any]], before: str) -> str:
        """The greatest since value so far, of those up to when the walk through the pages began.

        What changed later may have changed on a page that was read before; what is of the future is a slip of a pen.
        """
        if self._since is None:
            return before
        greatest = before
        for one in listed:
            value = self._since.of(one)
            text = "" if value is _MISSING or value is None else storable(str(value).strip())
            if text and self._sound(text) and (not greatest or _order(text) > _order(greatest)):
                greatest = text
        return greatest

    def _sound(self, text: str) -> bool:
        if _BACKWARDS.match(text):
            raise NotFetched(
                f'since_field = "{self.place.since_field}" là ngày viết dạng ngày/tháng/năm, không so lớn nhỏ được; '
                "chọn mục viết năm trước (2026-11-25, 20261125…), hoặc bỏ since_field"
            )
        if text.lower().strip("+-") in _NO_NUMBERS:
            return False
        try:
            read = stamp(text)
        except (Unreadable, OverflowError):
            return True
        return read is None or read[0] <= self._latest

    def value(self, expression: str, content: Any) -> Any:
        """What an expression of the place finds on a page; None where nothing."""
        found = _Expression(expression).of(content)
        return None if found is _MISSING else found

    def lacks(self, path: str, content: Any) -> bool:
        """Whether a page has no such name at all; of an expression that is more than a path nobody can tell."""
        return bool(_PATH.fullmatch(path)) and _Expression(path).of(content) is _MISSING


class _Expression:
    """A JMESPath expression; a plain path tells a name that is missing from one that is null."""

    def __init__(self, text: str) -> None:
        self._path = text.split(".") if _PATH.fullmatch(text) else []
        self._compiled: ParsedResult | None = None if self._path else jmespath.compile(text)
        self._text = text

    def of(self, content: Any) -> Any:
        if self._compiled is not None:
            try:
                found = self._compiled.search(content)
            except JMESPathError as error:
                raise NotFetched(
                    f'biểu thức "{self._text}" không dùng được với trả lời của nguồn; sửa trong sources.toml'
                ) from error
            return _MISSING if found is None else found
        for name in self._path:
            if not isinstance(content, dict) or name not in content:
                return _MISSING
            content = content[name]
        return content


def _order(text: str) -> tuple[int, float, str]:
    """Numbers by their size, before texts by their letters."""
    try:
        return 0, float(text), text
    except ValueError:
        return 1, 0.0, text


_WORDS = {CODE: "mã hồ sơ", NATIONAL["status"]: "trạng thái"}
