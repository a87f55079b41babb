"""A mistake in something a person wrote: which file, where in it, what is wrong and how to mend it."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One mistake, in Vietnamese; `str()` is the one line that is printed. It never holds a secret's value."""

    file: str
    place: str
    what: str
    mend: str = ""

    def __str__(self) -> str:
        line = ": ".join(part for part in (self.file, self.place, self.what) if part)
        return f"{line} – {self.mend}" if self.mend else line


class Mistakes(Exception):
    """Something could not be loaded; `mistakes` are all that is wrong with it, one line each in `str()`."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


_SYSTEM = {
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.EACCES: "không có quyền",
    errno.EPERM: "không có quyền",
    errno.EROFS: "ổ đĩa chỉ đọc",
    errno.ENOSPC: "đĩa đầy",
    errno.EDQUOT: "hết dung lượng được cấp",
    errno.ENOTDIR: "một phần của đường dẫn không phải thư mục",
    errno.EISDIR: "đây là thư mục",
    errno.EIO: "lỗi đọc, ghi đĩa",
    errno.ENAMETOOLONG: "tên quá dài",
    errno.EADDRINUSE: "chương trình khác đang dùng",
    errno.EADDRNOTAVAIL: "máy này không có địa chỉ đó",
}


def why(error: OSError) -> str:
    """Why the system refused, in Vietnamese where it is one of the common reasons."""
    return _SYSTEM.get(error.errno or 0, error.strerror or type(error).__name__)


_WORDS = {
    "missing": ("thiếu", "thêm mục này"),
    "extra_forbidden": ("không có mục nào tên như vậy", "sửa tên hoặc xóa dòng này"),
    "string_type": ("phải là chữ", "đặt giá trị trong ngoặc kép"),
    "string_too_short": ("để trống", "điền giá trị"),
    "too_short": ("danh sách để trống", "thêm ít nhất một mục"),
    "bool_type": ("phải là true hoặc false", "ghi true hoặc false, không có ngoặc kép"),
    "bool_parsing": ("phải là true hoặc false", "ghi true hoặc false"),
    "int_type": ("phải là số nguyên", "ghi số nguyên, không có ngoặc kép"),
    "int_parsing": ("phải là số nguyên", "ghi số nguyên"),
    "int_from_float": ("phải là số nguyên", "ghi số nguyên"),
    "float_type": ("phải là số", "ghi số, không có ngoặc kép"),
    "float_parsing": ("phải là số", "ghi số"),
    "date_type": ("phải là ngày", "ghi ngày dạng 2025-07-01, không có ngoặc kép"),
    "date_from_datetime_parsing": ("phải là ngày", "ghi ngày dạng 2025-07-01"),
    "date_from_datetime_inexact": ("phải là ngày, không kèm giờ", "ghi ngày dạng 2025-07-01"),
    "tuple_type": ("phải là danh sách", "đặt trong ngoặc vuông: [ … ]"),
    "list_type": ("phải là danh sách", "đặt trong ngoặc vuông: [ … ]"),
    "dict_type": ("phải là bảng", 'ghi dạng { tên = "giá trị" }'),
    "model_type": ("phải là bảng", 'ghi dạng { tên = "giá trị" }'),
    "path_type": ("phải là đường dẫn", "ghi đường dẫn tệp hoặc thư mục"),
}


def in_vietnamese(kind: str, context: Mapping[str, object]) -> tuple[str, str]:
    """What is wrong and how to mend it, for a validation error's type and context; the value itself is not repeated."""
    if kind == "value_error":
        what, _, mend = str(context.get("error", "")).partition(" – ")
        return what, mend
    if kind in {"enum", "literal_error"}:
        wanted = str(context.get("expected", "")).replace(" or ", ", ").replace("'", "")
        return "không phải giá trị cho phép", f"chọn một trong: {wanted}"
    if kind in {"greater_than_equal", "greater_than"}:
        return "số quá nhỏ", f"ghi số từ {context.get('ge', context.get('gt'))} trở lên"
    if kind in {"less_than_equal", "less_than"}:
        return "số quá lớn", f"ghi số không quá {context.get('le', context.get('lt'))}"
    return _WORDS.get(kind, (f"không đọc được ({kind})", "xem lời giải thích ở đầu tệp mẫu"))
