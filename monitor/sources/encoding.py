"""In which encoding a text file is written."""

from __future__ import annotations

import codecs
from pathlib import Path

from monitor.sources.sheet import FileRefused

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PIECE = 1 << 20


def encoding_of(path: Path) -> str:
    """UTF-8 with or without mark, UTF-16, else Windows-1258; raise FileRefused where it is none of them."""
    with path.open("rb") as file:
        head = file.read(_PIECE)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    nulls = head[:2000].count(0)
    if nulls > len(head[:2000]) // 4:
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    if nulls:
        raise FileRefused("không phải bảng: tệp nhị phân không nhận ra; cần XLSX, XLS, ODS, CSV, bảng HTML hoặc JSON")
    return next((name for name in ("utf-8", "cp1258") if _decodes(path, name)), "") or _refuse()


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _refuse() -> str:
    raise FileRefused("không nhận ra bảng mã chữ; lưu lại dạng UTF-8")
