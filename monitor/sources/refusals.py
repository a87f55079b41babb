"""What a database's refusal comes to for people: its own words may hold what stands in a row, or a password."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.exc import OperationalError, SQLAlchemyError

_TOO_LONG = "truy vấn chạy quá thời gian cho phép; thêm điều kiện, chỉ mục, hoặc tăng deadline_s của nguồn {source}"
_WRITES = "truy vấn định ghi vào cơ sở dữ liệu nên bị chặn; chỉ dùng SELECT (query của nguồn {source})"
_WRONG = "truy vấn sai ({said}); sửa query của nguồn {source}"
_NO_FILE = "không mở được tệp cơ sở dữ liệu của nguồn {source}; xem lại đường dẫn trong url và quyền đọc tệp"
_NO_SERVER = "không vào được cơ sở dữ liệu của nguồn {source}; xem lại url, máy chủ và tường lửa"
_NO_ACCOUNT = "cơ sở dữ liệu không nhận tài khoản; sửa url của [{source}] trong tệp SOURCE_SECRETS_FILE"
_OTHERWISE = "cơ sở dữ liệu báo lỗi {code}; chạy thử truy vấn, rồi sửa query của nguồn {source}"
_WORDS: Mapping[str, str] = {
    "57014": _TOO_LONG,
    "SQLITE_INTERRUPT": _TOO_LONG,
    "25006": _WRITES,
    "SQLITE_READONLY": _WRITES,
    "SQLITE_ERROR": _WRONG,
    "SQLITE_CANTOPEN": _NO_FILE,
    "SQLITE_NOTADB": _NO_FILE,
    "08": _NO_SERVER,
    "28": _NO_ACCOUNT,
    "3D": _NO_SERVER,
    "42": _WRONG,
    "57": _NO_SERVER,
}


def too_slow(source: str) -> str:
    """What is said of a query that was ended, since its time was over."""
    return _TOO_LONG.format(source=source)


def in_words(error: SQLAlchemyError, source: str) -> str:
    """One line (Vietnamese) that names the mend, by the code that the database gives its refusals."""
    raw = getattr(error, "orig", None)
    code = str(getattr(raw, "sqlstate", None) or getattr(raw, "sqlite_errorname", None) or "")
    if not code and isinstance(error, OperationalError):
        code = "28" if "authentication" in str(raw) else "08"
    words = _WORDS.get(code) or _WORDS.get(code[:2]) or _OTHERWISE
    # What is said of a query names columns and tables; of anything else it is not repeated.
    said = getattr(getattr(raw, "diag", None), "message_primary", None) or str(raw)
    return words.format(source=source, said=said[:200], code=code or type(raw or error).__name__)
