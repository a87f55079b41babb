"""Reading a file in a process of its own, which may die of it without harm."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace

import structlog

from jobs.read_child import TOO_LARGE, Task

log = structlog.get_logger()

WALL_S = 900


def read_apart(task: Task, lock: int, progress: Callable[[int], None] | None = None) -> str:
    """Read the file; why it was refused, empty where it was not. The process holds the lock as long as it lives.

    `progress` is told now and then how many rows are read, from a thread of its own.
    """
    if progress is None:
        return _read(task, lock)
    out, into = os.pipe()
    listener = threading.Thread(target=_listen, args=(out, progress))
    listener.start()
    try:
        return _read(replace(task, progress=into), lock, into)
    finally:
        os.close(into)
        listener.join()


def _listen(pipe: int, progress: Callable[[int], None]) -> None:
    with open(pipe, encoding="ascii") as lines:
        for line in lines:
            progress(int(line))


def _read(task: Task, *kept_open: int) -> str:
    child = subprocess.Popen(
        [sys.executable, "-m", "jobs.read_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=kept_open,
        text=True,
        errors="replace",
    )
    try:
        out, err = child.communicate(task.as_text(), timeout=WALL_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return f"đọc quá {WALL_S // 60} phút không xong; tách thành nhiều tệp"
    if child.returncode == 0:
        return str(json.loads(out)["why"])
    log.warning("reading.died", source=task.source, status=child.returncode, error=last_error(err))
    if child.returncode == -signal.SIGXCPU:
        return "đọc quá lâu không xong; tách thành nhiều tệp"
    if child.returncode < 0:
        return f"tệp không đọc được an toàn (quá lớn, hỏng hoặc được tạo để phá); {_MEND}"
    return f"{TOO_LARGE}" if "MemoryError" in err else f"gặp lỗi khi đọc tệp; {_MEND}"


_MEND = "xuất lại tệp, hoặc mở bằng Excel rồi lưu dạng XLSX"


def last_error(err: str) -> str:
    """The kind of an error and where it was raised: its words may hold what stood in the file."""
    lines = err.strip().splitlines()
    places = [line.strip() for line in lines if line.startswith('  File "')]
    kind = lines[-1].partition(":")[0][:80] if lines else ""
    return f"{kind} {places[-1][:200] if places else ''}".strip()
