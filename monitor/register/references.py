"""References to agencies that are nowhere, found in what is written, also in entries with other mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitor.core.mistake import Mistake
from monitor.document import Document, Loc

_MEND = "dùng mã có trong agencies/*.toml"
_ABOVE = "sửa mã, hoặc thêm cơ quan đó"
_FIELDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "agency": {"parent": ("cơ quan cấp trên", _ABOVE), "successor": ("cơ quan kế thừa", _ABOVE)},
    "post": {"agency": ("cơ quan", _MEND)},
    "service": {"owner": ("cơ quan", _MEND), "told": ("cơ quan", _MEND)},
    "source": {"scope": ("cơ quan", _MEND)},
    "duty": {"agencies": ("cơ quan", _MEND), "partners": ("cơ quan", _MEND), "report_to": ("cơ quan", _MEND)},
}
"""Which fields of which entries name agencies, what they call them, and the mend."""


def unknown_agencies(documents: Mapping[str, Document]) -> Iterator[Mistake]:
    """Every agency named in a register that it does not have; wants every file of agencies among the documents."""
    known = {
        entry.get("key")
        for document in documents.values()
        if document.name.startswith("agencies/")
        for _, entry in _entries(document, "agency")
    }
    for document in documents.values():
        for loc, key, noun, mend in _named(document):
            if key not in known:
                yield document.mistake(loc, f"không có {noun} “{key}”", mend)


def _named(document: Document) -> Iterator[tuple[Loc, str, str, str]]:
    if document.name == "register.toml":
        for key in _keys(document.data.get("centre")):
            yield ("centre",), key, "cơ quan", "ghi mã của Trung tâm Phục vụ hành chính công tỉnh"
    for table, fields in _FIELDS.items():
        for number, entry in _entries(document, table):
            for field, (noun, mend) in fields.items():
                for key in _keys(entry.get(field)):
                    yield (table, number, field), key, noun, mend
    defaults = document.data.get("defaults")
    if isinstance(defaults, dict):
        for key in _keys(defaults.get("parent")):
            yield ("defaults", "parent"), key, *_FIELDS["agency"]["parent"]


def _entries(document: Document, table: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    listed = document.data.get(table)
    for number, entry in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(entry, dict):
            yield number, entry


def _keys(value: object) -> list[str]:
    """One key or several; an empty one names nothing, and what is no text is told as such elsewhere."""
    if isinstance(value, dict):  # a table that names its agency
        value = value.get("agency")
    found = value if isinstance(value, list) else [value]
    return [key for key in found if isinstance(key, str) and key]
