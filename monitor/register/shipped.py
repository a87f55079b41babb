"""A register of the office's own, copied from the one that comes with the program."""

from __future__ import annotations

import shutil
from pathlib import Path

from monitor.core.mistake import Mistake, why
from monitor.register.folder import SHIPPED, RegisterError


def copy_shipped(folder: Path, name: str = "thanh-hoa") -> None:
    """Copy a shipped register into a new folder; raise RegisterError where something is there already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        mend = "chọn một thư mục mới, hoặc xóa thư mục này nếu không cần nữa"
        raise RegisterError([Mistake(file=str(folder), place="", what="đã có và không rỗng, không ghi đè", mend=mend)])
    try:
        shutil.copytree(SHIPPED / name, folder, dirs_exist_ok=True, copy_function=_copy)
    except OSError as error:
        raise RegisterError([_not_written(folder, error)]) from error


def _copy(source: str, target: str) -> str:
    """The text alone: a copy is the office's to write to, whatever the permissions of the program's own files."""
    Path(target).write_bytes(Path(source).read_bytes())
    return target


def _not_written(folder: Path, error: OSError) -> Mistake:
    return Mistake(file=str(folder), place="", what=f"không ghi được ({why(error)})", mend="chọn thư mục có quyền ghi")
