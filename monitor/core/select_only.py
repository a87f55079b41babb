"""Whether an SQL query of the register is one query that only reads, and its text as a driver takes it."""

from __future__ import annotations

import re
from collections.abc import Iterator

SINCE = "since"
_PARTS = re.compile(
    r"""
    (?P<comment>--[^\n]*|/\*.*?\*/)
    |(?P<text>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
    |(?P<cast>::)
    |(?P<bind>:[^\W\d]\w*)
    |(?P<word>[^\W\d][\w$]*)
    |(?P<space>\s+)
    |(?P<other>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_WRITING = frozenset(
    {
        "ALTER", "ATTACH", "COPY", "CREATE", "DELETE", "DETACH", "DROP", "GRANT", "INSERT", "INTO", "LOCK", "MERGE",
        "PRAGMA", "REINDEX", "REVOKE", "TRUNCATE", "UPDATE", "VACUUM",
    }
)  # fmt: skip


def faults(query: str) -> Iterator[tuple[str, str]]:
    """What keeps a query from being asked, and the mend (Vietnamese); nothing where it is one SELECT or WITH.

    The database is told to refuse writing as well: this only says so before anything is asked.
    """
    parts = [(kind, text) for kind, text in _read(query) if kind not in ("comment", "space")]
    while parts and parts[-1] == ("other", ";"):
        parts.pop()
    words = [text.upper() for kind, text in parts if kind == "word"]
    if not words or words[0] not in ("SELECT", "WITH") or parts[0][0] not in ("word", "other"):
        yield "truy vấn không bắt đầu bằng SELECT hoặc WITH", "chỉ ghi một câu SELECT"
    if ("other", ";") in parts:
        yield "có nhiều câu lệnh (dấu ;)", "chỉ ghi một câu SELECT"
    for word in dict.fromkeys(word for word in words if word in _WRITING):
        mend = "bỏ khỏi truy vấn; nếu là tên cột thì đặt trong dấu nháy kép"
        yield f"có {word}: truy vấn chỉ được đọc", mend
    if any(kind == "other" and text in "'\"`" for kind, text in parts):
        yield "có dấu nháy chưa đóng", "đóng dấu nháy"
    for name in dict.fromkeys(text for kind, text in parts if kind == "bind" and text != f":{SINCE}"):
        yield f"không có giá trị nào cho {name}", f"chỉ dùng được :{SINCE}"


def asks_since(query: str) -> bool:
    """Whether it asks for what changed since a value only."""
    return ("bind", f":{SINCE}") in _read(query)


def as_text(query: str) -> str:
    """The query for SQLAlchemy's `text`: a colon within quotes or a comment names no value."""
    parts = [text.replace(":", r"\:") if kind in ("text", "comment") else text for kind, text in _read(query)]
    return "".join(parts).rstrip("; \n\t\r")


def _read(query: str) -> list[tuple[str, str]]:
    return [(next(kind for kind in _KINDS if part[kind]), part[0]) for part in _PARTS.finditer(query)]


_KINDS = ("comment", "text", "cast", "bind", "word", "space", "other")
