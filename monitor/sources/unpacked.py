"""Files that strangers send: names made harmless, and archives opened under limits."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

MEGABYTE = 1024**2
LARGEST = 512 * MEGABYTE
"""No file brought home is larger, unpacked or not."""
MOST_UNPACKED = 768 * MEGABYTE
"""Nor are all files of one archive together."""
MOST_FILES = 50
_CHUNK = 256 * 1024
_LONGEST = 120
_COMING = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".download")
_OF_OFFICE = frozenset({"[Content_Types].xml", "mimetype", "content.xml"})
"""An archive that holds one of these is a workbook, which the reader opens itself."""


class NotUnpacked(Exception):
    """An archive, or a file in it, is left alone; the text is a Vietnamese line that names the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """One file of an archive as it lies in a folder of ours; `name` is harmless, `place` its number in there."""

    path: Path
    name: str
    place: int


def harmless(name: str) -> str:
    """A file's name without any folder, letters that cannot be printed, or a beginning that hides it."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(letter if letter.isprintable() else "_" for letter in name).strip().lstrip(".~$ ")
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    suffix = suffix[:20]
    while len(f"{stem}.{suffix}".encode("utf-8", "replace")) > _LONGEST:
        stem = stem[:-1]
    return f"{stem}{dot}{suffix}".strip(". ").encode("utf-8", "replace").decode() or "tep"


def wanted(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name fits one of the patterns, whatever its case; without any all do. Unfinished copies never do."""
    plain = unicodedata.normalize("NFC", name).casefold()
    if plain.endswith(_COMING) or plain.startswith(("~$", ".", "~")):
        return False
    folded = [unicodedata.normalize("NFC", pattern).casefold() for pattern in patterns]
    return not folded or any(fnmatchcase(plain, pattern) for pattern in folded)


def is_archive(path: Path) -> bool:
    """Whether a file is a ZIP of other files; a workbook is none, though it is one inside."""
    if not zipfile.is_zipfile(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return _OF_OFFICE.isdisjoint(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return True


def unpack(archive: Path, folder: Path, patterns: Iterable[str] = ()) -> Iterator[Unpacked | NotUnpacked]:
    """The files of an archive, each in a folder of ours under a number; what is left alone is told beside them.

    Stop at the first file that goes beyond a limit: an archive made to burst is not looked at any further.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            inside = [info for info in opened.infolist() if _is_file(info) and wanted(_base(info), patterns)]
            if len(inside) > MOST_FILES:
                yield NotUnpacked(f"tệp nén có {len(inside)} tệp, nhiều hơn {MOST_FILES}; chia thành nhiều tệp nén")
                return
            yield from _each(opened, inside, folder)
    except NotUnpacked as left:
        yield left
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, ValueError, OSError):
        yield NotUnpacked("tệp nén hỏng hoặc nén theo kiểu lạ; nén lại bằng ZIP thường rồi gửi lại")


def _each(opened: zipfile.ZipFile, inside: Iterable[zipfile.ZipInfo], folder: Path) -> Iterator[Unpacked | NotUnpacked]:
    left = MOST_UNPACKED
    for place, info in enumerate(inside, 1):
        name = harmless(_base(info))
        if info.flag_bits & 1:
            yield NotUnpacked(f"“{name}” trong tệp nén có mật khẩu; gửi lại tệp không đặt mật khẩu")
            continue
        path = folder / f"{place:03d}-{name}"
        with opened.open(info) as content:
            left -= _copied(content, path, min(LARGEST, left), name)
        if is_archive(path):
            path.unlink()
            yield NotUnpacked(f"“{name}” là tệp nén trong tệp nén; gửi lại một lớp nén")
            continue
        yield Unpacked(path=path, name=name, place=place)


def _copied(content: IO[bytes], path: Path, most: int, name: str) -> int:
    """How many bytes were written; what an archive says of its own sizes is not believed."""
    size = 0
    with path.open("wb") as out:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > most:
                path.unlink()
                raise NotUnpacked(
                    f"“{name}” giải nén ra lớn hơn {most // MEGABYTE} MB; xuất thành nhiều tệp nhỏ hơn rồi gửi lại"
                )
            out.write(chunk)
    return size


def _base(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/").rpartition("/")[2]


def _is_file(info: zipfile.ZipInfo) -> bool:
    """Neither a folder nor a link, and nothing that a packing program adds of its own."""
    mode = info.external_attr >> 16
    kind = stat.S_IFMT(mode)
    return not info.is_dir() and kind in (0, stat.S_IFREG) and not info.filename.startswith("__MACOSX/")


__all__ = [
    "LARGEST",
    "MEGABYTE",
    "NotUnpacked",
    "Unpacked",
    "harmless",
    "is_archive",
    "unpack",
    "wanted",
]
