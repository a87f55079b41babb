"""A letter's text, taken out of its file in a process of its own, which may die of it without harm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from jobs.letter_child import Task
from jobs.read_child import MEMORY
from monitor.core.order_text import Printed

WALL_S = 120
_TOO_MUCH = "quá lớn hoặc được tạo để phá, không đọc an toàn được; in lại thành PDF, hoặc lưu lại bằng Word"


class LetterRefused(Exception):
    """The file cannot be read; the text is one Vietnamese line that names the mend."""


class Scanned(Exception):
    """The file is a picture: it has no text to read."""


def text_of(path: Path, *, memory: int = MEMORY) -> Printed:
    """What a file prints; raise LetterRefused or Scanned."""
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise LetterRefused(f"{path}: không mở được ({error.strerror}); kiểm tra tên tệp và quyền đọc") from error
    child = subprocess.Popen(
        [sys.executable, "-m", "jobs.letter_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        out, _ = child.communicate(Task(path=str(path), parent=os.getpid(), memory=memory).as_text(), timeout=WALL_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise LetterRefused(f"{path.name}: đọc quá {WALL_S} giây không xong; {_TOO_MUCH}") from None
    if child.returncode != 0:
        raise LetterRefused(f"{path.name}: {_TOO_MUCH}")
    said = json.loads(out)
    if "why" in said:
        raise LetterRefused(f"{path.name}: {said['why']}")
    if "scan" in said:
        raise Scanned
    return Printed(
        lines=tuple(said["lines"]),
        grids=tuple(tuple(tuple(row) for row in grid) for grid in said["grids"]),
        wrapped=said["wrapped"],
    )
