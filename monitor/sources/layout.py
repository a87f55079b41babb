"""What a kind of file looks like: which heading is which field; a few lines of TOML each."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from monitor.core.mistake import Mistake, Mistakes
from monitor.sources.dates import Order
from monitor.sources.headings import fold

FIELDS = (
    "code", "procedure", "procedure_name", "channel", "from_national_portal", "status",
    "filed", "received", "appointment", "finished", "returned", "receiving_unit", "handling_unit", "supplements",
    "refused", "officer", "other_code",
)  # fmt: skip
"""The fields that are kept, in the order in which the cells of a row are picked. Nothing else is ever stored."""

OFFICER = "officer"
"""Kept only where the register lets the source keep officers; otherwise no cell of it is ever looked at."""

BY_DATES = "theo ngày"
"""`status` of a layout without such a column: concluded from the dates there are."""

SHIPPED = Path(__file__).parent / "layouts"
SHARED = "chung"
"""The file of this name is no layout: its words belong to every one."""

_KEYS = frozenset(
    {"name", "requires", "lacks", "status", "records", "refuse", "group", "order", "columns", "statuses", "patterns"}
)


class LayoutError(Mistakes):
    """A layout cannot be used; `mistakes` names every reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Folded words: headings to their fields (with rank), names of statuses, channels and portals to codes."""

    columns: Mapping[str, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    portal: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One kind of file.

    A heading row is of this layout when it has every field of `requires` and none of `lacks`. `status` is what every
    row has, or BY_DATES. `group` names the field that a row holding only a unit's name speaks of. `refuse` is the
    reason why such a file holds no dossiers. `fingerprint` changes with everything that changes what is read.
    """

    key: str
    name: str
    words: Words
    requires: frozenset[str]
    lacks: frozenset[str] = frozenset()
    status: str = ""
    records: bool = False
    refuse: str = ""
    group: str = "handling_unit"
    order: Order = Order.DAY_FIRST
    patterns: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    fingerprint: bytes = b""

    def fits(self, fields: Iterable[str]) -> bool:
        """Whether a table with these fields is of this layout."""
        found = frozenset(fields)
        return self.requires <= found and not self.lacks & found


def load_layouts(own: Path | None = None, *, officers: bool = False) -> tuple[Layout, ...]:
    """The shipped layouts and the office's own, which come first; raise LayoutError with all mistakes.

    Without `officers` a column of officers' names only helps to recognise a table.
    """
    mistakes: list[Mistake] = []
    shipped = dict(_texts(SHIPPED))
    others = dict(_texts(own)) if own and own.is_dir() else {}
    shared = [_parsed(path, mistakes) for path in (shipped.get(SHARED), others.get(SHARED)) if path]
    layouts = [
        _layout(path, _parsed(path, mistakes), shared, mistakes)
        for key, path in (others | {k: p for k, p in shipped.items() if k not in others}).items()
        if key != SHARED
    ]
    if mistakes:
        raise LayoutError(mistakes)
    return tuple(_with_officers(layout) if officers else _without_officers(layout) for layout in layouts if layout)


def _with_officers(layout: Layout) -> Layout:
    """Read otherwise, the same file is new."""
    return replace(layout, fingerprint=layout.fingerprint + OFFICER.encode())


def _without_officers(layout: Layout) -> Layout:
    columns = {
        form: tuple((rank, f"_{OFFICER}" if name == OFFICER else name) for rank, name in fields)
        for form, fields in layout.words.columns.items()
    }
    asked, lacked = (
        frozenset(f"_{OFFICER}" if name == OFFICER else name for name in names)
        for names in (layout.requires, layout.lacks)
    )
    patterns = {name: pattern for name, pattern in layout.patterns.items() if name != OFFICER}
    words = replace(layout.words, columns=columns)
    return replace(layout, words=words, requires=asked, lacks=lacked, patterns=patterns)


def _texts(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.glob("*.toml")):
        yield path.stem, path


def _parsed(path: Path, mistakes: list[Mistake]) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        what = f"không đọc được mẫu tệp ({error})"
        mistakes.append(Mistake(file=str(path), place="", what=what, mend="sửa theo cú pháp TOML"))
        return {}


def _layout(
    path: Path, entry: Mapping[str, Any], shared: Iterable[Mapping[str, Any]], mistakes: list[Mistake]
) -> Layout | None:
    wrong = list(_wrong(entry))
    mistakes.extend(Mistake(file=str(path), place=place, what=what, mend=mend) for place, what, mend in wrong)
    if wrong or not entry:
        return None
    return Layout(
        key=path.stem,
        name=str(entry["name"]),
        words=_words([entry, *shared]),
        requires=frozenset(entry["requires"]),
        lacks=frozenset(entry.get("lacks", ())),
        status=str(entry.get("status", "")),
        records=bool(entry.get("records", False)),
        refuse=str(entry.get("refuse", "")),
        group=str(entry.get("group", "handling_unit")),
        order=Order(entry.get("order", "dmy")),
        patterns={name: re.compile(text) for name, text in entry.get("patterns", {}).items()},
        fingerprint=hashlib.blake2b(repr([entry, *shared]).encode(), digest_size=8).digest(),
    )


def _wrong(entry: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    if not entry:
        return
    for name in ("name", "requires"):
        if not entry.get(name):
            yield name, "thiếu", "thêm mục này"
    for name in sorted(set(entry) - _KEYS):
        yield name, "không có mục nào tên như vậy", f"chọn trong: {', '.join(sorted(_KEYS))}"
    if entry.get("order", "dmy") not in {order.value for order in Order}:
        yield "order", "không phải thứ tự ngày tháng", 'ghi "dmy" (ngày trước) hoặc "mdy" (tháng trước)'
    if entry.get("group", "handling_unit") not in {"handling_unit", "receiving_unit"}:
        yield "group", "không phải cột đơn vị", 'ghi "handling_unit" hoặc "receiving_unit"'
    yield from _wrong_fields(entry)
    yield from _wrong_patterns(entry)


def _wrong_fields(entry: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name in (name for kind in ("columns", "requires", "lacks", "patterns") for name in entry.get(kind, ())):
        if name not in FIELDS and not str(name).startswith("_"):
            yield str(name), "không phải cột được lưu", f"chọn trong: {', '.join(FIELDS)}, hoặc tên bắt đầu bằng _"


def _wrong_patterns(entry: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, text in entry.get("patterns", {}).items():
        try:
            groups = re.compile(text).groups
        except re.error as error:
            yield f"patterns.{name}", f"biểu thức sai ({error})", "sửa biểu thức"
        else:
            if groups != 1:
                what = "biểu thức phải có đúng một cặp ngoặc lấy giá trị"
                yield f"patterns.{name}", what, "dùng (?:…) cho các cặp khác"


def _words(entries: Iterable[Mapping[str, Any]]) -> Words:
    columns: dict[str, dict[str, int]] = {}
    names: dict[str, dict[str, str]] = {"statuses": {}, "channels": {}, "portal": {}}
    taken: set[str] = set()
    for level, entry in enumerate(entries):
        own: set[str] = set()
        for name, headings in entry.get("columns", {}).items():
            for rank, heading in enumerate(headings):
                form = fold(heading)
                own.add(form)
                if form not in taken:
                    columns.setdefault(form, {}).setdefault(name, level * 100 + rank)
        taken |= own
        for kind, known in names.items():
            for code, texts in entry.get(kind, {}).items():
                for text in [texts] if isinstance(texts, str) else texts:
                    known.setdefault(fold(text), code)
    ranked = {form: tuple((rank, name) for name, rank in fields.items()) for form, fields in columns.items()}
    return Words(columns=ranked, **names)
